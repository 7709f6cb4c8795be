"""Paired and unpaired comparisons of two rates against published values and naive twins."""

from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from inference.statistics.comparisons.chi_square import EXPECTED_BELOW_FIVE, ChiSquare
from inference.statistics.comparisons.paired_proportions import (
    ASSUMES_INDEPENDENCE,
    FEW_DISCORDANT,
    McNemar,
    PairedCounts,
    mcnemar_exact,
    paired_difference,
    rate,
    unpaired_chi_square,
)
from inference.statistics.estimate import Estimate
from inference.statistics.reasons import DataError, NotEstimable, Reason

# Fagerland, Lydersen and Laake, Stat Med 2014; 33: 2850-2875: complete response before and after
# consolidation (Cavo 2012) and airway hyper-responsiveness (Bentur 2009); rows are the first judgement.
CAVO = PairedCounts(both=59, first_only=6, second_only=16, neither=80)
BENTUR = PairedCounts(both=1, first_only=1, second_only=7, neither=12)

small = st.integers(0, 40)
counts = st.builds(PairedCounts, small, small, small, small)


def test_newcombes_interval_is_the_published_one() -> None:
    estimate = paired_difference(CAVO)
    assert isinstance(estimate, Estimate) and estimate.method == "newcombe_paired"
    assert estimate.value == pytest.approx(10 / 161)
    assert estimate.interval == pytest.approx((0.0046, 0.1186), abs=5e-5)
    bentur = paired_difference(BENTUR)
    assert isinstance(bentur, Estimate)
    assert bentur.interval == pytest.approx((0.026, 0.507), abs=5e-4)


def test_mcnemars_exact_p_is_the_published_one() -> None:
    cavo, bentur = mcnemar_exact(CAVO), mcnemar_exact(BENTUR)
    assert isinstance(cavo, McNemar) and isinstance(bentur, McNemar)
    assert cavo.p_value == pytest.approx(0.0525, abs=5e-5)
    assert bentur.p_value == pytest.approx(0.0703, abs=5e-5)
    assert cavo.flags == () and bentur.flags == (FEW_DISCORDANT,)


@given(counts)
def test_mcnemars_exact_p_is_the_sum_of_binomial_terms(table: PairedCounts) -> None:
    n, smaller = table.discordant, min(table.first_only, table.second_only)
    found = mcnemar_exact(table)
    if n == 0:
        why = Reason.NOBODY_DISCORDANT if table.total else Reason.NOBODY_JUDGED
        assert found == NotEstimable(why)
        return
    assert isinstance(found, McNemar)
    tail = sum(comb(n, k) for k in range(smaller + 1)) / 2**n
    assert found.p_value == pytest.approx(min(1.0, 2 * tail), rel=1e-12)


@given(counts)
def test_the_difference_changes_sign_with_the_order_of_the_judgements(table: PairedCounts) -> None:
    turned = PairedCounts(table.both, table.second_only, table.first_only, table.neither)
    here, there = paired_difference(table), paired_difference(turned)
    if table.total == 0:
        assert here == there == NotEstimable(Reason.NOBODY_JUDGED)
        return
    assert isinstance(here, Estimate) and isinstance(there, Estimate)
    assert here.interval is not None and there.interval is not None
    assert (here.value, *here.interval) == pytest.approx(
        (-there.value, -there.interval[1], -there.interval[0]), abs=1e-12
    )
    assert -1 <= here.interval[0] <= here.value <= here.interval[1] <= 1


def test_equal_judgements_differ_by_nothing_and_the_interval_has_a_width() -> None:
    estimate = paired_difference(PairedCounts(10, 0, 0, 0))
    assert isinstance(estimate, Estimate) and estimate.interval is not None
    assert estimate.value == 0.0 and estimate.interval[0] < 0 < estimate.interval[1]


@given(small, small, small, small)
def test_pearsons_statistic_is_scipys_without_yates(a: int, b: int, c: int, d: int) -> None:
    found = unpaired_chi_square((a, b), (c, d))
    if 0 in (a + b, c + d):
        assert found == NotEstimable(Reason.NOBODY_JUDGED)
    elif 0 in (a + c, b + d):
        assert found == NotEstimable(Reason.ONE_CLASS)
    else:
        twin = chi2_contingency([[a, b], [c, d]], correction=False)
        assert isinstance(found, ChiSquare) and found.degrees_of_freedom == 1
        assert found.statistic == pytest.approx(twin.statistic, rel=1e-9, abs=1e-12)
        assert found.p_value == pytest.approx(twin.pvalue, rel=1e-9)
        assert found.least_expected == pytest.approx(twin.expected_freq.min())
        assert ASSUMES_INDEPENDENCE in found.flags
        assert (EXPECTED_BELOW_FIVE in found.flags) == (twin.expected_freq.min() < 5)


def test_a_rate_of_nobody_is_not_estimable() -> None:
    assert rate(0, 0) == NotEstimable(Reason.NOBODY_JUDGED)
    estimate = rate(39, 65)
    assert isinstance(estimate, Estimate)
    assert (estimate.value, *(estimate.interval or ())) == pytest.approx((0.6, 0.4785, 0.7104), abs=5e-4)


def test_negative_counts_are_refused() -> None:
    with pytest.raises(DataError):
        PairedCounts(1, -1, 0, 0)
