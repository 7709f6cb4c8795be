from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.statistics.estimate import Estimate
from inference.statistics.outcomes import SurvivalData
from inference.statistics.reasons import DataError, Fault, NotEstimable, Reason
from inference.statistics.survival.bands import Band
from inference.statistics.survival.kaplan_meier import follow_up_curve, follow_up_median, kaplan_meier
from inference.statistics.survival.restricted_mean import restricted_mean
from tests.inference.statistics.oracles import Oracle, as_list, assert_agrees, oracles

BANDS: tuple[Band, ...] = ("log", "log-log", "plain")

patients = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=30)


def survival_data(rows: list[tuple[int, bool]]) -> SurvivalData:
    return SurvivalData(np.array([row[0] for row in rows], float), np.array([row[1] for row in rows], float))


def blocks(oracle: Oracle) -> Iterator[tuple[str, SurvivalData, dict[str, Any]]]:
    section, data = oracle.section("km"), oracle.survival()
    yield "overall", data, section["overall"]
    group = oracle.table()[section["group"]]
    for name, block in section["by_group"].items():
        yield name, data.rows(group == type(group[0])(name)), block


@pytest.mark.parametrize("oracle", oracles("survival"))
def test_curves_are_those_of_survfit(oracle: Oracle) -> None:
    for name, data, golden in blocks(oracle):
        curve = golden["curve"]
        km = kaplan_meier(data)
        assert (km.n, km.events) == (golden["n"], golden["events"])
        assert_agrees(km.table.time, as_list(curve["time"]), relative=1e-10, what=f"{name} time")
        assert_agrees(km.table.at_risk, as_list(curve["n_risk"]), what=f"{name} at risk")
        assert_agrees(km.table.events, as_list(curve["n_event"]), what=f"{name} events")
        assert_agrees(km.table.censored, as_list(curve["n_censor"]), what=f"{name} censored")
        assert_agrees(km.survival, as_list(curve["surv"]), relative=1e-10, what=f"{name} S")
        error = as_list(curve["se_greenwood"])
        assert_agrees(km.standard_error, error, relative=1e-10, what=f"{name} error")
        for band in BANDS:
            km, ci = kaplan_meier(data, band=band), golden[f"ci_{band}"]
            what = f"{name} {band}"
            assert_agrees(km.lower, as_list(ci["lower"]), relative=1e-10, what=what)
            assert_agrees(km.upper, as_list(ci["upper"]), relative=1e-10, what=what)


@pytest.mark.parametrize("oracle", oracles("survival"))
def test_quantiles_and_their_limits_are_those_of_survfit(oracle: Oracle) -> None:
    for name, data, golden in blocks(oracle):
        for band in BANDS:
            km, quantile = kaplan_meier(data, band=band), golden[f"ci_{band}"]["quantile"]
            for i, p in enumerate(as_list(quantile["p"])):
                what = f"{name} {band} {p}"
                ours = km.quantile(p)
                value = ours.value if isinstance(ours, Estimate) else ours
                assert_agrees(value, as_list(quantile["est"])[i], relative=1e-10, what=what)
                theirs = [as_list(quantile["lower"])[i], as_list(quantile["upper"])[i]]
                assert_agrees(km.quantile_limits(p), theirs, relative=1e-10, what=what)
                if isinstance(ours, Estimate):
                    assert_agrees([ours.lower, ours.upper], theirs, relative=1e-10, what=what)
        first = kaplan_meier(data).first_time()
        assert_agrees(first, golden["median_first_time_S_le_half"], relative=1e-10, what=name)


@pytest.mark.parametrize("oracle", oracles("survival"))
def test_curves_read_at_times_are_those_of_summary_survfit(oracle: Oracle) -> None:
    for name, data, golden in blocks(oracle):
        at = golden["at"]
        for band in BANDS:
            read = kaplan_meier(data, band=band).at(as_list(at["t"]))
            assert_agrees(read.survival, as_list(at["surv"]), relative=1e-10, what=name)
            assert_agrees(read.standard_error, as_list(at["se"]), relative=1e-10, what=name)
            assert_agrees(read.at_risk, as_list(at["n_risk"]), what=name)
            assert_agrees(read.lower, as_list(at[f"lower_{band}"]), relative=1e-10, what=name)
            assert_agrees(read.upper, as_list(at[f"upper_{band}"]), relative=1e-10, what=name)


