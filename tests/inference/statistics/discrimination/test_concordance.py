"""C against R's ``survival`` and ``Hmisc``, against its definition written out, and where there is none."""

import math
from dataclasses import astuple
from random import Random
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.statistics.discrimination.compare_concordance import ConcordanceMeasure
from inference.statistics.discrimination.concordance import Concordance, PairCounts, concordance
from inference.statistics.discrimination.rank_sums import sums_below
from inference.statistics.discrimination.uno import uno_concordance
from inference.statistics.estimate import normal_quantile
from inference.statistics.outcomes import SurvivalData
from inference.statistics.reasons import DataError, Fault, NotEstimable, Reason
from tests.inference.statistics.oracles import Oracle, assert_agrees, oracles

SPLITS = pytest.mark.parametrize("split", ["dev", "val"])
MARKERS = pytest.mark.parametrize("marker", ["lp_full", "lp_alt"])
MEASURES = pytest.mark.parametrize("measure", [concordance, uno_concordance])
EXACT = 1e-10

patients = st.lists(
    st.tuples(st.integers(0, 6), st.booleans(), st.integers(-3, 3)), min_size=2, max_size=14
).map(lambda rows: [np.array(column) for column in zip(*rows, strict=True)])


def pairs_written_out(
    data: SurvivalData, scores: np.ndarray, pair_weights: np.ndarray, patient_weights: np.ndarray
) -> tuple[float, float]:
    """Weight of the agreeing pairs and of all comparable pairs, by the definition."""
    agreeing = comparable = 0.0
    for i in range(len(data)):
        for j in range(len(data)):
            later = data.time[j] > data.time[i] or (data.time[j] == data.time[i] and not data.event[j])
            if i != j and data.event[i] and later:
                weight = pair_weights[i] * patient_weights[i] * patient_weights[j]
                comparable += weight
                agreeing += weight * (scores[i] > scores[j]) + weight * (scores[i] == scores[j]) / 2
    return agreeing, comparable


def censoring_weights_written_out(data: SurvivalData) -> np.ndarray:
    """1 / G(t−)² for each patient: the product over earlier times of those who stay."""
    weights = []
    for t in data.time:
        remaining = 1.0
        for s in np.unique(data.time[data.time < t]):
            leaving = np.sum((data.time == s) & ~data.event)
            at_risk = np.sum(data.time >= s) - np.sum((data.time == s) & data.event)
            remaining *= 1 - leaving / at_risk
        weights.append(remaining**-2)
    return np.array(weights)


def known(result: Concordance | NotEstimable) -> Concordance:
    assert isinstance(result, Concordance)
    return result


@pytest.mark.parametrize("oracle", oracles("survival"))
@SPLITS
@MARKERS
def test_c_its_error_and_its_pairs_are_those_of_r(
    oracle: Oracle, split: Literal["dev", "val"], marker: str
) -> None:
    golden = oracle.section("cindex")[split][marker]
    result = concordance(oracle.survival(split), oracle.table(split)[marker])
    if isinstance(result, NotEstimable):
        assert golden["C"] is None or result.reason is Reason.CONSTANT_SCORES
        return
    estimate, counts = result.estimate, result.counts
    assert_agrees(estimate.value, golden["C"], relative=EXACT, what="C")
    assert_agrees(estimate.standard_error, golden["se"], relative=EXACT, what="se")
    if estimate.standard_error:
        assert_agrees(
            [estimate.lower, estimate.upper], [golden["lower"], golden["upper"]], relative=EXACT, what="CI"
        )
    ours = [counts.concordant, counts.discordant, counts.tied_score, counts.tied_time, counts.tied_both]
    theirs = [golden[name] for name in ("concordant", "discordant", "tied_x", "tied_y", "tied_xy")]
    assert_agrees(ours, theirs, what="pairs")


