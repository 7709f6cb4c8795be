"""The odds ratio of a 2 × 2 table given its margins: conditional maximum likelihood, exact limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from inference.statistics.comparisons.contingency import ContingencyTable
from inference.statistics.estimate import LEVEL, Estimate
from inference.statistics.outcomes import Floats
from inference.statistics.reasons import NotEstimable, Reason


@dataclass(frozen=True, slots=True)
class OddsRatio:
    """The estimate, and limits that stand even where it is infinite; ``upper`` None is unbounded."""

    estimate: Estimate | NotEstimable
    lower: float
    upper: float | None


def conditional_odds_ratio(table: ContingencyTable, *, level: float = LEVEL) -> OddsRatio:
    """Odds of the first column in the first row against those in the second, from [[a, b], [c, d]].

    The count a has, margins fixed, Fisher's noncentral hypergeometric distribution; the estimate makes its
    mean a, the limits leave (1 − ``level``)/2 beyond a on either side.  It is not the sample ratio ad/bc.
    Where a is the least possible the estimate is 0, where it is the largest the ratio has no upper bound.

    Source: Fisher, J R Stat Soc 1935; 98: 39–82; Cornfield, Proc 3rd Berkeley Symp 1956; 4: 135–148.
    """
    (a, _), _ = table.counts.tolist()
    first, second = (int(total) for total in table.row_totals)
    successes = int(table.column_totals[0])
    support = np.arange(max(0, successes - second), min(first, successes) + 1)
    log_ways = _log_choose(first, support) + _log_choose(second, successes - support)
    tail = (1 - level) / 2
    is_least, is_largest = a == support[0], a == support[-1]

    def mean(log_ratio: float) -> float:
        return float(support @ _distribution(support, log_ways, log_ratio))

    def at_least(log_ratio: float) -> float:
        return float(_distribution(support, log_ways, log_ratio)[support >= a].sum())

    def at_most(log_ratio: float) -> float:
        return float(_distribution(support, log_ways, log_ratio)[support <= a].sum())

    lower = 0.0 if is_least else _ratio_where(lambda t: at_least(t) - tail)
    upper = None if is_largest else _ratio_where(lambda t: tail - at_most(t))
    if is_largest:
        return OddsRatio(NotEstimable(Reason.UNBOUNDED), lower, None)
    value = 0.0 if is_least else _ratio_where(lambda t: mean(t) - a)
    return OddsRatio(Estimate(value, None, lower, upper, level, "conditional_exact"), lower, upper)


def _log_choose(n: int, k: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Floats:
    ways: Floats = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return ways


def _distribution(
    support: np.ndarray[tuple[int], np.dtype[np.int64]], log_ways: Floats, log_ratio: float
) -> Floats:
    exponent = log_ways + support * log_ratio
    weight = np.exp(exponent - exponent.max())
    probability: Floats = weight / weight.sum()
    return probability


def _ratio_where(rising: Callable[[float], float]) -> float:
    """The odds ratio at whose logarithm a rising function passes 0."""
    from scipy.optimize import brentq

    low, high = -1.0, 1.0
    while rising(low) > 0:
        low *= 2
    while rising(high) < 0:
        high *= 2
    return float(np.exp(brentq(rising, low, high, xtol=1e-13)))
