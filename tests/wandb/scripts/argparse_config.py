"""Settings from the command line; names from the environment."""

import argparse
import dataclasses

import wandb


@dataclasses.dataclass
class Optimizer:
    lr: float = 0.1
    clip: float = float("inf")


parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, default=2)
parser.add_argument("--version", default="b")
args = parser.parse_args([])

wandb.init(config=args, config_exclude_keys=["secret"])
wandb.config.update(Optimizer())
wandb.config.setdefaults({"epochs": 9, "width": 64})
config = wandb.config
assert (config.epochs, config["width"], config.version, config.clip) == (2, 64, "b", float("inf"))
assert dict(config)["lr"] == config.get("lr") == 0.1 and "secret" not in config
for epoch in range(config.epochs):
    wandb.log({"epoch": epoch})
