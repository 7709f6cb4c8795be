"""AUC(t) against timeROC and riskRegression, a naive twin, and what must hold whatever the data."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.statistics.discrimination.time_dependent_auc import (
    AucDifference,
    RocAtTime,
    compare_time_dependent_auc,
    roc_at_time,
    time_dependent_auc,
)
from inference.statistics.estimate import Estimate
from inference.statistics.outcomes import SurvivalData
from inference.statistics.reasons import DataError, NotEstimable, Reason
from inference.statistics.survival.censoring_weights import AtHorizon, horizon_weights
from tests.inference.statistics.oracles import Oracle, as_list, assert_agrees, oracles

SPLITS = ("dev", "val")


def attributes(estimates: tuple[Estimate | NotEstimable, ...], name: str) -> list[float | None]:
    return [None if isinstance(one, NotEstimable) else getattr(one, name) for one in estimates]


def where_cases_and_controls_overlap(
    estimates: tuple[Estimate | NotEstimable, ...], golden: object
) -> list[float | None]:
    """R's numbers, less the intervals of no width that it gives where nothing overlaps."""
    return [
        None if isinstance(one, Estimate) and "no_overlap" in one.flags else number
        for one, number in zip(estimates, as_list(golden), strict=True)
    ]


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("marker", ["lp_full", "lp_alt"])
@pytest.mark.parametrize("oracle", oracles("survival"))
def test_agrees_with_timeroc_but_for_what_lies_beyond_one(oracle: Oracle, marker: str, split: str) -> None:
    golden = oracle.section(f"auc_t_{split}")[f"timeROC_{marker}"]
    ours = time_dependent_auc(oracle.survival(split), oracle.table(split)[marker], as_list(golden["times"]))
    assert_agrees(attributes(ours.estimates, "value"), as_list(golden["AUC"]), relative=1e-10)
    for name, key in (("standard_error", "se"), ("lower", "lower"), ("upper", "upper")):
        expected = where_cases_and_controls_overlap(ours.estimates, golden[key])
        within = [None if one is None else min(max(one, 0.0), 1.0) for one in expected]
        assert_agrees(attributes(ours.estimates, name), within, relative=1e-10, what=name)
        for one, limit in zip(ours.estimates, expected, strict=True):
            if limit is not None and not 0 <= limit <= 1:
                assert isinstance(one, Estimate) and "cut_off" in one.flags
    for name in ("cases", "controls", "censored"):
        assert list(getattr(ours, name)) == as_list(golden[name])


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("oracle", oracles("survival"))
def test_comparison_of_markers_agrees_with_timeroc(oracle: Oracle, split: str) -> None:
    golden = oracle.section(f"auc_t_{split}")["timeROC_compare_p"]
    if "error" in golden:
        pytest.skip("R could not compare them either")
    table = oracle.table(split)
    differences = compare_time_dependent_auc(
        oracle.survival(split), table["lp_full"], table["lp_alt"], oracle.horizons
    )
    p_values = [None if isinstance(one, NotEstimable) else one.p_value for one in differences]
    assert_agrees(p_values, as_list(golden["p"]), relative=1e-10)


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("oracle", oracles("survival"))
def test_roc_curve_agrees_with_timeroc(oracle: Oracle, split: str) -> None:
    golden = oracle.section(f"auc_t_{split}")["roc_last_horizon"]
    curve = roc_at_time(oracle.survival(split), oracle.table(split)["lp_full"], golden["time"])
    if isinstance(curve, NotEstimable):
        assert None in as_list(golden["TP"]) + as_list(golden["FP"])
        return
    assert_agrees(curve.sensitivity, golden["TP"], absolute=1e-10)
    assert_agrees(1 - curve.specificity, golden["FP"], absolute=1e-10)


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("oracle", oracles("survival"))
def test_agrees_with_score_where_an_event_at_the_horizon_is_a_case(oracle: Oracle, split: str) -> None:
    golden = oracle.section(f"auc_t_{split}")["Score"]
    if "error" in golden:
        pytest.skip("R could not compute it either")
    table, data = oracle.table(split), oracle.survival(split)
    estimates = tuple(
        time_dependent_auc(data, 1 - table[f"S_h{place}"], [t], at_horizon="case").estimates[0]
        for place, t in enumerate(oracle.horizons, start=1)
    )
    assert_agrees(attributes(estimates, "value"), as_list(golden["auc"]["AUC"]), relative=1e-10)
    for name, key in (("standard_error", "se"), ("lower", "lower"), ("upper", "upper")):
        expected = where_cases_and_controls_overlap(estimates, golden["auc"][key])
        assert_agrees(attributes(estimates, name), expected, relative=1e-10, what=name)


