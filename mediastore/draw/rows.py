"""What is done to the rows of a logged table before they are shown: narrowed, joined, grouped, ordered."""

from collections.abc import Sequence

import pandas as pd

CONDITIONS = ("contains", "is", "is not", "at least", "at most")
COUNT = "rows"
FIRST, SECOND, CHANGE = " · first", " · second", " · change"


def narrowed(rows: pd.DataFrame, column: str, condition: str, wanted: str) -> pd.DataFrame:
    """The rows whose cell of a column fulfils a condition; numbers are compared as numbers, in words as words.

    `at least` and `at most` of what is no number hold for no row.
    """
    if not wanted or column not in rows:
        return rows
    numbers, number = pd.to_numeric(rows[column], errors="coerce"), pd.to_numeric(wanted, errors="coerce")
    words = rows[column].astype(str).str.casefold()
    same = (numbers == number) if pd.notna(number) else (words == wanted.casefold())
    fits = {
        "contains": words.str.contains(wanted.casefold(), regex=False),
        "is": same,
        "is not": ~same,
        "at least": numbers >= number,
        "at most": numbers <= number,
    }
    return rows[fits[condition].fillna(False)]


def joined(first: pd.DataFrame, second: pd.DataFrame, on: str) -> pd.DataFrame:
    """Both tables side by side where `on` is equal, with the change of every column of numbers that both have.

    Rows that only one of them has are kept; rows of a cell that occurs several times are paired in their order.
    """
    left, right = (part.assign(**{_PLACE: part.groupby(on, dropna=False).cumcount()}) for part in (first, second))
    both = left.merge(right, on=[on, _PLACE], how="outer", suffixes=(FIRST, SECOND), sort=False).drop(columns=_PLACE)
    for name in first:
        if name != on and name in second and all(map(is_number, (first[name], second[name]))):
            both[f"{name}{CHANGE}"] = both[f"{name}{SECOND}"] - both[f"{name}{FIRST}"]
    return both


def grouped(rows: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """One row a group: how many rows it has, and the mean of every column of numbers."""
    numbers = [name for name in rows if name not in by and is_number(rows[name])]
    groups = rows.groupby(list(by), dropna=False, sort=True)
    return groups.size().rename(COUNT).to_frame().join(groups[numbers].mean()).reset_index()


def ordered(rows: pd.DataFrame, by: str, *, descending: bool) -> pd.DataFrame:
    """The rows by a column, what is missing last; rows that are equal keep their order."""
    if by not in rows:
        return rows
    column = rows[by] if is_number(rows[by]) else rows[by].astype(str).where(rows[by].notna())
    places = (
        column.reset_index(drop=True).sort_values(ascending=not descending, kind="stable", na_position="last").index
    )
    return rows.iloc[places]


def is_number(values: pd.Series) -> bool:
    """Whether a column holds numbers."""
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


_PLACE = "\0place"
