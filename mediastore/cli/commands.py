"""What each command does: parsed options in, an exit code out."""

import shutil
import sys
from argparse import Namespace
from collections.abc import Callable
from functools import partial

Command = Callable[[Namespace], int]


def query(options: Namespace) -> int:
    """Ask one select statement over the views runs, metrics, items and annotations. Nothing can be written."""
    from mediastore.cli import output
    from mediastore.reader.store import Store

    found = Store(options.root).sql(options.sql, limit_s=options.limit_s)
    if options.parquet:
        output.to_parquet(found, options.parquet)
    else:
        form = "json" if options.json else "csv" if options.csv else "table"
        output.show(found, form)
    return 0


def ls(options: Namespace) -> int:
    """List the runs of the store, newest first."""
    from mediastore.cli import output, reports
    from mediastore.reader.store import Store

    store = Store(options.root)
    found = reports.runs(store)
    if found.empty and not options.json:
        print(f"No runs in {store.root} yet: mediastore.init(project=..., dir=...) begins one.", file=sys.stderr)
    else:
        output.show(found, "json" if options.json else "table")
    return 0


def show(options: Namespace) -> int:
    """Tell what a run holds: its config, last metrics, media and what could not be read of it."""
    from mediastore.cli import output, reports
    from mediastore.reader.store import Store

    report = reports.run(Store(options.root), options.name)
    if options.json:
        output.show_json(report.record)
    else:
        for title, table in report.tables:
            output.show_titled(title, table)
    return 0


def index(options: Namespace) -> int:
    """Bring the Parquet index of every run up to its journals, sidecars that no journal has included."""
    from mediastore.cli import output
    from mediastore.reader import state
    from mediastore.reader.reindex import reindex

    for run in reindex(options.root):
        if options.rebuild:
            shutil.rmtree(run.folder.path / state.FOLDER, ignore_errors=True)
        with output.progress(run.folder.name, run.unread_bytes()) as advance:
            run.update(advance)
        print(f"{run.folder.name}\t{run.lines()} lines")
    return 0


def check(options: Namespace) -> int:
    """Compare every journal, sidecar and media file; 1 when something is wrong and was not mended."""
    from mediastore import audit

    report = audit.check(options.root, repair=options.repair)
    print("\n".join(report.lines))
    return 0 if report.clean else 1


def app(options: Namespace) -> int:
    """Show the store in the browser until Ctrl-C."""
    from mediastore.view.launch import launch

    root = (options.place or options.root).absolute()
    return launch(root, port=options.port, host=options.host, open_browser=not options.no_browser)


def demo(options: Namespace) -> int:
    """Train small detectors, find faces, hear speech; log all of it, and show it while it grows."""
    from mediastore.demo import run_demo

    root = options.root.absolute()
    if options.no_app:
        return run_demo(root, fresh=options.fresh)
    from mediastore.view import launch

    start_app = partial(launch.start, root, port=options.port, host=options.host)
    open_browser = None if options.no_browser else launch.open_in_browser
    return run_demo(root, start_app=start_app, open_browser=open_browser, fresh=options.fresh)
