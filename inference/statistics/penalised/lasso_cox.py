"""Cox regression with an L1 penalty, along glmnet's path."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from inference.statistics.design import Design
from inference.statistics.outcomes import Floats, SurvivalData, finite_matrix, same_length
from inference.statistics.penalised.lambda_sequence import COUNT, COX
from inference.statistics.penalised.path import LassoPath, Problem, lasso_path
from inference.statistics.reasons import NotEstimable, Reason
from inference.statistics.regression.partial_likelihood import (
    Evaluation,
    RiskSets,
    evaluate,
    hazards_lived,
    information,
    means_at_risk,
    risk_sets,
)


@dataclass(frozen=True, slots=True, eq=False)
class _PartialLikelihood:
    """−log PL / n by Breslow, at one linear predictor of all n rows, those never at risk too."""

    sets: RiskSets
    evaluation: Evaluation
    rows: int

    @property
    def value(self) -> float:
        return -self.evaluation.log_likelihood / self.rows

    @property
    def gradient(self) -> Floats:
        lived = hazards_lived(self.sets, self.evaluation, np.ones(len(self.sets.deaths)))
        expected = self.evaluation.weights * lived
        expected[self.sets.deaths] -= 1
        per_row = np.zeros(self.rows)
        per_row[self.sets.order] = expected / self.rows
        return per_row

    def curvature(self, columns: Floats) -> Floats:
        at_risk = columns[self.sets.order]
        means = means_at_risk(self.sets, self.evaluation, at_risk)
        return information(self.sets, self.evaluation, at_risk, means) / self.rows


def lasso_cox(
    data: SurvivalData, design: Design, *, lambdas: ArrayLike | None = None, count: int = COUNT
) -> LassoPath | NotEstimable:
    """Minimise −log PL(b) / n + λ Σ sd_j |b_j| for each λ of a path.

    PL is Breslow's partial likelihood; who is censored at t was at risk at t.  sd has denominator n: columns
    are standardised for the fit, coefficients are given on the caller's scale, constant columns get 0.
    Without ``lambdas`` the path is glmnet's: the first λ is the smallest with all coefficients 0, then
    ``count`` steps down to 1e-4 of it (1e-2 where n < p), ended early where nothing more is explained.  Given
    ``lambdas`` are visited largest first, all of them unless the fit breaks down (``descend``).
    The deviance is 2 (l_sat − log PL), l_sat = −Σ d log d over the numbers d of events at one time.

    Source: Simon, Friedman, Hastie and Tibshirani, J Stat Softw 2011; 39 (5): 1–13; R package glmnet 4.1.

    Raises
    ------
    DataError
        When rows differ in number, a value is not finite or a λ is not above 0.
    """
    matrix = finite_matrix(design.matrix, "matrix")
    same_length(("time", "matrix"), data.time, matrix)
    if len(data) < 3:
        return NotEstimable(Reason.TOO_FEW_ROWS)
    if not data.event.any():
        return NotEstimable(Reason.NO_EVENTS)
    sets = risk_sets(data, "breslow")
    problem = Problem(
        design.columns,
        matrix,
        lambda scores: _PartialLikelihood(sets, evaluate(sets, scores[sets.order]), len(data)),
        None,
        saturated_log_likelihood(data),
        COX,
    )
    return lasso_path(problem, lambdas, count)


def saturated_log_likelihood(data: SurvivalData) -> float:
    """−Σ d log d: what Breslow's partial likelihood reaches when each death was bound to be the next."""
    deaths = np.unique(data.time[data.event], return_counts=True)[1]
    return -float((deaths * np.log(deaths)).sum())


def deviances(data: SurvivalData, scores: Floats) -> Floats:
    """2 (l_sat − log PL) of ``data`` for each column of ``scores`` (n, k): (k,); 0 without events."""
    if not data.event.any():
        return np.zeros(scores.shape[1])
    sets = risk_sets(data, "breslow")
    likelihoods = [evaluate(sets, column).log_likelihood for column in scores[sets.order].T]
    return 2 * (saturated_log_likelihood(data) - np.array(likelihoods))
