"""Figures, pages and charts; the figures are matplotlib's, and pyplot itself stands for the one that is open."""

import matplotlib.pyplot as plt
import wandb

figure, axes = plt.subplots(figsize=(3, 2), dpi=50)
axes.plot([0, 1, 2], [0, 1, 4])

run = wandb.init(project="figures")
run.log({"figure": figure, "as_image": wandb.Image(plt, caption="drawn"), "interactive": wandb.Plotly(figure)})
run.log({"open": plt})
plt.close(figure)
run.log({"chart": wandb.Plotly({"data": [{"type": "scatter", "y": [1, 3, 2]}], "layout": {}})})
table = wandb.Table(data=[[x, x**2] for x in range(5)], columns=["x", "y"])
run.log({"line": wandb.plot.line(table, "x", "y", title="squares")})
run.log({"scatter": wandb.plot.scatter(table, "x", "y"), "bar": wandb.plot.bar(table, "x", "y")})
run.log({"spread": wandb.plot.histogram(table, "y")})
run.log({"series": wandb.plot.line_series(xs=[0, 1], ys=[[1, 2], [3, 4]], keys=["a", "b"], xname="t")})
run.log({"page": wandb.Html("<h1>done</h1>"), "cloud": wandb.Object3D([[0, 0, 0], [1, 1, 1]])})
run.finish()
