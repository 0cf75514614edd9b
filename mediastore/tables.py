"""Rows and counts: Table and Histogram."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mediastore.errors import MediaStoreValueError, MissingPackageError, NotFoundError, shortened
from mediastore.media import Media
from mediastore.payload import Payload, as_array

BINS = 64
BINS_MAX = 4096


class Table(Media):
    """Rows under named columns; a cell is a number, a text, a list or a medium, which becomes an item of its own.

    data: a list of rows, a dictionary of columns, a 2-D array or a data frame (pandas, polars, Arrow). dataframe: the
    same, by wandb's name. A row that does not fit is kept: missing cells are None, further ones get columns of their
    own, and `problem` says so. The table may grow and be logged again.
    """

    kind = "table"

    def __init__(
        self,
        columns: Sequence[Any] | None = None,
        data: Any = None,
        rows: Any = None,
        dataframe: Any = None,
        dtype: Any = None,
        optional: Any = True,
        allow_mixed_types: bool = True,
        log_mode: str | None = None,
        **fields: Any,
    ) -> None:
        super().__init__(None, **fields)
        found, given = _columns_and_rows(next((part for part in (data, rows, dataframe) if part is not None), ()))
        names = found if columns is None else columns
        if names is None:
            names = ["Input", "Output", "Expected"] if not given else range(max(len(row) for row in given))
        self.columns: list[str] = []
        self.data: list[list[Any]] = []
        self.problem: str | None = None
        for name in names:
            self._add_name(str(name))
        for row in given:
            self.add_data(*row)

    def add_data(self, *cells: Any) -> None:
        """Append a row, one cell a column."""
        row = list(cells)
        if len(row) != len(self.columns):
            self.problem = self.problem or (
                f"a row must have {len(self.columns)} cells, got {len(row)} in row {len(self.data)}: "
                f"{shortened(cells)}; it is kept, and padded with None"
            )
        for position in range(len(self.columns), len(row)):
            self._add_name(f"column {position}")
            for earlier in self.data:
                earlier.append(None)
        self.data.append(row + [None] * (len(self.columns) - len(row)))

    def add_row(self, *row: Any) -> None:
        """`add_data`, by wandb's older name."""
        self.add_data(*row)

    def add_column(self, name: str, data: Any, optional: bool = False) -> None:
        """Append a column, one cell a row. Raises MediaStoreValueError when there are more or fewer."""
        cells = list(data)
        if self.data and len(cells) != len(self.data):
            raise MediaStoreValueError(
                f"column {name!r} must have {len(self.data)} cells, one a row, got {len(cells)}; add the rest"
            )
        if not self.data:
            self.data = [[None] * len(self.columns) for _ in cells]
        self._add_name(str(name))
        for row, cell in zip(self.data, cells, strict=True):
            row.append(cell)

    def add_computed_columns(self, compute: Callable[[int, dict[str, Any]], Mapping[str, Any]]) -> None:
        """Append the columns that `compute(row number, row as a dictionary)` returns for every row."""
        found = [compute(number, dict(zip(self.columns, row, strict=True))) for number, row in self.iterrows()]
        for name in found[0] if found else ():
            self.add_column(name, [entry[name] for entry in found])

    def get_column(self, name: str, convert_to: str | None = None) -> Any:
        """The cells of a column; convert_to="numpy": as an array. Raises NotFoundError."""
        if name not in self.columns:
            raise NotFoundError(f"column must be one of {', '.join(self.columns)}, got {name!r}; check its name")
        position = self.columns.index(name)
        cells = [row[position] for row in self.data]
        return np.array(cells) if convert_to == "numpy" else cells

    def get_dataframe(self) -> Any:
        """The rows as a pandas data frame. Raises MissingPackageError without pandas."""
        try:
            pandas = import_module("pandas")
        except ImportError as error:
            raise MissingPackageError(
                "a data frame needs pandas, which is not installed; pip install pandas"
            ) from error
        return pandas.DataFrame(self.data, columns=self.columns)

    def iterrows(self) -> Iterator[tuple[int, list[Any]]]:
        """Row number and cells of every row."""
        yield from enumerate(self.data)

    def get_index(self) -> list[int]:
        """The row numbers."""
        return list(range(len(self.data)))

    def __len__(self) -> int:
        return len(self.data)

    def _add_name(self, name: str) -> None:
        count = 2
        unique = name
        while unique in self.columns:
            unique, count = f"{name} {count}", count + 1
        self.columns.append(unique)


class Histogram(Media):
    """How often values fall into bins: of a sequence or tensor of values, or counted already.

    np_histogram: (counts, edges) as `numpy.histogram` returns them. num_bins: bins of equal width, 64 by default.
    NaN and infinities are counted apart.
    """

    kind = "histogram"

    def __init__(self, sequence: Any = None, np_histogram: Any = None, num_bins: int = BINS, **fields: Any) -> None:
        super().__init__(sequence, **fields)
        self._counted = np_histogram
        self.options["num_bins"] = num_bins

    def payloads(self) -> list[Payload]:
        if self._counted is None:
            return [Payload(array=as_array(self.data, self.kind).reshape(-1))]
        counts, edges = _counted(self._counted)
        self.options["counts"] = counts.tolist()
        return [Payload(array=edges)]


def _counted(given: Any) -> tuple[NDArray[Any], NDArray[Any]]:
    try:
        counts, edges = (as_array(part, "np_histogram") for part in given)
    except (TypeError, ValueError) as error:
        raise MediaStoreValueError(f"np_histogram must be (counts, edges), got {shortened(given)}: {error}") from error
    if counts.ndim != 1 or edges.shape != (len(counts) + 1,):
        raise MediaStoreValueError(
            f"np_histogram must have one edge more than counts, got {counts.shape} and {edges.shape}; "
            "pass what numpy.histogram returns"
        )
    return counts, edges


def _columns_and_rows(given: Any) -> tuple[Sequence[Any] | None, list[Sequence[Any]]]:
    """Column names, where the data have them, and rows."""
    if hasattr(given, "itertuples"):
        return list(given.columns), [list(row) for row in given.itertuples(index=False, name=None)]
    if hasattr(given, "column_names") and hasattr(given, "to_pylist"):
        return list(given.column_names), [list(row.values()) for row in given.to_pylist()]
    if hasattr(given, "iter_rows") and hasattr(given, "columns"):
        return list(given.columns), [list(row) for row in given.iter_rows()]
    if isinstance(given, Mapping):
        return list(given), [list(row) for row in zip(*given.values(), strict=True)]
    rows = given.tolist() if hasattr(given, "tolist") else list(given)
    if rows and all(isinstance(row, Mapping) for row in rows):
        names = list(dict.fromkeys(name for row in rows for name in row))
        return names, [[row.get(name) for name in names] for row in rows]
    return None, [_row(row) for row in rows]


def _row(given: Any) -> list[Any]:
    is_row = hasattr(given, "__iter__") and not isinstance(given, (str, bytes, Media))
    return list(given) if is_row else [given]
