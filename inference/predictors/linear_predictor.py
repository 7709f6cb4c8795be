"""A linear model of a pack on one patient: what each variable adds, and what they add up to."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from inference.clinical.record import CanonicalValue
from inference.packs.fitted import Calibration, LinearModel, ScoreTerm
from inference.predictors.patient_values import PatientValues, scaled

_HELD_WITHIN = 1e-6
"""A probability is held this far from 0 and 1 before its log odds are taken, as in training."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one variable, a field of the form or another score, adds to the linear predictor.

    All terms of one field are one contribution.  ``value`` is the patient's.
    """

    kind: Literal["clinical", "score"]
    name: str
    value: CanonicalValue
    amount: float


def contributions(
    model: LinearModel, values: PatientValues, scores: Mapping[str, float]
) -> tuple[Contribution, ...]:
    """One for each variable, in the order of the model's terms; their sum is the linear predictor's.

    Every field and score of the model must be known; a field in whose place another stands adds nothing and
    is left out.
    """
    amounts: dict[tuple[Literal["clinical", "score"], str], list[float]] = {}
    for term in model.terms:
        if isinstance(term, ScoreTerm):
            amount = term.coefficient * _scaled_score(term, scores[term.score])
            amounts.setdefault(("score", term.score), []).append(amount)
        elif values.value(term.field) is not None:
            amount = term.coefficient * scaled(term, values)
            amounts.setdefault(("clinical", term.field), []).append(amount)
    return tuple(
        Contribution(kind, name, scores[name] if kind == "score" else _known(values, name), math.fsum(parts))
        for (kind, name), parts in amounts.items()
    )


def linear_predictor(model: LinearModel, added: tuple[Contribution, ...]) -> float:
    """Intercept and contributions together."""
    return math.fsum((model.intercept or 0.0, *(one.amount for one in added)))


def score_of(model: LinearModel, values: PatientValues, scores: Mapping[str, float]) -> float:
    """A logistic model's probability, or a Cox model's linear predictor."""
    total = linear_predictor(model, contributions(model, values, scores))
    from scipy.special import expit

    return float(expit(total)) if model.family == "logistic" else total


def term_values(model: LinearModel, values: PatientValues, scores: Mapping[str, float]) -> tuple[float, ...]:
    """What each term's coefficient multiplies, in the order of the terms; known as for ``contributions``."""
    return tuple(
        _scaled_score(term, scores[term.score]) if isinstance(term, ScoreTerm) else scaled(term, values)
        for term in model.terms
    )


def survival_of(model: LinearModel, score: float) -> tuple[tuple[float, float], ...]:
    """(months, probability to be free of the event) at the times of a Cox model's baseline."""
    risk = math.exp(min(score, 700.0))
    return tuple((point.time_months, point.survival**risk) for point in model.baseline)


def calibrated(calibration: Calibration, score: float) -> float:
    """The probability that the pack's recalibration makes of a score."""
    from scipy.special import expit

    return float(expit(calibration.intercept + calibration.slope * log_odds(score)))


def log_odds(probability: float) -> float:
    """Of a probability held within 1e-6 of 0 and 1."""
    from scipy.special import logit

    return float(logit(min(max(probability, _HELD_WITHIN), 1 - _HELD_WITHIN)))


def by_fold(
    model: LinearModel, values: PatientValues, folds: Mapping[str, tuple[float, ...]]
) -> tuple[float, ...]:
    """The model's score for each fold of the scores that it reads; empty where none of them has folds.

    ``folds`` are equally many, or one where a score has no folds.
    """
    count = max((len(own) for own in folds.values()), default=0)
    if count < 2:
        return ()
    return tuple(
        score_of(model, values, {name: own[k] if len(own) > 1 else own[0] for name, own in folds.items()})
        for k in range(count)
    )


def _scaled_score(term: ScoreTerm, value: float) -> float:
    given = log_odds(value) if term.as_log_odds else value
    return (given - term.scaling.centre) / term.scaling.scale


def _known(values: PatientValues, field: str) -> CanonicalValue:
    value = values.value(field)
    assert value is not None
    return value
