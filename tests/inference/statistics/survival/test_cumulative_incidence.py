import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.statistics.outcomes import SurvivalData
from inference.statistics.reasons import DataError, Fault
from inference.statistics.survival.cumulative_incidence import CompetingData, cumulative_incidence
from inference.statistics.survival.kaplan_meier import kaplan_meier

patients = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3)), min_size=1, max_size=30)


def competing_data(rows: list[tuple[int, int]]) -> CompetingData:
    return CompetingData(np.array([row[0] for row in rows], float), np.array([row[1] for row in rows]))


def test_an_example_worked_by_hand() -> None:
    data = CompetingData(np.array([1.0, 2, 3, 4, 5, 6]), np.array([1, 2, 0, 1, 2, 0]))
    first, second = cumulative_incidence(data, 1), cumulative_incidence(data, 2)
    assert first.incidence == pytest.approx(np.array([3, 3, 3, 7, 7, 7]) / 18)
    assert second.incidence == pytest.approx(np.array([0, 3, 3, 3, 7, 7]) / 18)
    assert first.event_free[-1] == pytest.approx(2 / 9)
    assert first.standard_error[:3] == pytest.approx(math.sqrt(5 / 216))
    # At t = 4: hazard 1/3 among 3; S(t−) = 2/3 with variance 1/27 and covariance −1/54 with the incidence.
    variance = 5 / 216 + 2 * (1 / 3) * (-1 / 54) + (1 / 9) * (1 / 27) + (4 / 9) * (1 / 3) * (2 / 3) / 3
    assert first.standard_error[3] == pytest.approx(math.sqrt(variance))
    reach = 1.959963984540054 * math.sqrt(variance) / (7 / 18 * math.log(7 / 18))
    assert first.lower[3] == pytest.approx((7 / 18) ** math.exp(-reach))
    assert first.upper[3] == pytest.approx((7 / 18) ** math.exp(reach))
    assert first.lower[3] < 7 / 18 < first.upper[3]


@given(patients)
@settings(deadline=None)
def test_incidences_and_the_event_free_share_add_up_to_1(rows: list[tuple[int, int]]) -> None:
    data = competing_data(rows)
    curves = [cumulative_incidence(data, cause) for cause in (1, 2, 3)]
    assert sum(curve.incidence for curve in curves) + curves[0].event_free == pytest.approx(1.0)
    for curve in curves:
        assert (np.diff(curve.incidence) >= 0).all()
        known = ~np.isnan(curve.lower)
        assert (curve.lower[known] <= curve.incidence[known] + 1e-12).all()
        assert (curve.upper[known] >= curve.incidence[known] - 1e-12).all()


@given(patients)
@settings(deadline=None)
def test_one_cause_gives_one_minus_kaplan_meier_and_greenwood(rows: list[tuple[int, int]]) -> None:
    data = competing_data([(time, min(cause, 1)) for time, cause in rows])
    curve, km = cumulative_incidence(data, 1), kaplan_meier(data.any_event)
    assert curve.incidence == pytest.approx(1 - km.survival, abs=1e-12)
    greenwood = np.nan_to_num(km.standard_error, nan=0.0)
    assert curve.standard_error**2 == pytest.approx(greenwood**2, abs=1e-12)


@given(patients)
@settings(deadline=None)
def test_without_censoring_incidence_and_variance_are_binomial(rows: list[tuple[int, int]]) -> None:
    rows = [(time, max(cause, 1)) for time, cause in rows]
    curve = cumulative_incidence(competing_data(rows), 2)
    share = np.array([np.mean([time <= t and cause == 2 for time, cause in rows]) for t in curve.time])
    assert curve.incidence == pytest.approx(share, abs=1e-12)
    assert curve.standard_error**2 == pytest.approx(share * (1 - share) / len(rows), abs=1e-12)


