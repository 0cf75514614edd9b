"""A run that is interrupted and gone on with under its id."""

import os

import wandb

name = wandb.util.generate_id()
wandb.init(project="long", id=name, resume="allow", config={"lr": 0.1})
for step in range(3):
    wandb.log({"loss": 3 - step})
with open("checkpoint.txt", "w") as file:
    file.write("step 3")
wandb.save("checkpoint.txt")
wandb.finish()

os.remove("checkpoint.txt")
wandb.init(project="long", id=name, resume="must")
assert wandb.run.resumed and wandb.run.step == 3
assert wandb.restore("checkpoint.txt").read() == "step 3"
wandb.run.name = "second wind"
wandb.run.tags += ("resumed",)
for step in range(wandb.run.step, 5):
    wandb.log({"loss": 3 - step}, step=step)
wandb.alert(title="Low loss", text="below zero", level=wandb.AlertLevel.WARN)
wandb.finish()