@pytest.mark.parametrize("oracle", oracles("survival"))
@SPLITS
@MARKERS
def test_somers_d_and_its_pairs_in_both_orders_are_those_of_hmisc(
    oracle: Oracle, split: Literal["dev", "val"], marker: str
) -> None:
    golden = oracle.section("cindex")[split][marker]["hmisc"]
    data = oracle.survival(split)
    result = concordance(data, oracle.table(split)[marker])
    if isinstance(result, NotEstimable):
        assert golden["C"] is None or result.reason is Reason.CONSTANT_SCORES
        return
    c, d, counts = result.estimate, result.somers_d, result.counts
    for ours, name in [
        (c.value, "C"),
        (c.standard_error, "se_C"),
        (d.value, "Dxy"),
        (d.standard_error, "sd_Dxy"),
        (len(data), "n"),
        (2 * counts.comparable, "relevant_pairs"),
        (2 * counts.concordant + counts.tied_score, "concordant"),
        (2 * counts.undecided, "uncertain"),
    ]:
        assert_agrees(ours, golden[name], relative=EXACT, what=name)


@pytest.mark.parametrize("oracle", oracles("survival"))
@SPLITS
@MARKERS
def test_unos_c_and_both_up_to_a_horizon_are_those_of_r(
    oracle: Oracle, split: Literal["dev", "val"], marker: str
) -> None:
    golden = oracle.section("cindex")[split][marker]
    data, scores = oracle.survival(split), oracle.table(split)[marker]
    compared = [(uno_concordance(data, scores), golden["uno_no_tau"]["C"], golden["uno_no_tau"]["se"])]
    for at in golden["uno_tau"].values():
        tau = at["tau"]
        compared.append((uno_concordance(data, scores, horizon=tau), at["C"], at["se"]))
        compared.append((concordance(data, scores, horizon=tau), at["harrell_ymax_C"], at["harrell_ymax_se"]))
    for result, c, se in compared:
        if isinstance(result, NotEstimable):
            assert c is None or result.reason is Reason.CONSTANT_SCORES
            continue
        assert_agrees(result.estimate.value, c, relative=EXACT, what="C")
        assert_agrees(result.estimate.standard_error, se, relative=EXACT, what="se")


@given(patients)
def test_it_is_the_definition_written_out(columns: list[np.ndarray]) -> None:
    time, event, scores = columns
    data = SurvivalData(time, event)
    ones = np.ones(len(data))
    for measure, weights in (
        (concordance, ones),
        (uno_concordance, censoring_weights_written_out(data)),
    ):
        agreeing, comparable = pairs_written_out(data, scores, weights, ones)
        result = measure(data, scores)
        if isinstance(result, NotEstimable):
            assert comparable == 0 or np.ptp(scores) == 0 or len(data) < 3
        else:
            assert result.estimate.value == pytest.approx(agreeing / comparable, rel=1e-12)


@given(patients)
def test_influence_is_the_derivative_by_a_patients_weight(columns: list[np.ndarray]) -> None:
    time, event, scores = columns
    data = SurvivalData(time, event)
    weights = censoring_weights_written_out(data)
    result = uno_concordance(data, scores)
    if isinstance(result, NotEstimable):
        return
    step = 1e-5
    for row in range(len(data)):
        ends = []
        for sign in (1, -1):
            patient_weights = np.ones(len(data))
            patient_weights[row] += sign * step
            agreeing, comparable = pairs_written_out(data, scores, weights, patient_weights)
            ends.append(agreeing / comparable)
        assert result.influence[row] == pytest.approx((ends[0] - ends[1]) / (2 * step), abs=1e-8)
    assert result.influence.sum() == pytest.approx(0, abs=1e-12)


@given(patients, st.one_of(st.none(), st.integers(0, 7)))
def test_every_pair_is_counted_once(columns: list[np.ndarray], horizon: float | None) -> None:
    time, event, scores = columns
    result = concordance(SurvivalData(time, event), scores, horizon=horizon)
    if isinstance(result, Concordance):
        assert sum(astuple(result.counts)) == len(time) * (len(time) - 1) // 2
        assert min(astuple(result.counts)) >= 0