def drawn(seed: int, n: int = 30) -> tuple[SurvivalData, np.ndarray]:
    """Patients with tied times, tied scores and about a third censored."""
    generator = np.random.default_rng(seed)
    time = generator.integers(1, 9, n).astype(float)
    return SurvivalData(time, generator.random(n) < 0.65), generator.integers(0, 6, n).astype(float)


def naive_auc(data: SurvivalData, scores: np.ndarray, t: float, at_horizon: AtHorizon) -> float:
    """Every case against every control, weights counted by hand."""

    def remaining(until: float, inclusive: bool) -> float:
        product = 1.0
        for u in sorted(set(data.time)):
            if u < until or (inclusive and u == until):
                gone = sum(1 for s, e in zip(data.time, data.event, strict=True) if s == u and not e)
                at_risk = sum(
                    1 for s, e in zip(data.time, data.event, strict=True) if s > u or (s == u and not e)
                )
                product *= 1 - gone / at_risk if at_risk else 1
        return product

    won = pairs = 0.0
    for case in range(len(scores)):
        by = data.time[case] < t or (at_horizon == "case" and data.time[case] == t)
        if not (data.event[case] and by):
            continue
        for control in range(len(scores)):
            if not (data.time[control] > t or (at_horizon == "control" and data.time[control] == t)):
                continue
            weight = 1 / remaining(data.time[case], False) / remaining(t, at_horizon != "control")
            pairs += weight
            won += weight * ((scores[case] > scores[control]) + 0.5 * (scores[case] == scores[control]))
    return won / pairs


@pytest.mark.parametrize("at_horizon", ["dropped", "case", "control"])
@pytest.mark.parametrize("seed", range(3))
def test_agrees_with_counting_every_pair(seed: int, at_horizon: AtHorizon) -> None:
    data, scores = drawn(seed)
    estimate = time_dependent_auc(data, scores, [4.0], at_horizon=at_horizon).estimates[0]
    assert isinstance(estimate, Estimate)
    assert estimate.value == pytest.approx(naive_auc(data, scores, 4.0, at_horizon), rel=1e-12)


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_increasing_maps_change_nothing_and_reversal_mirrors(seed: int) -> None:
    data, scores = drawn(seed)
    plain, mapped, reversed_ = (
        time_dependent_auc(data, marker, [4.0]).estimates[0] for marker in (scores, np.exp(scores), -scores)
    )
    assert plain == mapped
    if isinstance(plain, Estimate) and plain.standard_error is not None:
        assert isinstance(reversed_, Estimate)
        assert reversed_.value == pytest.approx(1 - plain.value)
        assert reversed_.standard_error == pytest.approx(plain.standard_error)


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_order_of_patients_matters_for_timeroc_variance_at_tied_times_alone(seed: int) -> None:
    data, scores = drawn(seed)
    order = np.random.default_rng(seed + 1).permutation(len(data))
    for at_horizon in ("dropped", "case"):
        one = time_dependent_auc(data, scores, [4.0], at_horizon=at_horizon).estimates[0]
        other = time_dependent_auc(data.rows(order), scores[order], [4.0], at_horizon=at_horizon).estimates[0]
        if isinstance(one, NotEstimable):
            assert one == other
            continue
        assert isinstance(other, Estimate)
        assert other.value == pytest.approx(one.value)
        if at_horizon == "case":
            assert other.standard_error == pytest.approx(one.standard_error)


def test_scores_of_chance_give_one_half() -> None:
    generator = np.random.default_rng(5)
    data = SurvivalData(generator.exponential(10, 4000), generator.random(4000) < 0.7)
    estimate = time_dependent_auc(data, generator.normal(size=4000), [8.0]).estimates[0]
    assert isinstance(estimate, Estimate)
    assert abs(estimate.value - 0.5) < 3 * (estimate.standard_error or 0)


