"""A smooth curve that is straight beyond its outer knots: columns for a regression."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from inference.statistics.outcomes import Floats
from inference.statistics.reasons import DataError, Fault

KNOT_QUANTILES: Final[dict[int, tuple[float, ...]]] = {
    3: (0.10, 0.50, 0.90),
    4: (0.05, 0.35, 0.65, 0.95),
    5: (0.05, 0.275, 0.50, 0.725, 0.95),
}
"""Where Harrell puts knots: Regression Modeling Strategies, 2nd ed., 2015, section 2.4.6."""


def spline_knots(values: ArrayLike, count: int) -> Floats:
    """Harrell's quantiles (type 7) of ``values`` (n,), n ≥ 1: 3 to 5 of them; they may coincide."""
    if count not in KNOT_QUANTILES:
        raise DataError(Fault.OUT_OF_RANGE, field="knots", row=1, allowed="3, 4, 5")
    knots: Floats = np.quantile(np.asarray(values, dtype=np.float64), KNOT_QUANTILES[count])
    return knots


def restricted_cubic_spline(values: ArrayLike, knots: ArrayLike) -> Floats:
    """The columns of a restricted cubic spline, without intercept: (n, k − 1) for ``knots`` (k,) ascending.

    The first column is ``values`` themselves; the others are cubes that cancel beyond the last knot, divided
    by the squared distance of the outer knots so that all are in the unit of the values.
    Source: Stone and Koo, 1985; Harrell, Regression Modeling Strategies, 2nd ed., 2015, section 2.4.5.
    """
    x = np.asarray(values, dtype=np.float64).reshape(-1, 1)
    t = np.asarray(knots, dtype=np.float64)
    inner, last_but_one, last = t[:-2], t[-2], t[-1]

    def cube(beyond: Floats) -> Floats:
        positive: Floats = np.maximum(x - beyond, 0.0) ** 3
        return positive

    bent = (
        cube(inner)
        - cube(t[-2:-1]) * (last - inner) / (last - last_but_one)
        + cube(t[-1:]) * (last_but_one - inner) / (last - last_but_one)
    )
    return np.hstack([x, bent / (last - t[0]) ** 2])