@given(patients, st.randoms(use_true_random=False))
def test_order_of_rows_and_increasing_maps_change_nothing(columns: list[np.ndarray], chance: Random) -> None:
    time, event, scores = columns
    order = list(range(len(time)))
    chance.shuffle(order)
    for measure in (concordance, uno_concordance):
        plain = measure(SurvivalData(time, event), scores)
        moved = measure(SurvivalData(time[order], event[order]), np.exp(scores[order] / 2) - 7)
        if isinstance(plain, NotEstimable):
            assert moved == plain
            continue
        moved = known(moved)
        assert plain.estimate.value == pytest.approx(moved.estimate.value, rel=1e-12)
        assert plain.counts == moved.counts
        np.testing.assert_allclose(plain.influence[order], moved.influence, atol=1e-12)


@given(patients)
def test_turned_scores_give_one_less_c(columns: list[np.ndarray]) -> None:
    time, event, scores = columns
    for measure in (concordance, uno_concordance):
        plain, turned = (measure(SurvivalData(time, event), one) for one in (scores, -scores))
        if isinstance(plain, Concordance):
            assert plain.estimate.value == pytest.approx(1 - known(turned).estimate.value, abs=1e-12)


@given(patients)
def test_without_censoring_the_weighted_c_is_the_plain_one(columns: list[np.ndarray]) -> None:
    time, _, scores = columns
    data = SurvivalData(time, np.ones(len(time)))
    plain, weighted = (measure(data, scores) for measure in (concordance, uno_concordance))
    if isinstance(plain, NotEstimable):
        assert weighted == plain
    else:
        assert known(weighted).estimate == plain.estimate


def test_permuted_scores_are_worth_a_half() -> None:
    generator = np.random.default_rng(4)
    data = SurvivalData(generator.exponential(size=2000), generator.random(2000) < 0.6)
    assert known(concordance(data, generator.permutation(data.time))).estimate.value == pytest.approx(
        0.5, abs=0.03
    )


def test_a_patient_censored_at_the_time_of_an_event_outlives_it() -> None:
    result = known(concordance(SurvivalData([5, 5, 3], [1, 0, 0]), [2.0, 1.0, 3.0]))
    assert result.counts == PairCounts(1, 0, 0, 0, 0, 2)


def test_two_patients_are_too_few() -> None:
    assert concordance(SurvivalData([5, 6], [1, 0]), [2.0, 1.0]) == NotEstimable(Reason.TOO_FEW_ROWS)


def test_two_events_at_once_are_not_compared() -> None:
    result = known(concordance(SurvivalData([5, 5, 9, 5], [1, 1, 0, 1]), [2.0, 1.0, 0.0, 2.0]))
    assert result.counts == PairCounts(3, 0, 0, 2, 1, 0)


def test_equal_scores_count_one_half() -> None:
    result = known(concordance(SurvivalData([1, 2, 3], [1, 0, 0]), [1.0, 1.0, 0.0]))
    assert result.estimate.value == 0.75


def test_an_event_at_the_horizon_counts() -> None:
    data = SurvivalData([1, 2, 3], [1, 1, 0])
    assert known(concordance(data, [1.0, 3.0, 2.0], horizon=2)).counts == PairCounts(1, 2, 0, 0, 0, 0)
    assert known(concordance(data, [1.0, 3.0, 2.0], horizon=1.9)).counts == PairCounts(0, 2, 0, 0, 0, 1)


def test_perfect_order_has_no_interval_and_says_so() -> None:
    for scores, value in (([3.0, 2.0, 1.0], 1.0), ([1.0, 2.0, 3.0], 0.0)):
        estimate = known(concordance(SurvivalData([1, 2, 3], [1, 1, 1]), scores)).estimate
        assert (estimate.value, estimate.standard_error, estimate.interval) == (value, 0.0, None)
        assert "no_width" in estimate.flags


