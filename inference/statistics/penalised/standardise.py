"""Columns brought to one scale, so that one penalty treats all alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from inference.statistics.outcomes import Floats

_ROUNDING: Final = 1e-12
"""A standard deviation below this share of the largest value is a constant column and rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Standardised:
    """Columns (n, p) with mean 0 and standard deviation 1 (denominator n); constant columns are 0.

    ``scale`` (p,) is the standard deviation, 1 for a constant column; ``centre`` (p,) is the mean.
    """

    matrix: Floats
    centre: Floats
    scale: Floats


def standardise(matrix: Floats) -> Standardised:
    """Standardise the columns of ``matrix`` (n, p), n ≥ 1."""
    centre = matrix.mean(axis=0)
    deviations = matrix - centre
    scale = np.sqrt((deviations**2).mean(axis=0))
    constant = scale <= _ROUNDING * np.abs(matrix).max(axis=0)
    scale[constant] = 1.0
    deviations[:, constant] = 0.0
    return Standardised(deviations / scale, centre, scale)
