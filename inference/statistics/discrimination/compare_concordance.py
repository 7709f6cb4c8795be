"""Does one score order the same patients better than another?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from numpy.typing import ArrayLike

from inference.statistics.discrimination.concordance import METHOD, NO_WIDTH, Concordance, concordance
from inference.statistics.estimate import LEVEL, Estimate, wald
from inference.statistics.outcomes import SurvivalData
from inference.statistics.reasons import NotEstimable, Reason


class ConcordanceMeasure(Protocol):
    """``concordance`` or ``uno_concordance``."""

    def __call__(
        self, data: SurvivalData, scores: ArrayLike, *, horizon: float | None = None, level: float = LEVEL
    ) -> Concordance | NotEstimable:
        """C of ``scores``, or why there is none."""


@dataclass(frozen=True, slots=True)
class ConcordanceComparison:
    """Two C-indices of the same patients, the first less the second, and the two-sided normal test of 0."""

    first: Estimate
    second: Estimate
    difference: Estimate
    z: float
    p_value: float


def compare_concordance(
    data: SurvivalData,
    first: ArrayLike,
    second: ArrayLike,
    *,
    measure: ConcordanceMeasure = concordance,
    horizon: float | None = None,
    level: float = LEVEL,
) -> ConcordanceComparison | NotEstimable:
    """Compare the scores ``first`` and ``second``, both (n,) and rising with risk, in paired fashion.

    The standard error is that of the patients' influences on the one C less those on the other.  Scores of
    the same order cannot be told apart: no variance.

    Source: Therneau and Watson, The concordance statistic and the Cox model, Mayo Clinic 2017, section 5.
    """
    one = measure(data, first, horizon=horizon, level=level)
    other = measure(data, second, horizon=horizon, level=level)
    if isinstance(one, NotEstimable):
        return one
    if isinstance(other, NotEstimable):
        return other
    apart = one.influence - other.influence
    standard_error = math.sqrt(float(apart @ apart))
    if standard_error < NO_WIDTH:
        return NotEstimable(Reason.NO_VARIANCE)
    gain = one.estimate.value - other.estimate.value
    z = gain / standard_error
    return ConcordanceComparison(
        one.estimate,
        other.estimate,
        wald(gain, standard_error, level=level, method=METHOD),
        z,
        math.erfc(abs(z) / math.sqrt(2)),
    )
