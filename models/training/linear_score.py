"""A score that is one line of coefficients: what signatures and linear machines leave behind for a pack."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from inference.statistics.reasons import NotEstimable
from models.training.cross_fit import Learner, Positions, Scorer

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LinearScore:
    """``intercept`` + Σ ``coefficients`` × column, on the caller's raw columns; higher points to the event.

    ``link`` says what it is: log odds of the positive class, or a log hazard up to a constant.  Without
    coefficients all patients score alike: nothing was found.
    """

    link: Literal["logit", "log_hazard"]
    intercept: float
    coefficients: dict[str, float]

    def values(self, matrix: NDArray[np.floating], names: Sequence[str]) -> Floats:
        """Scores (patients,) of ``matrix`` (patients, columns), whose columns are ``names``.

        Summed row by row in one order, so that equal patients have equal scores.

        Raises
        ------
        KeyError
            When a column that the score needs is not among ``names``.
        """
        place = {name: column for column, name in enumerate(names)}
        columns = [place[name] for name in self.coefficients]
        rows = np.asarray(matrix, dtype=np.float64)[:, columns]
        weighted = rows * np.array(list(self.coefficients.values()))
        values: Floats = self.intercept + weighted.sum(axis=1)
        return values

    def probability(self, matrix: NDArray[np.floating], names: Sequence[str]) -> Floats:
        """Probabilities (patients,) of the positive class.

        Raises
        ------
        ValueError
            For a log hazard, which alone gives no probability.
        """
        if self.link != "logit":
            raise ValueError("a log hazard is no log odds")
        probabilities: Floats = expit(self.values(matrix, names))
        return probabilities

    def as_document(self) -> dict[str, Any]:
        """For the pack's JSON."""
        return {"link": self.link, "intercept": self.intercept, "coefficients": dict(self.coefficients)}


def integrate(models: Sequence[LinearScore], matrix: NDArray[np.floating], names: Sequence[str]) -> Floats:
    """Risk of patients from outside: the mean of the fold models' probabilities (patients,)."""
    mean: Floats = np.mean([model.probability(matrix, names) for model in models], axis=0)
    return mean


def linear_learner(
    matrix: NDArray[np.floating],
    names: Sequence[str],
    fit: Callable[[NDArray[np.intp], np.random.Generator], LinearScore | NotEstimable],
    seed: int,
) -> Learner:
    """Fits one score per fold for ``cross_fit``.

    ``matrix`` (patients, columns) is the whole arm's; ``fit`` gets the positions that it may learn from and
    the fold's own randomness.  The learner raises ValueError where a fold allows no fit.
    """

    def learn(positions: Positions, number: int) -> Scorer:
        score = fit(np.array(positions, dtype=np.intp), np.random.default_rng([seed, number]))
        if isinstance(score, NotEstimable):
            raise ValueError(f"fold {number} allows no fit: {score.reason.value}")

        def apply(positions: Positions) -> Floats:
            return score.values(matrix[list(positions)], names)

        return apply

    return learn
