"""Parts of pictures around objects: which part, what is in it, and how it is served."""

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

import mediastore
from mediastore import serve
from mediastore.crops import Crops
from mediastore.draw.cutout import annotation_of, cutout, window_around
from mediastore.encode.crop import crop
from mediastore.errors import MediaStoreValueError
from mediastore.thumbnails import Thumbnails

PICTURE = "demo/run-1/media/val/000000001-00-aa.png"
ROW = dict.fromkeys("layer type label score track text frame x0 y0 x1 y1 start_s end_s rest".split())


@pytest.fixture
def client(folder: Path) -> TestClient:
    app = Starlette(routes=serve.routes(folder, Thumbnails().of, Crops().of), middleware=serve.middleware())
    return TestClient(app, base_url="http://127.0.0.1")


def pixels(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)


@given(
    st.tuples(*[st.floats(-50, 700)] * 2), st.tuples(*[st.floats(0.5, 900)] * 2), st.tuples(*[st.integers(1, 640)] * 2)
)
def test_the_window_lies_in_the_picture_and_holds_what_of_the_object_does(
    start: tuple[float, float], size: tuple[float, float], size_wh: tuple[int, int]
) -> None:
    bounds = (*start, start[0] + size[0], start[1] + size[1])
    window = window_around(bounds, size_wh)
    if bounds[0] >= size_wh[0] or bounds[1] >= size_wh[1] or bounds[2] <= 0 or bounds[3] <= 0:
        assert window is None
        return
    for at in (0, 1):
        low, high = window[at], window[at + 2]
        assert 0 <= low < high <= size_wh[at]
        assert low <= max(bounds[at], 0) + 1 and high >= min(bounds[at + 2], size_wh[at]) - 1


def test_a_crop_has_the_pixels_of_its_window(tmp_path: Path) -> None:
    rows, columns = np.mgrid[:200, :300]
    Image.fromarray(np.dstack([rows, columns % 256, 0 * rows]).astype(np.uint8)).save(tmp_path / "ramp.png")
    found = pixels(crop(tmp_path / "ramp.png", (40, 60, 140, 110)))
    assert found.shape == (50, 100, 3)
    assert abs(found[25, 50, :2] - (85, 90)).max() < 6


def test_a_part_of_a_large_photo_is_shrunk_and_still_in_place(tmp_path: Path) -> None:
    photo = np.zeros((3000, 4000, 3), np.uint8)
    photo[1000:2000, 2000:3000] = 255
    Image.fromarray(photo).save(tmp_path / "photo.jpg", quality=95)
    found = pixels(crop(tmp_path / "photo.jpg", (1000, 500, 4000, 2500)))
    assert max(found.shape[:2]) <= 320
    bright = (found.mean(axis=2) > 128).nonzero()
    scale = found.shape[1] / 3000
    assert [bright[1].min(), bright[1].max()] == pytest.approx([1000 * scale, 2000 * scale], abs=2)
    assert [bright[0].min(), bright[0].max()] == pytest.approx([500 * scale, 1500 * scale], abs=2)


def test_a_part_of_a_16_bit_picture_is_windowed_as_the_whole_is(tmp_path: Path) -> None:
    values = np.linspace(1000, 5000, 100 * 100).reshape(100, 100).astype(np.uint16)
    Image.fromarray(values).save(tmp_path / "deep.png")
    assert 90 < pixels(crop(tmp_path / "deep.png", (0, 40, 100, 60))).mean() < 165


def test_a_frame_of_a_film_is_cut_not_its_poster(tmp_path: Path) -> None:
    film = np.zeros((20, 64, 64, 3), np.uint8)
    film[12] = 250
    with mediastore.init(project="films", dir=tmp_path / "store") as run:
        run.log({"film": mediastore.Video(film, fps=10)})
    (file,) = (tmp_path / "store").glob("**/*.mp4")
    light = [pixels(crop(file, (0, 0, 32, 32), frame)).mean() for frame in (0, 11, 12, 13)]
    assert [value > 128 for value in light] == [False, False, True, False]
    with pytest.raises(MediaStoreValueError, match="frame must be"):
        crop(file, (0, 0, 32, 32), 999)


