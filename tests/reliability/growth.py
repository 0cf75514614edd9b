"""What a process holds over time and how fast that grows: memory, descriptors and threads, as the kernel counts."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

WARM = 1 / 3
"""The share of all samples that is left out: caches fill, libraries load."""
NEAR_S = 60.0


@dataclass
class Watched:
    """Samples of one process, taken while it lives."""

    name: str
    pid: int
    seconds: list[float] = field(default_factory=list)
    facts: list[tuple[float, ...]] = field(default_factory=list)

    def sample(self, *more: float) -> None:
        """Look at the process once; `more` stands beside. One that has ended is left as it was."""
        place = Path(f"/proc/{self.pid}")
        try:
            said = (place / "status").read_text()
            descriptors = sum(1 for _ in (place / "fd").iterdir())
        except OSError:
            return
        if "VmRSS:" not in said:
            return
        memory = int(said.partition("VmRSS:")[2].split()[0]) / 1024
        threads = int(said.partition("Threads:")[2].split()[0])
        self.seconds.append(time.monotonic())
        self.facts.append((memory, descriptors, threads, *more))

    def column(self, number: int) -> list[float]:
        """One fact of each sample after the warm-up."""
        return [facts[number] for facts in self.facts[int(len(self.facts) * WARM) :]]

    def an_hour(self, number: int, since: float = WARM, until: float = 1.0) -> float:
        """How much one fact grows in an hour, by least squares over a stretch of the samples, given by its shares."""
        first, end = (int(len(self.seconds) * share) for share in (since, until))
        return slope(self.seconds[first:end], [facts[number] for facts in self.facts[first:end]]) * 3600

    def after(self, seconds: float, number: int) -> float:
        """The median of one fact over the samples of the minute that ends so many seconds after the first sample."""
        ages = [at - self.seconds[0] for at in self.seconds]
        near = [facts[number] for age, facts in zip(ages, self.facts, strict=True) if 0 <= seconds - age <= NEAR_S]
        return median(near or [self.facts[-1][number]])


def slope(at: Sequence[float], values: Sequence[float]) -> float:
    """Of the straight line of least squares; 0 for fewer than two points."""
    if len(at) < 2:
        return 0.0
    middle, mean = sum(at) / len(at), sum(values) / len(values)
    spread = sum((one - middle) ** 2 for one in at)
    return sum((one - middle) * (value - mean) for one, value in zip(at, values, strict=True)) / spread


def children(pid: int) -> list[int]:
    """The processes that a process has begun and that live."""
    try:
        said = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return []
    return [int(number) for line in said for number in line.split()]
