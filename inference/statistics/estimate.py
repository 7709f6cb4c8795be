"""A number with its uncertainty: what every statistic that has an interval returns."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

LEVEL: Final = 0.95
"""Confidence level wherever none is named."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A finite value, its standard error and confidence interval where there are any.

    ``method`` names how the interval was made (catalogue: ``statistics.method.<method>``); ``flags`` are
    cautions that belong to this very number (catalogue: ``statistics.flag.<flag>``).
    """

    value: float
    standard_error: float | None = None
    lower: float | None = None
    upper: float | None = None
    level: float = LEVEL
    method: str = ""
    flags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        numbers = (self.value, self.standard_error, self.lower, self.upper)
        if not all(number is None or math.isfinite(number) for number in numbers):
            raise ValueError("an estimate is finite; what is not estimable says so")

    @property
    def interval(self) -> tuple[float, float] | None:
        """Both limits, or None where one is missing."""
        return None if self.lower is None or self.upper is None else (self.lower, self.upper)


def normal_quantile(level: float = LEVEL) -> float:
    """The two-sided standard normal quantile: 1.959963984540054 at level 0.95."""
    return NormalDist().inv_cdf(0.5 + level / 2)


def wald(value: float, standard_error: float, *, level: float = LEVEL, method: str = "wald") -> Estimate:
    """``value`` ± z · ``standard_error``, not truncated."""
    reach = normal_quantile(level) * standard_error
    return Estimate(value, standard_error, value - reach, value + reach, level, method)