def test_standard_error_tells_the_spread_over_samples() -> None:
    generator = np.random.default_rng(11)
    found = []
    for _ in range(120):
        scores = generator.normal(size=150)
        time, lost = generator.exponential(np.exp(-scores)) * 10, generator.exponential(20, 150)
        data = SurvivalData(np.minimum(time, lost), time <= lost)
        found.append(time_dependent_auc(data, scores, [8.0]).estimates[0])
    values = np.array([one.value for one in found if isinstance(one, Estimate)])
    errors = np.array([one.standard_error for one in found if isinstance(one, Estimate)])
    assert errors.mean() == pytest.approx(values.std(ddof=1), rel=0.2)


@pytest.mark.parametrize(
    ("time", "event", "scores", "reason"),
    [
        ([1, 2, 8, 9], [0, 0, 1, 1], [1, 2, 3, 4], Reason.NO_EVENT_BY_HORIZON),
        ([1, 2, 3, 5], [1, 1, 0, 0], [1, 2, 3, 4], Reason.NOBODY_FOLLOWED_TO_HORIZON),
        ([1, 2, 8, 9], [1, 1, 0, 0], [3, 3, 3, 3], Reason.CONSTANT_SCORES),
        ([], [], [], Reason.NO_EVENT_BY_HORIZON),
    ],
    ids=["no case", "all gone by the horizon", "constant scores", "nobody"],
)
def test_says_why_there_is_no_auc(
    time: list[float], event: list[int], scores: list[float], reason: Reason
) -> None:
    data = SurvivalData(time, event)
    assert time_dependent_auc(data, scores, [5.0]).estimates == (NotEstimable(reason),)
    assert roc_at_time(data, scores, 5.0) == NotEstimable(reason)
    assert compare_time_dependent_auc(data, scores, scores, [5.0]) == (NotEstimable(reason),)


def test_no_interval_where_cases_and_controls_do_not_overlap() -> None:
    data = SurvivalData([1, 2, 8, 9], [1, 1, 0, 1])
    flags = ("no_overlap", "few_events")
    assert time_dependent_auc(data, [3, 4, 1, 2], [5.0]).estimates == (Estimate(1.0, flags=flags),)
    assert time_dependent_auc(data, [1, 2, 3, 4], [5.0]).estimates == (Estimate(0.0, flags=flags),)


def test_fewer_than_ten_cases_are_flagged() -> None:
    data, scores = drawn(0, 60)
    early, late = time_dependent_auc(data, scores, [2.0, 7.0]).estimates
    assert isinstance(early, Estimate)
    assert isinstance(late, Estimate)
    assert (early.flags, late.flags) == (("few_events",), ())


def test_a_marker_does_not_differ_from_itself() -> None:
    data, scores = drawn(1)
    assert compare_time_dependent_auc(data, scores, 2 * scores, [4.0]) == (NotEstimable(Reason.NO_VARIANCE),)


def test_curve_runs_from_corner_to_corner() -> None:
    data, scores = drawn(2)
    curve = roc_at_time(data, scores, 4.0)
    assert isinstance(curve, RocAtTime)
    assert (curve.sensitivity[0], curve.specificity[0]) == (0.0, 1.0)
    assert (curve.sensitivity[-1], curve.specificity[-1]) == pytest.approx((1.0, 0.0))
    assert len(curve.thresholds) == len(curve.sensitivity) - 1


def test_difference_carries_its_interval() -> None:
    data, scores = drawn(3)
    difference = compare_time_dependent_auc(data, scores, np.arange(30.0), [4.0])[0]
    assert isinstance(difference, AucDifference)
    assert difference.z == pytest.approx(
        difference.difference.value / (difference.difference.standard_error or 1)
    )


@pytest.mark.parametrize("horizon", [-1.0, float("nan")], ids=["negative", "nan"])
def test_refuses_a_horizon_that_is_no_time(horizon: float) -> None:
    data, _ = drawn(0)
    with pytest.raises(DataError):
        horizon_weights(data, horizon, "dropped")


@pytest.mark.parametrize("scores", [[1.0, 2.0], [1.0, float("nan"), 2.0]], ids=["too few", "nan"])
def test_refuses_malformed_scores(scores: list[float]) -> None:
    with pytest.raises(DataError):
        time_dependent_auc(SurvivalData([1, 2, 3], [1, 0, 1]), scores, [2.0])
