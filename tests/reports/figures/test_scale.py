"""Ticks are round and within their limits; numbers are written once, plainly."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.messages.catalogue import Catalogue
from inference.statistics.estimate import Estimate
from inference.statistics.reasons import NotEstimable, Reason
from reports.figures.scale import (
    Scale,
    estimate_text,
    log_ticks,
    month_ticks,
    nice_ticks,
    number_text,
    tick_texts,
)

limits = st.floats(-1e6, 1e6, allow_nan=False)


@given(low=limits, span=st.floats(1e-3, 1e6), count=st.integers(1, 12))
def test_ticks_lie_within_their_limits_evenly(low: float, span: float, count: int) -> None:
    ticks = nice_ticks(low, low + span, count)
    slack = 1e-6 * span + 1e-9
    assert ticks and all(low - slack <= tick <= low + span + slack for tick in ticks)
    steps = [after - before for before, after in pairwise(ticks)]
    assert not steps or max(steps) - min(steps) <= slack
    assert len(ticks) <= 2 * count + 1


def test_a_scale_without_extent_has_one_tick() -> None:
    assert nice_ticks(2.0, 2.0) == (2.0,)
    assert nice_ticks(0.0, 1.0, 5) == (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


@pytest.mark.parametrize(
    ("last", "ticks"),
    [
        (74.0, (0, 12, 24, 36, 48, 60, 72)),
        (30.0, (0, 6, 12, 18, 24, 30)),
        (120.0, (0, 24, 48, 72, 96, 120)),
        (3.0, (0, 1, 2, 3)),
    ],
)
def test_months_are_marked_by_years_where_they_suffice(last: float, ticks: tuple[int, ...]) -> None:
    assert month_ticks(last, 6) == ticks


@given(low=st.floats(1e-3, 1e3), ratio=st.floats(1.05, 1e4), count=st.integers(3, 9))
def test_ticks_of_ratios_lie_within_their_limits(low: float, ratio: float, count: int) -> None:
    ticks = log_ticks(low, low * ratio, count)
    assert all(low * 0.999 <= tick <= low * ratio * 1.001 for tick in ticks)
    assert len(ticks) <= max(count, 9)


def test_ratios_are_marked_at_one_two_five() -> None:
    assert log_ticks(0.45, 6.0) == (0.5, 1.0, 2.0, 5.0)
    assert log_ticks(0.01, 100.0, 5) == (0.01, 0.1, 1.0, 10.0, 100.0)


@given(value=st.floats(0.02, 50))
def test_a_logarithmic_scale_makes_ratios_equal_lengths(value: float) -> None:
    scale = Scale(0.01, 100.0, 0.0, 400.0, is_log=True)
    assert scale(value) == pytest.approx(200 + 100 * math.log10(value))
    assert scale(2 * value) - scale(value) == pytest.approx(scale(2.0) - scale(1.0))


def test_numbers_have_a_true_minus_and_no_minus_before_zero() -> None:
    assert number_text(-1.25, 1) == "−1.2"
    assert number_text(-0.001, 2) == "0.00"
    assert tick_texts((0.0, 0.25, 0.5), 100) == ("0", "25", "50")
    assert tick_texts((-0.1, 0.0, 0.1)) == ("−0.1", "0.0", "0.1")


def test_an_estimate_is_written_with_its_interval_or_its_sentence(english: Catalogue) -> None:
    assert estimate_text(Estimate(0.8231, None, 0.7412, 0.9), english) == "0.82 (0.74–0.90)"
    assert estimate_text(Estimate(-0.1, None, -0.3, 0.1), english) == "−0.10 (−0.30 to 0.10)"
    assert estimate_text(Estimate(1.0), english, 1) == "1.0"
    assert estimate_text(NotEstimable(Reason.NO_EVENTS), english) == "not estimable: no events"
