"""Which test compares groups in a table of patients: chosen from the data, and named with its result.

The papers compare numbers by a t-test where they are normal and by Mann–Whitney where not, and categories by
chi-square or an exact test; none says at which bounds.  The rules here give again the tests that the one
paper marks row by row: chi-square at an expected count of 5 but not below, and t by Welch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from inference.messages.message import Message
from inference.statistics.comparisons.anova import Anova, one_way_anova
from inference.statistics.comparisons.chi_square import chi_square
from inference.statistics.comparisons.contingency import ContingencyTable
from inference.statistics.comparisons.fisher import Fisher, fisher_exact
from inference.statistics.comparisons.kruskal import kruskal_wallis
from inference.statistics.comparisons.mann_whitney import mann_whitney
from inference.statistics.comparisons.normality import ShapiroWilk, shapiro_wilk
from inference.statistics.comparisons.t_tests import t_test
from inference.statistics.outcomes import Floats
from inference.statistics.reasons import NotEstimable, Reason

NORMAL_ABOVE: Final = 0.05
"""P of Shapiro–Wilk from which values are taken for normal."""


class ComparisonTest(StrEnum):
    """A test by name (catalogue: ``statistics.test.<name>``)."""

    WELCH_T = "welch_t"
    STUDENT_T = "student_t"
    WELCH_ANOVA = "welch_anova"
    ANOVA = "anova"
    MANN_WHITNEY = "mann_whitney"
    MANN_WHITNEY_EXACT = "mann_whitney_exact"
    KRUSKAL_WALLIS = "kruskal_wallis"
    CHI_SQUARE = "chi_square"
    FISHER_EXACT = "fisher_exact"

    @property
    def message(self) -> Message:
        """The name, for the catalogue."""
        return Message(f"statistics.test.{self.value}", {})


@dataclass(frozen=True, slots=True)
class Comparison:
    """The test used, its statistic (t, F, U of the first group, H, χ²; none for Fisher) and P, unrounded."""

    test: ComparisonTest
    statistic: float | None
    p_value: float
    flags: tuple[str, ...] = ()


def are_normal(groups: Sequence[Floats]) -> bool:
    """Whether no group departs from a normal distribution, Shapiro–Wilk P ≥ 0.05 in each.

    A group that cannot be judged (fewer than 3 values, more than 5000, all equal) is not taken for normal.
    """
    judged = (shapiro_wilk(values) for values in groups)
    return all(isinstance(result, ShapiroWilk) and result.p_value >= NORMAL_ABOVE for result in judged)


def compare_numbers(
    groups: Sequence[Floats], *, is_normal: bool, equal_variances: bool = False
) -> Comparison | NotEstimable:
    """Compare values of two groups or more: means where they are normal, else ranks.

    Two groups by t, more by analysis of variance, both Welch's unless ``equal_variances``; or two by
    Mann–Whitney, exact where R's rule has it so, more by Kruskal–Wallis.
    """
    if len(groups) < 2:
        return NotEstimable(Reason.ONE_GROUP)
    if not all(len(values) for values in groups):
        return NotEstimable(Reason.EMPTY_GROUP)
    if is_normal:
        return _compare_means(groups, equal_variances)
    if len(groups) > 2:
        several = kruskal_wallis(groups)
        if isinstance(several, NotEstimable):
            return several
        return Comparison(ComparisonTest.KRUSKAL_WALLIS, several.statistic, several.p_value)
    two = mann_whitney(*groups)
    if isinstance(two, NotEstimable):
        return two
    is_exact = two.method == "exact"
    test = ComparisonTest.MANN_WHITNEY_EXACT if is_exact else ComparisonTest.MANN_WHITNEY
    return Comparison(test, two.u, two.p_value)


def compare_categories(table: ContingencyTable) -> Comparison | NotEstimable:
    """Compare counts (categories, groups): chi-square, or Fisher where an expected count is below 5.

    Without Yates's correction, as the papers print it.  Categories in which there is nobody are left out.
    A table too large for Fisher is compared by chi-square, flagged.
    """
    if len(table.columns) < 2:
        return NotEstimable(Reason.ONE_GROUP)
    if not table.column_totals.all():
        return NotEstimable(Reason.EMPTY_GROUP)
    occupied = table.occupied()
    if len(occupied.rows) < 2:
        return NotEstimable(Reason.NO_VARIANCE)
    pearson = chi_square(occupied)
    if isinstance(pearson, NotEstimable):
        return pearson
    if pearson.flags:
        exact = fisher_exact(occupied)
        if isinstance(exact, Fisher):
            return Comparison(ComparisonTest.FISHER_EXACT, None, exact.p_value)
    return Comparison(ComparisonTest.CHI_SQUARE, pearson.statistic, pearson.p_value, pearson.flags)


def _compare_means(groups: Sequence[Floats], equal_variances: bool) -> Comparison | NotEstimable:
    if len(groups) > 2:
        several = one_way_anova(groups, equal_variances=equal_variances)
        if not isinstance(several, Anova):
            return several
        test = ComparisonTest.ANOVA if equal_variances else ComparisonTest.WELCH_ANOVA
        return Comparison(test, several.statistic, several.p_value)
    two = t_test(*groups, equal_variances=equal_variances)
    if isinstance(two, NotEstimable):
        return two
    test = ComparisonTest.STUDENT_T if equal_variances else ComparisonTest.WELCH_T
    return Comparison(test, two.statistic, two.p_value)
