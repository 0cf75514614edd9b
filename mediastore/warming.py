"""Makes thumbnails before anybody asks: of a whole store by a command, of what is looked at first by the app."""

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from mediastore.decoders import WORKERS
from mediastore.errors import MediaStoreError
from mediastore.media_file import media_file
from mediastore.reader.store import Store
from mediastore.thumbnails import Thumbnails

AHEAD_AT_ONCE = 256
FIRST_RUNS = 5
FIRST_ITEMS = 48
_PATHS = "select path from items where path <> '' group by path order by max(time) desc"


@dataclass
class Made:
    """How many media files have a picture now, how many got a card that says why not, how many were not there."""

    pictures: int = 0
    cards: int = 0
    missing: int = 0


def make_all(
    store: Store, thumbnails: Thumbnails | None = None, progress: Callable[[int], None] = lambda _: None
) -> Made:
    """Make the picture of every media file of a store that has none yet, the newest first, on every core.

    progress: called with the number of files done since the last call.
    """
    made = Made()
    for outcome in _outcomes(store.root, paths(store), thumbnails or Thumbnails()):
        setattr(made, outcome, getattr(made, outcome) + 1)
        progress(1)
    return made


def paths(store: Store) -> list[str]:
    """The media files of all items, each once, the newest first."""
    return store.sql(_PATHS)["path"].tolist()


def begin(store: Store) -> threading.Thread:
    """Make in the background what is looked at first: the last step of each key of the newest runs. Ends by itself."""
    thread = threading.Thread(target=_warm, args=[store], name="mediastore-thumbnails", daemon=True)
    thread.start()
    return thread


def _warm(store: Store) -> None:
    thumbnails = Thumbnails()
    try:
        for path in _first(store):
            _outcome(store.root, path, thumbnails)
    except MediaStoreError:
        return  # the page says what is wrong with the store


def _first(store: Store) -> Iterator[str]:
    for ref in store.runs()["ref"].tolist()[: -FIRST_RUNS - 1 : -1]:
        for key, step in store.keys(run=ref)[["key", "last_step"]].itertuples(index=False):
            yield from store.items(run=ref, key=key, step=int(step), limit=FIRST_ITEMS)["path"].tolist()


def _outcomes(root: Path, found: Iterable[str], thumbnails: Thumbnails) -> Iterator[str]:
    waiting = iter(found)
    with ThreadPoolExecutor(WORKERS) as pool:
        while some := list(islice(waiting, AHEAD_AT_ONCE)):
            yield from pool.map(lambda path: _outcome(root, path, thumbnails), some)


def _outcome(root: Path, path: str, thumbnails: Thumbnails) -> str:
    file = media_file(root, path)
    try:
        return "missing" if file is None else "pictures" if thumbnails.of(file).lasting else "cards"
    except OSError:
        return "missing"
