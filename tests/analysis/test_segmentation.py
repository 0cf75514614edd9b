"""Label maps pixel by pixel."""

from pathlib import Path

import numpy as np
import pytest

import mediastore

CLASSES = {0: "sky", 1: "sea"}


def picture(truth: np.ndarray, taken: np.ndarray | None, classes: dict[int, str] = CLASSES) -> mediastore.Image:
    masks = [mediastore.Mask(truth, classes=CLASSES, layer="ground_truth")]
    masks += [] if taken is None else [mediastore.Mask(taken, classes=classes)]
    return mediastore.Image(np.zeros((4, 4, 3), np.uint8), masks=masks)


@pytest.fixture
def store(root: Path) -> mediastore.Store:
    """One picture right, one half wrong with its classes numbered the other way round, one without prediction."""
    half = np.array([[0, 0, 1, 1]] * 4)
    shifted = np.array([[1, 0, 0, 0]] * 4)
    with mediastore.init(project="demo", dir=root) as run:
        pictures = [picture(half, half), picture(half, shifted, {1: "sky", 0: "sea"}), picture(half, None)]
        run.log({"val": pictures}, step=2)
    return mediastore.Store(root)


def test_iou_and_dice_of_each_label_and_item(store: mediastore.Store) -> None:
    told = store.segmentation("val")
    assert (len(told.items), told.labels, len(told.left_out)) == (2, ("sea", "sky"), 1)
    assert "layer 'predictions' must have one label map, got 0" in told.left_out[0]
    by_label = told.by_label().set_index("label")
    assert by_label["IoU"].tolist() == pytest.approx([16 / 20, 12 / 16])
    assert by_label["Dice"].tolist() == pytest.approx([32 / 36, 24 / 28])
    assert by_label.loc["sky", ["precision", "recall"]].tolist() == [1.0, 0.75]
    summary = told.summary().iloc[0]
    assert summary[["step", "items", "pixel_accuracy"]].tolist() == [2, 2, 28 / 32]
    assert summary["mean_IoU"] == pytest.approx((0.8 + 0.75) / 2)
    assert told.by_item()[["index", "IoU"]].values.tolist() == [[1, pytest.approx((8 / 12 + 4 / 8) / 2)], [0, 1.0]]
    assert told.by_item("sky")["Dice"].tolist() == pytest.approx([8 / 12, 1.0])


def test_errors_are_a_picture_that_knows_borders(store: mediastore.Store) -> None:
    record = store.records(key="val", index=1)[0]
    assert store.segmentation_errors(record)[0].tolist() == [0, 2, 0, 0]
    with pytest.raises(mediastore.errors.MediaStoreError, match="must have one label map, got 0"):
        store.segmentation_errors(store.records(key="val", index=2)[0])


def test_pixels_without_a_true_label_count_neither_way(root: Path) -> None:
    truth = np.array([[0, 9], [1, 9]])
    taken = np.array([[0, 1], [9, 0]])
    with mediastore.init(project="demo", dir=root) as run:
        masks = [
            mediastore.Mask(truth, classes=CLASSES, layer="ground_truth"),
            mediastore.Mask(taken, classes=CLASSES),
        ]
        run.log({"val": mediastore.Image(np.zeros((2, 2, 3), np.uint8), masks=masks)})
    told = mediastore.Store(root).segmentation("val")
    assert told.summary()["pixel_accuracy"].item() == 0.5
    assert told.by_label().set_index("label")["IoU"].to_dict() == {"sea": 0.0, "sky": 1.0}


@pytest.mark.parametrize("name", ["../../../../run.json", "/etc/passwd", "..\\x.png", "gone.png"])
def test_a_map_outside_the_media_is_left_out(store: mediastore.Store, name: str) -> None:
    from mediastore.reader import label_maps

    record = store.records(key="val", index=0)[0]
    record["annotations"] = [{**one, "mask_file": name} for one in record["annotations"]]
    told = label_maps.compare(store.root, [record], ("predictions", "ground_truth"))
    assert len(told.left_out) == 1 and told.summary().empty and told.by_label().empty
