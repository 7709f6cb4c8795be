"""Calibration of predicted survival at a horizon as a smooth curve, and how far off it is on average.

A Cox model of a restricted cubic spline of log(−log S) of the predictions is fitted to the patients judged;
its risk by the horizon is what is observed at each prediction.  It assumes proportional hazards over that
one predictor, and that censoring is independent of survival given the prediction.
Source: Austin, Harrell and van Klaveren, Stat Med 2020; 39: 2714–2742.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from inference.statistics.calibration.calibration_errors import calibration_errors
from inference.statistics.calibration.smooth import SmoothCalibration
from inference.statistics.design import Design, Numeric
from inference.statistics.estimate import LEVEL, normal_quantile
from inference.statistics.outcomes import Floats, SurvivalData, probability_column, same_length
from inference.statistics.reasons import NotEstimable, Reason
from inference.statistics.regression.baseline import baseline_hazard
from inference.statistics.regression.cox import CoxFit, fit_cox
from inference.statistics.regression.partial_likelihood import evaluate, means_at_risk, risk_sets
from inference.statistics.regression.restricted_cubic_spline import restricted_cubic_spline, spline_knots

POINTS: Final = 100
"""Points of the curve, evenly spaced between the 1st and the 99th percentile of predicted risk."""


def survival_smooth(
    data: SurvivalData, survival: ArrayLike, horizon: float, *, knots: int = 3, level: float = LEVEL
) -> SmoothCalibration | NotEstimable:
    """Compare predicted ``survival`` (n,), S(``horizon``|x), with what became of ``data``: a curve of risks.

    The band is pointwise, made on the scale of log cumulative hazard, and so inside 0 and 1.  Errors are
    taken over the patients, as ``calibration_errors`` says.
    ``knots`` is 3, 4 or 5, at Harrell's quantiles of log(−log S).  Ties are Efron's.

    Not estimable: no event by the horizon; nobody followed to it; a prediction of exactly 0 or 1; too few
    different predictions for the knots to differ; and wherever the Cox fit is not.

    Raises
    ------
    DataError
        When a survival is missing or outside [0, 1], or lengths differ.
    """
    predicted = probability_column(survival, "survival")
    same_length(("time", "survival"), data.time, predicted)
    missing = _why_not(data, predicted, horizon)
    if missing is not None:
        return missing
    scale = np.log(-np.log(predicted))
    at_knots = spline_knots(scale, knots)
    if (np.diff(at_knots) <= 0).any():
        return NotEstimable(Reason.TOO_FEW_DISTINCT)
    columns = restricted_cubic_spline(scale, at_knots)
    fit = fit_cox(data, Design(columns, tuple(Numeric(f"spline {place}") for place in range(1, knots))))
    if isinstance(fit, NotEstimable):
        return fit
    predictor = fit.linear_predictor(columns)
    baseline = baseline_hazard(data, predictor)
    if isinstance(baseline, NotEstimable):
        return baseline
    errors = calibration_errors(1 - predicted, 1 - baseline.survival(predictor, [horizon])[:, 0])
    # A survival below the machine's precision is a risk of 1, which has no place on the log-log scale.
    most, least = np.quantile(predicted, [0.99, 0.01])
    alive = np.linspace(float(most), float(least), POINTS)
    on_curve = restricted_cubic_spline(np.log(-np.log(alive)), at_knots)
    log_hazard = fit.linear_predictor(on_curve) - baseline.centre + np.log(baseline.cumulative.at(horizon))
    reach = normal_quantile(level) * _log_hazard_errors(data, columns, fit, on_curve, horizon)
    limits = _risk(log_hazard - reach), _risk(log_hazard + reach)
    return SmoothCalibration(1 - alive, _risk(log_hazard), *limits, level, errors)


def _risk(log_hazard: Floats) -> Floats:
    """1 − exp(−H), beyond the range of the machine 0 or 1."""
    risk: Floats = -np.expm1(-np.exp(np.clip(log_hazard, -700, 700)))
    return risk


def _log_hazard_errors(
    data: SurvivalData, columns: Floats, fit: CoxFit, on_curve: Floats, horizon: float
) -> Floats:
    """Standard errors of log H(horizon|x) at the rows of ``on_curve`` (m, p): (m,).

    With E the mean columns at risk, averaged over the hazard: (x − E)′V(x − E) for the coefficients, and
    Σ of squared hazard steps over H² for the baseline.  Source: Tsiatis, Ann Stat 1981; 9: 93–108; Link,
    Biometrics 1984; 40: 601–610.
    """
    sets = risk_sets(data, "efron")
    at = evaluate(sets, fit.linear_predictor(columns)[sets.order])
    by_horizon = sets.times[sets.time_of_death] <= horizon
    steps = (1 / at.at_risk)[by_horizon]
    means = means_at_risk(sets, at, columns[sets.order])[by_horizon]
    centred = on_curve - steps @ means / steps.sum()
    of_coefficients = np.einsum("ij,jk,ik->i", centred, fit.covariance, centred)
    errors: Floats = np.sqrt(of_coefficients + (steps**2).sum() / steps.sum() ** 2)
    return errors


def _why_not(data: SurvivalData, predicted: Floats, horizon: float) -> NotEstimable | None:
    if not (data.event & (data.time <= horizon)).any():
        return NotEstimable(Reason.NO_EVENT_BY_HORIZON)
    if data.time.max() < horizon:
        return NotEstimable(Reason.NOBODY_FOLLOWED_TO_HORIZON)
    if ((predicted == 0) | (predicted == 1)).any():
        return NotEstimable(Reason.CERTAIN_PREDICTION)
    return None
