"""All commands and options; docs/commands.md and the shells' completion are held to it."""

import argparse
import os
from collections.abc import Callable
from pathlib import Path

import mediastore
from mediastore.cli import changes, commands

ROOT_VARIABLE = "MEDIASTORE_DIR"
DEFAULT_ROOT = "mediastore-runs"
WAYS_TO_COUNT = ("run", "project", "kind", "key")
GEOMETRIES = ("box", "mask", "keypoints", "span", "label")
SHELLS = ("bash", "zsh", "fish")
RUN_HELP = "a run's id, project/id, name or the beginning of its id"
Add = Callable[..., argparse.ArgumentParser]


def parser() -> argparse.ArgumentParser:
    """All commands and options."""
    top = argparse.ArgumentParser(prog="mediastore", description=mediastore.__doc__.splitlines()[0])
    top.add_argument("--version", action="version", version=f"mediastore {mediastore.__version__}")
    _add_root(top, default=Path(os.environ.get(ROOT_VARIABLE) or DEFAULT_ROOT))
    subparsers = top.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def add(name: str, run: commands.Command, help: str) -> argparse.ArgumentParser:
        command = subparsers.add_parser(name, help=help, description=run.__doc__)
        _add_root(command, default=argparse.SUPPRESS)
        command.set_defaults(run=run)
        return command

    _add_reading(add)
    _add_changing(add)
    _add_keeping(add)
    _add_showing(add)
    return top


def _add_root(command: argparse.ArgumentParser, default: object) -> None:
    said = f"the store (default: {ROOT_VARIABLE}, else ./{DEFAULT_ROOT})"
    command.add_argument("--root", type=Path, default=default, metavar="ROOT", help=said)


def _add_reading(add: Add) -> None:
    _json(add("ls", commands.ls, "list the runs"))
    show = _json(add("show", commands.show, "tell what a run holds"))
    show.add_argument("name", metavar="RUN", help=RUN_HELP)
    show.add_argument("--key", metavar="KEY", help="list the items of this key instead")
    query = add("query", commands.query, "ask the store in SQL")
    query.add_argument(
        "sql", metavar="SQL", help="one select over the views runs, metrics, items, annotations, matches …"
    )
    form = query.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print a JSON list of objects")
    form.add_argument("--csv", action="store_true", help="print comma-separated values with a header")
    form.add_argument("--parquet", type=Path, metavar="FILE", help="write a Parquet file instead")
    query.add_argument("--limit-s", type=float, default=60.0, metavar="S", help="give up after so many seconds")
    views = add("sql", commands.sql, "write the views for a bare DuckDB")
    views.add_argument("--print-views", action="store_true", required=True, help="what is written; there is no other")
    views.add_argument("-o", "--output", type=Path, metavar="FILE", help="write this file instead of printing")
    _add_evaluate(add)
    usage = _json(add("du", commands.du, "tell what takes the space"))
    usage.add_argument("--by", choices=WAYS_TO_COUNT, default="run", help="one line each (default: %(default)s)")
    usage.add_argument("--project", metavar="PROJECT", help="of this project alone")


def _add_evaluate(add: Add) -> None:
    evaluate = _json(add("evaluate", commands.evaluate, "compare predictions with the truth"))
    evaluate.add_argument("--run", dest="run_name", metavar="RUN", required=True, help=RUN_HELP)
    evaluate.add_argument("--key", metavar="KEY", required=True, help="the key that both layers were logged at")
    when = evaluate.add_mutually_exclusive_group()
    when.add_argument("--step", type=int, metavar="N", help="at this step (default: the latest)")
    when.add_argument("--all-steps", action="store_true", help="at every step, one line each")
    evaluate.add_argument("--iou", type=float, default=0.5, metavar="IOU", help="overlap of a find (default: 0.5)")
    evaluate.add_argument("--score", type=float, default=0.0, metavar="SCORE", help="lowest score (default: 0)")
    evaluate.add_argument("--predictions", default="predictions", metavar="LAYER", help="default: %(default)s")
    evaluate.add_argument("--truth", default="ground_truth", metavar="LAYER", help="default: %(default)s")
    evaluate.add_argument("--geometry", choices=GEOMETRIES, help="what is compared (default: what most truths are)")


