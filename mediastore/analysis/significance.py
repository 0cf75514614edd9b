"""Whether a difference could be chance."""

import math

FEW = 6
"""With fewer changes than this no p below 0.05 is possible: 2 × 0.5⁵ = 0.0625."""


def mcnemar(fixed: int, broken: int) -> float:
    """The two-sided exact p of McNemar's test, 0..1: how likely a split of the changes at least this uneven is

    when fixing and breaking are equally likely. Q. McNemar, Note on the sampling error of the difference between
    correlated proportions or percentages, Psychometrika 12 (1947), with the binomial distribution in place of its
    approximation.
    """
    changes, fewer = fixed + broken, min(fixed, broken)
    if fixed == broken:
        return 1.0
    all_ways = math.lgamma(changes + 1) - changes * math.log(2)
    ways = (all_ways - math.lgamma(k + 1) - math.lgamma(changes - k + 1) for k in range(fewer + 1))
    return min(1.0, 2 * math.fsum(math.exp(way) for way in ways))


def mcnemar_in_words(fixed: int, broken: int) -> str:
    """What the test says, and what it does not."""
    changes = fixed + broken
    if changes < FEW:
        return f"{changes} changes are too few to tell a difference from chance (McNemar's exact test needs {FEW})."
    p = mcnemar(fixed, broken)
    said = f"p = {p:.2g}" if p >= 1e-4 else "p < 0.0001"
    better = "more were fixed than broken" if fixed > broken else "more were broken than fixed"
    verdict = f"{better}, and chance alone would rarely do this" if p < 0.05 else "chance alone could do this"
    return f"McNemar's exact test over {changes} changes: {said}; {verdict}. It takes objects to be independent."
