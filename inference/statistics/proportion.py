"""A proportion and its confidence interval."""

from __future__ import annotations

import math
from statistics import NormalDist


def wilson_interval(hits: int, count: int, level: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval of ``hits`` of ``count``.

    Source: Wilson, J Am Stat Assoc 1927; 22: 209–212.

    Raises
    ------
    ValueError
        When ``count`` is 0 or ``hits`` is not between 0 and ``count``.
    """
    if count < 1 or not 0 <= hits <= count:
        raise ValueError("a proportion needs at least one case, and no more hits than cases")
    z = NormalDist().inv_cdf(0.5 + level / 2)
    share, weight = hits / count, z * z / count
    centre = (share + weight / 2) / (1 + weight)
    reach = z * math.sqrt(share * (1 - share) / count + weight / (4 * count)) / (1 + weight)
    return max(0.0, centre - reach), min(1.0, centre + reach)
