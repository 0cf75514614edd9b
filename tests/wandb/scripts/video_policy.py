"""A policy whose episodes are filmed, frames first and channels second."""

import numpy as np
import wandb

wandb.init(project="cartpole", group="seeds", job_type="eval", monitor_gym=False, sync_tensorboard=False)
for episode in range(2):
    frames = np.zeros((6, 3, 33, 41), dtype=np.uint8)
    frames[:, episode] = 200
    film = wandb.Video(frames, fps=10, format="mp4", caption=f"episode {episode}")
    wandb.log({"episode/reward": np.float64(10.5 + episode), "episode/film": film, "global_step": episode * 100})
wandb.log({"small": wandb.Video(frames.astype(np.float32) / 255, fps=4, format="gif")}, step=50)
wandb.log({"late": 1}, step=10)
wandb.log({"after": 1})
