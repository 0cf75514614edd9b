"""`check` looks into artifacts as it looks into runs, and mends them without deleting."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import mediastore
from mediastore import audit


@pytest.fixture
def artifact(sick_root: Path) -> Path:
    """The folder of an artifact in two versions that share a file, and a whole one beside it."""
    with mediastore.init(project="p", dir=sick_root) as run:
        for extra in ("one", "two"):
            artifact = mediastore.Artifact("cats", "data")
            for name, text in (("same.txt", "same"), ("deep/own.txt", extra)):
                with artifact.new_file(name) as file:
                    file.write(text)
            run.log_artifact(artifact, aliases=["best"])
        run.log_artifact(mediastore.Artifact("n" * 200, "data"))
    assert audit.check(sick_root).lines == ["1 runs, 0 items, 3 artifacts: nothing is wrong"]
    return sick_root / "p/@artifacts/cats"


def rewrite(artifact: Path, **fields: object) -> None:
    manifest = artifact / "v1/artifact.json"
    record = json.loads(manifest.read_text())
    record["entries"][0] |= fields
    manifest.write_text(json.dumps(record))


@pytest.mark.parametrize(
    ("damage", "counts"),
    [
        (lambda folder: (folder / "v0/files/same.txt").unlink(), {"missing file": 2}),
        (lambda folder: (folder / "v0/files/same.txt").write_text("some"), {"wrong digest": 2}),
        (lambda folder: (folder / "v1/files/deep/own.txt").write_text("longer"), {"wrong size": 1}),
        (lambda folder: rewrite(folder, file="../../secret"), {"file outside the artifact": 1, "orphan file": 1}),
        (lambda folder: (folder / "v1/artifact.json").write_text("{"), {"bad artifact record": 1, "orphan file": 1}),
    ],
)
def test_what_is_damaged_is_named_and_left(
    sick_root: Path, artifact: Path, damage: Callable[[Path], object], counts: dict[str, int]
) -> None:
    damage(artifact)
    assert audit.check(sick_root).counts == counts
    assert not audit.check(sick_root, repair=True).clean
    assert audit.check(sick_root).counts == {kind: count for kind, count in counts.items() if kind != "orphan file"}


@pytest.mark.parametrize(
    ("damage", "counts", "quarantined"),
    [
        (lambda folder: (folder / "v0/files/stray.bin").write_text("?"), {"orphan file": 1}, "v0/files/stray.bin"),
        (lambda folder: (folder / "v1/files/.writing-1-a").touch(), {"unfinished file": 1}, "v1/files/.writing-1-a"),
        (lambda folder: (folder / "v2").mkdir(), {"unfinished artifact": 1}, "v2"),
        (lambda folder: (folder / "aliases/best.json").write_text("v1"), {"bad alias": 1}, "aliases/best.json"),
        (lambda folder: shutil.rmtree(folder / "v1"), {"dangling alias": 2}, "aliases/best.json"),
    ],
)
def test_what_can_be_mended_goes_to_quarantine(
    sick_root: Path, artifact: Path, damage: Callable[[Path], object], counts: dict[str, int], quarantined: str
) -> None:
    damage(artifact)
    assert audit.check(sick_root).counts == counts
    assert audit.check(sick_root, repair=True).clean
    assert (sick_root / ".quarantine/p/@artifacts/cats" / quarantined).exists()
    assert audit.check(sick_root).findings == []
    with mediastore.init(project="p", dir=sick_root) as run:
        assert (Path(run.use_artifact("cats").download(sick_root.parent / "copy")) / "same.txt").read_text() == "same"


def test_a_version_that_a_live_run_writes_is_left_alone(sick_root: Path, artifact: Path) -> None:
    (artifact / "v2").mkdir()
    [path] = sick_root.glob("p/*/run.json")
    record = json.loads(path.read_text())
    path.write_text(json.dumps(record | {"status": "running", "pid": 1}))
    assert audit.check(sick_root, repair=True).findings == []
