"""A store that remembers tells what the store tells, asks once, and forgets when there is something new."""

import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import mediastore
from mediastore.reader.store import Store
from mediastore.view.remembering import Answers, RememberingStore, size_of
from mediastore.view.sides import Side, first_records, item_counts


def log_steps(root: Path, steps: list[int], counts: list[int], name: str = "first") -> str:
    """A run with `counts` pictures at each of `steps`; returns its ref."""
    with mediastore.init(project="pets", name=name, dir=root) as run:
        for step, count in zip(steps, counts, strict=True):
            boxes = [mediastore.Box((1, 1, 9, 9), label="cat", score=0.5)]
            pictures = [mediastore.Image(np.full((12, 16, 3), place, np.uint8), boxes=boxes) for place in range(count)]
            run.log({"val/pets": pictures, "loss": 1 / (step + 1)}, step=step)
    return f"pets/{run.id}"


class Question:
    """A question that counts how often it is asked."""

    def __init__(self, answer: object) -> None:
        self.asked = 0
        self._answer = answer

    def __call__(self) -> object:
        self.asked += 1
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


def test_what_was_asked_is_not_asked_again_until_the_store_is_another() -> None:
    answers, question, version = Answers(), Question([1, 2]), ["a"]
    for _ in range(3):
        assert answers.of(lambda: version[0], "steps", question) == [1, 2]
    assert question.asked == 1
    version[0] = "b"
    answers.of(lambda: version[0], "steps", question)
    assert question.asked == 2


def test_an_answer_that_came_while_the_store_changed_is_not_kept() -> None:
    answers, version = Answers(), ["a"]

    def slow() -> list[int]:
        version[0] = "b"
        return [1]

    assert answers.of(lambda: version[0], "steps", slow) == [1]
    version[0] = "a"
    assert answers.of(lambda: version[0], "steps", lambda: [2]) == [2]


def test_who_asks_what_is_being_asked_waits_for_that_answer() -> None:
    answers, asked, go_on, found = Answers(), threading.Event(), threading.Event(), []

    def slow() -> str:
        asked.set()
        assert go_on.wait(60)
        return "once"

    first = threading.Thread(target=lambda: found.append(answers.of(lambda: "a", "steps", slow)))
    second = threading.Thread(target=lambda: found.append(answers.of(lambda: "a", "steps", lambda: "twice")))
    first.start()
    assert asked.wait(60)
    second.start()
    go_on.set()
    first.join(60)
    second.join(60)
    assert found == ["once", "once"]


def test_a_question_that_failed_is_asked_again() -> None:
    answers, failing = Answers(), Question(ValueError("no"))
    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            answers.of(lambda: "a", "steps", failing)
    assert failing.asked == 2


def test_the_answers_that_were_not_used_for_longest_make_room() -> None:
    first, big = Question("x" * 100), Question("y" * 1000)
    answers = Answers(bytes_most=size_of("x" * 100) * 2 + size_of("y" * 1000))
    for name in ("one", "two", "one", "big", "more"):
        answers.of(lambda: "a", name, big if name == "big" else first)
    assert (first.asked, big.asked) == (3, 1)
    answers.of(lambda: "a", "one", first)
    assert first.asked == 3
    answers.of(lambda: "a", "two", first)
    assert first.asked == 4


def test_it_tells_what_the_store_tells_and_what_comes_later(root: Path) -> None:
    ref = log_steps(root, [1, 5], [2, 1])
    remembering = RememberingStore(root)
    for _ in range(2):
        plain = Store(root)
        assert remembering.steps(run=ref, key="val/pets") == plain.steps(run=ref, key="val/pets") == [1, 5]
        assert remembering.count(run=ref, step=1) == plain.count(run=ref, step=1) == 2
        assert remembering.records(run=ref) == plain.records(run=ref)
        pd.testing.assert_frame_equal(remembering.keys(run=ref), plain.keys(run=ref))
    other = log_steps(root, [7], [3], "second")
    remembering.refresh()
    assert remembering.steps(key="val/pets") == [1, 5, 7]
    assert remembering.count(run=other) == 3


def test_what_a_page_does_to_its_answer_is_its_own_affair(root: Path) -> None:
    log_steps(root, [1, 5], [2, 1])
    store = RememberingStore(root)
    store.steps().append(9)
    keys = store.keys()
    keys["items"] = 0
    assert store.steps() == [1, 5]
    assert store.keys()["items"].tolist() == [3]


def test_sides_at_several_steps_get_the_items_that_each_would_get_by_itself(root: Path) -> None:
    first, second = log_steps(root, [1, 5], [2, 9]), log_steps(root, [1, 4], [3, 2], "second")
    store = Store(root)
    counts = item_counts(store, [first, second], "val/pets")
    assert counts == {first: {1: 2, 5: 9}, second: {1: 3, 4: 2}}
    sides = [Side(first, "val/pets", 5), Side(second, "val/pets", 4), Side(first, "val/pets", 1)]
    found = first_records(store, {side: counts[side.run][side.step] for side in sides}, 4)
    assert [len(found[side]) for side in sides] == [4, 2, 2]
    for side in sides:
        assert found[side] == store.records(**side.filters(), sort="index", limit=4)
