"""How well scores foresee when the event comes, in one cohort."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from inference.evaluation.predictions import Model, Predictions
from inference.evaluation.threshold import Threshold
from inference.statistics.calibration.smooth import SmoothCalibration
from inference.statistics.calibration.survival_brier import SurvivalBrier, integrated_brier, survival_brier
from inference.statistics.calibration.survival_calibration import SurvivalCalibration, survival_calibration
from inference.statistics.calibration.survival_smooth import survival_smooth
from inference.statistics.cautions import Caution, flagged, judge_cut
from inference.statistics.design import Numeric, design_of
from inference.statistics.discrimination.concordance import concordance
from inference.statistics.discrimination.integrated_auc import survival_weighted_auc
from inference.statistics.discrimination.time_dependent_auc import (
    RocAtTime,
    TimeDependentAuc,
    roc_at_time,
    time_dependent_auc,
)
from inference.statistics.discrimination.uno import uno_concordance
from inference.statistics.estimate import Estimate
from inference.statistics.outcomes import Bools, Floats, SurvivalData
from inference.statistics.reasons import NotEstimable, Reason
from inference.statistics.regression.cox import fit_cox
from inference.statistics.survival.kaplan_meier import KaplanMeier, kaplan_meier
from inference.statistics.survival.logrank import LogRank, logrank
from inference.statistics.survival.restricted_mean import restricted_mean
from inference.statistics.utility.decision_curve import DecisionCurve, survival_decision_curve

HIGH: Final = "high"
LOW: Final = "low"

DECISION_THRESHOLDS: Final = tuple(round(0.01 * percent, 2) for percent in range(1, 100))
_FEWEST_IN_A_GROUP: Final = 10
_MOST_GROUPS: Final = 5
_FEWEST_GRID_TIMES: Final = 25


@dataclass(frozen=True, slots=True)
class RiskGroup:
    """Those on one side of the threshold; ``curve`` is None where nobody is."""

    name: str
    count: int
    events: int
    curve: KaplanMeier | None
    restricted_mean: Estimate | NotEstimable


@dataclass(frozen=True, slots=True)
class RiskGroups:
    """High against low risk: curves, log-rank test and hazard ratio; high risk means score ≥ threshold."""

    threshold: Threshold
    groups: tuple[RiskGroup, RiskGroup]
    logrank: LogRank | NotEstimable
    hazard_ratio: Estimate | NotEstimable
    tau: float


@dataclass(frozen=True, slots=True)
class AtHorizon:
    """What predicted survival at one horizon is worth."""

    horizon: float
    calibration: SurvivalCalibration | NotEstimable
    smooth: SmoothCalibration | NotEstimable
    decision: DecisionCurve


@dataclass(frozen=True, slots=True)
class TimesEvaluation:
    """One model in one cohort.

    ``auc`` and ``roc`` are read at the horizons, ``auc_over_time`` on a grid for the drawing;
    ``integrated_auc`` is the mean over that grid, weighted by the events.  ``brier``, ``integrated_brier``
    and ``at_horizons`` need predicted survival.  ``slope`` is the Cox coefficient of the score in this
    cohort: 1 where the score is a linear predictor that neither exaggerates nor flattens.
    """

    model: str
    c_index: Estimate | NotEstimable
    uno_c_index: Estimate | NotEstimable
    slope: Estimate | NotEstimable
    auc: TimeDependentAuc
    roc: tuple[RocAtTime | NotEstimable, ...]
    auc_over_time: TimeDependentAuc
    integrated_auc: Estimate | NotEstimable
    brier: SurvivalBrier | None
    integrated_brier: Estimate | NotEstimable | None
    at_horizons: tuple[AtHorizon, ...]
    risk_groups: RiskGroups | None


def evaluate_times(
    predictions: Predictions,
    model: Model,
    cohort: str,
    horizons: tuple[float, ...],
    threshold: Threshold | None,
) -> TimesEvaluation:
    """Evaluate one model in one cohort at ``horizons``, in the unit of the times."""
    rows = predictions.rows_of(cohort)
    data, scores = predictions.times(cohort), model.scores[rows]
    survival = {t: values[rows] for t, values in sorted(model.survival.items())}
    harrell = concordance(data, scores)
    over_time = time_dependent_auc(data, scores, _grid(data))
    uno = uno_concordance(data, scores, horizon=max(horizons, default=None))
    brier, integrated = _brier(data, survival)
    return TimesEvaluation(
        model.name,
        harrell if isinstance(harrell, NotEstimable) else harrell.estimate,
        uno if isinstance(uno, NotEstimable) else uno.estimate,
        _slope(data, scores),
        time_dependent_auc(data, scores, horizons),
        tuple(roc_at_time(data, scores, horizon) for horizon in horizons),
        over_time,
        _integrated_auc(data, over_time),
        brier,
        integrated,
        tuple(_at_horizon(data, t, values) for t, values in survival.items()),
        None if threshold is None else _risk_groups(data, scores, threshold, cohort, horizons),
    )


def _slope(data: SurvivalData, scores: Floats) -> Estimate | NotEstimable:
    fit = fit_cox(data, design_of({"score": scores}, [Numeric("score")]))
    return fit if isinstance(fit, NotEstimable) else fit.coefficient("score")


def _brier(
    data: SurvivalData, survival: dict[float, Floats]
) -> tuple[SurvivalBrier | None, Estimate | NotEstimable | None]:
    if not survival:
        return None, None
    times = tuple(survival)
    at_times = survival_brier(data, np.column_stack([survival[t] for t in times]), times)
    # At time 0 everybody is free of the event and every prediction says so.
    whole = integrated_brier((0.0, *times), (Estimate(0.0), *at_times.predicted), rule="trapezoid")
    return at_times, whole


def _integrated_auc(data: SurvivalData, over_time: TimeDependentAuc) -> Estimate | NotEstimable:
    """Over the times that have cases and controls: the others are left out, as in R's results."""
    areas = [
        (time, area)
        for time, area in zip(over_time.times, over_time.estimates, strict=True)
        if isinstance(area, Estimate)
    ]
    if len(areas) < 2:
        why = next((one for one in over_time.estimates if isinstance(one, NotEstimable)), None)
        return why or NotEstimable(Reason.NO_EVENTS)
    return survival_weighted_auc(data, [time for time, _ in areas], [area for _, area in areas])


