"""What a long metric looks like from afar, beside the index: the corners of every 64, 256, 1,024 … steps.

A level is made from a segment's Parquet file of metrics alone. Its rows are values that were logged: of each chunk of
`grain` steps (`step // grain` is the same) the first, last, lowest and highest; the first has as `count` how many
drawable values the chunk holds. A row of grain 0 tells of a whole metric in the segment: `step` and `until`, its first
and last step; `count`, how many values there are; `not_finite`, how many of them are not drawn; `base` and `top`, the
smallest and largest grain that it has; `in_order`, whether its times never fall.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
from numpy.typing import NDArray

from mediastore.reader import sql, thinning
from mediastore.reader.thinning import FACTOR, FILLED, GRAIN

ABOVE_BYTES = 128 * 2**10
SHORT = 256
GRAIN_MAX = 2**60
_NUMBERS = ("step", "time", "value")


def write(metrics: Iterable[Path], path: Path, folder: str, connection: duckdb.DuckDBPyConnection) -> None:
    """Write the levels of these files of a run's metrics. Raises duckdb.IOException or OSError where it cannot."""
    made = [_levels(names, *columns) for one in metrics for names, *columns in _whole_metrics(one)]
    connection.register("made_levels", pa.concat_tables(made or [_levels(pa.array([], pa.string()), *_NOTHING)]))
    try:
        connection.execute(sql.text("run_levels"), {"folder": folder, "path": str(path)})
    finally:
        connection.unregister("made_levels")


def _whole_metrics(path: Path) -> Iterator[tuple[pa.Array, NDArray, NDArray, NDArray, NDArray]]:
    """The rows of a file that is sorted by name, some whole metrics at a time: names, and of each row which one, step,
    time, value."""
    rest = None
    with parquet.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            table = file.read_row_group(group, columns=["name", *_NUMBERS])
            table = table.filter(table["value"].is_valid())
            table = table if rest is None else pa.concat_tables([rest, table])
            names = table["name"].combine_chunks().dictionary_encode()
            starts = thinning.starts_of(names.indices.to_numpy())
            whole = table.num_rows if group == file.num_row_groups - 1 else int(starts[-1]) if len(starts) else 0
            rest = table.slice(whole)
            if whole:
                of_row = names.indices.to_numpy()[:whole]
                yield names.dictionary, of_row, *(table[name].to_numpy()[:whole] for name in _NUMBERS)


def _levels(names: pa.Array, line: NDArray, step: NDArray, time: NDArray, value: NDArray) -> pa.Table:
    """The rows of grain 0 and all others of some metrics; `line` is the place of a row's name."""
    line, step, time, value = thinning.once(line.astype(np.int64), step, time.astype(float), value)
    starts = thinning.starts_of(line)
    first, until, known = step[starts], step[np.append(starts[1:], len(line)) - 1], line[starts]
    logged = np.diff(np.append(starts, len(line)))
    drawable = np.isfinite(value)
    line, step, time, value = (column[drawable] for column in (line, step, time, value))
    rows = np.bincount(line, minlength=len(names))
    falls = ~np.isfinite(time)
    falls[1:] |= (line[1:] == line[:-1]) & (time[1:] < time[:-1])
    ordered = np.bincount(line[falls], minlength=len(names)) == 0
    base, top, parts = _chunks(line, step, time, value, rows)
    nothing = np.full(len(known), np.nan)
    parts.append((known, np.zeros(len(known), np.int64), first, until, nothing, nothing, logged))
    line, grain, step, until, time, value, count = map(np.concatenate, zip(*parts, strict=True))
    not_finite = np.zeros(len(names), np.int64)
    not_finite[known] = logged - rows[known]
    columns = {"grain": grain, "step": step, "until": until, "time": time, "value": value, "count": count}
    columns |= {"not_finite": not_finite[line], "base": base[line], "top": top[line], "in_order": ordered[line]}
    return pa.table({"name": names.take(pa.array(line)), **columns})


def _chunks(
    line: NDArray, step: NDArray, time: NDArray, value: NDArray, rows: NDArray
) -> tuple[NDArray, NDArray, list[tuple[NDArray, ...]]]:
    """The smallest and largest grain of each line, from where a chunk stands for many rows to where two hold all; and
    line, grain, step, step, time, value, count of what is kept."""
    base, top, parts = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64), []
    count, grain = np.ones(len(line), np.int64), GRAIN
    while len(line) and grain < GRAIN_MAX:
        starts = thinning.starts_of(line, step // grain)
        chunks = np.bincount(line[starts], minlength=len(rows))
        is_kept = (base > 0) | (chunks <= 2) | (rows <= SHORT) | (rows >= FILLED * chunks)
        whole = np.zeros(len(line), np.int64)
        whole[starts] = np.add.reduceat(count, starts)
        kept = np.zeros(len(line), bool)
        kept[thinning.corners(starts, None, value)] = True
        kept |= (rows <= SHORT)[line]
        whole = np.where((rows <= SHORT)[line], 1, whole)
        goes = kept & is_kept[line]
        given = (
            line[goes],
            np.full(int(goes.sum()), grain),
            step[goes],
            step[goes],
            time[goes],
            value[goes],
            whole[goes],
        )
        parts.append(given)
        base[np.unique(line)] = np.where(is_kept & (base == 0), grain, base)[np.unique(line)]
        top[np.unique(line[goes])] = grain
        is_done = (is_kept & (chunks <= 2)) | (rows <= SHORT)
        count = np.where(is_kept[line], whole, count)
        goes_on = np.where(is_kept[line], kept, True) & ~is_done[line]
        line, step, time, value, count = (column[goes_on] for column in (line, step, time, value, count))
        grain *= FACTOR
    return base, top, parts


_NOTHING = (np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0), np.empty(0))
