"""A search over settings: one run each, begun again in a loop."""

import wandb

best = None
for lr in (0.1, 0.01, 0.001):
    run = wandb.init(project="search", reinit=True, config={"lr": lr, "layers": 2}, name=f"lr-{lr}")
    assert wandb.run is run and wandb.config.lr == lr
    wandb.config.update({"layers": 3}, allow_val_change=True)
    for epoch in range(2):
        wandb.log({"loss": lr * (2 - epoch), "epoch": epoch})
    best = min(best or 9, run.summary["loss"])
    run.summary.update({"best_so_far": best})
    run.finish()
assert wandb.run is None
