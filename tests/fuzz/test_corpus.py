"""What the fuzzers kept (`make fuzz`), fed again to the same doors: nothing raises, nothing takes long."""

import pytest
from fuzz import CORPUS, held
from targets import TARGETS

KEPT = sorted(path for path in CORPUS.rglob("*") if path.is_file())
KEPT_BYTES_MAX = 400_000


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow warns of what it passes over
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # soundfile says so of impossible seeks
@pytest.mark.parametrize("name", TARGETS)
def test_what_the_fuzzers_kept_passes_every_door(name: str) -> None:
    target = TARGETS[name]
    given = [*target.seeds(), *(path.read_bytes() for path in KEPT if path.parent.name == name)]
    target.feed(given[0])
    for content in given:
        held(name, content, target.feed, is_bounded=False)


def test_what_is_kept_is_small_and_belongs_to_a_door() -> None:
    assert {path.parent.name for path in KEPT} <= set(TARGETS)
    assert sum(path.stat().st_size for path in KEPT) < KEPT_BYTES_MAX
