"""How predicted probabilities must be bent and shifted to fit other patients."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit

from inference.statistics.design import Design, Numeric
from inference.statistics.estimate import LEVEL, Estimate, wald
from inference.statistics.outcomes import Bools, ClassData, Floats, finite_column
from inference.statistics.reasons import DataError, Fault, NotEstimable, Reason
from inference.statistics.regression.logistic import fit_logistic

CLIP: Final = 1e-12
"""Probabilities are held this far from 0 and 1, so that their log odds are finite."""


@dataclass(frozen=True, slots=True)
class LogisticRecalibration:
    """Observed outcomes regressed on predicted log odds; a perfect model has 0, 0 and 1.

    Attributes
    ----------
    in_the_large : intercept where the slope is held at 1: > 0 when risks were predicted too low.
    intercept, slope : of both together; a slope < 1 tells of predictions that are too extreme.
    """

    in_the_large: Estimate | NotEstimable
    intercept: Estimate | NotEstimable
    slope: Estimate | NotEstimable

    def shifted(self, probability: ArrayLike) -> Floats | NotEstimable:
        """``probability`` (n,) with the intercept updated and the slope left: the smallest revision."""
        if isinstance(self.in_the_large, NotEstimable):
            return self.in_the_large
        return recalibrated(probability, self.in_the_large.value)

    def bent(self, probability: ArrayLike) -> Floats | NotEstimable:
        """``probability`` (n,) with intercept and slope updated."""
        if isinstance(self.intercept, NotEstimable):
            return self.intercept
        if isinstance(self.slope, NotEstimable):
            return self.slope
        return recalibrated(probability, self.intercept.value, self.slope.value)


def logistic_recalibration(data: ClassData, *, level: float = LEVEL) -> LogisticRecalibration:
    """Calibration in the large, intercept and slope; ``data.scores`` are probabilities of the positive class.

    Logistic regression of the outcome on logit(p), and on an intercept with logit(p) as offset; Wald
    intervals.  p is clipped to [1e-12, 1 − 1e-12].  Source: Cox, Biometrika 1958; 45: 562–565; Steyerberg,
    Clinical Prediction Models, 2nd ed. 2019, chapters 15 and 20.

    Raises
    ------
    DataError
        When a score is not between 0 and 1.
    """
    log_odds = log_odds_of(data.scores)
    large = _in_the_large(data.is_positive, log_odds, level)
    fit = fit_logistic(data.is_positive, Design(log_odds[:, None], (Numeric("log_odds"),)))
    if isinstance(fit, NotEstimable):
        if fit.reason is Reason.COLLINEAR:
            fit = NotEstimable(Reason.CONSTANT_SCORES)
        return LogisticRecalibration(large, fit, fit)
    intercept, slope = (
        wald(float(value), float(error), level=level)
        for value, error in zip(fit.coefficients, fit.standard_errors, strict=True)
    )
    return LogisticRecalibration(large, intercept, slope)


def recalibrated(probability: ArrayLike, intercept: float, slope: float = 1.0) -> Floats:
    """``intercept`` + ``slope`` · logit(p), as probabilities (n,)."""
    revised: Floats = expit(intercept + slope * log_odds_of(probability))
    return revised


def corrected_for_sampling(probability: ArrayLike, *, prevalence: float, sampled_prevalence: float) -> Floats:
    """Probabilities (n,) as they would be at ``prevalence``, from a model trained at ``sampled_prevalence``.

    Training on classes brought to 1:1 leaves the slopes of a logistic model and shifts its intercept by the
    log odds of the sampled prevalence (0.5: by none) less those of the true one; that shift is taken back.
    Source: King and Zeng, Political Analysis 2001; 9: 137–163, prior correction.

    Raises
    ------
    DataError
        When a probability is outside [0, 1], or a prevalence is not strictly between 0 and 1.
    """
    for name, value in (("prevalence", prevalence), ("sampled_prevalence", sampled_prevalence)):
        if not 0 < value < 1:
            raise DataError(Fault.OUT_OF_RANGE, field=name, row=1, allowed="0 < p < 1")
    return recalibrated(probability, float(logit(prevalence) - logit(sampled_prevalence)))


def log_odds_of(probability: ArrayLike) -> Floats:
    """logit(p) (n,), p clipped to [1e-12, 1 − 1e-12].

    Raises
    ------
    DataError
        When a value is not between 0 and 1; the first row (from 1) is named.
    """
    values = finite_column(probability, "probability")
    wrong = np.flatnonzero((values < 0) | (values > 1))
    if wrong.size:
        raise DataError(Fault.NOT_A_PROBABILITY, field="probability", row=int(wrong[0]) + 1)
    log_odds: Floats = logit(np.clip(values, CLIP, 1 - CLIP))
    return log_odds


def _in_the_large(positive: Bools, log_odds: Floats, level: float) -> Estimate | NotEstimable:
    """The root a of Σ (y − expit(a + logit p)) = 0, and the root of its inverse information."""
    from scipy.optimize import brentq

    if len(positive) < 3:
        return NotEstimable(Reason.TOO_FEW_ROWS)
    if positive.all() or not positive.any():
        return NotEstimable(Reason.ONE_CLASS)
    base = logit(positive.mean())
    lowest, highest = base - log_odds.max(), base - log_odds.min()

    def missing(shift: float) -> float:
        return float(positive.sum() - expit(shift + log_odds).sum())

    shift = lowest if lowest == highest else float(brentq(missing, lowest - 1, highest + 1, xtol=1e-14))
    expected = expit(shift + log_odds)
    return wald(float(shift), 1 / math.sqrt(float((expected * (1 - expected)).sum())), level=level)
