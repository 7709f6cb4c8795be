"""What a nomogram is drawn from: terms, coefficients, and what the linear predictor means."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import expit, logit

from inference.statistics.design import Factor, Term
from inference.statistics.outcomes import Floats, finite_column
from inference.statistics.reasons import DataError, Fault, NotEstimable, Reason
from inference.statistics.regression.baseline import BaselineHazard
from inference.statistics.regression.cox import CoxFit
from inference.statistics.regression.logistic import LogisticFit

Value = float | str
"""What a patient has in a variable: a number, or a level of a factor."""

_LARGEST_EXPONENT: Final = 700.0


@dataclass(frozen=True, slots=True)
class BaselineSurvival:
    """Survival in (0, 1) at each horizon of a patient whose linear predictor is 0."""

    horizons: tuple[float, ...]
    shares: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.horizons) != len(self.shares):
            raise DataError(Fault.LENGTHS_DIFFER, field="horizons, baseline survival")
        for row, share in enumerate(self.shares, start=1):
            if not 0 < share < 1:
                raise DataError(Fault.NOT_A_PROBABILITY, field="baseline survival", row=row)


@dataclass(frozen=True, slots=True)
class NomogramModel:
    """lp = ``intercept`` + Σ coefficient × column; ``coefficients`` name the columns of ``terms`` in order.

    With ``survival`` it is a Cox model, S(t|x) = S₀(t)^exp(lp), and the intercept is minus the linear
    predictor at which S₀ holds; without, it is a logistic model with probability 1 / (1 + exp(−lp)).
    """

    terms: tuple[Term, ...]
    coefficients: tuple[float, ...]
    intercept: float
    survival: BaselineSurvival | None = None

    def __post_init__(self) -> None:
        if len(self.coefficients) != sum(len(term.columns) for term in self.terms):
            raise DataError(Fault.LENGTHS_DIFFER, field="terms, coefficients")
        finite_column((self.intercept, *self.coefficients), "coefficients")

    @property
    def horizons(self) -> tuple[float | None, ...]:
        """The horizon of each outcome; one None for the probability of a logistic model."""
        return (None,) if self.survival is None else self.survival.horizons

    def effects(self, term: Term, values: Sequence[Value]) -> Floats:
        """What each of ``values`` of ``term`` adds to the linear predictor.

        Raises
        ------
        DataError
            When a value is not a finite number, or not a level of the factor.
        """
        start = 0
        for other in self.terms:
            if other == term:
                break
            start += len(other.columns)
        if isinstance(term, Factor):
            added = dict(zip(term.levels, (0.0, *self.coefficients[start:]), strict=False))
            for row, value in enumerate(values, start=1):
                if value not in term.levels:
                    raise DataError(
                        Fault.UNKNOWN_LEVEL, field=term.name, row=row, allowed=", ".join(term.levels)
                    )
            return np.array([added[str(value)] for value in values])
        numbers: Floats = self.coefficients[start] * finite_column(_numbers(values), term.name)
        return numbers

    def linear_predictor(self, values: Mapping[str, Value]) -> float:
        """The linear predictor of one patient; higher is worse, or more probably positive."""
        return self.intercept + sum(float(self.effects(term, [values[term.name]])[0]) for term in self.terms)

    def outcomes(self, linear_predictor: float) -> tuple[float, ...]:
        """Survival at each horizon, or the one probability."""
        if self.survival is None:
            return (float(expit(linear_predictor)),)
        risk = math.exp(min(linear_predictor, _LARGEST_EXPONENT))
        return tuple(share**risk for share in self.survival.shares)

    def linear_predictors_at(self, outcome: int, values: Sequence[float]) -> Floats:
        """Linear predictors at which an outcome (by its place) takes ``values``, each in (0, 1)."""
        at = np.asarray(values, dtype=np.float64)
        if self.survival is None:
            scores: Floats = logit(at)
            return scores
        powers: Floats = np.log(np.log(at) / np.log(self.survival.shares[outcome]))
        return powers


def model_of_cox(
    fit: CoxFit, baseline: BaselineHazard, horizons: Sequence[float]
) -> NomogramModel | NotEstimable:
    """The model of a fit with its baseline hazard.

    Not estimable when nobody was followed to a horizon, or when a horizon comes before the first event.
    """
    if max(horizons) > baseline.last_time:
        return NotEstimable(Reason.NOBODY_FOLLOWED_TO_HORIZON)
    shares = np.exp(-baseline.cumulative.at(horizons))
    if (shares == 1).any():
        return NotEstimable(Reason.NO_EVENT_BY_HORIZON)
    return NomogramModel(
        fit.terms,
        tuple(map(float, fit.coefficients)),
        -baseline.centre,
        BaselineSurvival(tuple(map(float, horizons)), tuple(map(float, shares))),
    )


def model_of_logistic(fit: LogisticFit) -> NomogramModel:
    """The model of a logistic fit: the probability of the positive class."""
    intercept, *coefficients = map(float, fit.coefficients)
    return NomogramModel(fit.terms, tuple(coefficients), intercept)


def _numbers(values: Sequence[Value]) -> list[float]:
    """Numbers as they are, a text as no number: texts are levels of factors."""
    return [np.nan if isinstance(value, str) else value for value in values]
