"""Logistic regression with an L1 penalty, along glmnet's path."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit

from inference.statistics.design import Design
from inference.statistics.outcomes import Bools, Floats, class_column, finite_matrix, same_length
from inference.statistics.penalised.lambda_sequence import COUNT, LOGISTIC
from inference.statistics.penalised.path import LassoPath, Problem, lasso_path
from inference.statistics.reasons import NotEstimable, Reason


@dataclass(frozen=True, slots=True, eq=False)
class _Likelihood:
    """−log L / n of classes (n,) at log odds (n,)."""

    positive: Bools
    log_odds: Floats

    @property
    def value(self) -> float:
        return float(np.logaddexp(0.0, np.where(self.positive, -self.log_odds, self.log_odds)).mean())

    @property
    def gradient(self) -> Floats:
        per_row: Floats = (expit(self.log_odds) - self.positive) / len(self.positive)
        return per_row

    def curvature(self, columns: Floats) -> Floats:
        mean = expit(self.log_odds)
        weighted = columns * (mean * (1 - mean) / len(columns))[:, None]
        blocks: Floats = columns.T @ weighted
        return blocks


def lasso_logistic(
    is_positive: ArrayLike, design: Design, *, lambdas: ArrayLike | None = None, count: int = COUNT
) -> LassoPath | NotEstimable:
    """Minimise −log L(a, b) / n + λ Σ sd_j |b_j| for each λ of a path; the intercept a is free.

    ``is_positive`` (n,) is 0/1 or Boolean.  sd has denominator n: columns are standardised for the fit,
    coefficients are given on the caller's scale, constant columns get 0.  Without ``lambdas`` the path is
    glmnet's: the first λ is the smallest with all b 0, then ``count`` steps down to 1e-4 of it (1e-2 where
    n < p), ended early where nothing more is explained; given ``lambdas`` are visited largest first, all
    of them unless the fit breaks down (``descend``).
    The deviance is −2 log L.

    Source: Friedman, Hastie and Tibshirani, J Stat Softw 2010; 33 (1): 1–22; R package glmnet 4.1.

    Raises
    ------
    DataError
        When rows differ in number, a value is not finite or a λ is not above 0.
    """
    positive = class_column(is_positive, "outcome")
    matrix = finite_matrix(design.matrix, "matrix")
    same_length(("outcome", "matrix"), positive, matrix)
    if len(positive) < 3:
        return NotEstimable(Reason.TOO_FEW_ROWS)
    if positive.all() or not positive.any():
        return NotEstimable(Reason.ONE_CLASS)
    problem = Problem(
        design.columns,
        matrix,
        lambda log_odds: _Likelihood(positive, log_odds),
        float(logit(positive.mean())),
        0.0,
        LOGISTIC,
    )
    return lasso_path(problem, lambdas, count)
