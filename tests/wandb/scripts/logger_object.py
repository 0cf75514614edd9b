"""A trainer that writes through a logger object, as frameworks do."""

import functools

import wandb


class Logger:
    def __init__(self, project, **options):
        self.options = {"project": project, **options}

    @functools.cached_property
    def experiment(self):
        run = wandb.run if wandb.run is not None else wandb.init(**self.options)
        run.define_metric("trainer/global_step")
        run.define_metric("*", step_metric="trainer/global_step", step_sync=True)
        return run

    def log_hyperparams(self, params):
        self.experiment.config.update(params, allow_val_change=True)

    def log_metrics(self, metrics, step):
        self.experiment.log({**metrics, "trainer/global_step": step})

    def finalize(self, status):
        self.experiment.summary["status"] = status


logger = Logger("framework", anonymous=None, resume="allow", save_code=True)
logger.log_hyperparams({"lr": 1e-3, "optimizer": {"name": "adam", "betas": (0.9, 0.99)}})
for step in range(0, 30, 10):
    logger.log_metrics({"train_loss": 1.0 / (step + 1)}, step)
logger.finalize("success")
assert logger.experiment.name == logger.experiment.id
