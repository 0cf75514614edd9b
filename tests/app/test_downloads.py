"""What is found, as files: CSV, Parquet, JSON, COCO, in code and over HTTP."""

import asyncio
import csv
import io
import json
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

import mediastore
from mediastore import audit, downloads, export, scratch
from mediastore.coco import to_coco
from mediastore.geometry import rle_to_mask
from mediastore.reader.search import Search
from mediastore.reader.store import Store

DISC = np.hypot(*np.mgrid[-20:40, -30:50]) < 12
BOXES = [(10.5, 4.0, 30.0, 20.25), (40.0, 30.0, 79.0, 59.0)]
BONES = [[1.0, 2.0, 0.9], [30.0, 40.0], None]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Two pictures with every kind of annotation, of which COCO can hold all but labels; and a sound and a film."""
    root = tmp_path_factory.mktemp("exported") / "store"
    with mediastore.init(project="pets", id="one", dir=root) as run:
        for step, box in enumerate(BOXES):
            run.log({"val": picture(step, box)}, step=step)
        bark = mediastore.Span(0, 0.5, label="bark")
        fly = mediastore.Box((1, 1, 8, 8), label="fly", frame=2)
        run.log({"bark": mediastore.Audio(np.zeros(8000), sample_rate=8000, spans=[bark])}, step=0)
        run.log({"film": mediastore.Video(np.zeros((4, 16, 16, 3), np.uint8), fps=4, boxes=[fly])}, step=0)
    assert audit.check(root).findings == []
    return Store(root)


def picture(step: int, box: tuple[float, ...]) -> mediastore.Image:
    square = [(0, 0), (40, 0), (40, 40), (0, 40)]
    hole = [(10, 10), (30, 10), (30, 30), (10, 30)]
    return mediastore.Image(
        np.zeros((60, 80, 3), np.uint8),
        boxes=[
            mediastore.Box(box, label="cat", score=0.25 * (step + 1)),
            mediastore.Box(box, label="dog", layer="ground_truth"),
        ],
        masks=[mediastore.Mask(DISC, label="disc")],
        polygons=[
            mediastore.Polygon([(0, 0), (8, 0), (8, 6)], label="tri"),
            mediastore.Polygon(square, holes=[hole], label="ring"),
        ],
        keypoints=[mediastore.Keypoints(BONES, names=["a", "b", "c"], skeleton=[[0, 1]], label="dog")],
        labels=[mediastore.Label(label='in "doors", =1+1', score=0.5)],
        sample=f"scene-{step}",
    )


@pytest.fixture
def client(store: Store) -> TestClient:
    return TestClient(served(store), base_url="http://127.0.0.1")


def served(store: Store) -> Starlette:
    return Starlette(routes=downloads.routes(cache(partial(Store, store.root, fenced=True))))


@pytest.mark.parametrize("method", ["GET", "HEAD", "broken"])
def test_nothing_is_left_of_what_was_sent(client: TestClient, store: Store, method: str) -> None:
    """Also when whoever asked has gone before its end."""

    async def gone(message: dict[str, Any]) -> None:
        raise OSError("the connection is closed")

    url = downloads.annotations_url("csv", everything(store))
    before = sorted(scratch.folder().iterdir())
    if method == "broken":
        path, _, query = url.partition("?")
        scope = {"type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": []}
        sending = served(store)(scope, asyncio.Queue().get, gone)
        with ThreadPoolExecutor(1) as aside, pytest.raises(OSError, match="the connection is closed"):
            aside.submit(asyncio.run, sending).result()
    else:
        assert client.request(method, url, headers={"range": "bytes=0-3,9-8"}).status_code in (200, 400, 416)
    assert sorted(scratch.folder().iterdir()) == before


def everything(store: Store) -> Search:
    return Search(view=tuple(store.runs()["ref"]))


def by_label(content: dict[str, Any], label: str) -> list[dict[str, Any]]:
    ids = {category["id"] for category in content["categories"] if category["name"] == label}
    return [one for one in content["annotations"] if one["category_id"] in ids]


def test_coco_holds_every_object_as_it_was_logged(store: Store, tmp_path: Path) -> None:
    told = to_coco(store, tmp_path / "coco.json")
    content = json.loads((tmp_path / "coco.json").read_text())
    assert told == {"images": 2, "annotations": 12, "left_out": {"label": 2, "span": 1, "box in a film": 1}}
    assert content["info"]["left_out"] == told["left_out"]
    images = {image["id"]: image for image in content["images"]}
    assert [(image["width"], image["height"]) for image in images.values()] == [(80, 60)] * 2
    assert all((store.root / image["file_name"]).is_file() for image in images.values())
    assert len({one["id"] for one in content["annotations"]}) == 12
    cats = {images[one["image_id"]]["sample"]: one for one in by_label(content, "cat")}
    for step, (x0, y0, x1, y1) in enumerate(BOXES):
        cat = cats[f"scene-{step}"]
        assert cat["bbox"] == [x0, y0, x1 - x0, y1 - y0]
        assert (cat["area"], cat["score"], cat["layer"]) == ((x1 - x0) * (y1 - y0), 0.25 * (step + 1), "predictions")


def test_coco_holds_outlines_masks_holes_and_keypoints(store: Store, tmp_path: Path) -> None:
    to_coco(store, tmp_path / "coco.json")
    content = json.loads((tmp_path / "coco.json").read_text())
    disc = by_label(content, "disc")[0]
    assert (rle_to_mask(disc["segmentation"]) == DISC).all()
    assert disc["area"] == DISC.sum()
    tri = by_label(content, "tri")[0]
    assert (tri["segmentation"], tri["area"], tri["bbox"]) == ([[0, 0, 8, 0, 8, 6]], 24, [0, 0, 8, 6])
    ring = by_label(content, "ring")[0]
    assert ring["area"] == rle_to_mask(ring["segmentation"]).sum() == 40 * 40 - 20 * 20
    (person,) = [category for category in content["categories"] if "keypoints" in category]
    assert (person["name"], person["keypoints"], person["skeleton"]) == ("dog", ["a", "b", "c"], [[1, 2]])
    dog = next(one for one in content["annotations"] if one["category_id"] == person["id"])
    assert (dog["keypoints"], dog["num_keypoints"]) == ([1, 2, 2, 30, 40, 2, 0, 0, 0], 2)


def test_coco_of_a_search_holds_what_it_finds_and_no_other_picture(store: Store, tmp_path: Path) -> None:
    search = Search(view=("pets/one",), labels=("cat",), score=(0.4, None))
    assert to_coco(store, tmp_path / "coco.json", search) == {"images": 1, "annotations": 1, "left_out": {}}
    content = json.loads((tmp_path / "coco.json").read_text())
    assert [image["step"] for image in content["images"]] == [1]
    assert to_coco(store, tmp_path / "none.json", Search(view=()))["annotations"] == 0
    assert json.loads((tmp_path / "none.json").read_text())["images"] == []


def test_every_form_holds_every_row(store: Store, client: TestClient) -> None:
    search = everything(store)
    rows = store.extent(search.view).annotations
    table = client.get(downloads.annotations_url("csv", search))
    assert table.headers["content-disposition"] == 'attachment; filename="annotations.csv"'
    read = list(csv.DictReader(io.StringIO(table.text)))
    assert len(read) == rows == 16
    assert 'in "doors", =1+1' in {row["label"] for row in read}
    assert len(client.get(downloads.annotations_url("json", search)).json()) == rows
    frame = pd.read_parquet(io.BytesIO(client.get(downloads.annotations_url("parquet", search)).content))
    assert len(frame) == rows and frame["score"].dtype == float
    assert client.get(downloads.annotations_url("coco", search)).json()["info"]["annotations"] == 12


def test_a_selection_is_exported_as_the_page_finds_it(store: Store, client: TestClient) -> None:
    search = Search(view=("pets/one",), labels=("cat",), sort="score")
    read = client.get(downloads.annotations_url("json", search)).json()
    assert [row["score"] for row in read] == [0.25, 0.5]
    assert client.get(downloads.annotations_url("json", Search(view=("pets/one",), labels=("cow",)))).json() == []
    assert client.get(downloads.annotations_url("csv", Search(view=("pets/none",)))).text.startswith("project,run,key,")


def test_the_answer_to_a_query_comes_whole(client: TestClient) -> None:
    query = "select i, [i, i + 1] as pair, i / 4 as part from range(30000) t(i) order by i"
    read = client.get(downloads.query_url("json", query)).json()
    assert (len(read), read[-1]) == (30000, {"i": 29999, "pair": [29999, 30000], "part": 7499.75})
    assert client.get(downloads.query_url("csv", query)).text.splitlines()[1] == '0,"[0, 1]",0.0'


@pytest.mark.parametrize("query", ["drop table items", "from nowhere", "from read_text('/etc/passwd')"])
def test_a_query_that_is_refused_says_why(client: TestClient, query: str) -> None:
    answer = client.get(downloads.query_url("csv", query))
    assert answer.status_code == 400
    assert "root:" not in answer.text and len(answer.text) > 20


@pytest.mark.parametrize("name", ["annotations.exe", "query.coco", "items.csv", "query", ".csv"])
def test_there_is_no_other_export(client: TestClient, name: str) -> None:
    assert client.get(f"{downloads.PREFIX}/{name}?sql=select 1").status_code == 404


def test_no_file_is_left_behind(
    store: Store, client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "aside"))
    (tmp_path / "aside").mkdir()
    client.get(downloads.annotations_url("csv", everything(store)))
    client.get(downloads.query_url("csv", "select wrong"))
    assert [path for path in (tmp_path / "aside").iterdir() if "export" in path.name] == []


def test_a_query_that_fails_midway_leaves_no_file(store: Store, tmp_path: Path) -> None:
    def batches():
        yield from export.batches(pd.DataFrame({"a": [1]}))
        raise ValueError("gone")

    for form, write in export.FORMS.items():
        with pytest.raises(ValueError, match="gone"):
            write(batches(), tmp_path / f"out.{form}")
    assert list(tmp_path.glob("*out.*")) == []