@given(patients)
@settings(deadline=None)
def test_the_variance_equals_the_published_sum(rows: list[tuple[int, int]]) -> None:
    """Marubini and Valsecchi's sum over event times, written out."""
    data = competing_data(rows)
    curve, table = cumulative_incidence(data, 1), kaplan_meier(data.any_event).table
    before = np.concatenate([[1.0], curve.event_free[:-1]])
    for t in range(len(curve.time)):
        total = 0.0
        for i in range(t + 1):
            n, d, dj = table.at_risk[i], table.events[i], curve.events[i]
            rise = curve.incidence[t] - curve.incidence[i]
            total += rise**2 * d / (n * (n - d)) if n > d else 0.0
            total += before[i] ** 2 * dj * (n - dj) / n**3 - 2 * rise * before[i] * dj / n**2
        assert curve.standard_error[t] ** 2 == pytest.approx(total, abs=1e-12)


def test_untied_data_agree_with_lifelines() -> None:
    fitters = pytest.importorskip("lifelines", reason="lifelines, a peer, is not installed")
    rng = np.random.default_rng(11)
    time, cause = rng.exponential(size=80), rng.integers(0, 3, size=80)
    theirs = fitters.AalenJohansenFitter(calculate_variance=False).fit(time, cause, event_of_interest=1)
    density = theirs.cumulative_density_["CIF_1"]
    ours = cumulative_incidence(CompetingData(time, cause), 1)
    read = density.to_numpy()[np.searchsorted(density.index.to_numpy(), ours.time, side="right") - 1]
    assert ours.incidence == pytest.approx(read, rel=1e-10)


def test_other_causes_censored_would_overstate_the_risk() -> None:
    data = CompetingData(np.array([1.0, 2, 3, 4]), np.array([2, 1, 2, 1]))
    alone = kaplan_meier(SurvivalData(data.time, data.cause == 1))
    assert cumulative_incidence(data, 1).incidence[-1] == pytest.approx(0.5)
    assert 1 - alone.survival[-1] == pytest.approx(1.0)


def test_incidence_is_read_at_times_and_flagged_beyond_the_last() -> None:
    data = CompetingData(np.array([1.0, 2, 3]), np.array([1, 2, 0]))
    before, within, beyond = cumulative_incidence(data, 1).at([0.5, 1.0, 9.0])
    assert (before.value, before.interval, before.flags) == (0.0, None, ())
    assert within.value == pytest.approx(1 / 3)
    assert within.interval is not None
    assert beyond.flags == ("extrapolated",)


def test_a_cause_that_does_not_occur_has_incidence_0_without_limits() -> None:
    data = CompetingData(np.array([1.0, 2]), np.array([1, 0]))
    (end,) = cumulative_incidence(data, 2).at([2.0])
    assert (data.causes, end.value, end.standard_error, end.interval) == ((1,), 0.0, 0.0, None)


@pytest.mark.parametrize(
    ("time", "cause", "fault"),
    [
        ([1, -1], [0, 1], Fault.NEGATIVE_TIME),
        ([1, np.nan], [0, 1], Fault.NOT_FINITE),
        ([1, 2], [0, 1.5], Fault.OUT_OF_RANGE),
        ([1, 2], [0, -1], Fault.OUT_OF_RANGE),
        ([1, 2], [0, np.nan], Fault.NOT_FINITE),
        ([1, 2], [0], Fault.LENGTHS_DIFFER),
    ],
)
def test_malformed_data_are_refused(time: list, cause: list, fault: Fault) -> None:
    with pytest.raises(DataError) as raised:
        CompetingData(np.array(time, float), np.array(cause))
    assert raised.value.fault is fault


def test_nobody_has_no_incidence_and_censoring_is_no_cause() -> None:
    with pytest.raises(DataError) as raised:
        cumulative_incidence(CompetingData(np.array([]), np.array([])), 1)
    assert raised.value.fault is Fault.TOO_FEW_ROWS
    with pytest.raises(DataError) as raised:
        cumulative_incidence(CompetingData(np.array([1.0]), np.array([1])), 0)
    assert raised.value.fault is Fault.OUT_OF_RANGE


@pytest.mark.parametrize("n", range(1, 60, 7))
def test_an_incidence_that_rounds_near_1_has_no_limits(n: int) -> None:
    (end,) = cumulative_incidence(CompetingData(np.arange(n, dtype=float), np.ones(n)), 1).at([99.0])
    assert end.value == pytest.approx(1.0)
    assert (end.standard_error, end.interval, end.flags) == (0.0, None, ())
