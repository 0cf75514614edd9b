"""Nested metrics, drawn over their own steps, and what the summary keeps of them."""

import wandb

run = wandb.init(project="nested", mode="offline", settings=wandb.Settings(start_method="thread"))
wandb.define_metric("epoch", hidden=True)
run.define_metric("val.*", step_metric="epoch")
run.define_metric("val.loss", summary="min,mean")
run.define_metric("val.accuracy", summary="best", goal="maximize")
run.define_metric("train.grad", summary="none")
for epoch, (loss, accuracy) in enumerate([(3.0, 0.2), (1.0, 0.9), (2.0, 0.5)]):
    wandb.log(
        {
            "epoch": epoch,
            "train": {"grad": 1.0, "deep": {"norm": float("nan")}},
            "val": {"loss": loss, "accuracy": accuracy},
        }
    )
wandb.log({"note": None, "list": [1, 2, 3]})
