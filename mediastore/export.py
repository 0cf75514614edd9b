"""What is found, as a file: CSV, Parquet, JSON, and COCO for the objects on pictures.

Rows are written as they come, so that an answer of any length needs no more memory than a short one.
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from mediastore import files
from mediastore.plain import plain

BATCH_ROWS = 20_000

Batches = Iterable[pa.RecordBatch]


def to_csv(batches: Batches, path: Path) -> int:
    """Write rows as CSV with a header, in UTF-8; lists and structures as JSON. Returns how many rows."""

    def fill(target: Path) -> int:
        with target.open("x", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            return _each(
                batches, writer.writerow, lambda row: writer.writerow([_cell(value) for value in row.values()])
            )

    return _made(path, fill)


def to_json(batches: Batches, path: Path) -> int:
    """Write rows as a JSON array of objects; NaN and infinities as the strings of the format. Returns how many."""

    def fill(target: Path) -> int:
        with target.open("x", encoding="utf-8") as file:
            begin = iter(("[\n",))
            count = _each(batches, lambda _: None, lambda row: file.write(next(begin, ",\n") + _json(row)))
            file.write(next(begin, "") + "\n]\n")
            return count

    return _made(path, fill)


def to_parquet(batches: Batches, path: Path) -> int:
    """Write rows as Parquet with their types. Returns how many rows. Raises QueryError as the batches do."""

    def fill(target: Path) -> int:
        writer, count = None, 0
        try:
            for batch in batches:
                writer = writer or pq.ParquetWriter(target, batch.schema, compression="zstd")
                writer.write_batch(batch)
                count += batch.num_rows
        finally:
            if writer:
                writer.close()
        return count

    return _made(path, fill)


def batches(frame: pd.DataFrame) -> list[pa.RecordBatch]:
    """A frame as batches, the first of them empty: it tells the columns."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    return [pa.RecordBatch.from_pylist([], schema=table.schema), *table.to_batches(BATCH_ROWS)]


FORMS: dict[str, Callable[[Batches, Path], int]] = {"csv": to_csv, "parquet": to_parquet, "json": to_json}


def _made(path: Path, fill: Callable[[Path], int]) -> int:
    counts: list[int] = []
    files.make(path, lambda target: counts.append(fill(target)))
    return counts[0]


def _each(batches: Batches, on_names: Callable[[list[str]], Any], on_row: Callable[[dict[str, Any]], Any]) -> int:
    count = 0
    for number, batch in enumerate(batches):
        if number == 0:
            on_names(batch.schema.names)
        for row in _rows(batch):
            on_row(row)
        count += batch.num_rows
    return count


def _rows(batch: pa.RecordBatch) -> Iterator[dict[str, Any]]:
    names, columns = batch.schema.names, [column.to_pylist() for column in batch.columns]
    for values in zip(*columns, strict=True):
        yield dict(zip(names, values, strict=True))


def _cell(value: Any) -> Any:
    return _json(value) if isinstance(value, dict | list | tuple) else value


def _json(value: Any) -> str:
    return json.dumps(plain(value), ensure_ascii=False, allow_nan=False)
