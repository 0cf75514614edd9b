"""A store whose every word comes from a stranger who means harm."""

import json
from pathlib import Path

import numpy as np

import mediastore

HOST = "foreign.example"
SAYINGS = {
    "script": f"<script>alert(1)</script><script src='https://{HOST}/a.js'></script>",
    "handler": f"<img src=x onerror=alert(2)><img src='https://{HOST}/b.png'><svg onload=alert(3)>",
    "markdown": f"![p](https://{HOST}/c.png) [link](https://{HOST}/d) [j](javascript:alert(4)) `code` **bold** :red[x]",
    "address": f"javascript:alert(5) https://{HOST}/e data:text/html,<script>alert(6)</script> www.{HOST}",
    "frame": f"<iframe src='https://{HOST}/f'></iframe><form action='https://{HOST}/g'><button>Go</button></form>",
    "style": f"<style>*{{display:none}}@import 'https://{HOST}/h.css'</style><link rel=stylesheet href=//{HOST}/i>",
    "formula": '=HYPERLINK("https://' + HOST + '/j") $\\href{javascript:alert(7)}{x}$ %{customdata} ${alert(8)} {{9}}',
    "direction": "\u202eevil\u202c \u2066isolated\u2069 \u200f\u061c\u200b\ufeff photo\u202egnp.exe",
    "zero": "a\x00b\x01\x1b[31m\x7f\ud800 line\r\nfeed\u2028sep\ttab",
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈 Z̶̢̛͎̗̗̅̈́a̴̛̫͝l̷̡̔g̷̨̊o̸̢̓ :material/delete: :warning:",
    "quotes": "\"'><b onmouseover=alert(10)>'; drop view items; -- </textarea></title></style> &lt;i&gt; %s %n",
}
ALL = " ".join(SAYINGS.values())
LONG = "x" * 100_000
KEYS = [name for name in SAYINGS if name not in ("zero",)]


def write(root: Path) -> None:
    """Log hostile texts wherever a text may stand, as pictures, sounds, films, tables and metrics."""
    for number in range(2):
        with mediastore.init(
            project=SAYINGS["style"][:60] if number else "plain",
            name=ALL if number else SAYINGS["handler"],
            notes=ALL + LONG,
            tags=[*SAYINGS.values(), LONG[:10_000]],
            group=SAYINGS["markdown"],
            job_type=SAYINGS["script"],
            config={**dict.fromkeys(SAYINGS.values(), ALL), "long": LONG, "nested": {"<b>": [ALL, LONG]}},
            dir=root,
            strict=False,
        ) as run:
            for step in range(2):
                _log_step(run, step)
    _write_by_hand(root)


def _log_step(run: mediastore.Run, step: int) -> None:
    run.log({f"{said[:60]}/{said}": step / 3 for said in SAYINGS.values()} | {"loss": 1 / (step + 1)}, step=step)
    run.log({f"text/{name}": said for name, said in SAYINGS.items()}, step=step)
    captions = [*SAYINGS.values(), LONG, ALL]
    run.log({"pictures": [_picture(caption, step) for caption in captions]}, step=step)
    for name in KEYS:
        run.log({f"{SAYINGS[name][:100]}/{name}": _picture(SAYINGS[name], step)}, step=step)
    tone = np.sin(np.arange(8000) / 20).astype(np.float32)
    spans = [mediastore.Span(0.1, 0.5, label=said, text=said) for said in captions]
    run.log({"sound": [mediastore.Audio(tone, sample_rate=8000, caption=said, spans=spans) for said in captions[:3]]})
    film = np.zeros((6, 32, 48, 3), np.uint8)
    boxes = [mediastore.Box((2, 2, 20, 20), label=said, score=0.5, frame=2, track=said) for said in captions]
    run.log({"film": mediastore.Video(film, fps=4, caption=ALL, boxes=boxes)}, step=step)
    rows = [[said, LONG[:5000], step] for said in captions]
    run.log({"table": mediastore.Table(columns=[SAYINGS["script"], "b", SAYINGS["quotes"]], data=rows)}, step=step)
    run.log({"page": mediastore.Html(ALL + f"<script>parent.document.title='gone';fetch('//{HOST}')</script>")})


def _picture(caption: str, step: int) -> mediastore.Image:
    pixels = np.full((48, 64, 3), 40 * step, np.uint8)
    boxes = [
        mediastore.Box((4, 4, 30, 30), label=said, score=0.9, layer=layer, attrs={said[:200]: said})
        for said in (*SAYINGS.values(), caption)
        for layer in ("predictions", SAYINGS["handler"])
    ]
    return mediastore.Image(pixels, caption=caption, boxes=boxes, sample=caption[:200], values={caption[:200]: 0.5})


def _write_by_hand(root: Path) -> None:
    """What the writer would refuse: paths that lead away, false kinds, torn lines, an SVG and a page as pictures."""
    run = root / "by hand" / "20260101-000000-odd"
    (run / "items").mkdir(parents=True)
    (run / "media/odd").mkdir(parents=True)
    record = {"format": 1, "project": "by hand", "run": run.name, "name": {"a": ALL}, "status": ALL, "created": "soon"}
    (run / "run.json").write_text(json.dumps(record | {"config": [ALL], "summary": ALL, "tags": {"x": 1}, "pid": ALL}))
    svg = (
        f"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(11)</script><image href='https://{HOST}/k.png'/></svg>"
    )
    for name in ("svg.svg", "svg.png", "page.html", "page.jpg"):
        (run / "media/odd" / name).write_text(svg if "svg" in name else ALL, errors="replace")
    files = ["svg.svg", "svg.png", "page.html", "page.jpg", "../../run.json", "/etc/passwd", f"https://{HOST}/l.png"]
    files += ["javascript:alert(12)", "//" + HOST + "/m.png", "missing.png", "a\0b.png", ALL]
    lines = [
        {"format": 1, "project": "by hand", "run": run.name, "writer": "aa", "key": "odd", "step": 0, "index": index}
        | {"kind": kind, "file": file, "caption": ALL, "width": -5, "height": 1e300, "duration_s": "NaN", "fps": 0}
        | {"annotations": [{"type": "box", "label": ALL, "box": [1e300, "NaN", -1, None], "color": ALL, "score": ALL}]}
        | {"reference": f"https://{HOST}/n.png", "playable": f"https://{HOST}/o.mp4", "problem": ALL, "sha256": ALL}
        for index, (file, kind) in enumerate(
            (file, kind) for file in files for kind in ("image", "video", "audio", ALL)
        )
    ]
    with (run / "items/aa-0001.jsonl").open("w") as journal:
        journal.writelines(json.dumps(line).replace("\\ud800", "") + "\n" for line in lines)
        journal.write('{"torn": ')
