"""The AUC to report: which interval it gets, and that this one is never more certain than the data."""

import itertools
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.statistics.discrimination import area as area_module
from inference.statistics.discrimination.area import area_under_curve, expanded_tail
from inference.statistics.discrimination.delong import delong_auc
from inference.statistics.outcomes import ClassData
from inference.statistics.reasons import NotEstimable, Reason


def normal_data(positives, negatives, *, shift=1.0, seed=1, digits=6):
    rng = np.random.default_rng(seed)
    positive = np.arange(positives + negatives) < positives
    return ClassData((rng.normal(size=positive.size) + shift * positive).round(digits), positive)


def test_large_classes_that_overlap_get_delongs_interval():
    data = normal_data(10, 10)
    assert area_under_curve(data) == delong_auc(data)


@pytest.mark.parametrize("sizes", [(9, 40), (40, 9), (3, 12)])
def test_a_small_class_gets_the_exact_bootstrap_and_says_so(sizes):
    area = area_under_curve(normal_data(*sizes, shift=0.3))
    assert area.method == "exact_bootstrap"
    assert area.flags == ("small_class",)
    assert 0 <= area.lower < area.value < area.upper <= 1
    assert area.value == delong_auc(normal_data(*sizes, shift=0.3)).value


def test_limits_leave_out_the_expanded_share_of_all_resamples():
    positive, negative = [1, 4, 5], [0, 2, 3]
    area = area_under_curve(ClassData([*positive, *negative], [1] * 3 + [0] * 3), level=0.6)
    drawn = np.array(
        [
            np.mean([a > b for a in cases for b in controls])
            for cases in itertools.product(positive, repeat=3)
            for controls in itertools.product(negative, repeat=3)
        ]
    )
    # t with 2 degrees of freedom at 0.8 is 1.0607, times the root of 3 / 2.
    tail = NormalDist().cdf(-1.0606602 * np.sqrt(1.5))
    assert expanded_tail(0.6, 3) == pytest.approx(tail)
    assert np.mean(drawn < area.lower - 1e-9) <= tail < np.mean(drawn <= area.lower + 1e-9)
    assert np.mean(drawn > area.upper + 1e-9) <= tail < np.mean(drawn >= area.upper - 1e-9)


def test_a_small_class_is_covered_about_as_often_as_promised():
    rng = np.random.default_rng(6)
    true_area, covered, runs = 0.8413447, 0, 120
    for _ in range(runs):
        positive = np.arange(21) < 6
        area = area_under_curve(ClassData(rng.normal(size=21) + positive * np.sqrt(2), positive))
        covered += area.lower <= true_area <= area.upper
    assert covered / runs >= 0.92


@pytest.mark.parametrize(("positives", "negatives"), [(3, 30), (30, 3), (12, 12), (1, 5)])
def test_separated_classes_get_the_bound_of_disjoint_pairs(positives, negatives):
    scores = np.arange(positives + negatives, dtype=float)
    up = area_under_curve(ClassData(scores, scores >= negatives))
    pairs = min(positives, negatives)
    assert (up.value, up.upper, up.standard_error) == (1.0, 1.0, None)
    assert up.lower == pytest.approx(0.025 ** (1 / pairs))
    assert up.method == "disjoint_pairs"
    assert up.flags == ("complete_separation", "small_class")[: 2 if pairs < 10 else 1]
    down = area_under_curve(ClassData(-scores, scores >= negatives))
    assert (down.value, down.lower, down.upper) == (0.0, 0.0, pytest.approx(1 - up.lower))


def test_the_bound_of_disjoint_pairs_is_reached_by_a_distribution():
    # A case scores above all controls with chance A, below all otherwise: separated with chance A**cases.
    bound, cases = 0.025 ** (1 / 5), 5
    rng = np.random.default_rng(2)
    separated = (rng.random((200_000, cases)) < bound).all(axis=1).mean()
    assert separated == pytest.approx(0.025, abs=0.002)


def test_a_class_of_one_has_an_area_without_limits():
    area = area_under_curve(ClassData([1, 2, 3, 4], [0, 0, 1, 0]))
    assert (area.value, area.interval, area.flags) == (pytest.approx(2 / 3), None, ("small_class",))


def test_where_the_exact_distribution_would_take_too_long_it_is_drawn_with_a_seed(monkeypatch):
    data = normal_data(6, 30)
    exact = area_under_curve(data)
    monkeypatch.setattr(area_module, "LARGEST_WORK", 0)
    drawn = area_under_curve(data, seed=4)
    assert drawn == area_under_curve(data, seed=4)
    assert drawn.method == "bootstrap"
    assert drawn.standard_error == exact.standard_error
    assert (drawn.lower, drawn.upper) == pytest.approx((exact.lower, exact.upper), abs=0.02)


def test_out_of_fold_scores_carry_their_caution_whatever_the_method():
    for data in (normal_data(20, 20), normal_data(5, 20), ClassData([1, 2, 3, 4], [0, 0, 1, 1])):
        plain, warned = area_under_curve(data), area_under_curve(data, out_of_fold=True)
        assert warned.flags == (*plain.flags, "dependent_fold_scores")
        assert warned.interval == plain.interval


SMALL = st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=5, max_size=14).filter(
    lambda rows: len({p for _, p in rows}) == 2 and len({s for s, _ in rows}) > 1
)


@settings(deadline=None, max_examples=40)
@given(SMALL)
def test_negated_scores_mirror_the_area_and_its_limits_and_increasing_maps_leave_them(rows):
    scores, positive = (np.array(column) for column in zip(*rows, strict=True))
    area = area_under_curve(ClassData(scores, positive))
    mapped = area_under_curve(ClassData(np.exp(scores / 3), positive))
    mirrored = area_under_curve(ClassData(-scores, positive))
    assert mapped == area
    assert mirrored.value == pytest.approx(1 - area.value)
    assert (mirrored.method, mirrored.flags) == (area.method, area.flags)
    if area.interval is not None:
        assert mirrored.interval == pytest.approx((1 - area.upper, 1 - area.lower))


def test_dealt_out_labels_give_areas_about_one_half():
    rng = np.random.default_rng(8)
    scores = rng.random(60)
    positive = np.arange(60) < 24
    areas = [area_under_curve(ClassData(scores, rng.permutation(positive))).value for _ in range(200)]
    # The standard error of an area under no effect is 0.076 here, of their mean 0.0054.
    assert np.mean(areas) == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize(
    ("scores", "outcome", "reason"),
    [
        ([], [], Reason.TOO_FEW_ROWS),
        ([1, 2], [0, 0], Reason.ONE_CLASS),
        ([2, 2], [0, 1], Reason.CONSTANT_SCORES),
    ],
)
def test_data_without_an_area_say_why(scores, outcome, reason):
    assert area_under_curve(ClassData(scores, outcome)) == NotEstimable(reason)
