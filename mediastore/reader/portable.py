"""The views as one SQL file that a bare DuckDB runs, over the Parquet files that the indexes name."""

import json
import math
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mediastore.reader import folders, run_record, sql, state

RUN_COLUMNS = (
    "folder varchar, project varchar, run varchar, name varchar, status varchar, created double, updated double, "
    "config varchar, summary varchar, tags varchar[], notes varchar, run_group varchar, job_type varchar"
)


def views(root: Path) -> str:
    """Statements that make runs, metrics, items and annotations, and the helpers num and str, in an empty DuckDB.

    They need DuckDB's json and parquet alone, which every build has. They tell what is indexed: a comment says how
    much of the journals that is.
    """
    rows, paths, superseded = {}, {table: [] for table in state.LOGGED}, []
    indexed, logged = 0, 0
    for folder in folders.scan(root)[0]:
        record, _ = run_record.read(folder.path / run_record.FILE, run_record.FILE)
        identity = run_record.identity(record, folder)
        if identity in rows:  # a second copy of a run, which Store leaves out too
            continue
        status = run_record.status(record, folder.changed)
        rows[identity] = run_record.row(folder.name, identity, record, status)
        logged += sum(journal.size for journal in folder.journals)
        if known := state.load(folder, identity):
            offsets = known.offsets
            indexed += sum(min(journal.size, offsets.get(journal.name, 0)) for journal in folder.journals)
            superseded += known.superseded
            for table in state.LOGGED:
                paths[table] += known.paths(folder.path / state.FOLDER, table)
    head = sql.text("portable_head").format(
        made=f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC", runs=f"{len(rows):,}", indexed=f"{indexed:,}",
        logged=f"{logged:,}",
    )  # fmt: skip
    tables = [sql.text("bookkeeping"), sql.text("tables").format(prefix="store.live_"), sql.text("macros")]
    rest = [_runs(rows.values()), _superseded(superseded), *(_reading(table, paths[table]) for table in state.LOGGED)]
    return "\n".join([head, *tables, sql.text("views"), *rest])


def _runs(rows: Iterable[list]) -> str:
    names = [column.split()[0] for column in RUN_COLUMNS.split(", ")]
    records = json.dumps([dict(zip(names, map(_finite, row), strict=True)) for row in rows])
    types = json.dumps([dict(column.split() for column in RUN_COLUMNS.split(", ")) | {"tags": ["varchar"]}])
    return sql.text("portable_runs").format(records=_quoted(records), types=_quoted(types))


def _superseded(ids: Iterable[int]) -> str:
    listed = ", ".join(str(int(id)) for id in ids)
    return f"insert into store.superseded select '', unnest([{listed}]::bigint[]);"


def _reading(table: str, paths: list[str]) -> str:
    source = f"from read_parquet([{', '.join(map(_quoted, paths))}])" if paths else f"from store.live_{table} limit 0"
    return f"create or replace view store.indexed_{table} as {source};"


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
