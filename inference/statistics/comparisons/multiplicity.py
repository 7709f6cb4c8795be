"""Several tests read side by side: p-values adjusted for their number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from inference.statistics.outcomes import probability_column
from inference.statistics.reasons import NotEstimable

PValue = float | NotEstimable


@dataclass(frozen=True, slots=True)
class AdjustedPValues:
    """p-values in the order given; ``tests`` counts those that are numbers.

    ``holm`` keeps the chance of any false positive at the level; ``benjamini_hochberg`` the expected share
    of false positives among what is called significant (tests independent or positively dependent).
    """

    tests: int
    unadjusted: tuple[PValue, ...]
    holm: tuple[PValue, ...]
    benjamini_hochberg: tuple[PValue, ...]


def adjust_p_values(p_values: Sequence[PValue]) -> AdjustedPValues:
    """Adjust for the number of tests that gave a number; what is not estimable keeps its place.

    Source: Holm, Scand J Stat 1979; 6: 65–70; Benjamini and Hochberg, J R Stat Soc B 1995; 57: 289–300.

    Raises
    ------
    DataError
        When a p-value is not between 0 and 1.
    """
    from statsmodels.stats.multitest import multipletests

    numbers = {place: p for place, p in enumerate(p_values) if not isinstance(p, NotEstimable)}
    known = probability_column(list(numbers.values()), "p")

    def adjusted(method: str) -> tuple[PValue, ...]:
        values = list(p_values)
        if numbers:
            for place, value in zip(numbers, multipletests(known, method=method)[1], strict=True):
                values[place] = float(value)
        return tuple(values)

    return AdjustedPValues(len(numbers), tuple(p_values), adjusted("holm"), adjusted("fdr_bh"))
