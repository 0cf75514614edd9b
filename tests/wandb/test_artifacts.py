"""Artifacts: versions by content, names that lead nowhere else, several writers at once."""

import json
import threading
from pathlib import Path

import numpy as np
import pytest

import mediastore


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def one_file(name: str, text: str) -> mediastore.Artifact:
    artifact = mediastore.Artifact(name, "data")
    with artifact.new_file("a.txt") as file:
        file.write(text)
    return artifact


def test_the_same_content_keeps_its_version_and_gains_aliases(root: Path) -> None:
    with mediastore.init(project="p", dir=root) as run:
        versions = [run.log_artifact(one_file("x", text), aliases=alias).version for text, alias in ["aA", "bB", "aC"]]
        assert versions == ["v0", "v1", "v0"]
        assert sorted(run.use_artifact("x:C").aliases) == ["A", "C", "latest"]
        assert run.use_artifact("x:B").name == "x:v1" and run.use_artifact("p/x:v1").version == "v1"


@pytest.mark.parametrize("path", ["../up", "/etc/passwd", "a/../../b", "..", "a\\b", "c:/x", "", "nul\0"])
def test_no_name_leads_out_of_the_folder(root: Path, path: str) -> None:
    artifact = mediastore.Artifact("x", "data")
    (Path("file")).write_text("t")
    if path:
        with pytest.raises(mediastore.MediaStoreValueError, match="below its folder"):
            artifact.add_file("file", name=path)
    with pytest.raises(mediastore.MediaStoreValueError, match="without '/'"):
        mediastore.Artifact("../x", "data")
    with mediastore.init(project="p", dir=root) as run:
        stored = run.log_artifact(one_file("x", "t"))
        manifest = stored.folder / "v0" / "artifact.json"
        record = json.loads(manifest.read_text())
        record["entries"][0]["path"] = path
        manifest.write_text(json.dumps(record))
        with pytest.raises(mediastore.MediaStoreValueError, match="below its folder"):
            run.use_artifact("x")


@pytest.mark.parametrize("name", ["y", "x:v7", "x:best", "x:../../p", "other/x", "../q/x"])
def test_what_is_not_there_is_named_with_what_is(root: Path, name: str) -> None:
    with mediastore.init(project="p", dir=root) as run:
        run.log_artifact(one_file("x", "t"))
        with pytest.raises(mediastore.NotFoundError, match="there are: "):
            run.use_artifact(name)
        with pytest.raises(mediastore.MediaStoreValueError, match="must be of type 'model'"):
            run.use_artifact("x", type="model")


def test_a_table_with_pictures_comes_back(root: Path) -> None:
    pictures = [mediastore.Image(np.full((4, 6), level, dtype=np.uint8)) for level in (0, 9)]
    artifact = mediastore.Artifact("x", "data")
    artifact.add(mediastore.Table(["n", "picture"], [[n, picture] for n, picture in enumerate(pictures)]), "rows")
    artifact.add(pictures[1], "alone")
    with mediastore.init(project="p", dir=root) as run:
        run.log_artifact(artifact)
        found = run.use_artifact("x").get("rows")
        run.log({"again": found, "alone": run.use_artifact("x").get("alone")})
    assert found.get_column("n") == [0, 1]
    sizes = mediastore.Store(root).sql("select key, width, height from items where kind = 'image' order by all")
    assert sizes.values.tolist() == [["again/picture", 6, 4], ["again/picture", 6, 4], ["alone", 6, 4]]


def test_references_stay_where_they_are(root: Path, tmp_path: Path) -> None:
    (tmp_path / "big").mkdir()
    (tmp_path / "big" / "a.bin").write_bytes(b"12345")
    artifact = mediastore.Artifact("x", "data")
    artifact.add_reference((tmp_path / "big").as_uri())
    artifact.add_reference("s3://bucket/far.bin")
    with mediastore.init(project="p", dir=root) as run:
        stored = run.log_artifact(artifact)
        with pytest.warns(mediastore.MediaStoreWarning, match=r"stays at s3://bucket/far.bin"):
            folder = Path(stored.download())
    assert (folder / "a.bin").read_bytes() == b"12345" and stored.size == 5
    assert not list(stored.folder.glob("v0/files/*"))


def test_eight_threads_claim_eight_versions(root: Path) -> None:
    with mediastore.init(project="p", dir=root) as run:
        artifacts = [one_file("x", str(number)) for number in range(8)]
        threads = [threading.Thread(target=run.log_artifact, args=[artifact]) for artifact in artifacts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(artifact.version for artifact in artifacts) == [f"v{number}" for number in range(8)]
        for artifact in artifacts:
            text = (Path(run.use_artifact(artifact.name).download()) / "a.txt").read_text()
            assert text == artifact.folder.joinpath(artifact.entries["a.txt"].file).read_text()


def test_saved_files_stay_below_the_run(root: Path) -> None:
    Path("out/deep").mkdir(parents=True)
    Path("out/deep/w.txt").write_text("1")
    with mediastore.init(project="p", dir=root) as run:
        [saved] = run.save("out/**/*.txt", base_path="out")
        assert Path(saved) == run.dir / "files" / "deep" / "w.txt"
        Path("out/deep/w.txt").write_text("2")
        with pytest.raises(mediastore.NotFoundError, match="must be one that run"):
            run.restore("../run.json")
    assert (run.dir / "files" / "deep" / "w.txt").read_text() == "2", "what changed is copied once more at the end"
