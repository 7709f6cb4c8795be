"""A smooth calibration curve of predicted probabilities of a class, with a band and its errors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from inference.statistics.calibration.calibration_errors import CalibrationErrors, calibration_errors
from inference.statistics.calibration.local_regression import local_regression
from inference.statistics.estimate import LEVEL
from inference.statistics.outcomes import ClassData, Floats, probability_column
from inference.statistics.reasons import NotEstimable, Reason

LEAST_PATIENTS: Final = 20
"""Below this a smooth curve follows single patients."""

POINTS: Final = 100
"""Points of the curve at most; between them it is straight."""

BAND_POINTS: Final = 25
"""Points of the band at most: so wide a span bends little between them."""

DRAWS: Final = 500
"""Resamples of the band."""


@dataclass(frozen=True, slots=True, eq=False)
class SmoothCalibration:
    """Observed risk against predicted risk at ascending ``predicted``, with pointwise limits; all (k,)."""

    predicted: Floats
    observed: Floats
    lower: Floats
    upper: Floats
    level: float
    errors: CalibrationErrors

    def as_survival(self) -> SmoothCalibration:
        """The same curve and band in probabilities of not having the event; the errors stay as they are."""
        return replace(
            self,
            predicted=1 - self.predicted[::-1],
            observed=1 - self.observed[::-1],
            lower=1 - self.upper[::-1],
            upper=1 - self.lower[::-1],
        )


def smooth_calibration(
    data: ClassData, *, generator: np.random.Generator, level: float = LEVEL, draws: int = DRAWS
) -> SmoothCalibration | NotEstimable:
    """Smooth the outcome over ``data.scores``, the predicted probabilities; curve and band are cut to [0, 1].

    Local linear regression with span 2/3 and no robust steps, at the distinct predictions (at quantiles of
    them beyond 100; the band beyond 25), straight between.  The band holds the percentiles over resamples of
    patients; a resample says nothing beyond its own outermost predictions, where its curve is level.
    Source: Austin and Steyerberg, Stat Med 2014; 33: 517–535.

    Raises
    ------
    DataError
        When a score is not between 0 and 1.
    """
    predicted = probability_column(data.scores, "probability")
    if len(data) < LEAST_PATIENTS:
        return NotEstimable(Reason.TOO_FEW_ROWS)
    if data.is_positive.all() or not data.is_positive.any():
        return NotEstimable(Reason.ONE_CLASS)
    if (predicted == predicted[0]).all():
        return NotEstimable(Reason.CONSTANT_SCORES)
    at, band_at = _points(predicted, POINTS), _points(predicted, BAND_POINTS)
    happened = data.is_positive.astype(np.float64)
    observed = _curve(predicted, happened, at)
    resampled = np.empty((draws, band_at.size))
    for draw in range(draws):
        rows = generator.integers(len(data), size=len(data))
        resampled[draw] = _curve(predicted[rows], happened[rows], band_at)
    tail = (1 - level) / 2
    limits = np.quantile(resampled, [tail, 1 - tail], axis=0)
    lower, upper = (np.interp(at, band_at, limit) for limit in limits)
    errors = calibration_errors(predicted, np.interp(predicted, at, observed))
    return SmoothCalibration(at, observed, lower, upper, level, errors)


def _points(predicted: Floats, most: int) -> Floats:
    """The distinct predictions, or ``most`` quantiles of all where there are more."""
    distinct = np.unique(predicted)
    if distinct.size <= most:
        return distinct
    return np.unique(np.quantile(predicted, np.linspace(0, 1, most)))


def _curve(predicted: Floats, happened: Floats, at: Floats) -> Floats:
    inside = np.clip(at, predicted.min(), predicted.max())
    cut: Floats = np.clip(local_regression(predicted, happened, inside), 0.0, 1.0)
    return cut
