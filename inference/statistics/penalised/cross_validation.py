"""Which penalty foretells best the patients that were held out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from inference.statistics.design import Design
from inference.statistics.discrimination.concordance import concordance
from inference.statistics.outcomes import Bools, Floats, SurvivalData, class_column
from inference.statistics.penalised.folds import Folds, checked_folds
from inference.statistics.penalised.lambda_sequence import COUNT
from inference.statistics.penalised.lasso_cox import deviances, lasso_cox
from inference.statistics.penalised.lasso_logistic import lasso_logistic
from inference.statistics.penalised.path import LassoPath
from inference.statistics.reasons import NotEstimable, Reason

CoxMeasure = Literal["deviance", "deviance_ungrouped", "concordance"]
LogisticMeasure = Literal["deviance", "misclassification"]

_CERTAIN: Final = 1e-5
"""A held-out probability is held this far from 0 and 1, as glmnet does, so that its deviance is finite."""


@dataclass(frozen=True, slots=True, eq=False)
class CrossValidation:
    """A path over all rows, and how well each of its penalties did on rows that were held out.

    Attributes
    ----------
    path : fitted to all rows.
    measure : what ``mean`` is; lower is better but for the concordance.
    mean, standard_error : (k,) over the folds, weighted, one for each penalty of the path.
    index_min : of the penalty with the best mean, the largest of equals.
    index_1se : of the largest penalty within one standard error of the best.
    folds : how many folds could be judged.
    """

    path: LassoPath
    measure: str
    mean: Floats
    standard_error: Floats
    index_min: int
    index_1se: int
    folds: int

    @property
    def lambda_min(self) -> float:
        """The penalty with the best mean."""
        return float(self.path.lambdas[self.index_min])

    @property
    def lambda_1se(self) -> float:
        """The largest penalty whose mean is within one standard error of the best."""
        return float(self.path.lambdas[self.index_1se])


Judge = Callable[[Floats, Bools], tuple[Floats, float]]
"""From scores (n, k) of all rows by a model of the rows that are not held (n,): values (k,) and a weight."""


def cross_validate_lasso_cox(
    data: SurvivalData,
    design: Design,
    folds: ArrayLike,
    *,
    measure: CoxMeasure = "deviance",
    lambdas: ArrayLike | None = None,
    count: int = COUNT,
) -> CrossValidation | NotEstimable:
    """Judge the penalties of ``lasso_cox`` on each fold by models of the others, standardised there.

    ``folds`` (n,) are whole numbers; rows of one are held out together.  With dev = 2 (l_sat − log PL) and b
    fitted without fold k, ``deviance`` is [dev(all rows, b) − dev(rows not in k, b)] / events in k
    (van Houwelingen's, glmnet's ``grouped``), ``deviance_ungrouped`` is dev(rows in k, b) / events in k; both
    are weighted by the events.  ``concordance`` is Harrell's C within the fold, weighted by its rows; higher
    is better.  A fold without an event, or for C without a pair to compare, is left out; where a path breaks
    down before the last penalty, its last model stands for the rest.

    The standard error is √(weighted mean of (value − mean)² / (folds − 1)).  Source: van Houwelingen et al.,
    Stat Med 2006; 25: 3201–3216; R package glmnet 4.1, ``cv.glmnet``.

    Raises
    ------
    DataError
        When rows differ in number, or the folds are not whole numbers of at least two values.
    """
    held_in = checked_folds(folds, len(data))
    path = lasso_cox(data, design, lambdas=lambdas, count=count)
    if isinstance(path, NotEstimable):
        return path

    def fit(kept: Bools) -> LassoPath | NotEstimable:
        return lasso_cox(data.rows(kept), design.rows(kept), lambdas=path.lambdas)

    def judge(scores: Floats, held: Bools) -> tuple[Floats, float]:
        if measure == "concordance":
            return _concordances(data.rows(held), scores[held]), float(held.sum())
        events = float(data.event[held].sum())
        if not events:
            return np.full(scores.shape[1], np.nan), 0.0
        if measure == "deviance":
            kept = ~held
            return (deviances(data, scores) - deviances(data.rows(kept), scores[kept])) / events, events
        return deviances(data.rows(held), scores[held]) / events, events

    return _cross_validate(path, measure, design.matrix, held_in, fit, judge)


def cross_validate_lasso_logistic(
    is_positive: ArrayLike,
    design: Design,
    folds: ArrayLike,
    *,
    measure: LogisticMeasure = "deviance",
    lambdas: ArrayLike | None = None,
    count: int = COUNT,
) -> CrossValidation | NotEstimable:
    """Judge the penalties of ``lasso_logistic`` on each fold by models of the others, standardised there.

    ``deviance`` is the mean of −2 log p(own class) over the fold, p held within [1e-5, 1 − 1e-5];
    ``misclassification`` is the share on the wrong side of p = 0.5, which itself counts as negative.  Folds
    are weighted by their rows; the standard error is √(weighted mean of (value − mean)² / (folds − 1)).
    Source: R package glmnet 4.1, ``cv.glmnet``.

    Raises
    ------
    DataError
        When rows differ in number, or the folds are not whole numbers of at least two values.
    """
    positive = class_column(is_positive, "outcome")
    held_in = checked_folds(folds, len(positive))
    path = lasso_logistic(positive, design, lambdas=lambdas, count=count)
    if isinstance(path, NotEstimable):
        return path

    def fit(kept: Bools) -> LassoPath | NotEstimable:
        return lasso_logistic(positive[kept], design.rows(kept), lambdas=path.lambdas)

    def judge(scores: Floats, held: Bools) -> tuple[Floats, float]:
        probability, own = expit(scores[held]), positive[held][:, None]
        if measure == "misclassification":
            return ((probability > 0.5) != own).mean(axis=0), float(held.sum())
        likely = np.clip(np.where(own, probability, 1 - probability), _CERTAIN, 1 - _CERTAIN)
        return -2 * np.log(likely).mean(axis=0), float(held.sum())

    return _cross_validate(path, measure, design.matrix, held_in, fit, judge)


def _cross_validate(
    path: LassoPath,
    measure: str,
    matrix: Floats,
    folds: Folds,
    fit: Callable[[Bools], LassoPath | NotEstimable],
    judge: Judge,
) -> CrossValidation | NotEstimable:
    values, weights = [], []
    for fold in np.unique(folds):
        held = folds == fold
        fitted = fit(~held)
        if isinstance(fitted, NotEstimable):
            return fitted
        scores = fitted.scores(matrix)
        missing = len(path.lambdas) - scores.shape[1]
        value, weight = judge(np.pad(scores, ((0, 0), (0, missing)), mode="edge"), held)
        if np.isfinite(value).all():
            values.append(value)
            weights.append(weight)
    if len(values) < 2:
        return NotEstimable(Reason.TOO_FEW_FOLDS)
    mean = np.average(values, axis=0, weights=weights)
    spread = np.average((np.array(values) - mean) ** 2, axis=0, weights=weights)
    standard_error = np.sqrt(spread / (len(values) - 1))
    loss = -mean if measure == "concordance" else mean
    best = int(np.argmin(loss))
    within = int(np.argmax(loss <= loss[best] + standard_error[best]))
    return CrossValidation(path, measure, mean, standard_error, best, within, len(values))


def _concordances(data: SurvivalData, scores: Floats) -> Floats:
    """C of each column of ``scores`` (n, k), one half where all scores are equal; NaN without a pair."""
    if isinstance(concordance(data, np.arange(len(data))), NotEstimable):
        return np.full(scores.shape[1], np.nan)
    found = [concordance(data, column) for column in scores.T]
    return np.array([0.5 if isinstance(one, NotEstimable) else one.estimate.value for one in found])
