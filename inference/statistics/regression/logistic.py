"""Logistic regression by maximum likelihood, and whether the data allow one at all."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from inference.statistics.cautions import judge_events
from inference.statistics.design import Design, Term
from inference.statistics.estimate import LEVEL, Estimate
from inference.statistics.outcomes import Bools, Floats, class_column, finite_matrix, same_length
from inference.statistics.reasons import NotEstimable, Reason
from inference.statistics.regression.chi_square_test import ChiSquareTest, chi_square_test
from inference.statistics.regression.wald_inference import wald_coefficient, wald_p_value, wald_ratio

INTERCEPT: Final = "(Intercept)"
"""Name of the first column, as R calls it."""

_TOLERANCE: Final = 1e-10
_MOST_STEPS: Final = 100
_SUSPECT: Final = 10.0
"""A linear predictor beyond it, or no convergence, asks whether the classes are separated."""


@dataclass(frozen=True, slots=True, eq=False)
class LogisticFit:
    """log odds of the positive class = coefficients · (1, columns); a higher value points to the positive.

    Attributes
    ----------
    terms : of the design, without the intercept.
    coefficients : (p + 1,) the intercept, then the log odds ratio for one unit of each column.
    covariance : (p + 1, p + 1) inverse of the observed information.
    log_likelihood, log_likelihood_null : of this fit and of the intercept alone.
    count, positives : rows, and how many of them are positive.
    """

    terms: tuple[Term, ...]
    coefficients: Floats
    covariance: Floats
    log_likelihood: float
    log_likelihood_null: float
    count: int
    positives: int

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the p + 1 columns, the intercept first."""
        return (INTERCEPT, *(column for term in self.terms for column in term.columns))

    @property
    def standard_errors(self) -> Floats:
        """Standard errors of the coefficients: (p + 1,)."""
        errors: Floats = np.sqrt(np.diag(self.covariance))
        return errors

    @property
    def deviance(self) -> float:
        """−2 log likelihood: single outcomes leave the saturated model none."""
        return -2 * self.log_likelihood

    @property
    def null_deviance(self) -> float:
        """−2 log likelihood of the intercept alone."""
        return -2 * self.log_likelihood_null

    @property
    def aic(self) -> float:
        """−2 log likelihood + 2 (p + 1)."""
        return self.deviance + 2 * len(self.coefficients)

    @property
    def flags(self) -> tuple[str, ...]:
        """Cautions that belong to every number of this fit; events are those of the rarer class."""
        events = min(self.positives, self.count - self.positives)
        caution = judge_events(events, len(self.coefficients) - 1)
        return () if caution is None else (caution.code.value,)

    @property
    def likelihood_ratio_test(self) -> ChiSquareTest:
        """All coefficients but the intercept against 0, by the fall in deviance."""
        return chi_square_test(self.null_deviance - self.deviance, len(self.coefficients) - 1)

    def coefficient(self, column: str, *, level: float = LEVEL) -> Estimate:
        """The log odds ratio with its Wald interval."""
        return wald_coefficient(*self._column(column), self.flags, level=level)

    def odds_ratio(self, column: str, *, level: float = LEVEL) -> Estimate | NotEstimable:
        """Odds ratio for one unit of the column; above 1 points to the positive; Wald, on the log scale.

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

    def linear_predictor(self, matrix: ArrayLike) -> Floats:
        """Log odds (n,) of rows (n, p) without intercept."""
        rows = finite_matrix(matrix, "matrix")
        log_odds: Floats = self.coefficients[0] + rows @ self.coefficients[1:]
        return log_odds

    def probability(self, matrix: ArrayLike) -> Floats:
        """Probability (n,) of the positive class for rows (n, p) without intercept."""
        probabilities: Floats = expit(self.linear_predictor(matrix))
        return probabilities


def fit_logistic(is_positive: ArrayLike, design: Design) -> LogisticFit | NotEstimable:
    """Maximum likelihood by Newton's method until no coefficient moves by more than 1e-10.

    ``is_positive`` (n,) is 0/1 or Boolean; an intercept is added.  Equal to R's ``glm(family = binomial)``.
    Where the likelihood has no finite maximum, because some combination of columns separates the classes
    completely or up to ties (Albert and Anderson, Biometrika 1984; 71: 1–10), there is no fit.

    Raises
    ------
    DataError
        When outcome and design differ in length or a value is not finite.
    """
    positive = class_column(is_positive, "outcome")
    matrix = finite_matrix(design.matrix, "matrix")
    same_length(("outcome", "matrix"), positive, matrix)
    if len(positive) < 3:
        return NotEstimable(Reason.TOO_FEW_ROWS)
    if positive.all() or not positive.any():
        return NotEstimable(Reason.ONE_CLASS)
    columns = np.column_stack([np.ones(len(matrix)), matrix])
    if is_collinear(columns):
        return NotEstimable(Reason.COLLINEAR)
    return _newton(positive, columns, design.terms)


def is_collinear(columns: Floats) -> bool:
    """Whether a column of (n, p) is, up to rounding, a combination of the others; so where p > n."""
    length = np.linalg.norm(columns, axis=0)
    return bool((length == 0).any() or np.linalg.matrix_rank(columns / length, tol=1e-9) < columns.shape[1])


def is_separated(positive: Bools, columns: Floats) -> bool:
    """Whether some b has sign · columns b ≥ 0 in all rows and > 0 in one; sign is +1 for positive rows.

    Then the likelihood rises along b without end.  Decided by a linear programme: maximise
    Σ sign · columns b over |b| ≤ 1 (Konis, PhD thesis, University of Oxford 2007).
    """
    from scipy.optimize import linprog

    scaled = columns / np.abs(columns).max(axis=0)
    signed = np.where(positive, 1.0, -1.0)[:, None] * scaled
    found = linprog(-signed.sum(axis=0), A_ub=-signed, b_ub=np.zeros(len(signed)), bounds=(-1, 1))
    return found.status == 0 and -float(found.fun) > 1e-6


def _newton(positive: Bools, columns: Floats, terms: tuple[Term, ...]) -> LogisticFit | NotEstimable:
    from statsmodels.discrete.discrete_model import Logit

    scale = np.abs(columns).max(axis=0)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            fitted = Logit(positive.astype(np.float64), columns / scale).fit(
                method="newton", maxiter=_MOST_STEPS, tol=_TOLERANCE, disp=False
            )
            coefficients = np.asarray(fitted.params, dtype=np.float64)
            covariance = np.asarray(fitted.cov_params(), dtype=np.float64)
            converged = bool(fitted.mle_retvals["converged"]) and bool(np.isfinite(covariance).all())
        except np.linalg.LinAlgError:
            converged = False
    if not converged or np.abs(columns / scale @ coefficients).max() > _SUSPECT:
        if is_separated(positive, columns):
            return NotEstimable(Reason.SEPARATION)
        if not converged:
            return NotEstimable(Reason.DID_NOT_CONVERGE)
    share = positive.mean()
    null = float(len(positive) * (share * np.log(share) + (1 - share) * np.log1p(-share)))
    return LogisticFit(
        terms,
        coefficients / scale,
        covariance / np.outer(scale, scale),
        float(fitted.llf),
        null,
        len(positive),
        int(positive.sum()),
    )
