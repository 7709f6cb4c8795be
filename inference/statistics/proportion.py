"""A proportion and its confidence interval."""

from __future__ import annotations

import math
from typing import Literal

from inference.statistics.estimate import LEVEL, Estimate, normal_quantile

ProportionInterval = Literal["wilson", "clopper_pearson"]


def wilson_interval(hits: int, count: int, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's score interval of ``hits`` of ``count``.

    Source: Wilson, J Am Stat Assoc 1927; 22: 209–212.

    Raises
    ------
    ValueError
        When ``count`` is 0 or ``hits`` is not between 0 and ``count``.
    """
    _refuse_impossible(hits, count)
    z = normal_quantile(level)
    share, weight = hits / count, z * z / count
    centre = (share + weight / 2) / (1 + weight)
    reach = z * math.sqrt(share * (1 - share) / count + weight / (4 * count)) / (1 + weight)
    return max(0.0, centre - reach), min(1.0, centre + reach)


def clopper_pearson_interval(hits: int, count: int, level: float = LEVEL) -> tuple[float, float]:
    """The exact interval of ``hits`` of ``count``: each tail holds at most half of 1 − ``level``.

    Source: Clopper and Pearson, Biometrika 1934; 26: 404–413; quantiles of the beta distribution.

    Raises
    ------
    ValueError
        When ``count`` is 0 or ``hits`` is not between 0 and ``count``.
    """
    from scipy.special import betaincinv

    _refuse_impossible(hits, count)
    tail = (1 - level) / 2
    low = 0.0 if hits == 0 else float(betaincinv(hits, count - hits + 1, tail))
    high = 1.0 if hits == count else float(betaincinv(hits + 1, count - hits, 1 - tail))
    return low, high


def proportion(
    hits: int, count: int, *, interval: ProportionInterval = "wilson", level: float = LEVEL
) -> Estimate:
    """The share ``hits`` of ``count`` with its interval, which is not symmetrical: no standard error."""
    limits = wilson_interval if interval == "wilson" else clopper_pearson_interval
    low, high = limits(hits, count, level)
    return Estimate(hits / count, None, low, high, level, interval)


def _refuse_impossible(hits: int, count: int) -> None:
    if count < 1 or not 0 <= hits <= count:
        raise ValueError("a proportion needs at least one case, and no more hits than cases")
