"""Are two classifications independent: Pearson's chi-square test of an r × c table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import chdtrc

from inference.statistics.comparisons.contingency import ContingencyTable
from inference.statistics.outcomes import Floats
from inference.statistics.reasons import NotEstimable, Reason

EXPECTED_BELOW_FIVE: Final = "expected_below_five"
LEAST_EXPECTED: Final = 5.0
"""Below this in any cell the chi-square distribution fits badly (Cochran, Biometrics 1954; 10: 417–451)."""


@dataclass(frozen=True, slots=True, eq=False)
class ChiSquare:
    """The statistic, its degrees of freedom and upper tail, and the counts expected (r, c).

    Flagged ``expected_below_five`` where an expected count is below 5.
    """

    statistic: float
    degrees_of_freedom: int
    p_value: float
    expected: Floats
    is_corrected: bool
    flags: tuple[str, ...]

    @property
    def least_expected(self) -> float:
        """The smallest expected count."""
        return float(self.expected.min())


def chi_square(table: ContingencyTable, *, yates: bool = False) -> ChiSquare | NotEstimable:
    """Σ (observed − expected)²/expected on (r − 1)(c − 1) degrees of freedom.

    With ``yates`` each difference of a 2 × 2 table is first drawn by ½ towards 0, not past it; larger
    tables have no such correction.  Not estimable when a category holds nobody, or there is but one.

    Source: Pearson, Philos Mag 1900; 50: 157–175; Yates, J R Stat Soc Suppl 1934; 1: 217–235.
    """
    if not table.is_filled:
        return NotEstimable(Reason.EMPTY_GROUP)
    rows, columns = table.counts.shape
    is_corrected = yates and (rows, columns) == (2, 2)
    expected = table.expected
    difference = np.abs(table.counts - expected)
    if is_corrected:
        difference = difference - min(0.5, float(difference.min()))
    statistic = float((difference**2 / expected).sum())
    freedom = (rows - 1) * (columns - 1)
    flags = (EXPECTED_BELOW_FIVE,) if expected.min() < LEAST_EXPECTED else ()
    return ChiSquare(statistic, freedom, float(chdtrc(freedom, statistic)), expected, is_corrected, flags)
