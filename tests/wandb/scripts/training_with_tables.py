"""A training loop that logs its losses, and its predictions as a table with pictures."""

import numpy as np
import wandb

wandb.login()
run = wandb.init(
    project="digits", entity="lab", config={"epochs": 3, "batch_size": 4}, job_type="train", tags=["small"]
)
rng = np.random.default_rng(0)

for epoch in range(run.config.epochs):
    for batch in range(5):
        wandb.log({"train/loss": 1 / (1 + epoch * 5 + batch), "train/lr": np.float32(0.001)})
    table = wandb.Table(columns=["id", "picture", "guess", "truth"])
    for number in range(4):
        picture = rng.integers(0, 255, (8, 8), dtype=np.uint8)
        table.add_data(number, wandb.Image(picture, caption=f"digit {number}"), np.int64(number), 3)
    wandb.log({"val/accuracy": 0.25 * (epoch + 1), "val/predictions": table}, commit=False)
    wandb.log({"val/scores": wandb.Histogram(rng.normal(size=100))})

wandb.summary["best_accuracy"] = 0.75
wandb.finish()
