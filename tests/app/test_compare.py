"""The page that lays two to four places beside each other."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import mediastore
from mediastore.draw import differences
from mediastore.view.places import Column, usual

Open = Callable[..., AppTest]
Data = Callable[[AppTest, str], dict[str, Any]]
KEY = "compare-val/pets"
TRUTH = mediastore.Box((2, 2, 12, 12), label="cat", layer="ground_truth")


def log_pets(root: Path, name: str, scores: dict[int, float | None], **config: Any) -> str:
    """A run in which, at each step, every picture has a truth, found by a prediction unless its score is None."""
    with mediastore.init(project="pets", name=name, dir=root, config=config) as run:
        for step, score in scores.items():
            found = [] if score is None else [mediastore.Box((2, 2, 12, 11), label="cat", score=score)]
            pictures = [
                mediastore.Image(np.full((16, 24, 3), 9 * at, np.uint8), boxes=[*found, TRUTH], sample=f"s{at}")
                for at in range(3)
            ]
            run.log({"val/pets": pictures, "loss": 1 / (step + 1)}, step=step)
        return f"{run.project}/{run.id}"


def test_an_empty_store_and_a_run_without_pictures_say_so(app: Open, root: Path) -> None:
    assert not app("compare").exception
    with mediastore.init(project="pets", dir=root) as run:
        run.log({"loss": 0.1})
    test = app("compare")
    assert not test.exception
    assert "no pictures" in test.text[0].value


def test_one_step_alone_asks_for_another(app: Open, root: Path) -> None:
    log_pets(root, "one", {3: 0.5})
    test = app("compare")
    assert not test.exception
    assert "Two places" in test.text[0].value


def test_first_and_last_step_are_compared_to_begin_with(app: Open, root: Path, component_data: Data) -> None:
    ref = log_pets(root, "one", {0: None, 3: 0.4, 7: 0.9})
    test = app("compare")
    assert not test.exception
    data = component_data(test, KEY)
    assert [column["note"] for column in data["columns"]] == ["step 0", "step 7"]
    before, after = (column["item"]["annotations"] for column in data["columns"])
    assert [one.get("change") for one in before] == ["fixed"]
    assert [one.get("change") for one in after] == ["appeared", "fixed"]
    assert before[0]["pair"] == after[1]["pair"]
    assert data["counts"] == {"appeared": 1, "fixed": 1}
    assert "3 of 3 samples" in " ".join(one.value for one in test.caption)
    assert test.query_params["places"] == [f"{ref}@0", f"{ref}@7"]


def test_a_link_names_places_sample_and_score(app: Open, root: Path, component_data: Data) -> None:
    first, second = log_pets(root, "one", {0: 0.3, 7: 0.9}), log_pets(root, "two", {4: 0.8})
    places = [f"{first}@0", f"{first}@7", f"{second}@4"]
    test = app("compare", places=places, sample="s1", score="0.5..1")
    assert not test.exception
    data = component_data(test, KEY)
    assert [(column["title"], column["note"]) for column in data["columns"]] == [
        ("one", "step 0"), ("one", "step 7"), ("two", "step 4"),
    ]  # fmt: skip
    assert [column["id"][4] for column in data["columns"]] == [1, 1, 1]
    assert data["columns"][2]["item"]["annotations"][0]["change"] == "appeared"
    next(one for one in test.button if one.label == "Next").click().run()
    assert component_data(test, KEY)["columns"][0]["id"][4] == 2


def test_a_sample_that_is_missing_somewhere_says_so(app: Open, root: Path, component_data: Data) -> None:
    ref = log_pets(root, "one", {0: 0.3})
    with mediastore.init(project="pets", name="two", dir=root) as run:
        run.log({"val/pets": mediastore.Image(np.zeros((16, 24, 3), np.uint8), sample="s9")}, step=4)
    test = app("compare", places=[f"{ref}@0", f"pets/{run.id}@4"], sample="s9")
    assert not test.exception
    columns = component_data(test, KEY)["columns"]
    assert (columns[0]["item"], columns[0]["empty"]) == (None, "This sample was not logged here.")
    assert columns[1]["item"]["w"] == 24
    assert "0 of 4 samples" in " ".join(one.value for one in test.caption)


def test_nonsense_in_a_link_falls_back_to_what_is_there(app: Open, root: Path, component_data: Data) -> None:
    log_pets(root, "one", {0: 0.3, 7: 0.9})
    test = app("compare", places=["nobody@x", "@", "a@99999"], sample="none", score="high", order="no")
    assert not test.exception
    assert len(component_data(test, KEY)["columns"]) == 2


def test_a_record_without_size_is_told_of(
    app: Open, sick_root: Path, component_data: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_pets(sick_root, "one", {0: 0.3, 7: 0.9})
    (journal,) = sick_root.glob("pets/*/items/*.jsonl")
    records = [json.loads(line) for line in journal.read_text().splitlines()]
    at = {(record["step"], record["index"]): record for record in records}
    del at[0, 0]["width"]
    del at[0, 1]["sample"]
    journal.write_text("".join(json.dumps(record) + "\n" for record in records) + '{"torn')
    monkeypatch.setenv("MEDIASTORE_DIR", str(sick_root))
    test = app("compare", sample="s0")
    assert not test.exception
    assert "size is not known" in component_data(test, KEY)["columns"][0]["empty"]


def test_configs_and_metrics_stand_beside_with_differences_first(app: Open, root: Path) -> None:
    log_pets(root, "one", {0: 0.3, 7: 0.9}, lr=0.1, size=9)
    log_pets(root, "two", {4: 0.8}, lr=0.2, size=9)
    table = app("compare").dataframe[0].value
    assert table["name"].tolist() == ["lr", "loss", "size"]
    assert table["differs"].tolist() == [True, True, False]
    assert table.iloc[0, 3:].tolist() == ["0.1", "0.2"]


def test_two_places_of_one_name_keep_their_columns_apart() -> None:
    table = differences.table(["a", "a"], [{"x": 1}, {"x": None}], [{}, {"loss": 0.123456789}])
    assert table.iloc[:, 3:].to_numpy().tolist() == [["1", ""], ["", "0.12346"]]


def test_what_is_compared_to_begin_with() -> None:
    one = [Column("p/a", step) for step in (0, 3, 9)]
    assert usual([]) == []
    assert usual(one[:1]) == one[:1]
    assert usual(one) == [one[0], one[2]]
    assert usual([*one, Column("p/b", 1)]) == [one[2], Column("p/b", 1)]
    assert Column.from_text("p/a@b@7") == Column("p/a@b", 7)
