"""The bootstrap of any statistic, by patient: intervals, and the resamples that gave no number, counted."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from inference.statistics.estimate import LEVEL, Estimate
from inference.statistics.outcomes import Floats
from inference.statistics.reasons import NotEstimable, Reason
from inference.statistics.resampling.patients import Rows, resample, rows_by_patient

DRAWS: Final = 1000
"""Resamples wherever no number is named."""

Answer = float | Estimate | NotEstimable
Statistic = Callable[[Rows], Answer]
Failures = tuple[tuple[Reason, int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Bootstrap:
    """``observed`` on the data, ``values`` (m,) on the resamples that gave a number, and why others did not.

    ``failures`` lists reasons with their counts, most frequent first; m and these add up to the draws.
    """

    observed: float
    values: Floats
    failures: Failures

    @property
    def draws(self) -> int:
        """Resamples drawn."""
        return len(self.values) + self.failed

    @property
    def failed(self) -> int:
        """Resamples that gave no number."""
        return sum(count for _, count in self.failures)

    def percentile(self, level: float = LEVEL) -> Estimate | NotEstimable:
        """The interval between the outer quantiles of the values.

        The quantile at p is the (m + 1)p-th smallest value, interpolated; an interval that would reach
        beyond the values, below 39 of them at level 0.95, is not estimable.  Equal values give no interval.
        Source: Davison and Hinkley, Bootstrap Methods and their Application, 1997, section 5.2–5.3.
        """
        return self._interval(level, "bootstrap")

    def basic(self, level: float = LEVEL) -> Estimate | NotEstimable:
        """The percentile interval mirrored at the observed value, which corrects a bias once.

        Not truncated: it may leave the range of the statistic.  Source: as for ``percentile``.
        """
        return self._interval(level, "bootstrap_basic")

    def _interval(self, level: float, method: str) -> Estimate | NotEstimable:
        tail = (1 - level) / 2
        if (len(self.values) + 1) * tail < 1 - 1e-9:
            return NotEstimable(Reason.TOO_FEW_RESAMPLES)
        low, high = np.quantile(self.values, [tail, 1 - tail], method="weibull")
        if method == "bootstrap_basic":
            low, high = 2 * self.observed - high, 2 * self.observed - low
        flags = ("failed_resamples",) if self.failed else ()
        if np.ptp(self.values) == 0:
            return Estimate(self.observed, 0.0, level=level, method=method, flags=(*flags, "no_width"))
        deviation = float(self.values.std(ddof=1))
        return Estimate(self.observed, deviation, float(low), float(high), level, method, flags)


def bootstrap(
    count: int,
    statistic: Statistic,
    *,
    generator: np.random.Generator,
    draws: int = DRAWS,
    patients: Sequence[Hashable] | None = None,
) -> Bootstrap | NotEstimable:
    """Compute ``statistic`` of rows 0..count−1 on the data and on ``draws`` resamples of patients.

    ``statistic`` takes row indices, repeats included; ``patients`` (count,) says whose each row is.  Not
    estimable where the statistic is not on the data themselves.
    Source: Efron, Ann Stat 1979; 7: 1–26; clusters: Davison and Hinkley 1997, section 3.8.
    """
    groups = rows_by_patient(count, patients)
    observed = number_of(statistic(np.arange(count)))
    if isinstance(observed, NotEstimable):
        return observed
    answers = [number_of(statistic(resample(groups, generator))) for _ in range(draws)]
    return Bootstrap(observed, *sorted_out(answers))


def number_of(answer: Answer) -> float | NotEstimable:
    """The bare number of an answer, where there is one; a float that is no number is a defect, and raised."""
    if isinstance(answer, NotEstimable):
        return answer
    number = answer.value if isinstance(answer, Estimate) else float(answer)
    if not math.isfinite(number):
        raise ValueError("a statistic without a number gives a reason in its place")
    return number


def sorted_out(answers: Sequence[float | NotEstimable]) -> tuple[Floats, Failures]:
    """The numbers among ``answers``, and the reasons of the others with their counts."""
    numbers = np.array([answer for answer in answers if not isinstance(answer, NotEstimable)], np.float64)
    numbers.flags.writeable = False
    reasons = Counter(answer.reason for answer in answers if isinstance(answer, NotEstimable))
    return numbers, tuple(reasons.most_common())
