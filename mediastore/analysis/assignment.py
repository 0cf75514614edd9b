"""Who goes with whom, one to one, so that the sum is largest: the Hungarian method.

H. W. Kuhn, The Hungarian Method for the Assignment Problem (Naval Research Logistics Quarterly, 1955), by shortest
augmenting paths. What nothing connects is solved apart, so a crowded frame costs no more than its densest knot.
"""

from collections.abc import Iterator

import numpy as np

from mediastore.analysis.objects import Bools, Floats, Ints

NONE = -1


def assign(worth: Floats) -> Ints:
    """The column of each row, -1 for none, shape (rows,): no column twice, the sum of `worth` as large as it can be.

    worth: shape (rows, columns), 0 or more; a pair that is worth nothing is never made.
    """
    chosen = np.full(len(worth), NONE, dtype=np.int64)
    for rows, columns in _knots(worth > 0):
        part = worth[np.ix_(rows, columns)]
        if len(rows) == 1:
            chosen[rows] = columns[part[0].argmax()]
        elif len(rows) <= len(columns):
            chosen[rows] = columns[_cheapest(-part)]
        else:
            chosen[rows[_cheapest(-part.T)]] = columns
    some = np.flatnonzero(chosen != NONE)
    chosen[some[worth[some, chosen[some]] <= 0]] = NONE
    return chosen


def _knots(touches: Bools) -> Iterator[tuple[Ints, Ints]]:
    """Rows and columns that hang together, knot by knot; rows that touch nothing are in none."""
    left = touches.any(axis=1)
    while left.any():
        rows = np.zeros(len(touches), dtype=bool)
        rows[left.argmax()] = True
        known = 0
        while known < rows.sum():
            known = int(rows.sum())
            columns = touches[rows].any(axis=0)
            rows = touches[:, columns].any(axis=1)
        yield np.flatnonzero(rows), np.flatnonzero(columns)
        left &= ~rows


def _cheapest(cost: Floats) -> Ints:
    """The column of each row where the sum of costs is least; there are no more rows than columns."""
    rows, columns = cost.shape
    row_price, column_price = np.zeros(rows), np.zeros(columns)
    owner = np.full(columns, NONE, dtype=np.int64)
    for new in range(rows):
        distance, came_from = np.full(columns, np.inf), np.full(columns, NONE, dtype=np.int64)
        is_done = np.zeros(columns, dtype=bool)
        row, column, reached = new, NONE, 0.0
        while row != NONE:
            through = reached + cost[row] - row_price[row] - column_price
            nearer = ~is_done & (through < distance)
            distance[nearer], came_from[nearer] = through[nearer], column
            column = int(np.where(is_done, np.inf, distance).argmin())
            reached = distance[column]
            is_done[column] = True
            row = int(owner[column])
        held = is_done.copy()
        held[column] = False
        row_price[new] += reached
        row_price[owner[held]] += reached - distance[held]
        column_price[held] -= reached - distance[held]
        while column != NONE:
            before = came_from[column]
            owner[column] = new if before == NONE else owner[before]
            column = int(before)
    chosen = np.full(rows, NONE, dtype=np.int64)
    chosen[owner[owner != NONE]] = np.flatnonzero(owner != NONE)
    return chosen
