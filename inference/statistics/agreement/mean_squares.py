"""Analysis of variance of ratings: mean squares of subjects, raters and what is left, feature by feature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from inference.statistics.outcomes import Floats
from inference.statistics.reasons import DataError, Fault

_ROUNDING: Final = 16 * float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True, eq=False)
class MeanSquares:
    """Mean squares of ratings of ``subjects`` × ``raters`` by feature, all arrays (features,).

    ``between`` is of subjects (subjects − 1 degrees of freedom), ``raters_effect`` of raters (raters − 1),
    ``within`` of ratings about their subject's mean (subjects · (raters − 1)), ``error`` of what neither
    subject nor rater explains ((subjects − 1)(raters − 1)).  What rounding alone can make is 0.
    """

    subjects: int
    raters: int
    between: Floats
    within: Floats
    raters_effect: Floats
    error: Floats


def rating_array(ratings: ArrayLike) -> Floats:
    """``ratings`` as float64 (features, subjects, raters).

    Raises
    ------
    DataError
        When a rating is missing or infinite; the feature and the subject (from 1) are named.
    """
    array = np.asarray(ratings, dtype=np.float64)
    if array.ndim != 3:
        raise ValueError("ratings are (features, subjects, raters)")
    wrong = np.argwhere(~np.isfinite(array))
    if wrong.size:
        feature, subject, rater = (int(index) + 1 for index in wrong[0])
        raise DataError(Fault.NOT_FINITE, field=f"feature {feature}, rater {rater}", row=subject)
    return array


def mean_squares(ratings: Floats) -> MeanSquares:
    """Mean squares of (features, subjects, raters), at least two subjects and two raters."""
    _, n, k = ratings.shape
    grand = ratings.mean(axis=(1, 2), keepdims=True)
    subject = ratings.mean(axis=2, keepdims=True)
    rater = ratings.mean(axis=1, keepdims=True)
    rounding = (_ROUNDING * np.abs(ratings).max(axis=(1, 2), initial=0.0)) ** 2

    def cleared(squares: Floats, freedom: int) -> Floats:
        mean: Floats = squares / freedom
        return np.where(mean <= rounding * n * k, 0.0, mean)

    return MeanSquares(
        subjects=n,
        raters=k,
        between=cleared(k * ((subject - grand) ** 2).sum(axis=(1, 2)), n - 1),
        within=cleared(((ratings - subject) ** 2).sum(axis=(1, 2)), n * (k - 1)),
        raters_effect=cleared(n * ((rater - grand) ** 2).sum(axis=(1, 2)), k - 1),
        error=cleared(((ratings - subject - rater + grand) ** 2).sum(axis=(1, 2)), (n - 1) * (k - 1)),
    )
