"""Two sweeps by wandb's own loop: a grid, and three draws of which one run fails."""

import wandb

runs = []


def train():
    with wandb.init(config={"lr": 1.0, "seed": 7}) as run:
        assert wandb.config.seed == 7
        wandb.config.update({"lr": 5.0}, allow_val_change=True)
        runs.append(run.id)
        for epoch in range(3):
            wandb.log({"loss": wandb.config.lr / (epoch + 1)})
        if len(runs) == 6:
            raise RuntimeError("the second run fails")


grid = {
    "method": "grid",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {"lr": {"values": [0.1, 0.01]}, "layers": {"min": 1, "max": 2}},
}
wandb.agent(wandb.sweep(sweep=grid, project="search"), function=train)
assert len(runs) == 4
drawn = {"method": "random", "parameters": {"lr": {"distribution": "log_uniform_values", "min": 0.001, "max": 0.1}}}
sweep_id = wandb.sweep(drawn, project="search")
wandb.agent(sweep_id, function=train, count=3)
assert len(runs) == 7 and wandb.run is None
