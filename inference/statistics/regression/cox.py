"""Cox's proportional hazards regression: coefficients, tests and hazard ratios."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from inference.statistics.cautions import judge_events
from inference.statistics.design import Design, Term
from inference.statistics.estimate import LEVEL, Estimate
from inference.statistics.outcomes import Floats, SurvivalData, finite_matrix, same_length
from inference.statistics.reasons import NotEstimable, Reason
from inference.statistics.regression.chi_square_test import ChiSquareTest, chi_square_test
from inference.statistics.regression.monotone_likelihood import is_monotone
from inference.statistics.regression.partial_likelihood import (
    Evaluation,
    RiskSets,
    Ties,
    evaluate,
    information,
    means_at_risk,
    risk_sets,
)
from inference.statistics.regression.wald_inference import wald_coefficient, wald_p_value, wald_ratio

TOLERANCE: Final = 1e-12
"""Largest last step of a standardised coefficient, relative to it beyond 1."""

_ITERATIONS: Final = 60
_HALVINGS: Final = 30
_LEAST_SHARE: Final = 1e-12
"""Smallest eigenvalue of the columns' correlations over the largest, below which columns are collinear."""

_LEAST_INFORMATION: Final = 1e-12
"""Information over that at coefficients 0, in the worst direction, below which the likelihood is flat."""

_ROUNDING_REACH: Final = 1e-8
"""Steps below this that no longer shrink are rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class CoxFit:
    """A fitted model; arrays have one entry for each of the p columns of the design.

    ``coefficients`` are log hazard ratios for one unit of the column; ``covariance`` (p, p) is the inverse of
    the observed information; ``means`` are those of the columns over all rows; ``score_statistic`` is the
    score test's at coefficients 0.
    """

    terms: tuple[Term, ...]
    coefficients: Floats
    covariance: Floats
    log_likelihood: float
    log_likelihood_null: float
    score_statistic: float
    count: int
    events: int
    ties: Ties
    means: Floats

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the p columns."""
        return tuple(column for term in self.terms for column in term.columns)

    @property
    def standard_errors(self) -> Floats:
        """Standard errors of the coefficients: (p,)."""
        errors: Floats = np.sqrt(np.diag(self.covariance))
        return errors

    @property
    def aic(self) -> float:
        """−2 log partial likelihood + 2 p."""
        return -2 * self.log_likelihood + 2 * len(self.coefficients)

    @property
    def flags(self) -> tuple[str, ...]:
        """Cautions that belong to every number of this fit."""
        caution = judge_events(self.events, len(self.coefficients))
        return () if caution is None else (caution.code.value,)

    @property
    def likelihood_ratio_test(self) -> ChiSquareTest:
        """All coefficients against 0, by twice the gain in log likelihood."""
        return chi_square_test(2 * (self.log_likelihood - self.log_likelihood_null), len(self.coefficients))

    @property
    def wald_test(self) -> ChiSquareTest:
        """All coefficients against 0, by b′V⁻¹b."""
        statistic = self.coefficients @ np.linalg.solve(self.covariance, self.coefficients)
        return chi_square_test(float(statistic), len(self.coefficients))

    @property
    def score_test(self) -> ChiSquareTest:
        """All coefficients against 0, by the slope of the likelihood there; the log-rank test of a factor."""
        return chi_square_test(self.score_statistic, len(self.coefficients))

    def coefficient(self, column: str, *, level: float = LEVEL) -> Estimate:
        """The log hazard ratio with its Wald interval."""
        return wald_coefficient(*self._column(column), self.flags, level=level)

    def hazard_ratio(self, column: str, *, level: float = LEVEL) -> Estimate | NotEstimable:
        """Hazard ratio for one unit of the column; above 1 is worse; Wald interval on the log scale.

        There is no standard error: it belongs to the logarithm (``coefficient``).  Not estimable when a
        number is too large for the machine: then the column wants another unit.
        """
        return wald_ratio(*self._column(column), self.flags, level=level)

    def p_value(self, column: str) -> float:
        """Two-sided Wald test of one coefficient against 0."""
        return wald_p_value(*self._column(column))

    def _column(self, column: str) -> tuple[float, float]:
        place = self.columns.index(column)
        return float(self.coefficients[place]), float(self.standard_errors[place])

    def linear_predictor(self, matrix: Floats) -> Floats:
        """Σ coefficient × column for each row of ``matrix`` (n, p), not centred: (n,).  Higher is worse."""
        scores: Floats = matrix @ self.coefficients
        return scores


