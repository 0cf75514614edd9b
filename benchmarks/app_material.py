"""What the app is measured on beside `stores.py`: a run of photographs of its own, and one film of a gigabyte."""

import functools
import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image
from stores import BOXES, LABELS, SIZE, rarity

import mediastore

TILES = 24
KEY = "val/photos"
FPS, FILM_SIZE, FILM_FRAMES = 25, (1280, 720), 50


def photographs(folder: Path, count: int) -> None:
    """Write `count` different JPEG files of 640×480 that weigh what photographs weigh."""
    folder.mkdir(parents=True)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(functools.partial(_photograph, folder), range(count)))


def _photograph(folder: Path, number: int) -> None:
    draw = np.random.default_rng(number)
    layers = [
        np.asarray(Image.fromarray(draw.integers(0, 255, (rows, rows * 4 // 3, 3), np.uint8)).resize(SIZE, 3), float)
        for rows in (4, 16, 64)
    ]
    pixels = 0.6 * layers[0] + 0.3 * layers[1] + 0.1 * layers[2]
    Image.fromarray(pixels.astype(np.uint8)).save(folder / f"{number:04d}.jpg", quality=90)


def by_step(folder: Path) -> Iterator[tuple[int, list[Path]]]:
    """Every step with its TILES files."""
    files = sorted(folder.glob("*.jpg"))
    for step in range(len(files) // TILES):
        yield step, files[step * TILES : (step + 1) * TILES]


def boxes(number: int) -> list[mediastore.Box]:
    """The ten boxes of a photograph."""
    draw = np.random.default_rng([number, 1])
    corners = np.sort(draw.random((BOXES, 2, 2)), axis=1) * SIZE
    found = zip(corners.reshape(-1, 4), rarity(draw, BOXES), draw.random(BOXES), strict=True)
    return [
        mediastore.Box(tuple(box.round(1).tolist()), label=LABELS[label], score=round(float(score), 3))
        for box, label, score in found
    ]


def photograph_store(root: Path, folder: Path) -> None:
    """Log the photographs, TILES a step, with boxes and two metrics, in one run; make all thumbnails."""
    with mediastore.init(project="photos", name="photographs", dir=root) as run:
        for step, files in by_step(folder):
            pictures = [
                mediastore.Image(path, boxes=boxes(int(path.stem)), caption=path.stem, sample=path.stem)
                for path in files
            ]
            run.log({KEY: pictures, "train/loss": 1 / (step + 1), "val/score": 1 - 1 / (step + 2)}, step=step)


def film_store(root: Path, size_bytes: int) -> None:
    """Log one H.264 film of at least that size: its two seconds of noise are encoded once and repeated."""
    film = root.parent / "film.mp4"
    film.parent.mkdir(parents=True, exist_ok=True)
    _film(film, size_bytes)
    with mediastore.init(project="films", name="film", dir=root) as run:
        run.log({"film": mediastore.Video(film, caption="noise")}, step=0)
    film.unlink()


def _film(target: Path, size_bytes: int) -> None:
    import av

    short = target.with_suffix(".short.mp4")
    draw = np.random.default_rng(0)
    with av.open(short, "w") as out:
        stream = out.add_stream("libx264", rate=FPS, options={"preset": "ultrafast", "crf": "12", "g": str(FPS)})
        stream.width, stream.height = FILM_SIZE
        stream.pix_fmt = "yuv420p"
        stream.codec_context.max_b_frames = 0
        for number in range(FILM_FRAMES):
            coarse = draw.integers(0, 255, (FILM_SIZE[1] // 4, FILM_SIZE[0] // 4, 3), np.uint8)
            coarse[: 4 + number] = 255
            picture = av.VideoFrame.from_ndarray(np.asarray(Image.fromarray(coarse).resize(FILM_SIZE, 0)), "rgb24")
            out.mux(stream.encode(picture))
        out.mux(stream.encode())
    with av.open(short) as read, av.open(target, "w") as out:
        source = read.streams.video[0]
        stream = out.add_stream_from_template(source)
        packets = [packet for packet in read.demux(source) if packet.dts is not None]
        content = [(bytes(packet), packet.dts, packet.is_keyframe) for packet in packets]
        ticks = round(Fraction(FILM_FRAMES, FPS) / source.time_base)
        for turn in range(math.ceil(size_bytes / short.stat().st_size)):
            for data, dts, is_key in content:
                packet = av.Packet(data)
                packet.stream, packet.time_base = stream, source.time_base
                packet.dts = packet.pts = dts + turn * ticks
                packet.is_keyframe = is_key
                out.mux(packet)
    short.unlink()
