"""Damaged stores: the reader answers, says what is wrong and never raises; `check` explains it and mends it."""

import json
import os
import random
import time
from pathlib import Path

import material
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediastore import audit, naming, sidecar
from mediastore.errors import MediaStoreError
from mediastore.geometry import mask_to_rle, rle_to_mask
from mediastore.reader.reindex import reindex
from mediastore.reader.store import Store

ROUNDS = 20
SOON_S = 10
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6))
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner)
)


def whole_store(root: Path, *, indexed: bool) -> list[Path]:
    """A store of two runs, written by hand; its files."""
    (root / "mediastore.json").parent.mkdir(parents=True, exist_ok=True)
    (root / "mediastore.json").write_text('{"format": 1}')
    for run in ("run-1", "run-2"):
        folder = root / "p" / run
        for name in ("items", "metrics", "media/val/x"):
            (folder / name).mkdir(parents=True)
        record = {"format": 1, "project": "p", "run": run, "status": "finished", "config": {"lr": 1}, "created": 1.0}
        (folder / "run.json").write_text(json.dumps(record))
        lines = [material.sidecar(step) | {"run": run} for step in range(3)]
        (folder / "items/aa-0001.jsonl").write_bytes(b"".join(map(material.line, lines)))
        metrics = [{"step": step, "time": 1.0, "values": {"loss": 1 / (step + 1)}} for step in range(3)]
        (folder / "metrics/aa-0001.jsonl").write_bytes(b"".join(map(material.line, metrics)))
        (folder / "media/val/x/000000000-00-aa.png").write_bytes(material.picture("PNG"))
        (folder / "media/val/x/000000000-00-aa.json").write_bytes(material.line(lines[0]))
    if indexed:
        for run in reindex(root):
            run.update()
    return sorted(path for path in root.rglob("*") if path.is_file())


def read_all(root: Path) -> None:
    """Every way to read; none may raise for what strangers wrote."""
    began = time.monotonic()
    try:
        store = Store(root)
    except MediaStoreError:
        return  # the mark itself is damaged, and a sentence said so
    store.runs(), store.metrics(), store.items(), store.annotations(), store.labels(), store.keys(), store.problems()
    store.records(label="cat", sort="score"), store.count(score=(0, 1)), store.refresh()
    store.sql("select count(*) from items join annotations using (run, key, step, index)")
    assert time.monotonic() - began < SOON_S


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("indexed", [False, True], ids=["journals", "indexed"])
def test_a_store_with_a_damaged_file_is_read(tmp_path: Path, indexed: bool) -> None:
    choice = random.Random(indexed)
    root = tmp_path / "sick"
    files = whole_store(root, indexed=indexed)
    contents = {path: path.read_bytes() for path in files}
    for _ in range(int(os.environ.get("FUZZ_ROUNDS", ROUNDS))):
        path = choice.choice(files)
        path.write_bytes(damaged(contents[path], choice))
        try:
            read_all(root)
            for run in reindex(root):
                run.update()
            read_all(root)
            audit.check(root)
        except Exception as error:
            error.add_note(f"{path.relative_to(root)}: {path.read_bytes()[:2000]!r}")
            raise
        path.write_bytes(contents[path])


def damaged(content: bytes, choice: random.Random) -> bytes:
    made = bytearray(content)
    for _ in range(choice.randint(1, 3)):
        at = choice.randrange(len(made) or 1)
        way = choice.randrange(6)
        if way == 0:
            made[at : at + 3] = choice.randbytes(3)
        elif way == 1:
            del made[at:]
        elif way == 2:
            made[at:at] = choice.choice([b'"', b"}", b"[[[[", b"\n", b"\0", b"\\ud800", b"1e999", b"-", b"null", b"{}"])
        elif way == 3:
            digits = [place for place, byte in enumerate(made) if 48 <= byte <= 57] or [0]
            at = choice.choice(digits)
            made[at : at + 1] = choice.choice([b"-1", b"99999999999999999999", b"1.5", b'"x"', b"null", b"[]", b"true"])
        elif way == 4:
            del made[at : at + 5]
        else:
            made += made[: choice.randrange(200)]
    return bytes(made)


@pytest.mark.slow
@pytest.mark.timeout(400)
@settings(max_examples=25)
@given(record=st.dictionaries(st.sampled_from([*material.sidecar()]), anything), text=st.binary(max_size=60))
def test_any_line_any_record_and_any_sidecar_are_read(tmp_path_factory: pytest.TempPathFactory, record, text) -> None:
    root = tmp_path_factory.mktemp("any") / "sick"
    run = root / "p/run-1"
    (run / "items").mkdir(parents=True)
    (run / "metrics").mkdir()
    (run / "media").mkdir()
    line = material.line(material.sidecar() | record)
    (run / "items/aa-0001.jsonl").write_bytes(line + text + b"\n" + line)
    (run / "metrics/aa-0001.jsonl").write_bytes(material.line(record) + text + b"\n" + line)
    (run / "media/x.json").write_bytes(line)
    (run / "run.json").write_bytes(line if len(text) % 2 else text)
    read_all(root)
    for indexed in reindex(root):
        indexed.update()
    read_all(root)
    audit.check(root)


@given(text=st.binary(max_size=200) | st.text(max_size=200))
def test_a_record_is_parsed_or_refused_with_a_sentence(text: bytes | str) -> None:
    try:
        assert isinstance(sidecar.parse(text, "it"), dict)
    except MediaStoreError as error:
        assert str(error).startswith("it must")


@given(name=st.text(max_size=200))
def test_a_key_comes_back_and_leads_nowhere(name: str) -> None:
    try:
        folder = naming.encode_key(name)
    except MediaStoreError:
        return
    assert not Path(folder).is_absolute()
    assert ".." not in folder.split("/")
    assert "\0" not in folder and "\\" not in folder
    assert "/".join(map(naming.decode_part, _parts(folder))) == name


def _parts(folder: str) -> list[str]:
    """The encoded parts of a key; a piece that ends in one `~` goes on in the next folder."""
    parts: list[str] = []
    goes_on = False
    for piece in folder.split("/"):
        if goes_on:
            parts[-1] += "/" + piece
        else:
            parts.append(piece)
        goes_on = piece.endswith("~") and not piece.endswith("~~")
    return parts


@given(
    counts=st.text(max_size=40) | st.lists(st.integers(-5, 2**40), max_size=9),
    size=st.tuples(*[st.integers(0, 64)] * 2),
)
def test_a_mask_is_decoded_or_refused(counts: str | list[int], size: tuple[int, int]) -> None:
    try:
        mask = rle_to_mask({"size": size, "counts": counts})
    except MediaStoreError:
        return
    assert mask.shape == size
    assert rle_to_mask(mask_to_rle(mask)).tolist() == mask.tolist()


def test_a_mask_of_a_billion_pixels_is_refused_before_it_is_made() -> None:
    with pytest.raises(MediaStoreError, match="pixels"):
        rle_to_mask({"size": [100_000, 100_000], "counts": [100_000 * 100_000]})
