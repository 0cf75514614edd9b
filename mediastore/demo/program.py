"""What the demo logs: photographs, sound and film first, since they are quick, then the detectors."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import mediastore
from mediastore.demo import blood_cells, films, photographs, recordings, training

PROJECT = "demo"


@dataclass(frozen=True)
class Part:
    """One run of the demo: `work` logs to the run and yields a word at each of `length` stages."""

    name: str
    length: int
    work: Callable[[mediastore.Run], Iterator[str]]
    notes: str = ""
    tags: Sequence[str] = ()
    config: dict[str, object] = field(default_factory=dict)

    def log(self, root: Path) -> Iterator[str]:
        """Logs the run to the store at `root`; yields a word at each stage."""
        with mediastore.init(
            project=PROJECT, name=self.name, config=self.config, tags=self.tags, notes=self.notes, dir=root
        ) as run:
            yield from self.work(run)


def parts(length: training.Length | None = None) -> list[Part]:
    """The demo's runs, in their order; `length` makes the training shorter."""
    length = length or training.Length()
    return [
        Part(
            "photographs, sound, film",
            photographs.PARTS + recordings.PARTS + films.PARTS,
            _look_listen_and_watch,
            "what classic methods find without training",
            ["image", "audio", "video"],
        ),
        Part(
            "blood cells",
            blood_cells.EPOCHS + 1,
            blood_cells.replay,
            "a real training of 16 epochs: when does it find what?",
            ["detection"],
            dict(blood_cells.CONFIG),
        ),
        *(
            Part(
                f"digits {recipe.name}",
                length.epochs + 1,
                partial(training.train, recipe=recipe, length=length),
                recipe.notes,
                ["detection"],
                training.config(recipe, length),
            )
            for recipe in training.RECIPES
        ),
    ]


def parts_to_do(root: Path, length: training.Length | None = None) -> list[Part]:
    """The parts that have no finished run in the store yet."""
    finished = set(mediastore.Store(root).runs(project=PROJECT, status="finished")["name"])
    return [part for part in parts(length) if part.name not in finished]


def _look_listen_and_watch(run: mediastore.Run) -> Iterator[str]:
    yield from photographs.look(run)
    yield from recordings.listen(run)
    yield from films.watch(run)
