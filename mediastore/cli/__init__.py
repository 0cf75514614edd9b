"""The command line: `mediastore query | ls | show | index | check | app | demo`. Heavy packages load when needed."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import mediastore
from mediastore.cli import commands
from mediastore.errors import MediaStoreError

ROOT_VARIABLE = "MEDIASTORE_DIR"
DEFAULT_ROOT = "mediastore-runs"
EXTRAS = {"duckdb": "query", "pyarrow": "query", "pandas": "query", "streamlit": "app", "plotly": "app"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it did what was asked, 1 when that was impossible, 2 when it was asked wrongly."""
    options = parser().parse_args(arguments)
    try:
        return options.run(options)
    except MediaStoreError as error:
        return _refused(str(error))
    except ModuleNotFoundError as error:
        extra = EXTRAS.get(error.name or "", "demo")
        return _refused(
            f"{error.name} must be installed for this, got no such package; pip install 'mediastore[{extra}]'"
        )
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 1
        return _refused(
            f"{error.filename or 'a file'} must be usable, got {error.strerror or error}; check it and its rights"
        )
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    """All commands and options."""
    top = argparse.ArgumentParser(prog="mediastore", description=mediastore.__doc__.splitlines()[0])
    top.add_argument("--version", action="version", version=f"mediastore {mediastore.__version__}")
    add = top.add_subparsers(title="commands", required=True, metavar="COMMAND").add_parser
    _add_query(add("query", help="ask the store in SQL", description=commands.query.__doc__))
    _add_runs(add("ls", help="list the runs", description=commands.ls.__doc__), commands.ls)
    _add_show(add("show", help="tell what a run holds", description=commands.show.__doc__))
    _add_index(add("index", help="bring the index up to date", description=commands.index.__doc__))
    _add_check(add("check", help="compare files, sidecars and journals", description=commands.check.__doc__))
    _add_app(add("app", help="look at the store in the browser", description=commands.app.__doc__))
    _add_demo(add("demo", help="write a store from real data and show it", description=commands.demo.__doc__))
    return top


def _add_query(command: argparse.ArgumentParser) -> None:
    command.add_argument("sql", metavar="SQL", help="one select over the views runs, metrics, items, annotations")
    form = command.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print a JSON list of objects")
    form.add_argument("--csv", action="store_true", help="print comma-separated values with a header")
    form.add_argument("--parquet", type=Path, metavar="FILE", help="write a Parquet file instead")
    command.add_argument("--limit-s", type=float, default=60.0, metavar="S", help="give up after so many seconds")
    _finish(command, commands.query)


def _add_runs(command: argparse.ArgumentParser, run: commands.Command) -> None:
    command.add_argument("--json", action="store_true", help="print JSON")
    _finish(command, run)


def _add_show(command: argparse.ArgumentParser) -> None:
    command.add_argument("name", metavar="RUN", help="a run's id, project/id, name or the beginning of its id")
    _add_runs(command, commands.show)


def _add_index(command: argparse.ArgumentParser) -> None:
    command.add_argument("--rebuild", action="store_true", help="begin anew instead of adding what is new")
    _finish(command, commands.index)


def _add_check(command: argparse.ArgumentParser) -> None:
    command.add_argument("--repair", action="store_true", help="mend what can be mended; nothing is deleted")
    _finish(command, commands.check)


def _add_app(command: argparse.ArgumentParser) -> None:
    command.add_argument("place", nargs="?", type=Path, metavar="ROOT", help="the store, as --root")
    _add_server(command)
    _finish(command, commands.app)


def _add_demo(command: argparse.ArgumentParser) -> None:
    command.add_argument("--no-app", action="store_true", help="only write the store")
    command.add_argument("--fresh", action="store_true", help="train again, even what is there")
    _add_server(command)
    _finish(command, commands.demo)


def _add_server(command: argparse.ArgumentParser) -> None:
    command.add_argument("--port", type=int, help="the app's port (default: 8501, or a free one)")
    command.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: %(default)s)")
    command.add_argument("--no-browser", action="store_true", help="print the URL only")


def _finish(command: argparse.ArgumentParser, run: commands.Command) -> None:
    root = os.environ.get(ROOT_VARIABLE) or DEFAULT_ROOT
    said = f"the store (default: {ROOT_VARIABLE}, else ./{DEFAULT_ROOT})"
    command.add_argument("--root", type=Path, default=Path(root), metavar="ROOT", help=said)
    command.set_defaults(run=run)


def _refused(sentence: str) -> int:
    print(f"mediastore: {sentence}", file=sys.stderr)
    return 1
