"""Figures, pages and charts. The figure has what matplotlib's has: a way to save itself."""

import wandb
from PIL import Image, ImageDraw


class Figure:
    def savefig(self, file, format="png", **options):
        picture = Image.new("RGB", (40, 30), "white")
        ImageDraw.Draw(picture).line((0, 0, 39, 29), fill="black")
        picture.save(file, format)


run = wandb.init(project="figures")
run.log({"figure": Figure(), "as_image": wandb.Image(Figure(), caption="drawn"), "interactive": wandb.Plotly(Figure())})
run.log({"chart": wandb.Plotly({"data": [{"type": "scatter", "y": [1, 3, 2]}], "layout": {}})})
table = wandb.Table(data=[[x, x**2] for x in range(5)], columns=["x", "y"])
run.log({"line": wandb.plot.line(table, "x", "y", title="squares")})
run.log({"scatter": wandb.plot.scatter(table, "x", "y"), "bar": wandb.plot.bar(table, "x", "y")})
run.log({"spread": wandb.plot.histogram(table, "y")})
run.log({"series": wandb.plot.line_series(xs=[0, 1], ys=[[1, 2], [3, 4]], keys=["a", "b"], xname="t")})
run.log({"page": wandb.Html("<h1>done</h1>"), "cloud": wandb.Object3D([[0, 0, 0], [1, 1, 1]])})
run.finish()
