"""Index, half an index, the live tail and a plain read of the sidecars say the same, whatever was logged."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from mediastore import naming
from mediastore.reader import lines, parse, rollup
from mediastore.reader.reindex import RolledUp, reindex, update_all
from mediastore.reader.store import Store

WRITERS = ("aaaa", "zzzz")
TEXT = some.text(some.characters(exclude_categories=["Cs"]), max_size=8)
NUMBERS = some.floats(allow_nan=False, allow_infinity=False, width=32)
ANNOTATION = some.fixed_dictionaries(
    {"layer": some.sampled_from(["predictions", "ground_truth"]), "type": some.just("box")},
    optional={"label": TEXT, "score": NUMBERS, "box": some.lists(NUMBERS, min_size=4, max_size=4), "mine": TEXT},
)
ITEM = some.fixed_dictionaries(
    {
        "run": some.sampled_from(["first", "second"]),
        "writer": some.sampled_from(WRITERS),
        "key": some.sampled_from(["val/detections", "Val", "ä/ö", "CON"]),
        "step": some.integers(0, 3) | some.integers(0, 10**12),
        "index": some.integers(0, 2),
        "time": some.sampled_from([1.0, 2.5, 3.0]),
        "annotations": some.lists(ANNOTATION, max_size=3),
    },
    optional={"caption": TEXT, "values": some.dictionaries(TEXT, NUMBERS, max_size=2)},
)
SIDECARS = """
create temp view sidecars as
select *
from read_json($files, columns = {
    run: 'varchar', key: 'varchar', step: 'bigint', index: 'bigint', writer: 'varchar', occurrence: 'varchar',
    time: 'double', caption: 'varchar', annotations: 'struct(layer varchar, label varchar, score double)[]'
})
qualify row_number() over (
    partition by run, key, step, index order by time desc, writer desc, occurrence desc
) = 1
"""
ITEMS = "select run, key, step, index, caption from {items} order by all"
ANNOTATIONS = """
select run, key, step, index, annotation.layer, annotation.label, annotation.score::varchar as score
from (select *, unnest(annotations) as annotation from sidecars)
order by all
"""
OURS = "select run, key, step, index, layer, label, score::varchar as score from annotations order by all"
HAPPENINGS = some.dictionaries(some.sampled_from(["first", "second"]), some.sampled_from(["move", "remove"]))


def records(drawn: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Whole sidecars, in the order in which they are committed."""
    seen: dict[tuple, int] = {}
    for item in drawn:
        place = (item["run"], item["writer"], item["key"], item["step"], item["index"])
        seen[place] = seen.get(place, 0) + 1
        stem = naming.item_stem(item["step"], item["index"], item["writer"], seen[place])
        yield {
            "format": 1,
            "project": "P",
            "kind": "image",
            "file": f"{stem}.png",
            "occurrence": f"{seen[place]:03}",
        } | item


def write(root: Path, record: dict[str, Any], homes: dict[str, str]) -> None:
    """The sidecar and the journal line of an item, in the folder where its run is now."""
    run = root / naming.encode_part("P") / homes.get(record["run"], record["run"])
    folder = run / "media" / naming.encode_key(record["key"])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / record["file"]).with_suffix(".json").write_text(json.dumps(record), "utf-8")
    journal = run / "items" / f"{record['writer']}-0001.jsonl"
    journal.parent.mkdir(parents=True, exist_ok=True)
    with journal.open("a", encoding="utf-8") as file:
        file.write(json.dumps(record, ensure_ascii=False) + "\n")


def told(store: Store) -> tuple[list, list]:
    """Items and annotations as the store has them, in an order that does not depend on how."""
    items = store.sql("select run, path, caption, values::varchar from items order by all")
    annotations = store.sql(
        "select run, path, layer, label, score, x0, y1, rest::varchar from annotations order by all"
    )
    return json.loads(items.to_json(orient="values")), json.loads(annotations.to_json(orient="values"))


def in_sidecars(root: Path) -> tuple[list, list]:
    """Items and annotations as plain DuckDB finds them beside the media."""
    files = [str(path) for path in root.rglob("media/**/*.json")]
    if not files:
        return [], []
    with duckdb.connect() as connection:
        connection.execute("set variable files = $files", {"files": files})
        connection.execute(SIDECARS.replace("$files", "getvariable('files')"))
        items = connection.execute(ITEMS.format(items="sidecars")).fetchall()
        return items, connection.execute(ANNOTATIONS).fetchall()


def in_store(store: Store) -> tuple[list, list]:
    """The same as a store tells it."""
    return tuple(
        [tuple(row) for row in json.loads(store.sql(query).to_json(orient="values"))]
        for query in (ITEMS.format(items="items"), OURS)
    )


def index_all(root: Path, with_rollup: bool) -> None:
    update_all(list(reindex(root)))
    if with_rollup:
        RolledUp(root).update()


def happen(root: Path, happenings: dict[str, str]) -> dict[str, str]:
    """Remove runs or move them to folders of other names; the new names."""
    homes = {}
    for run, what in happenings.items():
        folder = root / naming.encode_part("P") / run
        if what == "remove":
            shutil.rmtree(folder, ignore_errors=True)
        elif folder.exists():
            homes[run] = f"{run}-moved"
            folder.rename(folder.with_name(homes[run]))
    return homes


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    drawn=some.lists(ITEM, max_size=12),
    share=some.floats(0, 1),
    happenings=HAPPENINGS,
    rolls=some.tuples(some.booleans(), some.booleans()),
)
def test_all_ways_to_read_agree(
    drawn: list[dict[str, Any]], share: float, happenings: dict[str, str], rolls: tuple[bool, bool]
) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "BLOCK_BYTES", 500)
        patch.setattr(parse, "STRETCH_BYTES", 900)
        patch.setattr(rollup, "LOOSE_MAX", 1)
        patch.setattr(rollup, "PART_BYTES", 2000)
        root = Path(folder)
        everything = list(records(drawn))
        early, late = everything[: int(len(drawn) * share)], everything[int(len(drawn) * share) :]
        for record in early:
            write(root, record, {})
        if early:
            index_all(root, rolls[0])
        following = Store(root)
        homes = happen(root, happenings)
        for record in late:
            write(root, record, homes)
        following.refresh()
        half_indexed = told(Store(root))
        assert told(following) == half_indexed
        index_all(root, rolls[1])
        following.refresh()
        fresh = Store(root)
        indexed = told(fresh)
        assert told(following) == indexed == half_indexed
        assert in_store(fresh) == in_sidecars(root)
        assert fresh.count() == len(fresh.records()) == len(indexed[0])