@pytest.mark.parametrize("window", [(500, 0, 600, 10), (5, 5, 5, 9), (0, 90, 10, 120)])
def test_a_window_beside_the_picture_is_refused(tmp_path: Path, window: tuple[int, int, int, int]) -> None:
    Image.new("RGB", (50, 50)).save(tmp_path / "small.png")
    with pytest.raises(MediaStoreValueError, match="must touch the picture of 50×50"):
        crop(tmp_path / "small.png", window)


def test_a_crop_is_served_once_and_known_again(client: TestClient) -> None:
    url = serve.crop_url(PICTURE, (10, 20, 110, 120))
    answer = client.get(url)
    assert answer.status_code == 200 and answer.headers["content-type"] == "image/webp"
    assert pixels(answer.content).shape == (100, 100, 3)
    assert client.get(url, headers={"if-none-match": answer.headers["etag"]}).status_code == 304


@pytest.mark.parametrize("window", ["", "1,2,3", "a,b,c,d", "-1,0,5,5", "1,2,3,9999999999"])
def test_a_crop_of_no_window_is_not_there(client: TestClient, window: str) -> None:
    assert client.get(f"{serve.CROP_PREFIX}/{PICTURE}?window={window}").status_code == 404


@pytest.mark.parametrize("path", ["run.json", "media/val/link.png", "../../../outside.png", "media/away/outside.png"])
def test_nothing_but_media_of_the_store_is_cut(client: TestClient, path: str) -> None:
    assert client.get(serve.crop_url(f"demo/run-1/{path}", (0, 0, 4, 4))).status_code in (400, 404)


def test_what_cannot_be_cut_is_a_card_and_not_kept(client: TestClient, folder: Path) -> None:
    answer = client.get(serve.crop_url("demo/run-1/media/val/page.png", (0, 0, 9, 9)))
    assert answer.status_code == 200 and "max-age=60" in answer.headers["cache-control"]
    assert pixels(answer.content).shape == (240, 320, 3)


def test_crops_are_kept_within_their_bound(folder: Path) -> None:
    cut = []

    def counted(file: Path, window: tuple[int, ...], frame: int | None) -> bytes:
        cut.append(window)
        return bytes(40)

    crops = Crops(kept_bytes=100, cut=counted)
    for window in [(0, 0, 1, 1), (0, 0, 2, 2), (0, 0, 1, 1), (0, 0, 3, 3), (0, 0, 1, 1), (0, 0, 2, 2)]:
        crops.of(folder / PICTURE, window)
    assert cut == [(0, 0, 1, 1), (0, 0, 2, 2), (0, 0, 3, 3), (0, 0, 2, 2)]


def test_a_row_is_its_annotation_again() -> None:
    box = {"type": "box", "label": "cat", "score": 0.5, "box": [1.0, 2.0, 3.0, 5.0], "scores": {"iou": 0.2}}
    row = ROW | {"type": "box", "label": "cat", "score": 0.5, "rest": '{"scores":{"iou":0.2}}'}
    assert annotation_of(row | dict(zip(("x0", "y0", "x1", "y1"), box["box"], strict=True))) == box
    assert annotation_of(ROW | {"type": "span", "start_s": 0.5, "end_s": 1.0}) == {"type": "span", "span": [0.5, 1.0]}


def test_an_object_without_a_place_shows_its_whole_picture() -> None:
    shown = cutout(ROW | {"type": "label", "label": "indoors", "width": 40, "height": 30}, str)
    assert (shown["window"], shown["w"], shown["h"]) == (None, 40, 30)
    assert cutout(ROW | {"type": "span", "start_s": 0.0, "end_s": 1.0}, str)["window"] is None
