"""Heagerty, Lumley and Pepe's curves against both programs of survivalROC, and what they must keep to."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.statistics.discrimination.heagerty import (
    HeagertyRoc,
    heagerty_kaplan_meier,
    heagerty_nearest_neighbour,
    neighbour_span,
)
from inference.statistics.outcomes import Floats, SurvivalData
from inference.statistics.reasons import DataError, NotEstimable, Reason
from tests.inference.statistics.oracles import Oracle, as_list, assert_agrees, oracles

SPLITS = ("dev", "val")
MARKERS = ("lp_full", "lp_alt")
AGE_TO_THE_LAST_BIT = 0.016331054929172785
FEMALE_TO_THE_LAST_BIT = -0.6248903847550599
"""Coefficients of lung's ``alt_model``: the one pair of doubles that gives every printed ``lp_alt``."""


def area(curve: HeagertyRoc | NotEstimable) -> float | None:
    return None if isinstance(curve, NotEstimable) else curve.area.value


def where_estimable(ours: list[float | None], golden: object) -> list[float | None]:
    """R's numbers, less those of horizons to which nobody was followed: survivalROC carries S forward."""
    return [None if one is None else number for one, number in zip(ours, as_list(golden), strict=True)]


def reached(oracle: Oracle, split: str) -> bool:
    return bool(oracle.survival(split).time.max() >= max(oracle.horizons))


def naive_survival(time: Floats, event: Floats, horizon: float) -> float:
    product = 1.0
    for t in sorted(set(time[(event == 1) & (time <= horizon)])):
        product *= 1 - ((time == t) & (event == 1)).sum() / (time >= t).sum()
    return product


def compiled_area(data: SurvivalData, scores: Floats, horizon: float, span: float) -> float:
    """survivalROC.C as it counts: ranks, n · span on each side of the middle of the tied scores.

    The first of a tied group is looked for among patients with a lower score before it; the lowest score has
    none, and the last patient of all stands in: its neighbourhood lies around the middle of the sample.
    """
    order = np.argsort(scores, kind="stable")
    time, event, marker = data.time[order], data.event[order].astype(float), scores[order]
    n = len(marker)
    reach = int(np.floor(n * span + 0.5))
    distinct, counts = np.unique(marker, return_counts=True)
    survival = np.empty(len(distinct))
    for place, value in enumerate(distinct):
        before = int((marker < value).sum()) - 1
        first = before if before >= 0 else n - 1
        last = int((marker <= value).sum()) - 1
        middle = int(np.floor((first + last) / 2 + 0.5))
        low = min(max(middle - reach, 0), first)
        high = max(min(middle + reach, n - 1), last)
        survival[place] = naive_survival(time[low : high + 1], event[low : high + 1], horizon)
    share = counts / n
    marginal = survival @ share
    up = np.array(
        [1, *[((1 - survival) * share)[i + 1 :].sum() / (1 - marginal) for i in range(len(share) - 1)], 0]
    )
    along = np.array([1, *[(survival * share)[i + 1 :].sum() / marginal for i in range(len(share) - 1)], 0])
    return float(np.sum((along[:-1] - along[1:]) * (up[:-1] + up[1:]) / 2))


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("marker", MARKERS)
@pytest.mark.parametrize("oracle", oracles("survival"))
def test_kaplan_meier_agrees_with_survivalroc(oracle: Oracle, marker: str, split: str) -> None:
    golden = oracle.section(f"auc_t_{split}")["survivalROC_KM"]
    data, scores = oracle.survival(split), oracle.table(split)[marker]
    curves = [heagerty_kaplan_meier(data, scores, t) for t in oracle.horizons]
    ours = [area(curve) for curve in curves]
    assert not reached(oracle, split) or None not in ours or None in as_list(golden[marker])
    assert_agrees(ours, where_estimable(ours, golden[marker]), relative=1e-10)
    pooled = [None if isinstance(curve, NotEstimable) else curve.survival for curve in curves]
    assert_agrees(pooled, where_estimable(pooled, golden["S_pooled"]), relative=1e-10)


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("marker", MARKERS)
@pytest.mark.parametrize("rule", ["span_rule_0.25n", "span_0.05"])
@pytest.mark.parametrize("oracle", oracles("survival"))
def test_nearest_neighbours_agree_with_survivalroc(
    oracle: Oracle, rule: str, marker: str, split: str
) -> None:
    golden = oracle.section(f"auc_t_{split}")["survivalROC_NNE"][marker][rule]
    data, scores = oracle.survival(split), oracle.table(split)[marker]
    if rule == "span_rule_0.25n":
        assert neighbour_span(len(data)) == pytest.approx(golden["span"], rel=1e-12)
    if isinstance(golden["R_code"], dict):
        pytest.skip("R could not compute it either")
    ours = [area(heagerty_nearest_neighbour(data, scores, t, golden["span"])) for t in oracle.horizons]
    assert not reached(oracle, split) or None not in ours or None in as_list(golden["R_code"])
    rounding_decides = equal_distances(scores)
    assert_agrees(
        ours,
        where_estimable(ours, golden["R_code"]),
        **({"absolute": 0.02} if rounding_decides else {"relative": 1e-10}),
    )


