"""Whether a Cox model's linear predictor holds on other patients, and how to mend what does not."""

from __future__ import annotations

from dataclasses import dataclass

from numpy.typing import ArrayLike
from scipy.special import ndtr

from inference.statistics.design import Design, Numeric
from inference.statistics.estimate import LEVEL, Estimate
from inference.statistics.outcomes import SurvivalData, finite_column
from inference.statistics.reasons import NotEstimable, Reason
from inference.statistics.regression.baseline import BaselineHazard, baseline_hazard
from inference.statistics.regression.cox import CoxFit, fit_cox

_PREDICTOR = "linear predictor"


@dataclass(frozen=True, slots=True)
class CalibrationSlope:
    """The slope with its Wald interval, and the P value of the Wald test that it is 1.

    Below 1 the predictions are too extreme (overfitting), above 1 too timid; 0 is no relation.
    """

    estimate: Estimate
    p_value: float


@dataclass(frozen=True, slots=True, eq=False)
class Recalibration:
    """S(t|x) = exp(−H(t) exp(``slope`` · lp − centre)), where ``baseline`` holds H and the centre."""

    slope: float
    baseline: BaselineHazard


def calibration_slope(
    data: SurvivalData, linear_predictor: ArrayLike, *, level: float = LEVEL
) -> CalibrationSlope | NotEstimable:
    """The Cox coefficient (Efron's ties) of a model's linear predictor (n,) on these patients.

    Higher scores are worse.
    Not estimable when all scores are equal among those ever at risk, and wherever the fit is not.
    Sources: van Houwelingen, Stat Med 2000; 19: 3401–3415; Royston and Altman, BMC Med Res Methodol 2013;
    13: 33.
    """
    fit = _fit(data, linear_predictor)
    if isinstance(fit, NotEstimable):
        return fit
    estimate = fit.coefficient(_PREDICTOR, level=level)
    distance = (estimate.value - 1) / float(fit.standard_errors[0])
    return CalibrationSlope(estimate, float(2 * ndtr(-abs(distance))))


def recalibrate_baseline(data: SurvivalData, linear_predictor: ArrayLike) -> Recalibration | NotEstimable:
    """Estimate the baseline hazard anew with the linear predictor as an offset: the slope stays 1.

    The order of the patients is untouched; only the level of survival is fitted to this population.
    Source: Steyerberg, Clinical Prediction Models, 2019, §20.3.
    """
    return _with_slope(data, linear_predictor, 1.0)


def recalibrate_slope_and_baseline(
    data: SurvivalData, linear_predictor: ArrayLike
) -> Recalibration | NotEstimable:
    """Estimate the slope, then the baseline hazard under slope × linear predictor.

    The order of the patients is untouched while the slope is positive.
    Source: van Houwelingen, Stat Med 2000; 19: 3401–3415.
    """
    fit = _fit(data, linear_predictor)
    if isinstance(fit, NotEstimable):
        return fit
    return _with_slope(data, linear_predictor, float(fit.coefficients[0]))


def _fit(data: SurvivalData, linear_predictor: ArrayLike) -> CoxFit | NotEstimable:
    scores = finite_column(linear_predictor, _PREDICTOR)
    fit = fit_cox(data, Design(scores[:, None], (Numeric(_PREDICTOR),)))
    if isinstance(fit, NotEstimable) and fit.reason is Reason.NO_VARIANCE:
        return NotEstimable(Reason.CONSTANT_SCORES)
    return fit


def _with_slope(
    data: SurvivalData, linear_predictor: ArrayLike, slope: float
) -> Recalibration | NotEstimable:
    baseline = baseline_hazard(data, slope * finite_column(linear_predictor, _PREDICTOR))
    return baseline if isinstance(baseline, NotEstimable) else Recalibration(slope, baseline)
