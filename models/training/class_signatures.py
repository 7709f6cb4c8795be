"""Regressions of a class on chosen columns and patients of a cohort; where there is no fit, the run ends."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inference.statistics.outcomes import Bools
from inference.statistics.reasons import NotEstimable
from inference.statistics.regression.logistic import fit_logistic
from models.training.coded_factors import Coded
from models.training.engine.failures import NoFitError
from models.training.linear_score import LinearScore
from models.training.signatures import PenaltyRule, lasso_then_logistic


def selected_signature(
    model: str,
    table: Coded,
    names: Sequence[str],
    is_positive: Bools,
    positions: NDArray[np.intp],
    *,
    rng: np.random.Generator,
    rule: PenaltyRule,
) -> LinearScore:
    """LASSO selects among ``names``, a logistic regression on what it selected gives the weights.

    Where it selects nothing, every patient has the share of positive ones.

    Raises
    ------
    NoFitError
        Naming ``model``.
    """
    fitted = lasso_then_logistic(is_positive[positions], table.design(names, positions), rng, rule=rule)
    if isinstance(fitted, NotEstimable):
        raise NoFitError(model, fitted)
    return fitted.score


def logistic_signature(
    model: str, table: Coded, names: Sequence[str], is_positive: Bools, positions: NDArray[np.intp]
) -> LinearScore:
    """Logistic regression on ``names``.

    Raises
    ------
    NoFitError
        Naming ``model``.
    """
    fit = fit_logistic(is_positive[positions], table.design(names, positions))
    if isinstance(fit, NotEstimable):
        raise NoFitError(model, fit)
    weights = dict(zip(names, map(float, fit.coefficients[1:]), strict=True))
    return LinearScore("logit", float(fit.coefficients[0]), weights)