def _add_changing(add: Add) -> None:
    tag = add("tag", changes.tag, "add and remove the tags of runs")
    tag.add_argument("names", metavar="RUN", nargs="+", help=RUN_HELP)
    tag.add_argument("--add", metavar="TAG", action="append", default=[], help="a tag to add; may be repeated")
    tag.add_argument("--remove", metavar="TAG", action="append", default=[], help="a tag to remove; may be repeated")
    rename = add("rename", changes.rename, "give a run another name")
    rename.add_argument("name", metavar="RUN", help=RUN_HELP)
    rename.add_argument("to", metavar="NAME", help="the name to show; its id stays")
    notes = add("notes", changes.notes, "print or replace the notes of a run")
    notes.add_argument("name", metavar="RUN", help=RUN_HELP)
    notes.add_argument("text", metavar="TEXT", nargs="?", help="the new notes; - reads them from standard input")
    move = add("mv", changes.mv, "move runs to another project, or rename a project")
    move.add_argument("names", metavar="RUN", nargs="*", help=RUN_HELP)
    move.add_argument("to", metavar="PROJECT", help="where the runs go; made when there is none")
    move.add_argument("--project", metavar="PROJECT", help="move every run and the artifacts of this project")


def _add_keeping(add: Add) -> None:
    remove = add("rm", changes.rm, "move runs to the trash")
    remove.add_argument("names", metavar="RUN", nargs="*", help=RUN_HELP)
    remove.add_argument("--project", metavar="PROJECT", help="every run of this project")
    remove.add_argument("--purge", action="store_true", help="delete for good instead")
    remove.add_argument("--force", action="store_true", help="even a live run; end its process first")
    _yes(remove)
    restore = add("restore", changes.restore, "put removed runs back")
    restore.add_argument("names", metavar="REMOVED", nargs="+", help="a run in the trash: id, project/id or name")
    trash = _json(add("trash", changes.trash, "list the removed runs, or delete them for good"))
    trash.add_argument("--empty", action="store_true", help="delete all that lies in the trash for good")
    trash.add_argument("--older-than", type=float, metavar="DAYS", help="only what was removed so many days ago")
    _yes(trash)
    index = add("index", commands.index, "bring the index up to date")
    index.add_argument("--rebuild", action="store_true", help="begin anew instead of adding what is new")
    index.add_argument("--thumbnails", action="store_true", help="also make the thumbnails that are not there yet")
    check = add("check", commands.check, "compare files, sidecars and journals")
    check.add_argument("--repair", action="store_true", help="mend what can be mended; nothing is deleted")


def _add_showing(add: Add) -> None:
    app = add("app", commands.app, "look at the store in the browser")
    app.add_argument("places", nargs="*", type=Path, metavar="ROOT", help="the stores; without any, --root")
    _server(app)
    demo = add("demo", commands.demo, "write a store from real data and show it")
    demo.add_argument("--no-app", action="store_true", help="only write the store")
    demo.add_argument("--fresh", action="store_true", help="train again, even what is there")
    _server(demo)
    completion = add("completion", commands.completion, "print what completes these commands in a shell")
    completion.add_argument("shell", choices=SHELLS, help="the shell")


def _json(command: argparse.ArgumentParser) -> argparse.ArgumentParser:
    command.add_argument("--json", action="store_true", help="print JSON")
    return command


def _yes(command: argparse.ArgumentParser) -> None:
    command.add_argument("--yes", action="store_true", help="do not ask")


def _server(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--port", type=int, help="the app's port, 0 for any that is free (default: 8501, or a free one)"
    )
    command.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: %(default)s)")
    command.add_argument("--base-url", default="", metavar="URL", help="the path, or whole URL, a proxy shows it under")
    command.add_argument("--allow-code", action="store_true", help="run the renderers that runs bring, sealed off")
    command.add_argument("--read-only", action="store_true", help="allow no change and show no path of this machine")
    command.add_argument("--password", action="store_true", help="ask for a password that opens the app")
    command.add_argument("--proxy", default="", metavar="ADDRESS", help="believe this proxy where visitors come from")
    command.add_argument(
        "--limits",
        type=float,
        default=1.0,
        metavar="FACTOR",
        help="how many times the usual one address may ask for; 0: no limit (default: 1)",
    )
    command.add_argument("--no-browser", action="store_true", help="print the URL only")
