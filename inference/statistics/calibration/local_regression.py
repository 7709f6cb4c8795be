"""Local linear regression with tricube weights, for outcomes of 0 and 1: LOWESS without robust steps."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from inference.statistics.outcomes import Floats

SPAN: Final = 2 / 3
"""Share of the patients who take part at each point."""


def local_regression(x: Floats, y: Floats, at: Floats, *, span: float = SPAN) -> Floats:
    """Smoothed ``y`` at the points ``at`` (k,), from ``x`` and ``y`` (n,), n ≥ 1.

    At each point the nearest ⌊span · n⌋ patients, two at least, enter a straight line with tricube weights
    that reach 0 at the farthest of them.  Where all of these share one x, or the line has no slope to find,
    the value is their weighted mean.  Robust iterations are left out: they would discard the rarer class.
    ``statsmodels.nonparametric.lowess`` agrees where no x repeats; where many do, it divides by 0.
    Source: Cleveland, J Am Stat Assoc 1979; 74: 829–836.
    """
    near = min(len(x), max(2, math.floor(span * len(x) + 1e-10)))
    away = x[None, :] - at[:, None]
    reach = np.partition(np.abs(away), near - 1, axis=1)[:, near - 1 : near]
    scaled = np.divide(np.abs(away), reach, out=(away != 0).astype(np.float64), where=reach > 0)
    rest = np.maximum(1 - scaled * scaled * scaled, 0)
    weights = rest * rest * rest
    # Patients who are all at the same distance would all weigh 0.
    is_lost = weights.sum(axis=1) == 0
    weights[is_lost] = scaled[is_lost] <= 1
    total = weights.sum(axis=1)
    centre = (weights * away).sum(axis=1) / total
    mean = weights @ y / total
    apart = away - centre[:, None]
    moments = weights * apart
    spread = np.einsum("ij,ij->i", moments, apart)
    slope = moments @ y
    is_line = spread > 1e-12 * total * reach[:, 0] ** 2
    smoothed: Floats = mean - np.divide(slope, spread, out=np.zeros_like(mean), where=is_line) * centre
    return smoothed
