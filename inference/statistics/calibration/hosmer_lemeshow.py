"""The Hosmer–Lemeshow test: predicted against observed counts in groups of predicted risk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from inference.statistics.calibration.groups import quantile_groups
from inference.statistics.outcomes import ClassData, Floats, probability_column
from inference.statistics.reasons import NotEstimable, Reason

LEAST_EXPECTED: Final = 5.0
"""Below this many expected positives or negatives in a group, chi-square does not hold."""


@dataclass(frozen=True, slots=True, eq=False)
class HosmerLemeshow:
    """The table by group, risk ascending; ``observed`` and ``expected`` (g,) count positives.

    ``nominal_p_value`` refers ``chi_square`` to its distribution whatever the counts; ``p_value`` does so
    only where every group expects at least 5 positives and 5 negatives: it is the one to report.
    """

    count: NDArray[np.int64]
    observed: NDArray[np.int64]
    expected: Floats
    chi_square: float | NotEstimable
    degrees_of_freedom: int
    nominal_p_value: float | NotEstimable
    p_value: float | NotEstimable


def hosmer_lemeshow(
    data: ClassData, *, was_fitted_here: bool, groups: int = 10
) -> HosmerLemeshow | NotEstimable:
    """Test the predicted probabilities ``data.scores`` against the outcome.

    Groups lie between the distinct quantiles 0, 1/g, … 1 (definition 7), a value on a break belongs below
    it; ties can leave fewer groups.  With G groups that have patients there are G − 2 degrees of freedom
    where the model was fitted to these very data, and G where it is validated on others.
    A group that expects nobody, or everybody, has no statistic.  A large P is no proof of calibration, least
    of all in a small sample.
    Source: Hosmer and Lemeshow, Commun Stat Theory Methods 1980; 9: 1043–1069; the groups and the degrees of
    freedom are those of ``hoslem.test`` of the R package ResourceSelection.

    Raises
    ------
    DataError
        When a score is not between 0 and 1.
    """
    predicted = probability_column(data.scores, "probability")
    if not len(data):
        return NotEstimable(Reason.TOO_FEW_ROWS)
    if (predicted == predicted[0]).all():
        return NotEstimable(Reason.CONSTANT_SCORES)
    grouped = quantile_groups(predicted, groups)
    size = len(grouped.breaks) - 1
    count = np.bincount(grouped.member, minlength=size)
    observed = np.bincount(grouped.member, weights=data.is_positive, minlength=size).astype(np.int64)
    expected = np.bincount(grouped.member, weights=predicted, minlength=size).astype(np.float64)
    degrees = int((count > 0).sum()) - (2 if was_fitted_here else 0)
    chi_square = _chi_square(count, observed, expected)
    nominal = _p_value(chi_square, degrees)
    is_enough = min(expected.min(), (count - expected).min()) >= LEAST_EXPECTED
    verdict = nominal if is_enough else NotEstimable(Reason.EXPECTED_TOO_FEW)
    return HosmerLemeshow(count, observed, expected, chi_square, degrees, nominal, verdict)


def _chi_square(
    count: NDArray[np.int64], observed: NDArray[np.int64], expected: Floats
) -> float | NotEstimable:
    """Summed over positives and negatives."""
    spare = count - expected
    if min(expected.min(), spare.min()) <= 0:
        return NotEstimable(Reason.EXPECTED_TOO_FEW)
    apart = (observed - expected) ** 2
    return float((apart / expected + apart / spare).sum())


def _p_value(chi_square: float | NotEstimable, degrees: int) -> float | NotEstimable:
    if isinstance(chi_square, NotEstimable):
        return chi_square
    if degrees < 1:
        return NotEstimable(Reason.TOO_FEW_GROUPS)
    return float(chdtrc(degrees, chi_square))
