"""Do two measurements rise together: Spearman's rank correlation."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtr

from inference.statistics.comparisons.ranks import mean_ranks
from inference.statistics.estimate import LEVEL, Estimate, normal_quantile
from inference.statistics.outcomes import finite_column, same_length
from inference.statistics.reasons import NotEstimable, Reason


@dataclass(frozen=True, slots=True)
class Spearman:
    """Correlation of the ranks, and the two-sided P of none."""

    n: int
    correlation: Estimate
    p_value: float


def spearman(first: ArrayLike, second: ArrayLike, *, level: float = LEVEL) -> Spearman | NotEstimable:
    """Pearson's correlation of mean ranks of paired values (n,), ties included.

    P by t with n − 2 degrees of freedom.  The interval is made on Fisher's z scale with variance
    (1 + r²/2)/(n − 3); there is none below four pairs or at −1 and 1.

    Source: Spearman, Am J Psychol 1904; 15: 72–101; Bonett and Wright, Psychometrika 2000; 65: 23–28.
    """
    x, y = finite_column(first, "first"), finite_column(second, "second")
    same_length(("first", "second"), x, y)
    n = len(x)
    if n < 3:
        return NotEstimable(Reason.TOO_FEW_ROWS)
    one, other = (mean_ranks(values) - (n + 1) / 2 for values in (x, y))
    spread = math.sqrt(float(one @ one) * float(other @ other))
    if not spread:
        return NotEstimable(Reason.NO_VARIANCE)
    r = float(np.clip(one @ other / spread, -1.0, 1.0))
    if abs(r) == 1:
        return Spearman(n, Estimate(r, level=level), 0.0)
    p_value = 2 * float(stdtr(n - 2, -abs(r) * math.sqrt((n - 2) / (1 - r * r))))
    if n < 4:
        return Spearman(n, Estimate(r, level=level), p_value)
    reach = normal_quantile(level) * math.sqrt((1 + r * r / 2) / (n - 3))
    lower, upper = (math.tanh(math.atanh(r) + side * reach) for side in (-1, 1))
    return Spearman(n, Estimate(r, None, lower, upper, level, "fisher_z"), p_value)
