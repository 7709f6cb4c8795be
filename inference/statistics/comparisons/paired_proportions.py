"""Two rates side by side: of the same patients (McNemar, Newcombe), or as if of two samples (Pearson).

A judgement is a success or a failure for each patient.  Rates of the same patients are paired; a test that
takes them for independent samples answers another question and is named so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from inference.statistics.comparisons.chi_square import ChiSquare, chi_square
from inference.statistics.comparisons.contingency import ContingencyTable
from inference.statistics.estimate import LEVEL, Estimate
from inference.statistics.proportion import wilson_interval
from inference.statistics.reasons import DataError, Fault, NotEstimable, Reason

ASSUMES_INDEPENDENCE: Final = "assumes_independence"
FEW_DISCORDANT: Final = "few_discordant"
_LEAST_DISCORDANT: Final = 10


@dataclass(frozen=True, slots=True)
class PairedCounts:
    """Patients by two judgements of each: success in both, in one alone, in neither."""

    both: int
    first_only: int
    second_only: int
    neither: int

    def __post_init__(self) -> None:
        for name in ("both", "first_only", "second_only", "neither"):
            if getattr(self, name) < 0:
                raise DataError(Fault.OUT_OF_RANGE, field=name, row=1, allowed="≥ 0")

    @property
    def total(self) -> int:
        """All patients."""
        return self.both + self.discordant + self.neither

    @property
    def discordant(self) -> int:
        """Patients on whom the judgements differ."""
        return self.first_only + self.second_only


@dataclass(frozen=True, slots=True)
class McNemar:
    """Exact McNemar test: two-sided P from the discordant patients alone."""

    first_only: int
    second_only: int
    total: int
    p_value: float
    flags: tuple[str, ...] = ()


def rate(successes: int, count: int, *, level: float = LEVEL) -> Estimate | NotEstimable:
    """``successes`` of ``count`` with Wilson's interval; not estimable when nobody was judged."""
    if count == 0:
        return NotEstimable(Reason.NOBODY_JUDGED)
    lower, upper = wilson_interval(successes, count, level)
    return Estimate(successes / count, None, lower, upper, level, "wilson")


def mcnemar_exact(counts: PairedCounts) -> McNemar | NotEstimable:
    """Twice the binomial probability of at most the smaller discordant count at ½, at most 1.

    Source: McNemar, Psychometrika 1947; 12: 153–157, in its exact conditional form.  Without a discordant
    patient the data say nothing about a difference.
    """
    from scipy.special import bdtr

    if counts.total == 0:
        return NotEstimable(Reason.NOBODY_JUDGED)
    if counts.discordant == 0:
        return NotEstimable(Reason.NOBODY_DISCORDANT)
    smaller = min(counts.first_only, counts.second_only)
    p_value = min(1.0, 2.0 * float(bdtr(smaller, counts.discordant, 0.5)))
    flags = (FEW_DISCORDANT,) if counts.discordant < _LEAST_DISCORDANT else ()
    return McNemar(counts.first_only, counts.second_only, counts.total, p_value, flags)


def paired_difference(counts: PairedCounts, *, level: float = LEVEL) -> Estimate | NotEstimable:
    """Success rate of the second judgement minus that of the first, of the same patients.

    Newcombe's square-and-add interval from the two Wilson intervals and their correlation, corrected for
    continuity.  Source: Newcombe, Stat Med 1998; 17: 2635–2650, method 10.
    """
    n = counts.total
    if n == 0:
        return NotEstimable(Reason.NOBODY_JUDGED)
    first, second = counts.both + counts.first_only, counts.both + counts.second_only
    p1, p2 = first / n, second / n
    l1, u1 = wilson_interval(first, n, level)
    l2, u2 = wilson_interval(second, n, level)
    phi = _correlation(counts)
    below = _reach(p2 - l2, u1 - p1, phi)
    above = _reach(u2 - p2, p1 - l1, phi)
    value = p2 - p1
    return Estimate(value, None, max(-1.0, value - below), min(1.0, value + above), level, "newcombe_paired")


def unpaired_chi_square(first: tuple[int, int], second: tuple[int, int]) -> ChiSquare | NotEstimable:
    """Compare (successes, failures) of two groups as if they were independent samples, and flag that.

    Without Yates's correction; see ``chi_square``.
    """
    if 0 in (sum(first), sum(second)):
        return NotEstimable(Reason.NOBODY_JUDGED)
    if 0 in (first[0] + second[0], first[1] + second[1]):
        return NotEstimable(Reason.ONE_CLASS)
    groups = ContingencyTable(("first", "second"), ("success", "failure"), np.array([first, second]))
    test = chi_square(groups)
    if isinstance(test, NotEstimable):
        return test
    return replace(test, flags=(ASSUMES_INDEPENDENCE, *test.flags))


def _correlation(counts: PairedCounts) -> float:
    """Correlation of the two judgements, drawn towards zero by half a patient where it is positive."""
    first, second = counts.both + counts.first_only, counts.both + counts.second_only
    margins = first * (counts.total - first) * second * (counts.total - second)
    if margins == 0:
        return 0.0
    cross = counts.both * counts.neither - counts.first_only * counts.second_only
    if cross > 0:
        return max(cross - counts.total / 2, 0.0) / math.sqrt(margins)
    return cross / math.sqrt(margins)


def _reach(one: float, other: float, phi: float) -> float:
    return math.sqrt(max(0.0, one**2 - 2 * phi * one * other + other**2))
