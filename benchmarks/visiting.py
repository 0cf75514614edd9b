"""What runs of the script cost on the server, and whether eight people at once wait, or see what others asked for."""

import random
import statistics
import threading
import time
from pathlib import Path

from browsing import app, cpu_s
from measuring import Figures
from pressing import key_of
from stores import LABELS
from visitor import Asked, Seen, Visitor, visitor

TURNS = 7
PEOPLE, CROWD_S, PAUSE_S = 8, 60.0, (0.5, 1.5)
PAGES = ("runs", "curves", "gallery", "item", "predictions", "compare", "progress", "mistakes", "sql", "present")


def reruns(root: Path) -> Figures:
    """Every page: the median of runs of its script, each at another step, label or score; the first one left out.

    `run_…_s` is what one waits for, `run_…_cpu_s` what the server computes: the same on a machine that others use too.
    """
    with app(root) as (url, pid), visitor(url) as one:
        figures = {}
        for page in PAGES:
            place = "" if page == "runs" else page
            seen = [one.ask(place, asked(page, root, 0))]
            before = cpu_s(pid)
            seen += [one.ask(place, asked(page, root, turn)) for turn in range(1, TURNS + 1)]
            figures[f"run_{page}_cpu_s"] = (cpu_s(pid) - before) / TURNS
            assert not any(run.exceptions for run in seen), (page, seen[0].exceptions)
            figures[f"run_{page}_s"] = statistics.median(run.took_s for run in seen[1:])
    return figures


def asked(page: str, root: Path, turn: int) -> Asked:
    """What a link to a page asks, another question every turn."""
    key = key_of(root)["key"]
    return {
        "runs": {"smooth": f"0.{turn + 1}"},
        "curves": {"metric": "train/loss", "media": key, "at": str(turn)},
        "gallery": {"key": key, "step": str(turn), "label": LABELS[turn]},
        "item": {"key_at": key, "step_at": str(turn)},
        "predictions": {"label": LABELS[turn], "score": f"0.{turn + 1}..1"},
        "compare": {"key": key},
        "mistakes": {"least": f"0.{turn + 1}"},
    }.get(page, {})


def crowd(root: Path, seconds: float = CROWD_S) -> Figures:
    """Eight sessions for a minute: each asks for another label, score and step, and checks what it is shown."""
    taken: list[float] = []
    wrong: list[str] = []
    with app(root) as (url, pid):
        with visitor(url) as one:
            for page in ("gallery", "predictions", "curves"):
                one.ask(page, asked(page, root, 0))
        computed, until = cpu_s(pid), time.monotonic() + seconds
        people = [
            threading.Thread(target=_look_around, args=[url, root, number, until, taken, wrong])
            for number in range(PEOPLE)
        ]
        for person in people:
            person.start()
        for person in people:
            person.join()
        computed = cpu_s(pid) - computed
    for fault in wrong[:5]:
        print(fault)
    p95 = statistics.quantiles(taken, n=20)[-1]
    figures = {"asked": float(len(taken)), "p50_s": statistics.median(taken), "p95_s": p95, "wrong": float(len(wrong))}
    return figures | {"each_cpu_s": computed / len(taken)}


def _look_around(url: str, root: Path, number: int, until: float, taken: list[float], wrong: list[str]) -> None:
    draw = random.Random(number)
    with visitor(url) as one:
        while time.monotonic() < until:
            try:
                seen, fault = _ask(one, root, draw)
            except Exception as error:
                wrong.append(repr(error))
                return
            taken.append(seen.took_s)
            if fault or seen.exceptions:
                wrong.append(fault or seen.exceptions[0])
            time.sleep(draw.uniform(*PAUSE_S))


def _ask(one: Visitor, root: Path, draw: random.Random) -> tuple[Seen, str]:
    """One question, and what is wrong with its answer: "" for nothing."""
    label, low, step = draw.choice(LABELS[:20]), draw.randrange(1, 9) / 10, draw.randrange(80)
    page = draw.choice(("gallery", "predictions", "curves"))
    key = key_of(root)["key"]
    if page == "predictions":
        seen = one.ask(page, {"label": label, "score": f"{low}..1", "sort": draw.choice(("-score", "score"))})
        fits = [tile["label"] == label and tile["score"] >= low for tile in seen.tiles]
        told = seen.component("found")["found"]
        right = all(fits) and len(fits) == min(60, told) and told > 0
    elif page == "gallery":
        seen = one.ask(page, {"key": key, "step": str(step), "label": label, "score": f"{low}..1"})
        choice = seen.component("choice")["choice"]
        right = bool(seen.tiles) and all(tile["id"][3] == step and tile["id"][2] == key for tile in seen.tiles)
        right = right and choice["labels"] == [label] and choice["score"] == [low, 1]
    else:
        seen = one.ask(page, {"metric": "train/loss", "media": key, "at": str(step)})
        right = bool(seen.tiles) and all(tile["id"][3] == step for tile in seen.tiles)
    return seen, "" if right else f"{page}: {label} from {low} at {step}: {len(seen.tiles)} tiles"
