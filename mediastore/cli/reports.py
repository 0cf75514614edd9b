"""What `ls` and `show` tell, as frames."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from mediastore.errors import NotFoundError
from mediastore.reader.named import NamedRun
from mediastore.reader.store import Store

_RUNS = """
select
    project, run, name, status,
    strftime(to_timestamp(created) at time zone 'UTC', '%Y-%m-%d %H:%M') as created_utc,
    coalesce(items, 0) as items,
    coalesce(last_step, 0) as last_step
from runs
left join (select project, run, count(*) as items, max(step) as last_step from items group by all)
    using (project, run)
order by created desc, run desc
"""
_LAST_METRICS = """
select name, count(*) as points, arg_max(coalesce(value::varchar, text), (step, time)) as last, max(step) as last_step
from metrics
where project = $project and run = $run
group by name
order by name
"""
_ITEM = ("step", "index", "kind", "path", "bytes", "caption", "sample", "values", "problem")
_FACTS = ("project", "run", "name", "status", "created", "updated", "notes", "run_group", "job_type", "tags")


@dataclass(frozen=True)
class RunReport:
    """One run as tables with their titles, and as one JSON object."""

    tables: list[tuple[str, pd.DataFrame]]
    record: dict[str, Any]


def runs(store: Store) -> pd.DataFrame:
    """One row a run, newest first."""
    return store.sql(_RUNS)


def items(store: Store, run: NamedRun, key: str) -> pd.DataFrame:
    """One row an item of a key. Raises NotFoundError when the run has none."""
    found = store.items(run=run.ref, key=key)
    if found.empty:
        known = ", ".join(store.keys(run=run.ref)["key"].unique()) or "none"
        raise NotFoundError(f"KEY must be one of {run.ref}, got {key!r}; there are: {known}")
    return found[list(_ITEM)].dropna(axis="columns", how="all")


def run(store: Store, named: NamedRun) -> RunReport:
    """Everything that can be told of a run in a few lines."""
    found = store.runs()
    row = found[found["ref"] == named.ref].iloc[0].to_dict()
    config, summary = json.loads(row["config"]), json.loads(row["summary"])
    problems = store.problems()
    tables = {
        "run": _pairs({fact: _readable(fact, row[fact]) for fact in _FACTS if _is_given(row[fact])}),
        "config": _pairs(config),
        "summary": _pairs(summary),
        "metrics": store.sql(_LAST_METRICS, {"project": row["project"], "run": row["run"]}),
        "media": store.keys(run=row["ref"]),
        "labels": store.labels(run=row["ref"]),
        "problems": problems[(problems["project"] == row["project"]) & (problems["run"] == row["run"])],
    }
    record = {fact: row[fact] for fact in _FACTS} | {"config": config, "summary": summary}
    rows = {title: tables[title].to_dict("records") for title in ("metrics", "media", "labels", "problems")}
    return RunReport(list(tables.items()), record | rows)


def _is_given(value: Any) -> bool:
    return len(value) > 0 if hasattr(value, "__len__") else bool(pd.notna(value))


def _readable(fact: str, value: Any) -> Any:
    if fact in ("created", "updated"):
        return f"{datetime.fromtimestamp(value, UTC):%Y-%m-%d %H:%M:%S} UTC"
    return ", ".join(value) if fact == "tags" else value


def _pairs(values: dict[str, Any]) -> pd.DataFrame:
    pairs = [(str(key), value if isinstance(value, str) else json.dumps(value)) for key, value in values.items()]
    return pd.DataFrame(pairs, columns=["name", "value"])