def equal_distances(scores: Floats) -> bool:
    """Whether distances between distinct scores repeat but for their last digits, as on a lattice of ages.

    Whether such a neighbour is inside then hangs on bits beyond the 15 digits of the table.
    """
    distinct = np.unique(scores)
    distances = np.sort(np.abs(np.subtract.outer(distinct, distinct))[np.triu_indices(len(distinct), 1)])
    return bool((np.diff(distances) < 1e-13 * np.ptp(distinct)).any())


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("rule", ["span_rule_0.25n", "span_0.05"])
def test_equal_distances_agree_with_survivalroc_when_scores_are_known_to_the_last_bit(
    rule: str, split: str
) -> None:
    oracle = next(one.values[0] for one in oracles("survival") if one.id == "lung")
    assert isinstance(oracle, Oracle)
    golden = oracle.section(f"auc_t_{split}")["survivalROC_NNE"]["lp_alt"][rule]
    table = oracle.table(split)
    scores = table["age"] * AGE_TO_THE_LAST_BIT + (table["sex"] == "female") * FEMALE_TO_THE_LAST_BIT
    np.testing.assert_allclose(scores, table["lp_alt"], rtol=1e-14)
    ours = [
        area(heagerty_nearest_neighbour(oracle.survival(split), scores, t, golden["span"]))
        for t in oracle.horizons
    ]
    assert_agrees(ours, as_list(golden["R_code"]), relative=1e-10)


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("marker", MARKERS)
@pytest.mark.parametrize("rule", ["span_rule_0.25n", "span_0.05"])
@pytest.mark.parametrize("oracle", oracles("survival"))
def test_the_compiled_program_counts_ranks_and_misplaces_the_lowest_score(
    oracle: Oracle, rule: str, marker: str, split: str
) -> None:
    golden = oracle.section(f"auc_t_{split}")["survivalROC_NNE"][marker][rule]
    if isinstance(golden["C_code"], dict):
        pytest.skip("R could not compute it either")
    data, scores = oracle.survival(split), oracle.table(split)[marker]
    for t, expected in zip(oracle.horizons, as_list(golden["C_code"]), strict=True):
        if expected is not None:
            assert compiled_area(data, scores, t, golden["span"]) == pytest.approx(expected, rel=1e-10)


def drawn(seed: int, n: int = 40) -> tuple[SurvivalData, Floats]:
    """Patients with tied times, tied scores and about a third censored; someone is followed to 9."""
    generator = np.random.default_rng(seed)
    time = np.append(generator.integers(1, 9, n - 1), 9).astype(float)
    event = np.append(generator.random(n - 1) < 0.65, False)
    return SurvivalData(time, event), np.append(generator.integers(0, 8, n - 1), 3).astype(float)


@pytest.mark.parametrize("seed", range(3))
def test_kaplan_meier_agrees_with_a_curve_per_cut(seed: int) -> None:
    data, scores = drawn(seed)
    curve = heagerty_kaplan_meier(data, scores, 5.0)
    assert isinstance(curve, HeagertyRoc)
    event = data.event.astype(float)
    pooled = naive_survival(data.time, event, 5.0)
    for place, cut in enumerate(curve.thresholds[:-1], start=1):
        above = scores > cut
        survival, share = naive_survival(data.time[above], event[above], 5.0), above.mean()
        assert curve.sensitivity[place] == pytest.approx((1 - survival) * share / (1 - pooled))
        assert curve.specificity[place] == pytest.approx(1 - survival * share / pooled)


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_nearest_neighbours_give_a_monotone_curve_within_the_square(seed: int) -> None:
    data, scores = drawn(seed)
    curve = heagerty_nearest_neighbour(data, scores, 5.0)
    assert isinstance(curve, HeagertyRoc)
    assert (np.diff(curve.sensitivity) <= 1e-12).all()
    assert (np.diff(curve.specificity) >= -1e-12).all()
    assert -1e-12 <= curve.area.value <= 1 + 1e-12


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_kaplan_meier_depends_on_the_order_of_scores_alone(seed: int) -> None:
    data, scores = drawn(seed)
    order = np.random.default_rng(seed).permutation(len(data))
    mapped = heagerty_kaplan_meier(data.rows(order), np.exp(scores[order]), 5.0)
    assert area(mapped) == pytest.approx(area(heagerty_kaplan_meier(data, scores, 5.0)))


@pytest.mark.parametrize(
    ("time", "event", "scores", "reason"),
    [
        ([1, 2, 8, 9], [0, 0, 1, 1], [1, 2, 3, 4], Reason.NO_EVENT_BY_HORIZON),
        ([1, 2, 3, 4], [1, 1, 0, 0], [1, 2, 3, 4], Reason.NOBODY_FOLLOWED_TO_HORIZON),
        ([1, 2, 3, 5], [1, 1, 1, 1], [1, 2, 3, 4], Reason.NOBODY_FOLLOWED_TO_HORIZON),
        ([1, 2, 8, 9], [1, 1, 0, 0], [3, 3, 3, 3], Reason.CONSTANT_SCORES),
        ([], [], [], Reason.NO_EVENT_BY_HORIZON),
    ],
    ids=["no case", "all gone before", "all dead", "constant scores", "nobody"],
)
def test_says_why_there_is_no_curve(
    time: list[float], event: list[int], scores: list[float], reason: Reason
) -> None:
    data = SurvivalData(time, event)
    assert heagerty_kaplan_meier(data, scores, 5.0) == NotEstimable(reason)
    assert heagerty_nearest_neighbour(data, scores, 5.0) == NotEstimable(reason)


@pytest.mark.parametrize("span", [0.0, -0.1, 1.5, float("nan")])
def test_refuses_a_span_that_is_no_share(span: float) -> None:
    with pytest.raises(DataError):
        heagerty_nearest_neighbour(*drawn(0), 5.0, span)
