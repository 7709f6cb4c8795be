"""A model for each of a descending sequence of penalties, on the scale of the caller's columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inference.statistics.outcomes import Floats, finite_matrix
from inference.statistics.penalised.descent import Point, descend
from inference.statistics.penalised.lambda_sequence import Stop, given_lambdas, lambda_sequence
from inference.statistics.penalised.standardise import standardise
from inference.statistics.reasons import NotEstimable, Reason

_NOTHING: Final = 1e-12
"""A first penalty or a null deviance below it is rounding: there is nothing to explain."""


@dataclass(frozen=True, slots=True, eq=False)
class LassoPath:
    """Models along a path of penalties, on the scale of the caller's columns.

    Attributes
    ----------
    columns : names of the p columns.
    lambdas : (k,) penalties, descending.
    intercepts : (k,); all 0 for a Cox model, which has none.
    coefficients : (k, p); exactly 0 where a column is left out.
    deviance_ratio : (k,) share of the null deviance that is explained.
    null_deviance : of the model without columns.
    """

    columns: tuple[str, ...]
    lambdas: Floats
    intercepts: Floats
    coefficients: Floats
    deviance_ratio: Floats
    null_deviance: float

    @property
    def degrees_of_freedom(self) -> NDArray[np.int64]:
        """(k,) coefficients that are not 0."""
        counts: NDArray[np.int64] = (self.coefficients != 0).sum(axis=1, dtype=np.int64)
        return counts

    def selected(self, index: int) -> dict[str, float]:
        """The coefficients that are not 0 at penalty ``index``, by column."""
        chosen = self.coefficients[index]
        return {self.columns[j]: float(chosen[j]) for j in np.flatnonzero(chosen)}

    def scores(self, matrix: ArrayLike) -> Floats:
        """Linear predictors (n, k) of rows (n, p), intercept and all; higher means more risk.

        Summed row by row in one order, so that equal rows have equal scores.
        """
        rows = finite_matrix(matrix, "matrix")
        scores = np.empty((len(rows), len(self.lambdas)))
        for index, chosen in enumerate(self.coefficients):
            kept = np.flatnonzero(chosen)
            scores[:, index] = self.intercepts[index] + (rows[:, kept] * chosen[kept]).sum(axis=1)
        return scores


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """What a path is traced for.

    Attributes
    ----------
    columns : names of the p columns.
    matrix : (n, p) rows.
    at : the likelihood at a linear predictor (n,).
    null_intercept : the intercept of the model without columns; None where models have none.
    saturated : the log likelihood that deviances are counted from.
    stop : when a path of our own making ends.
    """

    columns: tuple[str, ...]
    matrix: Floats
    at: Callable[[Floats], Point]
    null_intercept: float | None
    saturated: float
    stop: Stop


def lasso_path(problem: Problem, lambdas: ArrayLike | None, count: int) -> LassoPath | NotEstimable:
    """Fit standardised columns along ``lambdas``, or along ``count`` of our own making."""
    rows, width = problem.matrix.shape
    scaled = standardise(problem.matrix)
    free = [] if problem.null_intercept is None else [problem.null_intercept]
    features = np.vstack([np.ones((len(free), rows)), scaled.matrix.T])
    start = np.array([*free, *np.zeros(width)])
    nothing = problem.at(start @ features)
    largest = float(np.abs(features[len(free) :] @ nothing.gradient).max(initial=0.0))
    if lambdas is None and largest <= _NOTHING:
        return NotEstimable(Reason.NO_VARIANCE)
    sequence = lambda_sequence(largest, rows, width, count) if lambdas is None else given_lambdas(lambdas)
    null_deviance = 2 * (problem.saturated + rows * nothing.value)
    explained: list[float] = []

    def is_last(value: float) -> bool:
        left = 2 * (problem.saturated + rows * value)
        explained.append(1 - left / null_deviance if null_deviance > _NOTHING else 0.0)
        return lambdas is None and problem.stop.reached(explained)

    is_penalised = np.arange(len(features)) >= len(free)
    found = descend(problem.at, features, is_penalised, start, sequence, is_last)
    if isinstance(found, NotEstimable):
        return found
    coefficients: Floats = found[:, len(free) :] / scaled.scale
    intercepts = found[:, 0] - coefficients @ scaled.centre if free else np.zeros(len(found))
    ratios = np.array(explained)
    return LassoPath(problem.columns, sequence[: len(found)], intercepts, coefficients, ratios, null_deviance)
