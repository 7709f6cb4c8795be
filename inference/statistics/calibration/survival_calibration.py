"""Calibration of predicted survival at a horizon, against Kaplan–Meier curves, in groups and as a whole."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from inference.statistics.calibration.groups import CalibrationGroup, quantile_groups
from inference.statistics.estimate import LEVEL, Estimate, normal_quantile, wald
from inference.statistics.outcomes import Floats, SurvivalData, probability_column, same_length
from inference.statistics.reasons import DataError, Fault, NotEstimable, Reason
from inference.statistics.survival.kaplan_meier import Band, kaplan_meier

LEAST_EVENTS_IN_A_GROUP: Final = 5
"""Below this the Greenwood–Nam–D'Agostino test is not reliable: Demler et al., 2015."""


@dataclass(frozen=True, slots=True)
class GreenwoodNamDAgostino:
    """The test of all groups at once, over ``groups`` of them, on ``degrees_of_freedom`` = groups − 1."""

    chi_square: float
    degrees_of_freedom: int
    p_value: float
    groups: int
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class SurvivalCalibration:
    """Predicted and observed survival at ``horizon``.

    ``groups`` ascend with predicted survival, so the group of highest risk comes first; their numbers are
    survival.  ``breaks`` (g + 1,) are those of predicted survival.  ``observed`` is the Kaplan–Meier
    survival of all, ``observed_to_expected`` the ratio of observed to mean predicted risk (1 is ideal;
    above 1, risk is underestimated), ``in_the_large`` mean predicted less observed risk (0 is ideal).
    """

    horizon: float
    breaks: Floats
    groups: tuple[CalibrationGroup, ...]
    greenwood_nam_d_agostino: GreenwoodNamDAgostino | NotEstimable
    mean_predicted: float
    observed: Estimate
    observed_to_expected: Estimate | NotEstimable
    in_the_large: Estimate


def survival_calibration(
    data: SurvivalData,
    predicted_survival: ArrayLike,
    horizon: float,
    *,
    groups: int = 5,
    band: Band = "log-log",
    level: float = LEVEL,
) -> SurvivalCalibration:
    """Compare ``predicted_survival`` (n,), each patient's probability of no event by ``horizon``.

    Groups lie between quantiles of the prediction (right-closed); a group without patients is left out.
    Where follow-up ends before the horizon with survivors, the curve is carried on and the number is
    flagged ``extrapolated``.  The limits of ``observed_to_expected`` take the prediction as given and
    are symmetric on the log scale: Debray et al., BMJ 2017; 356: i6460.

    Raises
    ------
    DataError
        When a prediction is no probability, there is not one for each patient, nobody is there, or the
        horizon is no time.
    """
    predicted = probability_column(predicted_survival, "predicted survival")
    same_length(("time", "predicted survival"), data.time, predicted)
    if not (math.isfinite(horizon) and horizon > 0):
        raise DataError(Fault.OUT_OF_RANGE, field="horizon", row=1, allowed="horizon > 0")

    grouped = quantile_groups(predicted, groups)
    rows = [
        CalibrationGroup(
            int(chosen.sum()),
            float(predicted[chosen].mean()),
            _observed(data.rows(chosen), horizon, band, level),
        )
        for chosen in grouped.occupied
    ]
    events = [int((data.event & (data.time <= horizon))[chosen].sum()) for chosen in grouped.occupied]
    overall = _observed(data, horizon, band, level)
    mean_predicted = float(predicted.mean())
    return SurvivalCalibration(
        horizon,
        grouped.breaks,
        tuple(rows),
        _greenwood_nam_d_agostino(rows, events),
        mean_predicted,
        overall,
        _observed_to_expected(overall, 1 - mean_predicted),
        _in_the_large(overall, mean_predicted),
    )


def _observed(data: SurvivalData, horizon: float, band: Band, level: float) -> Estimate:
    return kaplan_meier(data, band=band, level=level).at([horizon]).estimates[0]


def _greenwood_nam_d_agostino(
    groups: list[CalibrationGroup], events: list[int]
) -> GreenwoodNamDAgostino | NotEstimable:
    """Sum over groups of (observed − predicted)² / Greenwood variance; groups without variance left out.

    Source: Demler, Paynter and Cook, Stat Med 2015; 34: 1659–1680.
    """
    from scipy.special import chdtrc

    terms, flags = [], []
    for group, count in zip(groups, events, strict=True):
        observed = group.observed
        if isinstance(observed, NotEstimable) or not observed.standard_error:
            continue
        terms.append(((observed.value - group.predicted) / observed.standard_error) ** 2)
        flags += [*observed.flags, *(["few_events_in_a_group"] if count < LEAST_EVENTS_IN_A_GROUP else [])]
    if len(terms) < 2:
        return NotEstimable(Reason.TOO_FEW_GROUPS)
    chi_square, freedom = float(np.sum(terms)), len(terms) - 1
    p_value = float(chdtrc(freedom, chi_square))
    return GreenwoodNamDAgostino(chi_square, freedom, p_value, len(terms), tuple(sorted(set(flags))))


def _observed_to_expected(observed: Estimate, expected: float) -> Estimate | NotEstimable:
    if expected <= 0:
        return NotEstimable(Reason.NOTHING_EXPECTED)
    ratio, error = (1 - observed.value) / expected, observed.standard_error
    if not error:
        return Estimate(ratio, level=observed.level, flags=observed.flags)
    reach = normal_quantile(observed.level) * error / (1 - observed.value)
    limits = ratio * math.exp(-reach), ratio * math.exp(reach)
    return Estimate(ratio, error / expected, *limits, observed.level, "log", observed.flags)


def _in_the_large(observed: Estimate, mean_predicted: float) -> Estimate:
    difference, error = observed.value - mean_predicted, observed.standard_error
    if not error:
        return Estimate(difference, level=observed.level, flags=observed.flags)
    plain = wald(difference, error, level=observed.level)
    limits = plain.lower, plain.upper
    return Estimate(difference, error, *limits, observed.level, plain.method, observed.flags)
