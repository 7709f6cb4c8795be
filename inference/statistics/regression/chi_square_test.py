"""A statistic that is chi-square under the null hypothesis: of Wald, likelihood-ratio and score tests."""

from __future__ import annotations

from dataclasses import dataclass

from scipy.special import chdtrc


@dataclass(frozen=True, slots=True)
class ChiSquareTest:
    """A statistic ≥ 0, its degrees of freedom and the upper tail; without degrees of freedom P is 1."""

    statistic: float
    degrees_of_freedom: int
    p_value: float


def chi_square_test(statistic: float, degrees_of_freedom: int) -> ChiSquareTest:
    """Refer ``statistic`` to the chi-square distribution; rounding below 0 counts as 0."""
    value = max(float(statistic), 0.0)
    p_value = float(chdtrc(degrees_of_freedom, value)) if degrees_of_freedom else 1.0
    return ChiSquareTest(value, degrees_of_freedom, p_value)
