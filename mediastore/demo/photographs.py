"""What classic computer vision sees in the photographs that scikit-image ships: boxes, masks, label maps, keypoints."""

import math
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from scipy.ndimage import binary_fill_holes
from skimage import data
from skimage.filters import sobel
from skimage.measure import label as number_regions
from skimage.measure import regionprops
from skimage.segmentation import watershed

import mediastore

CLUSTERS = ("darkest", "dark", "middle", "light", "lightest")
CLUSTERING_STEPS = 10
PARTS = 5
RIGHT_WITHIN = 2.0
"""Pixels by which a stereo match may miss the measured disparity and still be right."""


def look(run: mediastore.Run) -> Iterator[str]:
    """Logs one kind of finding after the other; yields a word after each."""
    run.log({"vision/faces": [_faces(name) for name in ("astronaut", "coins", "chelsea")]}, step=0)
    yield "faces by Haar cascades"
    run.log({"vision/eyes": _eyes(data.astronaut()), "vision/coins": _coins(data.coins())}, step=0)
    yield "eyes as keypoints, coins as masks"
    run.log({"vision/stereo": _stereo()}, step=0)
    yield "stereo matches as keypoints"
    for name in ("coffee", "chelsea"):
        _cluster_colours(run, name)
        yield f"{name} in five colours"


def faces_in(pixels: np.ndarray, smallest: int) -> list[tuple[tuple[float, float, float, float], float]]:
    """Faces by the frontal Haar cascade: xyxy in pixels, and the weight of the cascade's last stage."""
    return _cascade("haarcascade_frontalface_default.xml", pixels, smallest)


def weight_to_score(weight: float) -> float:
    """A cascade's weight, any number, to 0..1 by the logistic function: an order, not a probability."""
    return 1 / (1 + math.exp(-weight))


def _cascade(file: str, pixels: np.ndarray, smallest: int) -> list[tuple[tuple[float, float, float, float], float]]:
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) if pixels.ndim == 3 else pixels
    cascade = cv2.CascadeClassifier(str(Path(cv2.data.haarcascades) / file))
    boxes, _, weights = cascade.detectMultiScale3(
        grey, scaleFactor=1.05, minNeighbors=2, minSize=(smallest, smallest), outputRejectLevels=True
    )
    return [
        ((float(x), float(y), float(x + width), float(y + height)), float(weight))
        for (x, y, width, height), weight in zip(boxes, np.ravel(weights), strict=True)
    ]


def _faces(name: str) -> mediastore.Image:
    photograph = getattr(data, name)()
    found = faces_in(photograph, smallest=30)
    return mediastore.Image(
        photograph,
        caption=f"{name}: {len(found)} found by the face cascade, not all of them faces",
        sample=name,
        boxes=[
            mediastore.Box(xyxy, label="face", score=weight_to_score(weight), scores={"weight": weight})
            for xyxy, weight in found
        ],
    )


def _eyes(photograph: np.ndarray) -> mediastore.Image:
    (x0, y0, x1, y1), _ = max(faces_in(photograph, smallest=30), key=lambda face: face[1])
    face = photograph[int(y0) : int(y1), int(x0) : int(x1)]
    best = sorted(_cascade("haarcascade_eye.xml", face, 15), key=lambda eye: -eye[1])[:2]
    points = sorted(
        (x0 + (left + right) / 2, y0 + (top + bottom) / 2, weight_to_score(weight))
        for (left, top, right, bottom), weight in best
    )
    return mediastore.Image(
        photograph,
        caption="astronaut: the eyes within the face",
        sample="astronaut",
        boxes=[mediastore.Box((x0, y0, x1, y1), label="face")],
        keypoints=[mediastore.Keypoints(points, names=["right eye", "left eye"], skeleton=[(0, 1)], label="eyes")],
    )


def _coins(photograph: np.ndarray) -> mediastore.Image:
    seeds = np.where(photograph < 30, 1, np.where(photograph > 150, 2, 0))
    coins = number_regions(binary_fill_holes(watershed(sobel(photograph), seeds) == 2))
    found = [region for region in regionprops(coins) if region.area > 500]
    return mediastore.Image(
        photograph,
        caption=f"{len(found)} coins by watershed; the score is the solidity of the region",
        sample="coins",
        values={"coins": len(found)},
        masks=[
            mediastore.Mask(coins == region.label, label="coin", score=float(region.solidity), layer="watershed")
            for region in found
        ],
    )


def _stereo() -> mediastore.Image:
    """Points of the left picture joined to where the right picture has them, judged by the measured disparity."""
    left, right, disparity = data.stereo_motorcycle()
    keypoints = []
    for (x, y), (u, v), score in _matches(left, right):
        measured = disparity[round(y), round(x)]
        if np.isfinite(measured):
            label = "match" if abs(x - u - measured) <= RIGHT_WITHIN else "mismatch"
            keypoints.append(
                mediastore.Keypoints(
                    [(x, y), (u, v)], names=["left", "right"], skeleton=[(0, 1)], label=label, score=score
                )
            )
    right_ones = sum(match.label == "match" for match in keypoints)
    return mediastore.Image(
        left,
        caption=f"motorcycle: {right_ones} of {len(keypoints)} stereo matches lie within 2 px of the measured truth",
        sample="motorcycle",
        values={"right": right_ones / max(len(keypoints), 1)},
        keypoints=keypoints,
    )


def _matches(left: np.ndarray, right: np.ndarray) -> Iterator[tuple[tuple[float, float], tuple[float, float], float]]:
    """The best 150 pairs of ORB corners, and the share of the descriptor's 256 bits in which they agree."""
    orb = cv2.ORB_create(800)
    (here, described), (there, described_there) = (
        orb.detectAndCompute(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), None) for picture in (left, right)
    )
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(described, described_there)
    for pair in sorted(pairs, key=lambda pair: pair.distance)[:150]:
        yield here[pair.queryIdx].pt, there[pair.trainIdx].pt, 1 - pair.distance / 256


def _cluster_colours(run: mediastore.Run, name: str) -> None:
    photograph = getattr(data, name)()
    for step, (clusters, spread, moved) in enumerate(_clusterings(photograph)):
        changed = "first guess" if step == 0 else f"{moved:.1%} of the pixels changed theirs"
        picture = mediastore.Image(
            photograph,
            caption=f"{name} in {len(CLUSTERS)} colours: {changed}",
            sample=name,
            values={"spread": spread, "moved": moved},
            masks=[mediastore.Mask(clusters, classes=dict(enumerate(CLUSTERS, start=1)), layer="clusters")],
        )
        run.log({f"vision/{name}": picture, f"vision/{name}/spread": spread}, step=step)


def _clusterings(photograph: np.ndarray) -> Iterator[tuple[np.ndarray, float, float]]:
    """k-means on colours, step by step: clusters from 1 by brightness, mean distance, share of pixels that moved."""
    colours = photograph.reshape(-1, 3).astype(np.float32)
    brightness = colours.mean(axis=1)
    centres = np.stack([colours[np.argsort(brightness)[int(len(colours) * q)]] for q in (0.1, 0.3, 0.5, 0.7, 0.9)])
    before = np.zeros(len(colours), int)
    for _ in range(CLUSTERING_STEPS):
        distances = np.linalg.norm(colours[:, None] - centres[None], axis=2)
        nearest = distances.argmin(axis=1)
        clusters = (nearest + 1).reshape(photograph.shape[:2]).astype(np.uint8)
        yield clusters, float(distances.min(axis=1).mean()), float((nearest != before).mean())
        before = nearest
        centres = np.stack([colours[nearest == cluster].mean(axis=0) for cluster in range(len(centres))])
