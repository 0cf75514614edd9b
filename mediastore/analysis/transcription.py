"""What was said against what was heard, word by word: substitutions, deletions, insertions.

V. I. Levenshtein, Binary codes capable of correcting deletions, insertions, and reversals (Soviet Physics Doklady 10,
1966), over words. The word error rate is (S + D + I) / words of the truth, as NIST's sclite counts it; it may exceed 1.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mediastore.analysis.objects import Ints
from mediastore.analysis.scores import share

PLACE = ["project", "run", "key", "step", "index", "path", "sample"]
COUNTS = ["words", "substitutions", "deletions", "insertions"]
SAME, SUBSTITUTED, DELETED, INSERTED = "same", "substituted", "deleted", "inserted"
WORDS_MAX = 10_000
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
Edit = tuple[str, str | None, str | None]
"""What became of a word, the true word, the predicted one; None where there is none."""


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, without punctuation; an apostrophe within a word stays."""
    return [word.replace("’", "'") for word in _WORD.findall(text.casefold())]


def edits(truth: Sequence[str], predicted: Sequence[str]) -> list[Edit]:
    """The fewest edits that make the truth from nothing but the predicted words, in order; see `Edit`."""
    cost = _distances(truth, predicted)
    found: list[Edit] = []
    row, column = len(truth), len(predicted)
    while row or column:
        here = cost[row, column]
        is_same = row and column and truth[row - 1] == predicted[column - 1]
        if row and column and here == cost[row - 1, column - 1] + (not is_same):
            row, column = row - 1, column - 1
            found.append((SAME if is_same else SUBSTITUTED, truth[row], predicted[column]))
        elif row and here == cost[row - 1, column] + 1:
            row -= 1
            found.append((DELETED, truth[row], None))
        else:
            column -= 1
            found.append((INSERTED, None, predicted[column]))
    return found[::-1]


@dataclass(frozen=True)
class Transcripts:
    """items: one row an item with a transcript in the truth: where it is, truth and predicted (the texts), words,

    substitutions, deletions, insertions, WER. left_out: a sentence for each item that has no number.
    """

    items: pd.DataFrame
    left_out: tuple[str, ...] = ()

    @classmethod
    def of(cls, rows: Sequence[tuple[Sequence[Any], str, str]]) -> "Transcripts":
        """From the place of each item, its true text and its predicted one."""
        told, left_out = [], []
        for place, truth, predicted in rows:
            words = words_of(truth), words_of(predicted)
            if not words[0]:
                left_out.append(f"{place[2]} at step {place[3]}, index {place[4]}: no words in the truth")
            elif max(map(len, words)) > WORDS_MAX:
                left_out.append(f"{place[2]} at step {place[3]}, index {place[4]}: more than {WORDS_MAX:,} words")
            else:
                kinds = Counter(kind for kind, *_ in edits(*words))
                counts = [kinds[kind] for kind in (SUBSTITUTED, DELETED, INSERTED)]
                told.append((*place, truth, predicted, len(words[0]), *counts, sum(counts) / len(words[0])))
        return cls(pd.DataFrame(told, columns=[*PLACE, "truth", "predicted", *COUNTS, "WER"]), tuple(left_out))

    def summary(self) -> pd.DataFrame:
        """One row a run and step: project, run, step, items, words (true ones), substitutions, deletions, insertions,

        WER: of all words together, so that a long item weighs more than a short one.
        """
        by = ["project", "run", "step"]
        groups = self.items.astype(dict.fromkeys(COUNTS, np.int64)).groupby(by, as_index=False, sort=False)
        told = groups.agg(items=("words", "size"), **{name: (name, "sum") for name in COUNTS})
        wrong = told[COUNTS[1:]].sum(axis=1).to_numpy(np.int64)
        return told.assign(WER=share(wrong, told["words"].to_numpy(np.int64)))

    def by_item(self) -> pd.DataFrame:
        """The rows of `items`, the highest word error rate first."""
        return self.items.sort_values("WER", ascending=False, kind="stable", ignore_index=True)

    def confusions(self) -> pd.DataFrame:
        """One row a pair of words, the most frequent first: kind, truth, predicted (None where nothing is), count."""
        pairs = Counter(
            edit
            for row in self.items[["truth", "predicted"]].itertuples(index=False)
            for edit in edits(words_of(row.truth), words_of(row.predicted))
            if edit[0] != SAME
        )
        rows = [(*edit, count) for edit, count in pairs.most_common()]
        return pd.DataFrame(rows, columns=["kind", "truth", "predicted", "count"])


def _distances(truth: Sequence[str], predicted: Sequence[str]) -> Ints:
    """How many edits lead from the first words of one to the first of the other: (truth + 1, predicted + 1)."""
    number = {word: at for at, word in enumerate({*truth, *predicted})}
    true, taken = (np.array([number[word] for word in words], dtype=np.int64) for words in (truth, predicted))
    steps = np.arange(len(taken) + 1, dtype=np.int16)
    cost = np.empty((len(true) + 1, len(taken) + 1), dtype=np.int16)
    cost[0] = steps
    for row, word in enumerate(true, start=1):
        best = np.minimum(cost[row - 1, :-1] + (taken != word), cost[row - 1, 1:] + 1)
        # an insertion adds one to the column before: the least of (cost - column) so far, plus the column
        cost[row] = np.minimum.accumulate(np.concatenate([[row], best]) - steps) + steps
    return cost
