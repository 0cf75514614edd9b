"""Sounds with what a classifier heard in them."""

import numpy as np
import wandb

run = wandb.init(project="sounds", config={"rate": 22050})
seconds = np.arange(run.config["rate"]) / run.config["rate"]
rows = []
for pitch in (220, 440):
    wave = 0.1 * np.sin(2 * np.pi * pitch * seconds)
    clip = wandb.Audio(wave, sample_rate=run.config.rate, caption=f"{pitch} Hz")
    run.log({"clips": [wandb.Audio(np.stack([wave, wave]), sample_rate=192_000), clip], "pitch": pitch})
    rows.append([clip, "a" if pitch == 440 else "b", 0.8])
run.log({"heard": wandb.Table(data=rows, columns=["clip", "note", "score"])})

truth, scores = [0, 1, 1, 0], np.array([[0.8, 0.2], [0.3, 0.7], [0.6, 0.4], [0.9, 0.1]])
run.log({"pr": wandb.plot.pr_curve(truth, scores, labels=["a", "b"])})
run.log({"roc": wandb.plot.roc_curve(truth, scores, labels=["a", "b"])})
run.log({"confusion": wandb.plot.confusion_matrix(probs=scores, y_true=truth, class_names=["a", "b"])})
run.finish()
