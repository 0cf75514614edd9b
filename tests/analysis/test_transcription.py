"""Words said and heard: the edit distance by its definition, and the word error rate of what a store holds."""

from functools import cache
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

import mediastore
from mediastore.analysis.transcription import DELETED, INSERTED, SAME, edits, words_of

WORDS = st.lists(st.sampled_from(["a", "b", "c"]), max_size=7)


def distance(truth: tuple[str, ...], heard: tuple[str, ...]) -> int:
    @cache
    def rest(row: int, column: int) -> int:
        if row == len(truth) or column == len(heard):
            return len(truth) - row + len(heard) - column
        if truth[row] == heard[column]:
            return rest(row + 1, column + 1)
        return 1 + min(rest(row + 1, column + 1), rest(row + 1, column), rest(row, column + 1))

    return rest(0, 0)


@settings(max_examples=150, deadline=None)
@given(truth=WORDS, heard=WORDS)
def test_the_edits_are_the_fewest_and_make_one_of_the_other(truth: list[str], heard: list[str]) -> None:
    found = edits(truth, heard)
    assert sum(kind != SAME for kind, *_ in found) == distance(tuple(truth), tuple(heard))
    assert [word for kind, word, _ in found if kind != INSERTED] == truth
    assert [word for kind, _, word in found if kind != DELETED] == heard
    assert all((said == word) == (kind == SAME) for kind, said, word in found)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ask not, what YOUR country…", ["ask", "not", "what", "your", "country"]),
        ("It’s 5 o'clock", ["it's", "5", "o'clock"]),
        ("Straße — élan", ["strasse", "élan"]),
        (" ?! ", []),
    ],
)
def test_words_are_told_without_case_and_punctuation(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def spoken(layer: str, *said: tuple[float, str]) -> list[mediastore.Span]:
    return [mediastore.Span(start, start + 0.2, text=text, label="speech", layer=layer) for start, text in said]


@pytest.fixture
def store(root: Path) -> mediastore.Store:
    sound = np.zeros(8000, np.float32)
    truth = spoken("ground_truth", (0.5, "for you"), (0.0, "Ask not what your country can do"))
    heard = spoken("predictions", (0.0, "ask what your county can"), (0.5, "do for for you"))
    silent = spoken("ground_truth", (0.0, "hello"))
    astray = spoken("predictions", (0.0, "hello"))
    with mediastore.init(project="demo", dir=root) as run:
        sounds = [[*truth, *heard], silent, astray]
        run.log(
            {"talk": [mediastore.Audio(sound + at / 9, 8000, spans=spans) for at, spans in enumerate(sounds)]}, step=3
        )
        read = [
            mediastore.Label("page", text=text, layer=layer)
            for text, layer in (("a b", "ground_truth"), ("a c", "ocr"))
        ]
        run.log({"page": mediastore.Image(np.zeros((8, 8), np.uint8), labels=read)}, step=3)
    return mediastore.Store(root)


def test_the_word_error_rate_of_a_run(store: mediastore.Store) -> None:
    told = store.transcripts("talk")
    names = ["items", "words", "substitutions", "deletions", "insertions"]
    assert told.summary()[["step", *names]].values.tolist() == [[3, 2, 10, 1, 2, 1]]
    assert told.summary()["WER"].item() == pytest.approx(4 / 10)
    assert told.by_item()[["index", "WER"]].values.tolist() == [[1, 1.0], [0, pytest.approx(3 / 9)]]
    assert told.left_out == ("talk at step 3, index 2: no words in the truth",)
    pairs = told.confusions()
    assert set(pairs.loc[pairs["kind"] == "deleted", "truth"]) == {"not", "hello"}
    assert pairs.loc[pairs["kind"] == "substituted", ["truth", "predicted"]].values.tolist() == [["country", "county"]]


def test_texts_of_whole_items_are_told_by_layer_and_nothing_by_nothing(store: mediastore.Store) -> None:
    assert store.transcripts("page", predictions="ocr").summary()["WER"].tolist() == [0.5]
    assert store.transcripts("talk", step=7).summary().empty
    assert store.transcripts("none").confusions().empty
