"""Index, half an index, the live tail and a plain read of the sidecars say the same, whatever was logged."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from mediastore import naming
from mediastore.reader import lines, parse
from mediastore.reader.reindex import reindex
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
select record->'annotations' as annotations
from (select content::json as record from read_text($files))
qualify row_number() over (
    partition by record->>'run', record->>'key', record->>'step', record->>'index'
    order by (record->>'time')::double desc, record->>'writer' desc, record->>'occurrence' desc
) = 1
"""


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


def write(root: Path, record: dict[str, Any], with_sidecar: bool = True) -> None:
    """The sidecar and the journal line of an item."""
    run = root / naming.encode_part("P") / record["run"]
    folder = run / "media" / naming.encode_key(record["key"])
    if with_sidecar:
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


def count_in_sidecars(root: Path) -> tuple[int, int]:
    """Items and annotations as plain DuckDB finds them beside the media."""
    files = [str(path) for path in root.rglob("media/**/*.json")]
    if not files:
        return 0, 0
    with duckdb.connect() as connection:
        query = f"select count(*), coalesce(sum(json_array_length(annotations)), 0)::int from ({SIDECARS})"
        return connection.execute(query, {"files": files}).fetchall()[0]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drawn=some.lists(ITEM, max_size=12), share=some.floats(0, 1))
def test_all_ways_to_read_agree(drawn: list[dict[str, Any]], share: float) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "BLOCK_BYTES", 500)
        patch.setattr(parse, "STRETCH_BYTES", 900)
        root = Path(folder)
        everything = list(records(drawn))
        early, late = everything[: int(len(drawn) * share)], everything[int(len(drawn) * share) :]
        for record in early:
            write(root, record)
        if early:
            for run in reindex(root):
                run.update()
        following = Store(root)
        for record in late:
            write(root, record)
        following.refresh()
        half_indexed = told(Store(root))
        assert told(following) == half_indexed
        for run in reindex(root):
            run.update()
        following.refresh()
        indexed = told(Store(root))
        assert told(following) == indexed == half_indexed
        assert (len(indexed[0]), len(indexed[1])) == count_in_sidecars(root)
        assert Store(root).count() == len(Store(root).records()) == len(indexed[0])
