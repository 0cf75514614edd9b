"""What a check found, and where it puts what has to go."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from mediastore import files

QUARANTINE = ".quarantine"


@dataclass(frozen=True)
class Finding:
    """One difference. path: relative to the store, with the byte position where a line is meant."""

    kind: str
    path: str
    sentence: str
    is_repaired: bool = False


@dataclass
class Report:
    """What `check` found: `clean` when that is nothing, else `lines` to read."""

    runs: int = 0
    items: int = 0
    artifacts: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong, or is any more."""
        return all(finding.is_repaired for finding in self.findings)

    @property
    def counts(self) -> dict[str, int]:
        """How many findings there are of each kind."""
        return dict(Counter(finding.kind for finding in self.findings))

    @property
    def lines(self) -> list[str]:
        """One line a finding, then the counts."""
        said = [
            f"{finding.kind}: {finding.path}: {finding.sentence}{' (repaired)' if finding.is_repaired else ''}"
            for finding in self.findings
        ]
        counts = ", ".join(f"{count} × {kind}" for kind, count in sorted(self.counts.items())) or "nothing is wrong"
        artifacts = f", {self.artifacts} artifacts" if self.artifacts else ""
        return [*said, f"{self.runs} runs, {self.items} items{artifacts}: {counts}"]


@dataclass(frozen=True)
class Check:
    """One check of a store. repair: mend what can be mended. digests: read every media file."""

    root: Path
    report: Report
    repair: bool
    digests: bool

    def found(self, kind: str, path: Path, sentence: str, *, is_repaired: bool = False, at: int | None = None) -> None:
        """Note a finding; `at` is the byte that it begins at."""
        place = path.relative_to(self.root).as_posix() + ("" if at is None else f", byte {at}")
        self.report.findings.append(Finding(kind, place, sentence, is_repaired))

    def quarantined(self, path: Path) -> Path:
        """Where a path of the store goes when it must leave its place."""
        place = self.root / QUARANTINE / path.relative_to(self.root)
        while place.exists():
            place = place.with_name(f"{place.name}-again")
        return place

    def removed(self, path: Path) -> bool:
        """Move a file or folder to quarantine where repair is wanted; says whether it was."""
        if self.repair:
            files.move(path, self.quarantined(path))
        return self.repair
