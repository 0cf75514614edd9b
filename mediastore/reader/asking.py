"""How every question reaches the database: as a frame or as rows, once more when files were replaced meanwhile."""

import functools
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from mediastore.errors import QueryError
from mediastore.reader.database import Database, FilesUnread

HALF = "an index must be as it was written, got a damaged file in the middle of an answer; ask again"
Answer = TypeVar("Answer")
Asked = ParamSpec("Asked")


def at_once(question: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
    """A question of several statements, all of which are answered from one state of the store."""

    @functools.wraps(question)
    def answer(self: "Asking", *args: Any, **asked: Any) -> Answer:
        return self._again(self._from_one_state, question, args, asked)

    return answer


class Asking(ABC):
    """What the questions of a store stand on; a module of questions is a class that extends it."""

    root: Path
    _database: Database

    @abstractmethod
    def _read_anew(self) -> None:
        """Trust nothing of what was found on disk before."""

    @abstractmethod
    def _read_past_damage(self) -> bool:
        """Read journals in place of indexes that are damaged; whether one was found to be."""

    @abstractmethod
    def _fill_views_of(self, query: str) -> None:
        """Make the rows of views that are made from evaluations, if the query names them."""

    def _frame(self, query: str, values: Mapping[str, Any]) -> pd.DataFrame:
        return self._again(self._database.frame, query, values)

    def _rows(self, query: str, values: Mapping[str, Any]) -> list[tuple]:
        return self._again(self._database.rows, query, values)

    def _dicts(self, query: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        return self._again(self._database.dicts, query, values)

    def _from_one_state(self, question: Callable[..., Answer], args: Sequence[Any], asked: Mapping[str, Any]) -> Answer:
        with self._database.pinned():
            return question(self, *args, **asked)

    def _arrays(self, query: str, values: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
        return self._again(self._database.arrays, query, values)

    def _batches(self, query: str, values: Mapping[str, Any]) -> Iterator[pa.RecordBatch]:
        """Parts of the answer, an empty one that tells the columns first. Raises QueryError where it breaks off."""
        is_given = False
        try:
            for batch in self._database.batches(query, values):
                yield batch
                is_given |= batch.num_rows > 0
            return
        except FilesUnread as error:
            if not self._read_past_damage():
                raise
            if is_given:
                raise QueryError(HALF) from error
        yield from self._database.batches(query, values)

    def _again(self, answer: Callable[..., Answer], *question: Any) -> Answer:
        """Ask once more when files are not what they were: an indexer has replaced them, or they are damaged."""
        if self._database.is_pinned:
            return answer(*question)
        try:
            return answer(*question)
        except FilesUnread as error:
            if error.are_named:
                self._read_anew()
            elif not self._read_past_damage():
                raise
        try:
            return answer(*question)
        except FilesUnread:
            if not self._read_past_damage():
                raise
        return answer(*question)
