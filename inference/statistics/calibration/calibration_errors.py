"""One number for a smooth calibration curve: how far predicted risks lie from observed ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inference.statistics.outcomes import Floats


@dataclass(frozen=True, slots=True)
class CalibrationErrors:
    """Absolute differences between predicted and smoothed observed risk over the patients; 0 is best.

    ``ici`` is their mean (integrated calibration index), ``e50`` the median, ``e90`` the 90th percentile and
    ``e_max`` the largest.  They depend on the smoother and grow with its wiggles in small samples, so a
    bootstrap interval would lie too high: none is given.
    Source: Austin and Steyerberg, Stat Med 2019; 38: 4051–4065.
    """

    ici: float
    e50: float
    e90: float
    e_max: float


def calibration_errors(predicted: Floats, observed: Floats) -> CalibrationErrors:
    """Both (n,): each patient's predicted risk and the curve's value there; percentiles by definition 7."""
    apart = np.abs(observed - predicted)
    median, ninetieth = np.quantile(apart, [0.5, 0.9])
    return CalibrationErrors(float(apart.mean()), float(median), float(ninetieth), float(apart.max()))
