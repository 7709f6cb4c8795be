"""How far predicted probabilities of a class lie from what happened: Brier score and log loss."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from inference.statistics.estimate import LEVEL, Estimate, normal_quantile
from inference.statistics.outcomes import ClassData, Floats, probability_column
from inference.statistics.reasons import NotEstimable, Reason


@dataclass(frozen=True, slots=True)
class BrierScore:
    """``brier`` and ``log_loss`` are 0 at best; ``scaled`` is 1 at best, 0 for predicting the prevalence."""

    brier: Estimate
    scaled: Estimate | NotEstimable
    log_loss: Estimate | NotEstimable


def brier_score(data: ClassData, *, level: float = LEVEL) -> BrierScore | NotEstimable:
    """Score the predicted probabilities ``data.scores`` of the positive class.

    Brier: mean of (p − y)².  Scaled: 1 − Brier / (q (1 − q)) with q the prevalence here, negative where the
    prediction is worse than q for everybody; not estimable in one class.  Log loss: mean of −log of the
    probability given to what happened; not estimable where a prediction is exactly 0 or 1.
    Intervals are Wald's from the patients' contributions (influence), cut to the range; one patient has none.
    Source: Brier, Mon Weather Rev 1950; 78: 1–3; Steyerberg et al., Epidemiology 2010; 21: 128–138.

    Raises
    ------
    DataError
        When a score is not between 0 and 1.
    """
    predicted = probability_column(data.scores, "probability")
    if not len(data):
        return NotEstimable(Reason.TOO_FEW_ROWS)
    happened = data.is_positive.astype(np.float64)
    squares = (predicted - happened) ** 2
    brier = _mean(squares, level, lowest=0.0, highest=1.0)
    return BrierScore(brier, _scaled(squares, happened, level), _log_loss(predicted, happened, level))


def _scaled(squares: Floats, happened: Floats, level: float) -> Estimate | NotEstimable:
    share, brier = happened.mean(), squares.mean()
    reference = share * (1 - share)
    if reference == 0:
        return NotEstimable(Reason.ONE_CLASS)
    pull = brier * (1 - 2 * share) / reference**2 * (happened - share) - (squares - brier) / reference
    return _mean(1 - brier / reference + pull, level, lowest=-math.inf, highest=1.0)


def _log_loss(predicted: Floats, happened: Floats, level: float) -> Estimate | NotEstimable:
    if ((predicted == 0) | (predicted == 1)).any():
        return NotEstimable(Reason.CERTAIN_PREDICTION)
    losses = -np.where(happened == 1, np.log(predicted), np.log1p(-predicted))
    return _mean(losses, level, lowest=0.0, highest=math.inf)


def _mean(contributions: Floats, level: float, *, lowest: float, highest: float) -> Estimate:
    value, count = float(contributions.mean()), contributions.size
    if count < 2:
        return Estimate(value, level=level, method="influence")
    error = float(contributions.std(ddof=1)) / math.sqrt(count)
    reach = normal_quantile(level) * error
    low, high = max(lowest, value - reach), min(highest, value + reach)
    return Estimate(value, error, low, high, level, "influence")