@pytest.mark.parametrize("oracle", oracles("survival"))
def test_restricted_means_and_follow_up_are_those_of_survfit(oracle: Oracle) -> None:
    for name, data, golden in blocks(oracle):
        mean = restricted_mean(data, golden["rmst"]["tau"])
        assert_agrees(mean.value, golden["rmst"]["rmst"], relative=1e-10, what=name)
        assert_agrees(mean.standard_error, golden["rmst"]["se"], relative=1e-10, what=name)
        follow_up, theirs = follow_up_median(data), golden["reverse_km_followup"]
        value = follow_up.value if isinstance(follow_up, Estimate) else None
        assert_agrees(value, theirs["median"], relative=1e-10, what=name)
        limits = [theirs["lower_loglog"], theirs["upper_loglog"]]
        assert_agrees(follow_up_curve(data).quantile_limits(0.5), limits, relative=1e-10, what=name)
        if isinstance(follow_up, Estimate):
            assert_agrees([follow_up.lower, follow_up.upper], limits, relative=1e-10, what=name)


@given(patients)
@settings(deadline=None)
def test_survival_equals_the_product_written_out(rows: list[tuple[int, bool]]) -> None:
    km = kaplan_meier(survival_data(rows))
    for t in range(13):
        survival = 1.0
        for step in range(t + 1):
            at_risk = sum(time >= step for time, _ in rows)
            dead = sum(time == step and event for time, event in rows)
            survival *= 1 - dead / at_risk if at_risk else 1
        assert km.at([t]).survival[0] == pytest.approx(survival, abs=1e-12)


@given(patients, st.sampled_from([0.1, 0.25, 0.5, 0.75, 0.9]))
@settings(deadline=None)
def test_a_quantile_is_the_first_time_below_or_the_middle_of_a_flat_stretch(
    rows: list[tuple[int, bool]], p: float
) -> None:
    km = kaplan_meier(survival_data(rows))
    pairs = list(zip(km.table.time, km.survival, strict=True))
    reached = [t for t, s in pairs if s <= 1 - p + 1e-9]
    passed = [t for t, s in pairs if s < 1 - p - 1e-9]
    ours = km.quantile(p)
    if not reached:
        assert ours == NotEstimable(Reason.NOT_REACHED)
    else:
        assert isinstance(ours, Estimate)
        assert ours.value == (reached[0] + (passed[0] if passed else km.table.time[-1])) / 2


@given(patients, st.sampled_from(BANDS))
@settings(deadline=None)
def test_survival_never_rises_and_lies_within_its_band(rows: list[tuple[int, bool]], band: Band) -> None:
    km = kaplan_meier(survival_data(rows), band=band)
    assert (np.diff(km.survival) <= 0).all()
    known = ~np.isnan(km.lower)
    assert (known == ~np.isnan(km.upper)).all()
    assert (km.lower[known] <= km.survival[known] + 1e-12).all()
    assert (km.upper[known] >= km.survival[known] - 1e-12).all()
    assert ((km.lower[known] >= 0) & (km.upper[known] <= 1)).all()


@given(patients, st.integers(1, 15))
@settings(deadline=None)
def test_the_restricted_mean_is_the_area_summed_in_small_steps(
    rows: list[tuple[int, bool]], tau: int
) -> None:
    data = survival_data(rows)
    area = kaplan_meier(data).at(np.arange(tau)).survival.sum()
    assert restricted_mean(data, tau).value == pytest.approx(area, abs=1e-9)


def test_a_flat_stretch_at_one_half_gives_its_middle_and_the_other_rule_its_start() -> None:
    km = kaplan_meier(SurvivalData(np.array([1.0, 2, 4, 9]), np.ones(4)))
    assert isinstance(km.median, Estimate)
    assert km.median.value == 3.0
    assert km.first_time() == 2.0


