"""Does one group tend to larger values than another: the Mann–Whitney (Wilcoxon rank sum) test."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from inference.statistics.comparisons.ranks import mean_ranks, tie_excess
from inference.statistics.outcomes import finite_column
from inference.statistics.reasons import NotEstimable, Reason

MannWhitneyMethod = Literal["exact", "asymptotic"]

_EXACT_BELOW: Final = 50
"""Groups smaller than this are compared exactly where no values are equal: the rule of R's wilcox.test."""


@dataclass(frozen=True, slots=True)
class MannWhitney:
    """``u`` counts the pairs in which the first group has the larger value, equal values half."""

    n_first: int
    n_second: int
    u: float
    p_value: float
    method: MannWhitneyMethod

    @property
    def superiority(self) -> float:
        """Probability that a value of the first group exceeds one of the second, equal ones half."""
        return self.u / (self.n_first * self.n_second)


def mann_whitney(
    first: ArrayLike,
    second: ArrayLike,
    *,
    method: MannWhitneyMethod | None = None,
    continuity: bool = True,
) -> MannWhitney | NotEstimable:
    """Two-sided test of equal distributions from values (n,) and (m,).

    Exact: twice the smaller tail of U over all orders, at most 1; only where no two values are equal.
    Asymptotic: normal, variance corrected for ties, U drawn by ½ towards its mean with ``continuity``.
    Without a ``method``: exact where no values are equal and both groups are below 50, else asymptotic.

    Source: Mann and Whitney, Ann Math Stat 1947; 18: 50–60; Lehmann, Nonparametrics, 1975 (ties).
    """
    x, y = finite_column(first, "first group"), finite_column(second, "second group")
    n, m = len(x), len(y)
    if not n or not m:
        return NotEstimable(Reason.EMPTY_GROUP)
    pooled = np.concatenate([x, y])
    u = float(mean_ranks(pooled)[:n].sum()) - n * (n + 1) / 2
    excess = tie_excess(pooled)
    if method is None:
        method = "exact" if not excess and max(n, m) < _EXACT_BELOW else "asymptotic"
    if method == "exact":
        return NotEstimable(Reason.TIES) if excess else MannWhitney(n, m, u, _exact(int(u), n, m), "exact")
    variance = n * m / 12 * (n + m + 1 - excess / ((n + m) * (n + m - 1)))
    if variance <= 0:
        return NotEstimable(Reason.NO_VARIANCE)
    distance = u - n * m / 2
    if continuity:
        distance -= math.copysign(0.5, distance) if distance else 0.0
    z = distance / math.sqrt(variance)
    return MannWhitney(n, m, u, min(1.0, 2 * float(ndtr(-abs(z)))), "asymptotic")


def _exact(u: int, n: int, m: int) -> float:
    """Twice the share of all orders whose U lies as far to the same side of the middle."""
    smaller = min(u, n * m - u)
    tail = sum(_orders_by_u(n, m, smaller))
    return min(1.0, 2 * tail / math.comb(n + m, n))


def _orders_by_u(n: int, m: int, largest: int) -> list[int]:
    """How many orders have U = 0 … ``largest``: coefficients of Π (1 − q^(m+i))/(1 − q^i), i = 1 … n."""
    orders = [1] + [0] * largest
    for i in range(1, n + 1):
        for power in range(largest, m + i - 1, -1):
            orders[power] -= orders[power - m - i]
        for power in range(i, largest + 1):
            orders[power] += orders[power - i]
    return orders
