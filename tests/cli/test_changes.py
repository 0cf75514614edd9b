"""The commands that change a store, each followed by `check` finding nothing."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import mediastore
from mediastore import audit, cli, files, moves

Command = Callable[..., object]
MOVE = """
import os, signal, sys
from pathlib import Path
from mediastore import files
from mediastore.cli import main
root, at, acts = sys.argv[1], int(sys.argv[2]), sys.argv[3].split()
done = 0
def killing(act):
    def counted(*given, **named):
        global done
        done += 1
        if done == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return act(*given, **named)
    return counted
for name in acts:
    setattr(files, name, killing(getattr(files, name)))
code = main(["mv", "one", "other", "--root", root])
sys.exit(code)
"""


def paths(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def media(run: Path) -> list[Path]:
    return [path for path in (run / "media").rglob("*") if path.is_file() and path.suffix != ".json"]


def items(root: Path) -> list[tuple]:
    store = mediastore.Store(root)
    rows = store.sql("select project, run, key, step, index, kind, caption, sha256 from items order by all")
    assert all((root / path).is_file() for path in store.items()["path"])
    return list(rows.itertuples(index=False, name=None))


def test_tags_are_added_and_removed(command: Command, log_run: Callable[..., str]) -> None:
    log_run("one", tags=["old", "good"])
    log_run("two")
    told = command("tag", "one", "two", "--add", "best", "--add", "good", "--remove", "old")
    assert told.out == "demo/one\tgood\tbest\ndemo/two\tbest\tgood\n"
    assert command("tag", "two").out == "demo/two\tbest\tgood\n"
    assert command("ls", "--json").code == 0


def test_a_name_and_notes_are_replaced(command: Command, log_run: Callable[..., str], root: Path) -> None:
    log_run("one")
    assert command("rename", "one", "the first").code == 0
    assert command("notes", "the first", "it *works*\nat last").code == 0
    assert command("notes", "one").out == "it *works*\nat last\n"
    assert mediastore.Store(root).runs()[["run", "name"]].values.tolist() == [["one", "the first"]]


def test_a_removed_run_is_out_of_sight_and_comes_back_as_it_was(
    command: Command, log_run: Callable[..., str], root: Path
) -> None:
    log_run("one")
    log_run("two")
    before, known = paths(root), items(root)
    assert command("rm", "one", "--yes").out == "demo/one\n"
    assert [row["run"] for row in command("ls").rows] == ["two"]
    assert len(items(root)) == 3
    [removed] = command("trash").rows
    assert (removed["project"], removed["run"]) == ("demo", "one")
    assert int(removed["on_disk"]) > 1000
    assert command("restore", "one").out == "demo/one\n"
    assert (paths(root), items(root)) == (before, known)
    assert command("trash", "--json").out == "[]\n"


def test_purge_deletes_for_good(command: Command, log_run: Callable[..., str], root: Path) -> None:
    log_run("one")
    log_run("two", project="else")
    assert command("rm", "--project", "demo", "--purge", "--yes").code == 0
    assert not (root / ".trash").exists()
    assert not (root / "demo").exists()
    assert command("restore", "one").err.startswith("mediastore: RUN must lie in the trash, got 'one'")


def test_the_trash_is_emptied_by_age(command: Command, log_run: Callable[..., str], root: Path) -> None:
    for run in ("one", "two"):
        log_run(run)
        command("rm", run, "--yes")
    [note] = [path for path in root.glob(".trash/*/trash.json") if '"one"' in path.read_text()]
    note.write_text(json.dumps(json.loads(note.read_text()) | {"removed": time.time() - 3 * 86400}))
    assert command("trash", "--empty", "--older-than", "2", "--yes").out == "demo/one\n"
    assert [row["run"] for row in command("trash").rows] == ["two"]
    assert command("trash", "--empty", "--yes").out == "demo/two\n"
    assert not (root / ".trash").exists()


def test_a_run_is_not_restored_over_another_one(command: Command, log_run: Callable[..., str]) -> None:
    log_run("one")
    command("rm", "one", "--yes")
    log_run("one")
    told = command("restore", "one")
    assert told.code == 1
    assert "demo/one must be free to restore demo/one" in told.err


def test_a_note_in_the_trash_cannot_put_a_run_outside_the_store(
    command: Command, log_run: Callable[..., str], root: Path
) -> None:
    log_run("one")
    command("rm", "one", "--yes")
    [note] = root.glob(".trash/*/trash.json")
    for place in ("../away", "/tmp/away", ".trash/again"):
        note.write_text(json.dumps(json.loads(note.read_text()) | {"place": place}))
        assert command("restore", "one").err.startswith("mediastore: place must be a folder of the store")


def test_nobody_at_the_terminal_means_no(command: Command, log_run: Callable[..., str]) -> None:
    log_run("one")
    told = command("rm", "one")
    assert told.code == 1
    assert "say --yes" in told.err
    assert len(command("ls").rows) == 1


@pytest.mark.parametrize(("answer", "left"), [("n\n", 1), ("\n", 1), ("y\n", 0)])
def test_rm_asks_at_a_terminal(
    on_terminal: Callable[..., str], command: Command, log_run: Callable[..., str], root: Path, answer: str, left: int
) -> None:
    log_run("one")
    told = on_terminal("rm", "one", "--root", str(root), answer=answer)
    assert "Move to the trash: demo/one? [y/N]" in told
    assert len(json.loads(command("ls", "--json").out)) == left


def test_a_live_run_takes_tags_name_and_notes_but_is_not_moved_or_removed(command: Command, root: Path) -> None:
    with mediastore.init(project="demo", id="live", dir=root) as run:
        run.log({"loss": 1.0})
        for change in (["tag", "live", "--add", "x"], ["rename", "live", "y"], ["notes", "live", "z"]):
            assert command(*change).code == 0
        assert command("tag", "live").out == "demo/live\tx\n"
        assert command("ls").rows[0]["name"] == "y"
        assert command("notes", "live").out == "z\n"
        assert "must be over to be moved" in command("mv", "live", "other").err
        told = command("rm", "live", "--yes")
        assert told.code == 1
        assert told.err.strip().endswith("stop its process first, or say --force")
        assert [row["status"] for row in command("ls").rows] == ["running"]
    assert command("rm", "live", "--yes").code == 0


def test_a_live_run_is_removed_when_forced(command: Command, log_run: Callable[..., str], root: Path) -> None:
    log_run("one")
    record = json.loads((root / "demo/one/run.json").read_text())
    (root / "demo/one/run.json").write_text(json.dumps(record | {"status": "running", "pid": os.getpid()}))
    assert command("rm", "one", "--yes").code == 1
    assert command("rm", "one", "--yes", "--force").code == 0
    assert command("ls", "--json").out == "[]\n"


def test_a_moved_run_is_the_same_run_in_another_project(
    command: Command, log_run: Callable[..., str], root: Path
) -> None:
    log_run("one", tags=["best"], config={"lr": 0.1})
    before = items(root)
    inodes = {path.name: path.stat().st_ino for path in media(root / "demo/one")}
    assert len(inodes) == 2
    assert command("index").code == 0
    assert command("mv", "one", "Other Cats").out == "Other Cats/one\n"
    assert items(root) == [("Other Cats", *row[1:]) for row in before]
    assert {path.name: path.stat().st_ino for path in media(root / "Other Cats@41/one")} == inodes
    assert {path.name for path in root.iterdir()} == {"mediastore.json", "Other Cats@41"}
    assert audit.check(root).findings == []
    assert command("mv", "one", "demo").code == 0
    assert items(root) == before


def test_a_project_is_renamed_with_its_artifacts(command: Command, log_run: Callable[..., str], root: Path) -> None:
    log_run("one")
    log_run("two")
    with mediastore.init(project="demo", id="three", dir=root) as run:
        artifact = mediastore.Artifact("weights", "model")
        with artifact.new_file("w.txt") as file:
            file.write("1")
        run.log_artifact(artifact)
    assert command("mv", "--project", "demo", "pets").out == "pets/one\npets/three\npets/two\n"
    assert {row["project"] for row in command("ls").rows} == {"pets"}
    assert (root / "pets/@artifacts/weights/v0/artifact.json").is_file()
    assert not (root / "demo").exists()


def test_nothing_is_moved_when_one_cannot_be(command: Command, log_run: Callable[..., str]) -> None:
    log_run("one")
    log_run("two")
    log_run("two", project="other")
    told = command("mv", "--project", "demo", "other")
    assert told.err.startswith("mediastore: project 'other' must not hold a run two yet")
    assert {(row["project"], row["run"]) for row in command("ls").rows} == {
        ("demo", "one"),
        ("demo", "two"),
        ("other", "two"),
    }


def test_what_is_no_record_of_ours_is_moved_as_it_is(command: Command, log_run: Callable[..., str], root: Path) -> None:
    log_run("one")
    [journal] = (root / "demo/one/items").glob("*.jsonl")
    line = journal.read_bytes().splitlines(keepends=True)[0]
    journal.write_bytes(journal.read_bytes() + b"{torn\n" + line[:40])
    [sidecar, *_] = sorted((root / "demo/one/media/val/view").glob("*.json"))
    sidecar.write_text(json.dumps(json.loads(sidecar.read_text()), indent=2))
    (root / "demo/one/media/away").symlink_to("/etc")
    command("mv", "one", "other")
    moved = (root / "other/one/items" / journal.name).read_bytes()
    assert moved.endswith(b"{torn\n" + line[:40])
    assert json.loads(moved.splitlines()[0])["project"] == "other"
    assert (root / "other/one/media/away").is_symlink()
    (root / "other/one/media/away").unlink()
    audit.check(root, repair=True)
    (root / "other/one/items" / journal.name).write_bytes(moved[: -len(b"{torn\n" + line[:40])])


@pytest.mark.parametrize(
    "acts",
    ["move remove remove_tree", pytest.param("write link append move remove remove_tree", marks=pytest.mark.slow)],
)
def test_kill_9_at_every_step_of_a_move_loses_nothing(log_run: Callable[..., str], root: Path, acts: str) -> None:
    log_run("one")
    before = items(root)
    moved = [("other", *row[1:]) for row in before]
    for at in range(1, 100):
        told = subprocess.run(
            [sys.executable, "-c", MOVE, str(root), str(at), acts], stderr=subprocess.PIPE, timeout=60
        )
        assert audit.check(root).findings == []
        assert items(root) in (before, moved, sorted(before + moved))
        assert moves.has_unfinished(root) or items(root) != sorted(before + moved)
        assert moves.finish(root) == []
        assert items(root) in (before, moved)
        assert not (root / ".moving").exists()
        if told.returncode == 0:
            break
        if items(root) == moved:
            assert cli.main(["mv", "one", "demo", "--root", str(root)]) == 0
    assert told.returncode == 0
    assert at > len(acts.split())
    assert items(root) == moved


def test_a_move_that_fails_leaves_the_run_where_it_was(
    command: Command, log_run: Callable[..., str], root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_run("one")
    before = paths(root)
    real = files.write

    def full(path: Path, content: bytes, **given: object) -> None:
        if path.name == "run.json":
            raise OSError(28, "No space left on device", str(path))
        real(path, content, **given)

    monkeypatch.setattr(files, "write", full)
    told = command("mv", "one", "other")
    assert told.code == 1
    assert "No space left on device" in told.err
    assert {path for path in paths(root) if not path.startswith(".moving")} == before


def test_a_run_that_is_resumed_while_it_is_moved_stays(
    command: Command, log_run: Callable[..., str], root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_run("one")
    real = files.link

    def resumed(source: Path, path: Path) -> None:
        real(source, path)
        (root / "demo/one/metrics/zz-0001.jsonl").write_text('{"step": 9, "time": 1.0, "values": {"loss": 0.5}}\n')

    monkeypatch.setattr(files, "link", resumed)
    assert "got new lines meanwhile" in command("mv", "one", "other").err
    assert [row["project"] for row in command("ls").rows] == ["demo"]
