"""The commands that read, keep and show a store: parsed options in, an exit code out."""

import getpass
import os
import signal
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from mediastore.cli.words import can_answer, count, print_line, say
from mediastore.errors import MediaStoreError

Command = Callable[[Namespace], int]


@contextmanager
def ended_by_ctrl_c() -> Iterator[None]:
    """Ctrl-C ends the process at once, which is 130 to a shell: while a query runs, Python would not hear it."""
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def query(options: Namespace) -> int:
    """Ask one select statement over the views runs, metrics, items and annotations. Nothing can be written."""
    from mediastore.cli import output
    from mediastore.reader.store import Store

    store = Store(options.root)
    with ended_by_ctrl_c():
        found = store.sql(options.sql, limit_s=options.limit_s)
    if options.parquet:
        output.to_parquet(found, options.parquet)
    else:
        form = "json" if options.json else "csv" if options.csv else "table"
        output.show(found, form)
    return 0


def sql(options: Namespace) -> int:
    """Write the views as SQL that a bare DuckDB runs, over what is indexed: `duckdb -init FILE`."""
    from mediastore import files
    from mediastore.reader import portable

    text = portable.views(options.root.absolute())
    if options.output is None:
        print(text)
    else:
        files.write(options.output, text.encode())
    return 0


def ls(options: Namespace) -> int:
    """List the runs of the store, newest first."""
    from mediastore.cli import output, reports
    from mediastore.reader.store import Store

    store = Store(options.root)
    found = reports.runs(store)
    if found.empty and not options.json:
        say(f"No runs in {store.root} yet: mediastore.init(project=..., dir=...) begins one.")
    else:
        output.show(found, "json" if options.json else "table")
    return 0


def show(options: Namespace) -> int:
    """Tell what a run holds: its config, last metrics, media, what could not be read; or with --key its items."""
    from mediastore.cli import output, reports
    from mediastore.reader.named import named_run
    from mediastore.reader.store import Store

    run = named_run(options.root, options.name)
    if options.key is not None:
        output.show(reports.items(Store(options.root), run, options.key), "json" if options.json else "table")
        return 0
    report = reports.run(Store(options.root), run)
    if options.json:
        output.show_json(report.record)
    else:
        for title, table in report.tables:
            output.show_titled(title, table)
    return 0


def evaluate(options: Namespace) -> int:
    """Compare a run's predictions with the truth that was logged with them, at the latest step or at all.

    AP, AP50 and AP75 are COCO's, over all scores; the other numbers hold at --iou and --score.
    """
    from mediastore.cli import evaluation

    with ended_by_ctrl_c():
        return evaluation.run(options)


def du(options: Namespace) -> int:
    """Tell what takes the space, the largest first: media as if nothing were stored twice (logical) and on the disk.

    By run and project also the records (sidecars, journals), the index, which may be deleted, and all else.
    """
    from mediastore import usage
    from mediastore.cli import output
    from mediastore.reader.store import Store

    rows = usage.usage(Store(options.root), options.by, options.project)
    columns = usage.columns(options.by)
    output.show_rows(rows, columns, options.json, sizes=columns[columns.index("items") + 1 :])
    return 0


def completion(options: Namespace) -> int:
    """Print the lines that complete these commands, their options, runs and keys in a shell.

    bash: eval "$(mediastore completion bash)"; zsh: the same with zsh; fish: mediastore completion fish | source.
    """
    from mediastore.cli import completion

    print(completion.script(options.shell))
    return 0


def index(options: Namespace) -> int:
    """Bring the Parquet index of every run up to its journals, sidecars that no journal has included."""
    from mediastore.cli import output
    from mediastore.reader.reindex import RolledUp, forget, reindex, update_all

    if options.rebuild:
        forget(options.root)
    runs = list(reindex(options.root))
    with output.progress("every run", sum(run.unread_bytes() for run in runs)) as advance:
        update_all(runs, advance)
    for run in runs:
        print_line(run.folder.name, f"{run.lines()} lines")
    rolled = RolledUp(options.root)
    with output.progress("all runs together", rolled.unread_bytes()) as advance:
        rolled.update(advance, with_look=True)
    if options.thumbnails:
        _make_thumbnails(options.root)
    return 0


def _make_thumbnails(root: Path) -> None:
    from mediastore import warming
    from mediastore.cli import output
    from mediastore.reader.store import Store

    store = Store(root)
    with output.progress("thumbnails", len(warming.paths(store))) as advance:
        made = warming.make_all(store, progress=advance)
    said = f"{count(made.pictures, 'thumbnail')}, {count(made.cards, 'card')} instead of one"
    say(said + (f", {count(made.missing, 'file')} missing" if made.missing else ""))


def check(options: Namespace) -> int:
    """Compare every journal, sidecar and media file; 1 when something is wrong and was not mended."""
    from mediastore import audit, moves

    if options.repair:
        for told in moves.finish(options.root):
            say(told)
    elif moves.has_unfinished(options.root):
        say("A move of runs was interrupted, or goes on; `mediastore check --repair` ends it.")
    report = audit.check(options.root, repair=options.repair)
    for line in report.lines:
        print_line(line)
    return 0 if report.clean else 1


def app(options: Namespace) -> int:
    """Show one or more stores in the browser until Ctrl-C."""
    from mediastore.view.launch import launch

    roots = [place.absolute() for place in options.places or [options.root]]
    return launch(*roots, open_browser=not options.no_browser, **_serving(options))


def demo(options: Namespace) -> int:
    """Train small detectors, find faces, hear speech; log all of it, and show it while it grows."""
    from mediastore.demo import run_demo

    root = options.root.absolute()
    if options.no_app:
        return run_demo(root, fresh=options.fresh)
    from mediastore.view import launch

    start_app = partial(launch.start, root, **_serving(options))
    open_browser = None if options.no_browser else launch.open_in_browser
    return run_demo(root, start_app=start_app, open_browser=open_browser, fresh=options.fresh)


_SERVED = ("port", "host", "base_url", "read_only", "allow_code", "proxy", "limits")


def _serving(options: Namespace) -> dict[str, Any]:
    """How the app is to be served; says aloud when others can come to it."""
    from mediastore.view.launch import Serving

    how = {name: getattr(options, name) for name in _SERVED}
    how["password"] = _password(options.password)
    if how["password"] is None and Serving(**how).is_open_to_others:
        say(
            f"EVERYBODY who can reach {options.host} can see this store and, without --read-only, change it: there is "
            "no password. Say --password, or set up a login (docs/commands.md)."
        )
    return how


def _password(is_asked: bool) -> str | None:
    """From the environment, else typed, for a command line is seen by every user of the machine."""
    given = os.environ.get("MEDIASTORE_PASSWORD")
    if given or not is_asked:
        return given or None
    if not can_answer():
        raise MediaStoreError("the password must be typed, got no terminal; set MEDIASTORE_PASSWORD instead")
    typed = getpass.getpass("Password for the app: ", sys.stderr)
    if not typed:
        raise MediaStoreError("the password must not be empty, got nothing; type one")
    return typed