def _grid(data: SurvivalData) -> tuple[float, ...]:
    """Round times between the 5 % and 95 % quantiles of the event times, evenly apart; empty without events.

    The step is 1 or 2 times a power of ten, so that the ticks of an axis are among the times.
    """
    if data.event.sum() < 2:
        return ()
    first, last = (float(t) for t in np.quantile(data.time[data.event], (0.05, 0.95)))
    if not last > first:
        return (first,)
    raw = (last - first) / _FEWEST_GRID_TIMES
    power = 10.0 ** math.floor(math.log10(raw))
    step = 2 * power if raw >= 2 * power else power
    places = range(max(1, math.ceil(first / step)), math.floor(last / step) + 1)
    return tuple(round(place * step, 12) for place in places)


def _at_horizon(data: SurvivalData, horizon: float, survival: Floats) -> AtHorizon:
    groups = min(_MOST_GROUPS, len(data) // _FEWEST_IN_A_GROUP)
    calibration: SurvivalCalibration | NotEstimable = NotEstimable(Reason.TOO_FEW_ROWS)
    if groups >= 2:
        calibration = survival_calibration(data, survival, horizon, groups=groups)
    return AtHorizon(
        horizon,
        calibration,
        survival_smooth(data, survival, horizon),
        survival_decision_curve(data, 1 - survival, horizon, DECISION_THRESHOLDS),
    )


def _risk_groups(
    data: SurvivalData, scores: Floats, threshold: Threshold, cohort: str, horizons: tuple[float, ...]
) -> RiskGroups:
    is_high = scores >= threshold.value
    tau = max(
        horizons, default=float(min(data.time[side].max() for side in (is_high, ~is_high) if side.any()))
    )
    caution = judge_cut(threshold.value, threshold.origin_for(cohort))
    labels = [HIGH if high else LOW for high in is_high]
    return RiskGroups(
        threshold,
        (_group(HIGH, data, is_high, tau), _group(LOW, data, ~is_high, tau)),
        flagged(logrank(data, labels), caution),
        _hazard_ratio(data, is_high, caution),
        tau,
    )


def _group(name: str, data: SurvivalData, chosen: Bools, tau: float) -> RiskGroup:
    if not chosen.any():
        return RiskGroup(name, 0, 0, None, NotEstimable(Reason.EMPTY_GROUP))
    rows = data.rows(chosen)
    mean: Estimate | NotEstimable = NotEstimable(Reason.NOBODY_FOLLOWED_TO_HORIZON)
    if rows.time.max() >= tau > 0:
        mean = restricted_mean(rows, tau)
    return RiskGroup(name, len(rows), int(rows.event.sum()), kaplan_meier(rows), mean)


def _hazard_ratio(data: SurvivalData, is_high: Bools, caution: Caution | None) -> Estimate | NotEstimable:
    if is_high.all() or not is_high.any():
        return NotEstimable(Reason.EMPTY_GROUP)
    fit = fit_cox(data, design_of({HIGH: is_high.astype(float)}, [Numeric(HIGH)]))
    ratio = fit if isinstance(fit, NotEstimable) else fit.hazard_ratio(HIGH)
    return flagged(ratio, caution)
