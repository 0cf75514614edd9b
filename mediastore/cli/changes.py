"""The commands that change what a store holds: parsed options in, an exit code out."""

import sys
import time
from argparse import Namespace
from pathlib import Path

from mediastore import moves, usage
from mediastore import trash as removed
from mediastore.cli import output
from mediastore.cli.words import agreed, can_answer, count, print_line, say
from mediastore.errors import MediaStoreError, MediaStoreValueError
from mediastore.reader.edits import StoredRun
from mediastore.reader.named import NamedRun, named_run, runs_of

DAY_S = 86_400.0


def tag(options: Namespace) -> int:
    """Add and remove tags of runs, live ones too, and print the tags of each; without --add and --remove only print."""
    for run in _named(options.root, options.names):
        tags = [str(tag) for tag in run.record.get("tags") or ()]
        kept = [tag for tag in tags if tag not in options.remove]
        wanted = [*kept, *(tag for tag in dict.fromkeys(options.add) if tag not in kept)]
        if wanted != tags:
            StoredRun(run.folder.path).update(tags=wanted)
        print_line(run.ref, *wanted)
    return 0


def rename(options: Namespace) -> int:
    """Give a run another name, a live one too. Its id, and so its folder and its links, stay."""
    [run] = _named(options.root, [options.name])
    StoredRun(run.folder.path).update(name=options.to)
    say(f"{run.ref} is called {options.to} now; it was {run.name}")
    return 0


def notes(options: Namespace) -> int:
    """Print or replace the notes of a run, of a live one too."""
    [run] = _named(options.root, [options.name])
    if options.text is None:
        for line in str(run.record.get("notes") or "").splitlines():
            print_line(line)
    else:
        StoredRun(run.folder.path).update(notes=sys.stdin.read().strip() if options.text == "-" else options.text)
    return 0


def mv(options: Namespace) -> int:
    """Move runs that are over to another project: their records are written anew, their media stay as they are.

    A run keeps its id. Ended in the middle, every run is whole in one of the two projects or in both; the next mv, rm
    or `check --repair` settles that.
    """
    for told in moves.finish(options.root):
        say(told)
    runs = _chosen(options)
    for run in runs:
        moves.place(options.root, run, options.to)
    for run in runs:
        with output.progress(run.ref, 0) as advance:
            moves.move(options.root, run, options.to, advance)
        print_line(f"{options.to}/{run.identity[1]}")
    if options.project is not None:
        moves.move_artifacts(options.root, options.project, options.to)
    return 0


def rm(options: Namespace) -> int:
    """Move runs to the trash in the store, from where `restore` brings them back; with --purge delete them for good."""
    for told in moves.finish(options.root):
        say(told)
    runs = _chosen(options)
    if not options.force:
        for run in runs:
            _must_be_over(run)
    act = "Delete for good" if options.purge else "Move to the trash"
    _ask(options.yes, f"{act}: {', '.join(run.ref for run in runs)}?")
    for run in runs:
        entry = removed.remove(options.root, run, force=options.force)
        if options.purge:
            removed.purge(options.root, entry)
        print_line(run.ref)
    if not options.purge:
        say(f"{count(len(runs), 'run')} moved to the trash; `mediastore restore RUN` brings one back")
    return 0


def restore(options: Namespace) -> int:
    """Put runs from the trash back where they were. Of several with one name the last removed is meant."""
    for name in options.names:
        entry = removed.removed_run(options.root, name)
        removed.restore(options.root, entry)
        print_line(entry.ref)
    return 0


def trash(options: Namespace) -> int:
    """List the runs in the trash, the last removed first; with --empty delete them for good."""
    found = removed.listed(options.root)
    if options.older_than is not None:
        found = [entry for entry in found if time.time() - entry.removed > options.older_than * DAY_S]
    if options.empty:
        if found:
            _ask(options.yes, f"Delete for good: {', '.join(entry.ref for entry in found)}?")
        for entry in found:
            removed.purge(options.root, entry)
            print_line(entry.ref)
        return 0
    rows = [
        {"project": entry.project, "run": entry.run, "name": entry.name}
        | {"removed_utc": time.strftime("%Y-%m-%d %H:%M", time.gmtime(entry.removed))}
        | {"on_disk": usage.of_folder(entry.path)}
        for entry in found
    ]
    output.show_rows(rows, ("project", "run", "name", "removed_utc", "on_disk"), options.json, sizes=("on_disk",))
    return 0


def _named(root: Path, names: list[str]) -> list[NamedRun]:
    found = {run.ref: run for run in (named_run(root, name) for name in names)}
    return list(found.values())


def _chosen(options: Namespace) -> list[NamedRun]:
    """The runs that RUN or --project name. Raises MediaStoreValueError when both or neither do."""
    if bool(options.names) == (options.project is not None):
        raise MediaStoreValueError("RUN or --project must be given, one of the two; see --help")
    return (
        runs_of(options.root, options.project) if options.project is not None else _named(options.root, options.names)
    )


def _must_be_over(run: NamedRun) -> None:
    try:
        run.must_be_over("removed")
    except MediaStoreError as error:
        raise MediaStoreError(f"{error}, or say --force") from None


def _ask(is_agreed: bool, question: str) -> None:
    if is_agreed:
        return
    if not can_answer():
        raise MediaStoreError(f"somebody must agree to this, got nobody at a terminal; say --yes ({question})")
    if not agreed(question):
        raise MediaStoreError("nothing was changed")