def test_rounding_of_the_product_does_not_hide_a_flat_stretch() -> None:
    rounded = 0
    for half in range(1, 31):
        km = kaplan_meier(SurvivalData(np.arange(1.0, 2 * half + 1), np.ones(2 * half)))
        rounded += km.survival[half - 1] != 0.5
        assert isinstance(km.median, Estimate)
        assert km.median.value == half + 0.5
    assert rounded


def test_a_last_flat_stretch_at_one_half_reaches_to_the_last_time() -> None:
    km = kaplan_meier(SurvivalData(np.array([1.0, 2, 4, 8]), np.array([1, 1, 0, 0])))
    assert isinstance(km.median, Estimate)
    assert km.median.value == 5.0


def test_a_median_that_is_not_reached_says_so_and_keeps_its_lower_limit() -> None:
    km = kaplan_meier(SurvivalData(np.array([1.0, 2, 3, 9, 9]), np.array([1, 1, 0, 0, 0])), band="plain")
    assert km.median == NotEstimable(Reason.NOT_REACHED)
    assert km.quantile_limits(0.5) == (1.0, None)
    assert km.first_time() == NotEstimable(Reason.NOT_REACHED)


def test_without_events_survival_stays_1_and_nothing_is_reached() -> None:
    km = kaplan_meier(SurvivalData(np.array([1.0, 2.0]), np.zeros(2)))
    assert km.survival.tolist() == [1.0, 1.0]
    assert np.isnan(km.lower).all()
    assert km.median == NotEstimable(Reason.NOT_REACHED)
    mean = restricted_mean(SurvivalData(np.array([1.0, 2.0]), np.zeros(2)), 3.0)
    assert (mean.value, mean.interval, mean.flags) == (3.0, None, ("extrapolated",))


def test_a_curve_is_carried_beyond_the_last_time_and_flagged() -> None:
    read = kaplan_meier(SurvivalData(np.array([1.0, 2, 3]), np.array([1, 0, 0]))).at([0.5, 2.5, 4.0])
    assert read.at_risk.tolist() == [3, 1, 0]
    assert read.survival.tolist() == pytest.approx([1, 2 / 3, 2 / 3])
    before, within, beyond = read.estimates
    assert before.interval == (1.0, 1.0)
    assert (within.flags, beyond.flags) == ((), ("extrapolated",))


def test_who_leaves_at_a_time_is_at_risk_then_and_the_step_there_counts() -> None:
    read = kaplan_meier(SurvivalData(np.array([1.0, 2, 2, 3]), np.array([1, 1, 0, 1]))).at([1.0, 2.0, 3.0])
    assert read.at_risk.tolist() == [4, 3, 1]
    assert read.survival.tolist() == pytest.approx([0.75, 0.5, 0.0])


def test_where_all_had_the_event_no_error_and_no_limits_are_made_up() -> None:
    (end,) = kaplan_meier(SurvivalData(np.array([1.0, 2]), np.ones(2))).at([5.0]).estimates
    assert (end.value, end.standard_error, end.lower, end.upper, end.flags) == (0.0, None, None, None, ())


def test_a_wider_level_gives_a_wider_band() -> None:
    data = SurvivalData(np.arange(1.0, 11), np.ones(10))
    narrow, wide = kaplan_meier(data, level=0.9), kaplan_meier(data, level=0.99)
    assert (wide.lower[:-1] < narrow.lower[:-1]).all()
    assert (wide.upper[:-1] > narrow.upper[:-1]).all()


def test_nobody_has_no_curve() -> None:
    with pytest.raises(DataError) as raised:
        kaplan_meier(SurvivalData(np.array([]), np.array([])))
    assert raised.value.fault is Fault.TOO_FEW_ROWS


@pytest.mark.parametrize("tau", [0.0, -1.0, np.nan, np.inf])
def test_a_horizon_that_is_no_time_is_refused(tau: float) -> None:
    with pytest.raises(DataError):
        restricted_mean(SurvivalData(np.array([1.0]), np.ones(1)), tau)


@pytest.mark.parametrize("p", [0.0, 1.0, np.nan])
def test_a_share_that_is_none_is_refused(p: float) -> None:
    with pytest.raises(DataError):
        kaplan_meier(SurvivalData(np.array([1.0]), np.ones(1))).quantile(p)
