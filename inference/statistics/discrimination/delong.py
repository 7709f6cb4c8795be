"""The area under the ROC curve (AUC) with DeLong's variance, and the paired comparison of two areas.

The area is the Mann–Whitney probability that a positive scores higher than a negative, ties one half.
Source: DeLong, DeLong and Clarke-Pearson, Biometrics 1988; 44: 837–845.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike

from inference.statistics.discrimination.placements import (
    SMALL_CLASS,
    by_class,
    no_area,
    split_by_class,
    structural_components,
)
from inference.statistics.estimate import LEVEL, Estimate, normal_quantile, wald
from inference.statistics.outcomes import ClassData, Floats, class_column, finite_column
from inference.statistics.reasons import NotEstimable, Reason

Scale = Literal["plain", "logit"]

SAME: Final = 1e-12
"""Placements that differ by less differ by rounding: their steps are 1 / (2 n)."""


@dataclass(frozen=True, slots=True)
class Auc:
    """Area under the ROC curve, its standard error, and the counts behind it."""

    value: float
    standard_error: float
    positives: int
    negatives: int

    def interval(self, level: float = LEVEL) -> tuple[float, float] | None:
        """Confidence interval on the logit scale, which stays inside (0, 1).

        None where the classes do not overlap at all: the standard error is then 0 and says nothing.
        """
        if self.value in (0.0, 1.0) or self.standard_error == 0.0:
            return None
        reach = normal_quantile(level) * self.standard_error / (self.value * (1 - self.value))
        centre = math.log(self.value / (1 - self.value))
        low, high = (1 / (1 + math.exp(-(centre + sign * reach))) for sign in (-1, 1))
        return low, high


@dataclass(frozen=True, slots=True)
class PairedAuc:
    """Two scores of the same patients: both areas and ``difference`` = first − second (Wald interval)."""

    first: Estimate
    second: Estimate
    difference: Estimate
    covariance: float
    z: float
    p_value: float


def auc(scores: ArrayLike, is_positive: ArrayLike) -> Auc:
    """The area for a caller who knows that both classes are there; a class of one adds no variance.

    Raises
    ------
    ValueError
        When a class is absent or a score is not finite.
    """
    positive, negative = split_by_class(scores, is_positive)
    wins, losses = structural_components(positive, negative)
    variance = _variance(wins) / positive.size + _variance(losses) / negative.size
    return Auc(float(wins.mean()), math.sqrt(variance), positive.size, negative.size)


def delong_auc(data: ClassData, *, scale: Scale = "plain", level: float = LEVEL) -> Estimate | NotEstimable:
    """AUC with DeLong's interval, whatever the size of the classes.

    ``plain`` is AUC ± z · se cut to [0, 1], as pROC gives it (method ``delong``); ``logit`` is symmetrical on
    the logit scale and stays inside (method ``logit``).  There are no limits where the classes do not overlap
    (flag ``complete_separation``) and neither limits nor error where a class has one member.
    ``area_under_curve`` chooses an interval that holds there too.
    """
    if (reason := no_area(data)) is not None:
        return reason
    positive, negative = by_class(data)
    area = auc(data.scores, data.is_positive)
    method = "delong" if scale == "plain" else "logit"
    if min(positive.size, negative.size) < 2:
        return Estimate(area.value, level=level, method=method, flags=("small_class",))
    if area.value in (0.0, 1.0):
        return Estimate(area.value, level=level, method=method, flags=("complete_separation",))
    if scale == "logit":
        low, high = area.interval(level) or (None, None)
    else:
        reach = normal_quantile(level) * area.standard_error
        low, high = max(0.0, area.value - reach), min(1.0, area.value + reach)
    return Estimate(area.value, area.standard_error, low, high, level, method)


def compare_aucs(
    first: ArrayLike,
    second: ArrayLike,
    is_positive: ArrayLike,
    *,
    level: float = LEVEL,
    out_of_fold: bool = False,
) -> PairedAuc | NotEstimable:
    """DeLong's paired test of two scores of the same patients, in the same order.

    ``out_of_fold`` says that scores come from the folds of a cross-validation, each by the model that left
    the patient out: such scores depend on each other and the test is too bold.  The flags of the difference
    say so; and they say where a class has fewer than 10, or where a score separates the classes.
    """
    marked = class_column(is_positive, "outcome")
    one = ClassData(finite_column(first, "score"), marked)
    other = ClassData(finite_column(second, "score"), marked)
    area, other_area = delong_auc(one, level=level), delong_auc(other, level=level)
    if isinstance(area, NotEstimable):
        return area
    if isinstance(other_area, NotEstimable):
        return other_area
    components = [structural_components(*by_class(data)) for data in (one, other)]
    (wins, losses), (other_wins, other_losses) = components
    if min(wins.size, losses.size) < 2:
        return NotEstimable(Reason.TOO_FEW_ROWS)
    if max(np.ptp(wins - other_wins), np.ptp(losses - other_losses)) < SAME:
        return NotEstimable(Reason.NO_VARIANCE)
    variance = _variance(wins - other_wins) / wins.size + _variance(losses - other_losses) / losses.size
    covariance = np.cov(wins, other_wins)[0, 1] / wins.size + np.cov(losses, other_losses)[0, 1] / losses.size
    difference = wald(area.value - other_area.value, math.sqrt(variance), level=level, method="delong")
    z = difference.value / math.sqrt(variance)
    flags = [
        ("complete_separation", {area.value, other_area.value} & {0.0, 1.0}),
        ("small_class", min(wins.size, losses.size) < SMALL_CLASS),
        ("dependent_fold_scores", out_of_fold),
    ]
    difference = replace(difference, flags=tuple(flag for flag, is_so in flags if is_so))
    return PairedAuc(area, other_area, difference, float(covariance), z, two_sided(z))


def two_sided(z: float) -> float:
    """P of a standard normal statistic, both tails; exact far out as well."""
    return math.erfc(abs(z) / math.sqrt(2))


def _variance(values: Floats) -> float:
    return float(values.var(ddof=1)) if values.size > 1 else 0.0
