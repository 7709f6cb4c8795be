"""t-tests, analysis of variance, normality and description against scipy and in hard corners."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from inference.statistics.comparisons.anova import Anova, one_way_anova
from inference.statistics.comparisons.describe import NumericSummary, describe
from inference.statistics.comparisons.normality import LARGEST_SAMPLE, ShapiroWilk, shapiro_wilk
from inference.statistics.comparisons.t_tests import TTest, t_test
from inference.statistics.reasons import DataError, Fault, NotEstimable, Reason

varying = st.lists(st.integers(-30, 30).map(float), min_size=3, max_size=12).filter(lambda v: len(set(v)) > 1)


@pytest.mark.parametrize("equal_variances", [True, False])
@given(varying, varying)
def test_t_p_and_interval_are_those_of_scipy(
    equal_variances: bool, one: list[float], other: list[float]
) -> None:
    result = t_test(one, other, equal_variances=equal_variances, level=0.9)
    theirs = stats.ttest_ind(one, other, equal_var=equal_variances)
    assert isinstance(result, TTest)
    assert result.statistic == pytest.approx(theirs.statistic, rel=1e-9, abs=1e-12)
    assert result.degrees_of_freedom == pytest.approx(theirs.df)
    assert result.p_value == pytest.approx(theirs.pvalue, rel=1e-8)
    interval = theirs.confidence_interval(0.9)
    assert result.difference.interval == pytest.approx((interval.low, interval.high), abs=1e-9)


@pytest.mark.parametrize("equal_variances", [True, False])
@given(varying, varying)
def test_analysis_of_two_groups_is_the_square_of_the_t_test(
    equal_variances: bool, one: list[float], other: list[float]
) -> None:
    t = t_test(one, other, equal_variances=equal_variances)
    f = one_way_anova([one, other], equal_variances=equal_variances)
    assert isinstance(t, TTest) and isinstance(f, Anova)
    assert f.statistic == pytest.approx(t.statistic**2, abs=1e-9)
    assert f.denominator_freedom == pytest.approx(t.degrees_of_freedom)
    assert f.p_value == pytest.approx(t.p_value, rel=1e-7)


@pytest.mark.parametrize("equal_variances", [True, False])
@given(st.lists(varying, min_size=3, max_size=4))
def test_analysis_of_variance_is_that_of_scipy(equal_variances: bool, groups: Sequence[list[float]]) -> None:
    result = one_way_anova(groups, equal_variances=equal_variances)
    theirs = stats.f_oneway(*groups, equal_var=equal_variances)
    assert isinstance(result, Anova)
    assert result.statistic == pytest.approx(theirs.statistic, rel=1e-8, abs=1e-10)
    assert result.p_value == pytest.approx(theirs.pvalue, rel=1e-7)


def test_a_published_t_is_welchs() -> None:
    """Splenic vein in mm, 8.83 ± 2.15 (46) and 7.60 ± 2.95 (10): t −1.244, P 0.240 in the paper."""

    def sample(n: int, mean: float, deviation: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        raw = np.linspace(-1.0, 1.0, n)
        return mean + deviation * (raw - raw.mean()) / raw.std(ddof=1)

    result = t_test(sample(10, 7.60, 2.95), sample(46, 8.83, 2.15))
    assert isinstance(result, TTest)
    assert result.statistic == pytest.approx(-1.244, abs=6e-3)
    assert result.p_value == pytest.approx(0.240, abs=5e-3)


def test_a_constant_group_beside_a_varying_one_can_be_compared_by_t() -> None:
    assert isinstance(t_test([1.0, 1.0], [2.0, 3.0, 5.0]), TTest)
    assert one_way_anova([[1.0, 1.0], [2.0, 3.0]]) == NotEstimable(Reason.NO_VARIANCE)
    assert isinstance(one_way_anova([[1.0, 1.0], [2.0, 3.0]], equal_variances=True), Anova)


@pytest.mark.parametrize("equal_variances", [True, False])
def test_what_does_not_vary_or_is_too_few_has_no_test(equal_variances: bool) -> None:
    constant = NotEstimable(Reason.NO_VARIANCE)
    assert t_test([0.1] * 3, [0.3] * 4, equal_variances=equal_variances) == constant
    assert one_way_anova([[0.1] * 3, [0.3] * 4], equal_variances=equal_variances) == constant
    empty = NotEstimable(Reason.EMPTY_GROUP)
    assert t_test([], [1.0, 2.0], equal_variances=equal_variances) == empty
    assert one_way_anova([[1.0, 2.0], []], equal_variances=equal_variances) == empty
    assert t_test([1.0], [2.0], equal_variances=equal_variances) == NotEstimable(Reason.TOO_FEW_ROWS)
    assert one_way_anova([[1.0], [2.0, 3.0]]) == NotEstimable(Reason.TOO_FEW_ROWS)
    assert one_way_anova([[1.0, 2.0]]) == NotEstimable(Reason.ONE_GROUP)


def test_one_patient_beside_many_can_be_compared_with_a_pooled_variance_only() -> None:
    assert t_test([9.0], [1.0, 2.0, 3.0]) == NotEstimable(Reason.TOO_FEW_ROWS)
    assert isinstance(t_test([9.0], [1.0, 2.0, 3.0], equal_variances=True), TTest)


def test_normality_is_judged_between_three_and_five_thousand_values() -> None:
    assert shapiro_wilk([1.0, 2.0]) == NotEstimable(Reason.TOO_FEW_ROWS)
    assert shapiro_wilk([2.0] * 9) == NotEstimable(Reason.NO_VARIANCE)
    assert shapiro_wilk(np.arange(LARGEST_SAMPLE + 1)) == NotEstimable(Reason.TOO_MANY_ROWS)
    normal = shapiro_wilk(np.random.default_rng(0).normal(size=200))
    skewed = shapiro_wilk(np.random.default_rng(0).exponential(size=200))
    assert isinstance(normal, ShapiroWilk) and normal.p_value > 0.05
    assert isinstance(skewed, ShapiroWilk) and skewed.p_value < 1e-6


def test_quartiles_are_of_type_seven_and_one_value_has_no_spread() -> None:
    assert describe([4.0, 1.0, 3.0, 2.0]) == NumericSummary(4, 2.5, pytest.approx(1.2909944), 2.5, 1.75, 3.25)
    assert describe([7.0]) == NumericSummary(1, 7.0, None, 7.0, 7.0, 7.0)
    assert describe([]) == NotEstimable(Reason.EMPTY_GROUP)
    with pytest.raises(DataError) as caught:
        describe([1.0, np.inf])
    assert caught.value.fault is Fault.NOT_FINITE
