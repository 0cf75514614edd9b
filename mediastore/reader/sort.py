"""Orders that rows can have, and places in them: a page begins after the last row of the one before.

Ties are always broken, by step, run, key and index, so a place is a value and those; it holds while the store grows.
"""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from mediastore.errors import MediaStoreValueError, shortened

TIES = ("step", "project", "run", "key", "index")
ITEMS = ("step", "time", "key", "index", "kind", "caption", "sample", "bytes", "duration_s", "project", "run")
ANNOTATIONS = ("step", "time", "key", "index", "label", "layer", "score", "frame", "track", "start_s", "project", "run")
_VALUE = re.compile(r"values\.(.+)", re.DOTALL)
PLACE = "_place_"
_CHECK_BYTES = 6
_NO_PLACE = "after must be the `after` of a page in the same order, got {given}; begin with the first page"


@dataclass(frozen=True, slots=True)
class Order:
    """An order: its name, the SQL that rows are compared by, whether downwards, and what breaks ties.

    `field` is bound as `value_name` where the order is by a field of `values`.
    """

    name: str
    first: str
    descending: bool
    last: tuple[str, ...] = ()
    field: str | None = None

    @property
    def ties(self) -> tuple[str, ...]:
        """The columns that follow the first."""
        return tuple(name for name in (*TIES, *self.last) if name != self.first)

    @property
    def bound(self) -> dict[str, Any]:
        """What the SQL of the order binds."""
        return {} if self.field is None else {"value_name": self.field}

    @property
    def place(self) -> str:
        """The columns that tell a row's place, for the end of a select."""
        return ", ".join(
            f"{name} as {place}" for name, place in zip((self.first, *self.ties), self._places(), strict=True)
        )

    def order_by(self, *, by_place: bool = False) -> str:
        """The terms of an order by, of the columns or of what `place` names them."""
        direction = "desc" if self.descending else "asc"
        first, *ties = self._places() if by_place else (self.first, *self.ties)
        return ", ".join([f"{first} {direction} nulls last", *ties])

    def after(self, token: str, values: dict[str, Any]) -> str:
        """The condition under which a row comes later than the place that `token` tells. Binds into `values`."""
        first, *ties = self._placed(token)
        values |= {f"after_{number}": value for number, value in enumerate(ties)}
        marks = ", ".join(f"$after_{number}" for number in range(len(ties)))
        later = f"row({', '.join(self.ties)}) > row({marks})"
        if first is None:
            return f"({self.first} is null and {later})"
        values["after_first"] = first
        sign = "<" if self.descending else ">"
        beyond = f"{self.first} {sign} $after_first or {self.first} is null"
        return f"({beyond} or ({self.first} = $after_first and {later}))"

    def token(self, place: tuple[Any, ...]) -> str:
        """The place of a row, as a text to be handed back."""
        content = json.dumps([self.name, self.descending, *place]).encode()
        return base64.urlsafe_b64encode(_check(content) + content).decode().rstrip("=")

    def _places(self) -> list[str]:
        return [f"{PLACE}{number}" for number in range(1 + len(self.ties))]

    def _placed(self, token: str) -> list[Any]:
        try:
            raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
            content = raw[_CHECK_BYTES:]
            name, descending, *place = json.loads(content)
            right = _check(content) == raw[:_CHECK_BYTES] and (name, descending) == (self.name, self.descending)
            if right and len(place) == 1 + len(self.ties):
                return place
        except (ValueError, TypeError):
            pass
        raise MediaStoreValueError(_NO_PLACE.format(given=shortened(token, 40)))


def of_items(sort: str, descending: bool, ranks: Mapping[str, str]) -> Order:
    """The order of items: by a column, by `values.<name>`, or by one of the `ranks`, SQL on what is joined to them."""
    if found := _VALUE.fullmatch(sort):
        return Order(sort, "nullif(num(values, $value_name), 'nan')", descending, field=found[1])
    _check_known(sort, (*ITEMS, *ranks, "values.<name>"))
    return Order(sort, ranks.get(sort, sort), descending)


def of_annotations(sort: str, descending: bool) -> Order:
    """The order of annotations, by a column."""
    _check_known(sort, ANNOTATIONS)
    return Order(sort, sort, descending, ("position",))


def _check_known(sort: str, accepted: tuple[str, ...]) -> None:
    if sort not in accepted:
        raise MediaStoreValueError(f"sort must be one of {', '.join(accepted)}, got {sort!r}; choose one of them")


def _check(content: bytes) -> bytes:
    return blake2b(content, digest_size=_CHECK_BYTES).digest()