def test_few_events_are_flagged_by_those_that_open_a_pair() -> None:
    generator = np.random.default_rng(1)
    data = SurvivalData(np.arange(30) + 1.0, np.ones(30))
    scores = generator.normal(size=30)
    assert "few_events" not in known(concordance(data, scores)).estimate.flags
    assert "few_events" in known(concordance(data, scores, horizon=9)).estimate.flags


@pytest.mark.parametrize("sign", [pytest.param(1, id="at-one"), pytest.param(-1, id="at-zero")])
@MEASURES
def test_no_limit_lies_beyond_0_or_1_and_one_that_would_is_flagged(
    measure: ConcordanceMeasure, sign: int
) -> None:
    data = SurvivalData([1, 2, 3, 4, 5, 6], np.ones(6))
    result = known(measure(data, sign * np.array([6, 5, 3, 4, 2, 1])))
    c, d = result.estimate, result.somers_d
    assert c.standard_error is not None
    beyond = abs(c.value - 0.5) + normal_quantile() * c.standard_error
    assert beyond > 0.5
    assert (c.upper if sign > 0 else c.lower) == (1.0 if sign > 0 else 0.0)
    assert (d.upper if sign > 0 else d.lower) == sign
    assert c.flags == ("cut_off", "few_events")


@MEASURES
@pytest.mark.parametrize(
    ("time", "event", "scores", "horizon", "reason"),
    [
        pytest.param([3], [1], [1], None, Reason.TOO_FEW_ROWS, id="one-patient"),
        pytest.param([3, 4], [0, 0], [1, 2], None, Reason.NO_EVENTS, id="no-events"),
        pytest.param([3, 4], [1, 0], [1, 2], 2.0, Reason.NO_EVENT_BY_HORIZON, id="events-beyond-horizon"),
        pytest.param([3, 4], [1, 0], [2, 2], None, Reason.CONSTANT_SCORES, id="constant"),
        pytest.param([3, 4], [0, 1], [1, 2], None, Reason.NO_COMPARABLE_PAIRS, id="censored-before"),
        pytest.param([3, 3], [1, 1], [1, 2], None, Reason.NO_COMPARABLE_PAIRS, id="tied-events"),
    ],
)
def test_data_that_cannot_answer_say_why(
    measure: ConcordanceMeasure,
    time: list[float],
    event: list[int],
    scores: list[float],
    horizon: float | None,
    reason: Reason,
) -> None:
    result = measure(SurvivalData(time, event), scores, horizon=horizon)
    assert result == NotEstimable(reason)


@MEASURES
@pytest.mark.parametrize(
    ("scores", "fault"),
    [
        pytest.param([1.0, math.nan], Fault.NOT_FINITE, id="nan"),
        pytest.param([1.0], Fault.LENGTHS_DIFFER, id="short"),
    ],
)
def test_malformed_scores_are_refused(measure: ConcordanceMeasure, scores: list[float], fault: Fault) -> None:
    with pytest.raises(DataError) as refused:
        measure(SurvivalData([1, 2], [1, 0]), scores)
    assert refused.value.fault is fault


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(-4, 4)), max_size=20),
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(0, 11)), max_size=8),
)
def test_sums_below_are_sums_below(
    rows: list[tuple[int, int]], questions: list[tuple[int, int, int]]
) -> None:
    ranks = np.array([rank for rank, _ in rows], dtype=np.int64)
    weights = np.array([weight for _, weight in rows], dtype=np.float64)
    asked = [(min(a, b, len(rows)), min(max(a, b), len(rows)), limit) for a, b, limit in questions]
    start, stop, limit = np.array(asked, dtype=np.int64).reshape(-1, 3).T
    plain = [sum(weights[k] for k in range(a, b) if ranks[k] < top) for a, b, top in asked]
    assert sums_below(ranks, weights, start, stop, limit).tolist() == plain
