"""Ticked items: as an archive over HTTP, and as a pin in the store."""

import io
import json
import zipfile
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

import mediastore
from mediastore import pins, zips
from mediastore.errors import MediaStoreValueError, NotFoundError
from mediastore.reader.store import Store


@pytest.fixture
def ref(root: Path) -> str:
    """A run with one picture at two steps, kept once, under a key that has to be encoded."""
    with mediastore.init(project="pets", name="one", dir=root) as run:
        for step in (0, 5):
            pixels = np.full((6, 8, 3), 7, np.uint8)
            run.log({"val/ca:t": mediastore.Image(pixels, caption=f"<b>{step}</b>", sample="s")}, step=step)
        return run.id


@pytest.fixture
def client(root: Path) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=zips.routes(cache(partial(Store, root))))) as found:
        yield found


def item(run: str, step: int, index: int = 0) -> str:
    return json.dumps(["pets", run, "val/ca:t", step, index])


def test_an_archive_holds_each_media_file_with_its_sidecar(client: TestClient, ref: str, root: Path) -> None:
    answer = client.get(zips.items_url(), params={"item": [item(ref, 0), item(ref, 5), item(ref, 99)]})
    assert answer.status_code == 200
    assert "attachment" in answer.headers["content-disposition"]
    content = zipfile.ZipFile(io.BytesIO(answer.content))
    assert content.testzip() is None
    names = content.namelist()
    assert [Path(name).name for name in names] == [
        f"00000000{step}-00{ending}" for step in (0, 5) for ending in (".json", Path(names[1]).suffix)
    ]
    assert all(name.startswith(f"{ref}/val/") and ":" not in name for name in names)
    (media,) = root.rglob("*-00-*.webp")
    assert content.read(names[1]) == content.read(names[3]) == media.read_bytes()
    assert json.loads(content.read(names[2]))["caption"] == "<b>5</b>"


@pytest.mark.parametrize(
    "asked",
    [[], ["x"], ["[1, 2]"], ['["a", "b", "c", "d", 0]'], ["[" * 9999], [json.dumps(["p", "r", "k", 0, 0])] * 201],
)
def test_what_cannot_be_an_archive_is_refused(client: TestClient, ref: str, asked: list[str]) -> None:
    assert client.get(zips.items_url(), params={"item": asked}).status_code == 400


def test_items_that_are_not_there_are_not_found(client: TestClient, ref: str) -> None:
    assert client.get(zips.items_url(), params={"item": [item("nobody", 0)]}).status_code == 404


def test_an_item_without_its_file_has_its_sidecar_alone(client: TestClient, ref: str, root: Path) -> None:
    (media,) = root.rglob("*-00-*.webp")
    kept = media.read_bytes()
    media.unlink()
    answer = client.get(zips.items_url(), params={"item": [item(ref, 0)]})
    assert zipfile.ZipFile(io.BytesIO(answer.content)).namelist()[0].endswith(".json")
    media.write_bytes(kept)


def test_pins_are_kept_replaced_and_forgotten(root: Path, ref: str) -> None:
    items = [("pets", ref, "val/ca:t", 0, 0), ("pets", ref, "val/ca:t", 5, 0)]
    pins.save(root, "Böse ../Fälle", "gallery", {"label": ["cat", "dog"]}, items)
    pins.save(root, "other", "gallery", {})
    pins.save(root, "Böse ../Fälle", "gallery", {"label": ["cat"]}, items[:1])
    found = {pin.name: pin for pin in pins.saved(root)}
    assert set(found) == {"Böse ../Fälle", "other"}
    assert (found["Böse ../Fälle"].params, found["Böse ../Fälle"].items) == ({"label": ["cat"]}, items[:1])
    assert all(path.parent == root / "@pins" for path in root.rglob("*.json") if "@pins" in path.parts)
    pins.forget(root, "other")
    assert [pin.name for pin in pins.saved(root)] == ["Böse ../Fälle"]
    with pytest.raises(NotFoundError, match="saved pin"):
        pins.forget(root, "other")
    assert mediastore.Store(root).runs()["run"].tolist() == [ref]


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a\nb"])
def test_a_pin_needs_a_short_plain_name(root: Path, name: str) -> None:
    with pytest.raises(MediaStoreValueError, match="1 to 80"):
        pins.save(root, name, "gallery", {})


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"name": 1}', '{"name":"a","page":"b","params":[],"items":[],"saved":0}']
)
def test_a_torn_pin_is_passed_over(root: Path, ref: str, content: str) -> None:
    pins.save(root, "whole", "gallery", {})
    (root / "@pins/torn.json").write_text(content)
    assert [pin.name for pin in pins.saved(root)] == ["whole"]
    (root / "@pins/torn.json").unlink()
