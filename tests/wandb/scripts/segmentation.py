"""A segmentation model: label maps and boxes over pictures, by dictionaries."""

import numpy as np
import wandb

labels = {0: "road", 1: "car", 2: "sky"}
with wandb.init(project="streets", name="unet", notes="first try") as run:
    for step in range(3):
        picture = np.full((24, 32, 3), 40 * step, dtype=np.uint8)
        truth = np.zeros((24, 32), dtype=np.int64)
        truth[12:, :] = 1
        guess = np.roll(truth, step, axis=0)
        masks = {
            "predictions": {"mask_data": guess, "class_labels": labels},
            "ground_truth": {"mask_data": truth, "class_labels": labels},
        }
        box = {
            "position": {"middle": [16, 12], "width": 8, "height": 6},
            "domain": "pixel",
            "class_id": np.int32(1),
            "scores": {"acc": 0.9, "iou": 0.5},
            "box_caption": "car (0.9)",
        }
        boxes = {"predictions": {"box_data": [box], "class_labels": labels}}
        plain = wandb.Image(picture)
        drawn = wandb.Image(picture, masks=masks, boxes=boxes, caption=f"street {step}", classes=wandb.Classes([]))
        run.log({"val/streets": [plain, drawn], "miou": 0.5 + step / 10}, step=step)
