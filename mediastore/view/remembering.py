"""A store that remembers: what was asked is answered at once until something new was read, to everyone who asks."""

import functools
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from mediastore.reader.store import Store

BYTES_MOST = 64 << 20
QUESTIONS = (
    "count evaluable extent find item_at item_places items keys label_names labels last_metrics latest_pictures layers "
    "metric_names metrics records sample_counts spread step_counts steps"
).split()
_BYTES_A_VALUE = 80


@dataclass
class _Kept:
    answer: "Future[Any]" = field(default_factory=Future)
    size: int = 0


class Answers:
    """Answers to the questions of one version of a store, those that were used last, of `bytes_most` together."""

    def __init__(self, bytes_most: int = BYTES_MOST) -> None:
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._version = ""
        self._most = bytes_most
        self._lock = threading.Lock()

    def of(self, version: Callable[[], str], question: str, ask: Callable[[], Any]) -> Any:
        """The answer to a question at this version, kept or asked; who asks what is being asked waits for it."""
        before = version()
        with self._lock:
            if before != self._version:
                self._kept.clear()
                self._version = before
            known = self._kept.get(question)
            mine = self._kept.setdefault(question, _Kept())
            self._kept.move_to_end(question)
        if known is not None:
            try:
                return known.answer.result()
            except Exception:
                return ask()
        try:
            found = ask()
        except BaseException as error:
            self._forget(question, mine)
            mine.answer.set_exception(error)
            raise
        mine.answer.set_result(found)
        if version() == before:
            self._make_room(mine, size_of(found))
        else:
            self._forget(question, mine)
        return found

    def _make_room(self, mine: _Kept, size: int) -> None:
        with self._lock:
            mine.size = size
            total = sum(one.size for one in self._kept.values())
            while self._kept and total > self._most:
                total -= self._kept.popitem(last=False)[1].size

    def _forget(self, question: str, mine: _Kept) -> None:
        with self._lock:
            if self._kept.get(question) is mine:
                del self._kept[question]


class RememberingStore(Store):
    """A store whose QUESTIONS are asked once a version, by however many pages and people."""

    def __init__(self, *args: Any, **how: Any) -> None:
        self._answers = Answers()
        super().__init__(*args, **how)


def size_of(answer: Any) -> int:
    """About how many bytes an answer holds."""
    if isinstance(answer, pd.DataFrame):
        return int(answer.memory_usage(deep=True).sum())
    if isinstance(answer, str):
        return _BYTES_A_VALUE + len(answer)
    if isinstance(answer, Mapping):
        return sum(_BYTES_A_VALUE + size_of(value) for value in answer.values())
    if isinstance(answer, list | tuple):
        return _BYTES_A_VALUE + sum(map(size_of, answer))
    return _BYTES_A_VALUE


def _remembered(name: str) -> Callable[..., Any]:
    ask = getattr(Store, name)

    @functools.wraps(ask)
    def answer(self: RememberingStore, *args: Any, **asked: Any) -> Any:
        question = f"{name}{_said(args)}{_said(sorted(asked.items()))}"
        found = self._answers.of(lambda: self.version, question, lambda: ask(self, *args, **asked))
        return (
            found.copy(deep=False)
            if isinstance(found, pd.DataFrame)
            else found[:]
            if isinstance(found, list)
            else found
        )

    return answer


def _said(asked: Any) -> str:
    """All that was asked, in words: numpy and pandas leave out the middle of what is long."""
    if isinstance(asked, list | tuple):
        return f"({', '.join(map(_said, asked))})"
    return repr(asked.tolist() if hasattr(asked, "tolist") else asked)


for _name in QUESTIONS:
    setattr(RememberingStore, _name, _remembered(_name))
