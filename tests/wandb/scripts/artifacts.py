"""A data set and a model as artifacts: logged, changed, found again by alias."""

import json
import os

import wandb

with wandb.init(project="assets", job_type="build") as run:
    os.makedirs("raw/train", exist_ok=True)
    for number in range(2):
        with open(f"raw/train/{number}.txt", "w") as file:
            file.write(str(number))
    data = wandb.Artifact("numbers", type="dataset", description="two numbers", metadata={"count": 2})
    data.add_dir("raw")
    with data.new_file("index.json") as file:
        json.dump({"train": 2}, file)
    data.add(wandb.Table(columns=["n", "square"], data=[[1, 1], [2, 4]]), "squares")
    run.log_artifact(data, aliases=["gold"]).wait()
    same = run.log_artifact("raw", name="folder", type="dataset")
    assert (data.version, same.version) == ("v0", "v0")

with wandb.init(project="assets", job_type="train") as run:
    used = run.use_artifact("numbers:latest", type="dataset")
    folder = used.download()
    assert open(os.path.join(folder, "train", "1.txt")).read() == "1"
    assert used.get("squares").get_column("square") == [1, 4]
    with open("raw/train/2.txt", "w") as file:
        file.write("2")
    grown = wandb.Artifact("numbers", "dataset")
    grown.add_dir("raw")
    wandb.log_artifact(grown)
    assert wandb.use_artifact("numbers:gold").version == "v0"
    assert wandb.use_artifact("numbers").version == "v1"
    wandb.log_model(path="raw/train/2.txt", name="net", aliases=["best"])
    assert open(wandb.use_model("net:best")).read() == "2"
