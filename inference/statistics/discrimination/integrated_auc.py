"""One number for discrimination over follow-up: AUC(t) averaged over time.

``mean_auc`` gives every time the same weight, ``survival_weighted_auc`` weighs each by the events up to it;
both take cumulative/dynamic AUC(t) as ``time_dependent_auc`` gives them.  ``riskset_auc`` asks at each event
who of those at risk has it (incident/dynamic) and needs no censoring weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from inference.statistics.design import Design, Numeric
from inference.statistics.estimate import Estimate
from inference.statistics.outcomes import Floats, SurvivalData, finite_column, same_length
from inference.statistics.reasons import DataError, Fault, NotEstimable, Reason
from inference.statistics.regression.cox import fit_cox
from inference.statistics.survival.kaplan_meier import kaplan_meier


@dataclass(frozen=True, slots=True)
class RisksetAuc:
    """Incident/dynamic AUC at each time of an event up to ``horizon``, and its weighted mean.

    ``coefficient`` is the log hazard ratio of the score in these patients, which the area at a time rests on.
    """

    horizon: float
    times: tuple[float, ...]
    estimates: tuple[Estimate | NotEstimable, ...]
    integrated: Estimate | NotEstimable
    coefficient: float


def mean_auc(times: Sequence[float], areas: Sequence[Estimate | NotEstimable]) -> Estimate | NotEstimable:
    """The trapezoid under AUC(t) over ascending ``times``, divided by their range."""
    grid = _ascending(times, areas)
    values = _values(areas)
    if isinstance(values, NotEstimable):
        return values
    heights = (values[:-1] + values[1:]) / 2
    return Estimate(float(heights @ np.diff(grid)) / float(grid[-1] - grid[0]))


def survival_weighted_auc(
    data: SurvivalData, times: Sequence[float], areas: Sequence[Estimate | NotEstimable]
) -> Estimate | NotEstimable:
    """Σ AUC(t_k) (S(t_{k−1}) − S(t_k)) / (1 − S(t_K)), with S the Kaplan–Meier estimate and S(t_0) = 1.

    Source: Lambert and Chevret, Stat Methods Med Res 2016; 25: 2088–2102, with the weights on the grid.
    """
    grid = _ascending(times, areas)
    values = _values(areas)
    if isinstance(values, NotEstimable):
        return values
    survival = kaplan_meier(data).curve.at(grid)
    if survival[-1] == 1:
        return NotEstimable(Reason.NO_EVENT_BY_HORIZON)
    fallen = -np.diff(survival, prepend=1.0)
    return Estimate(float(values @ fallen) / float(1 - survival[-1]))


def riskset_auc(data: SurvivalData, scores: ArrayLike, horizon: float) -> RisksetAuc | NotEstimable:
    """Incident/dynamic AUC under a Cox model of the score, integrated to ``horizon``.

    At an event time the case is drawn from those at risk in proportion to exp(coefficient · score), the
    control evenly from those at risk who do not have the event then; equal scores count one half.  The mean
    weighs each time by 2 (S(t−) − S(t)) S(t), rescaled to sum to 1 up to ``horizon`` (time included).  The
    model is fitted to these patients (Efron's ties): a score that points the wrong way is turned about, so
    the area says how far it separates, not that its direction is right (look at ``coefficient``).
    As ``risksetROC::risksetAUC(method = "Cox")``, which takes tied scores in the order of the rows.
    Source: Heagerty and Zheng, Biometrics 2005; 61: 92–105.
    """
    marker = finite_column(scores, "score")
    same_length(("time", "score"), data.time, marker)
    if len(data) and np.ptp(marker) == 0:
        return NotEstimable(Reason.CONSTANT_SCORES)
    if not (data.event & (data.time <= horizon)).any():
        return NotEstimable(Reason.NO_EVENT_BY_HORIZON)
    fit = fit_cox(data, Design(marker[:, None], (Numeric("score"),)))
    if isinstance(fit, NotEstimable):
        return fit
    predictor = fit.linear_predictor(marker[:, None])
    times = np.unique(data.time[data.event & (data.time <= horizon)])
    areas = tuple(_incident_area(data, predictor, t) for t in times)
    survival = kaplan_meier(data).curve.at(times)
    weights = -np.diff(survival, prepend=1.0) * survival
    return RisksetAuc(
        float(horizon),
        tuple(float(t) for t in times),
        areas,
        _weighted_mean(areas, weights),
        float(fit.coefficients[0]),
    )


def _incident_area(data: SurvivalData, predictor: Floats, t: float) -> Estimate | NotEstimable:
    at_risk = data.time >= t
    scores = predictor[at_risk]
    is_control = ~(data.event & (data.time == t))[at_risk]
    if not is_control.any():
        return NotEstimable(Reason.ONE_CLASS)
    _, row = np.unique(scores, return_inverse=True)
    at_score = np.bincount(row, weights=np.exp(scores - scores.max()))
    above = at_score.sum() - np.cumsum(at_score) + at_score / 2
    return Estimate(float(above[row][is_control].mean() / at_score.sum()))


def _weighted_mean(areas: Sequence[Estimate | NotEstimable], weights: Floats) -> Estimate | NotEstimable:
    """An area that is not estimable weighs nothing: it stands where all at risk have the event, S = 0."""
    if weights.sum() == 0:
        return NotEstimable(Reason.NOBODY_FOLLOWED_TO_HORIZON)
    values = [one.value if isinstance(one, Estimate) else 0.0 for one in areas]
    return Estimate(float(weights @ np.array(values) / weights.sum()))


def _values(areas: Sequence[Estimate | NotEstimable]) -> Floats | NotEstimable:
    values = []
    for area in areas:
        if isinstance(area, NotEstimable):
            return area
        values.append(area.value)
    return np.array(values)


def _ascending(times: Sequence[float], areas: Sequence[Estimate | NotEstimable]) -> Floats:
    grid = finite_column(times, "time")
    if len(grid) != len(areas):
        raise DataError(Fault.LENGTHS_DIFFER, field="time, AUC")
    if len(grid) < 2 or (np.diff(grid) <= 0).any():
        raise DataError(Fault.OUT_OF_RANGE, field="time", row=1, allowed="two ascending times or more")
    return grid