def fit_cox(data: SurvivalData, design: Design, *, ties: Ties = "efron") -> CoxFit | NotEstimable:
    """Maximise the partial likelihood by Newton's method with step halving, from 0, to ``TOLERANCE``.

    Ties are Efron's by default, or Breslow's.  Who is censored at t was at risk at t.  Rows whose follow-up
    ended before the first event take no part.  A design without columns gives the null model.

    Not estimable: fewer than 3 rows, no events, fewer events than columns, a column that is constant among
    those ever at risk, columns that repeat each other there, a monotone likelihood (separation).

    Sources: Cox, J R Stat Soc B 1972; 34: 187–220; Efron, J Am Stat Assoc 1977; 72: 557–565; Breslow,
    Biometrics 1974; 30: 89–99.

    Raises
    ------
    DataError
        When data and design differ in length, or a value of the design is not finite.
    """
    matrix = finite_matrix(design.matrix, "design")
    same_length(("time", "design"), data.time, matrix)
    events = int(data.event.sum())
    if len(data) < 3:
        return NotEstimable(Reason.TOO_FEW_ROWS)
    if not events:
        return NotEstimable(Reason.NO_EVENTS)
    if events < matrix.shape[1]:
        return NotEstimable(Reason.FEWER_EVENTS_THAN_COLUMNS)
    sets = risk_sets(data, ties)
    standardised = _standardised(matrix[sets.order])
    if isinstance(standardised, NotEstimable):
        return standardised
    columns, scale = standardised
    found = _maximise(sets, columns)
    if found is None:
        return NotEstimable(Reason.SEPARATION if is_monotone(sets, columns) else Reason.DID_NOT_CONVERGE)
    covariance = np.linalg.inv(found.information)
    return CoxFit(
        design.terms,
        found.coefficients / scale,
        (covariance + covariance.T) / 2 / np.outer(scale, scale),
        found.log_likelihood,
        found.log_likelihood_null,
        found.score_statistic,
        len(data),
        events,
        ties,
        matrix.mean(axis=0),
    )


def _standardised(rows: Floats) -> tuple[Floats, Floats] | NotEstimable:
    """The columns with mean 0 and standard deviation 1, and the deviations that they had."""
    centred = rows - rows.mean(axis=0)
    scale: Floats = centred.std(axis=0)
    if (rows == rows[:1]).all(axis=0).any() or not scale.all():
        return NotEstimable(Reason.NO_VARIANCE)
    columns: Floats = centred / scale
    if columns.shape[1] and _least_share(columns) < _LEAST_SHARE:
        return NotEstimable(Reason.COLLINEAR)
    return columns, scale


def _least_share(columns: Floats) -> float:
    """The smallest eigenvalue of the correlations of the columns, as a share of the largest."""
    if len(columns) <= columns.shape[1]:
        return 0.0
    eigenvalues = np.linalg.eigvalsh(columns.T @ columns)
    return float(eigenvalues[0] / eigenvalues[-1])


@dataclass(frozen=True, slots=True, eq=False)
class _Slopes:
    """The score (p,) and the information (p, p) of the likelihood at some coefficients."""

    score: Floats
    information: Floats

    @property
    def step(self) -> Floats:
        """Newton's step."""
        onward: Floats = np.asarray(np.linalg.solve(self.information, self.score), dtype=np.float64)
        return onward

    @property
    def least_information(self) -> float:
        """The information in the direction that the deaths say least about."""
        return float(np.linalg.eigvalsh(self.information).min()) if len(self.score) else 1.0


@dataclass(frozen=True, slots=True, eq=False)
class _Maximum:
    coefficients: Floats
    information: Floats
    log_likelihood: float
    log_likelihood_null: float
    score_statistic: float


def _maximise(sets: RiskSets, columns: Floats) -> _Maximum | None:
    """The maximum over standardised columns, or None where none is found."""
    beta = np.zeros(columns.shape[1])
    at = null = evaluate(sets, columns @ beta)
    here = start = _slopes(sets, at, columns)
    last_reach = np.inf
    for _ in range(_ITERATIONS):
        if not here.least_information > _LEAST_INFORMATION * start.least_information:
            return None
        step = here.step
        reach = float((np.abs(step) / np.maximum(1.0, np.abs(beta))).max(initial=0.0))
        if reach <= TOLERANCE or _ROUNDING_REACH >= reach >= last_reach:
            return _Maximum(
                beta,
                here.information,
                at.log_likelihood,
                null.log_likelihood,
                float(start.score @ start.step),
            )
        last_reach = reach
        onward = _uphill(sets, columns, beta, step, at.log_likelihood)
        if onward is None:
            return None
        beta, at = onward
        here = _slopes(sets, at, columns)
    return None


def _slopes(sets: RiskSets, at: Evaluation, columns: Floats) -> _Slopes:
    means = means_at_risk(sets, at, columns)
    score: Floats = (columns[sets.deaths] - means).sum(axis=0)
    return _Slopes(score, information(sets, at, columns, means))


def _uphill(
    sets: RiskSets, columns: Floats, beta: Floats, step: Floats, log_likelihood: float
) -> tuple[Floats, Evaluation] | None:
    """The coefficients after the step, halved until the likelihood does not fall (rounding apart)."""
    for _ in range(_HALVINGS):
        at = evaluate(sets, columns @ (beta + step))
        if at.log_likelihood >= log_likelihood - 1e-10 * abs(log_likelihood):
            return beta + step, at
        step = step / 2
    return None
