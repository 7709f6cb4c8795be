"""Decision curves: the net benefit of treating those whose predicted risk reaches a threshold.

Source: Vickers and Elkin, Med Decis Making 2006; 26: 565–574; with censoring: Vickers et al., BMC Med
Inform Decis Mak 2008; 8: 53.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inference.statistics.outcomes import (
    Floats,
    SurvivalData,
    class_column,
    finite_column,
    probability_column,
    same_length,
)
from inference.statistics.reasons import DataError, Fault
from inference.statistics.survival.kaplan_meier import SurvivalAt, kaplan_meier


@dataclass(frozen=True, slots=True, eq=False)
class DecisionCurve:
    """Net benefit per patient at each threshold; all arrays (m,).  Treating nobody has net benefit 0.

    ``positive`` counts those with risk ≥ threshold.  ``is_extrapolated`` marks a net benefit that rests on
    a curve carried to the horizon: follow-up of the positive patients ends before it, and not all of them
    have had the event.  ``treat_all_is_extrapolated`` says the same of all patients.  ``horizon`` is None
    where the outcome is a class.
    """

    thresholds: Floats
    net_benefit: Floats
    treat_all: Floats
    horizon: float | None
    positive: NDArray[np.int64]
    is_extrapolated: NDArray[np.bool_]
    treat_all_is_extrapolated: bool


def decision_curve(risk: ArrayLike, is_positive: ArrayLike, thresholds: ArrayLike) -> DecisionCurve:
    """Net benefit TP/n − FP/n · p/(1 − p) of ``risk`` (n,) for classes ``is_positive`` (n,).

    A patient with risk ≥ p is treated; ``thresholds`` p (m,) are from 0 to below 1.

    Raises
    ------
    DataError
        When a risk is no probability, an outcome no class, a threshold outside, or nobody is there.
    """
    risks, marked = probability_column(risk, "risk"), class_column(is_positive, "outcome")
    same_length(("risk", "outcome"), risks, marked)
    odds = _odds(thresholds, len(risks))
    treated = risks >= odds.thresholds[:, None]
    true = (treated & marked).sum(axis=1) / len(risks)
    false = (treated & ~marked).sum(axis=1) / len(risks)
    prevalence = float(marked.mean())
    return DecisionCurve(
        odds.thresholds,
        true - false * odds.odds,
        prevalence - (1 - prevalence) * odds.odds,
        None,
        treated.sum(axis=1, dtype=np.int64),
        np.zeros(len(odds.thresholds), dtype=bool),
        False,
    )


def survival_decision_curve(
    data: SurvivalData, risk: ArrayLike, horizon: float, thresholds: ArrayLike
) -> DecisionCurve:
    """Net benefit of ``risk`` (n,), the predicted probability of the event by ``horizon``.

    With S the Kaplan–Meier survival at the horizon of those with risk ≥ p, and P their share: P (1 − S) −
    P S p/(1 − p); 0 where nobody has such a risk.  Where their follow-up ends before the horizon the last
    value of their curve stands, and the threshold is marked; the R package dcurves has no number there, nor
    where all of them had the event earlier (here S = 0 is known, and nothing is marked).

    Raises
    ------
    DataError
        When a risk is no probability, there is not one for each patient, a threshold or the horizon is
        outside, or nobody is there.
    """
    risks = probability_column(risk, "risk")
    same_length(("time", "risk"), data.time, risks)
    if not (math.isfinite(horizon) and horizon > 0):
        raise DataError(Fault.OUT_OF_RANGE, field="horizon", row=1, allowed="horizon > 0")
    odds = _odds(thresholds, len(risks))
    positive = (risks >= odds.thresholds[:, None]).sum(axis=1, dtype=np.int64)

    by_risk = np.argsort(-risks, kind="stable")
    net_benefit, extrapolated = np.zeros(len(positive)), np.zeros(len(positive), dtype=bool)
    for count in np.unique(positive[positive > 0]):
        at = _survival(data.rows(by_risk[:count]), horizon)
        here = positive == count
        share, survival = count / len(risks), at.survival[0]
        net_benefit[here] = share * ((1 - survival) - survival * odds.odds[here])
        extrapolated[here] = at.is_extrapolated[0]
    everybody = _survival(data, horizon)
    survival = everybody.survival[0]
    return DecisionCurve(
        odds.thresholds,
        net_benefit,
        (1 - survival) - survival * odds.odds,
        horizon,
        positive,
        extrapolated,
        bool(everybody.is_extrapolated[0]),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Odds:
    thresholds: Floats
    odds: Floats


def _odds(thresholds: ArrayLike, patients: int) -> _Odds:
    if not patients:
        raise DataError(Fault.TOO_FEW_ROWS, count=0, least=1)
    chosen = finite_column(thresholds, "threshold")
    wrong = np.flatnonzero((chosen < 0) | (chosen >= 1))
    if wrong.size:
        raise DataError(
            Fault.OUT_OF_RANGE, field="threshold", row=int(wrong[0]) + 1, allowed="0 ≤ threshold < 1"
        )
    return _Odds(chosen, chosen / (1 - chosen))


def _survival(data: SurvivalData, horizon: float) -> SurvivalAt:
    return kaplan_meier(data).at([horizon])
