"""Clustered areas against DeLong, a naive twin of Obuchowski's formulas, and repeated sampling."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.statistics.discrimination.cluster_auc import cluster_auc, compare_clustered_aucs
from inference.statistics.discrimination.delong import compare_aucs, delong_auc
from inference.statistics.outcomes import ClassData
from inference.statistics.reasons import DataError, NotEstimable, Reason


def naive_variance(scores, positive, clusters):
    def kernel(a, b):
        return 1.0 if a > b else 0.5 if a == b else 0.0

    units = list(zip(scores, positive, clusters, strict=True))
    cases = [(s, c) for s, p, c in units if p]
    controls = [(s, c) for s, p, c in units if not p]
    m, n = len(cases), len(controls)
    area = sum(kernel(a, b) for a, _ in cases for b, _ in controls) / (m * n)
    names = sorted(set(clusters))
    wins = dict.fromkeys(names, 0.0)
    losses = dict.fromkeys(names, 0.0)
    for a, c in cases:
        wins[c] += np.mean([kernel(a, b) for b, _ in controls]) - area
    for b, c in controls:
        losses[c] += np.mean([kernel(a, b) for a, _ in cases]) - area
    with_cases, with_controls = len({c for _, c in cases}), len({c for _, c in controls})
    s10 = with_cases / ((with_cases - 1) * m) * sum(w**2 for w in wins.values())
    s01 = with_controls / ((with_controls - 1) * n) * sum(v**2 for v in losses.values())
    s11 = len(names) / (len(names) - 1) * sum(wins[c] * losses[c] for c in names)
    return area, s10 / m + s01 / n + 2 * s11 / (m * n)


UNITS = st.lists(
    st.tuples(st.integers(0, 6), st.booleans(), st.integers(0, 5)), min_size=8, max_size=30
).filter(
    lambda units: (
        all(len({c for _, p, c in units if p == one}) > 1 for one in (True, False))
        and len({s for s, _, _ in units}) > 1
    )
)


@settings(deadline=None)
@given(UNITS)
def test_area_and_variance_are_those_of_the_formulas(units):
    scores, positive, clusters = zip(*units, strict=True)
    area, variance = naive_variance(scores, positive, clusters)
    ours = cluster_auc(ClassData(scores, positive), clusters)
    assert ours.value == pytest.approx(area)
    if area in (0.0, 1.0):
        assert (ours.interval, ours.flags[0]) == (None, "complete_separation")
    elif ours.standard_error is None:
        assert variance < 1e-12
    else:
        assert ours.standard_error**2 == pytest.approx(variance, abs=1e-12)
        assert 0 <= ours.lower <= ours.value <= ours.upper <= 1


def test_one_unit_in_each_cluster_is_delong():
    rng = np.random.default_rng(1)
    positive = np.arange(50) < 20
    first, second = rng.normal(size=(2, 50)) + positive
    own = list(range(50))
    clustered, plain = cluster_auc(ClassData(first, positive), own), delong_auc(ClassData(first, positive))
    assert clustered.standard_error == pytest.approx(plain.standard_error)
    assert clustered.interval == pytest.approx(plain.interval)
    ours, theirs = compare_clustered_aucs(first, second, positive, own), compare_aucs(first, second, positive)
    assert (ours.z, ours.p_value, ours.covariance) == pytest.approx(
        (theirs.z, theirs.p_value, theirs.covariance)
    )


def test_repeating_every_slice_leaves_the_error_as_it_was():
    rng = np.random.default_rng(2)
    positive = np.arange(40) < 15
    scores = rng.normal(size=40) + positive
    once = cluster_auc(ClassData(scores, positive), list(range(40)))
    thrice = cluster_auc(
        ClassData(np.repeat(scores, 3), np.repeat(positive, 3)), np.repeat(range(40), 3).tolist()
    )
    assert thrice.standard_error == pytest.approx(once.standard_error)
    assert (
        delong_auc(ClassData(np.repeat(scores, 3), np.repeat(positive, 3))).standard_error
        < 0.7 * once.standard_error
    )


def test_the_error_is_that_of_repeated_sampling_of_patients():
    rng = np.random.default_rng(3)
    areas, errors = [], []
    for _ in range(300):
        positive = np.repeat(np.arange(60) < 25, 4)
        own = np.repeat(rng.normal(size=60), 4)
        scores = own + rng.normal(size=240) * 0.5 + positive
        area = cluster_auc(ClassData(scores, positive), np.repeat(np.arange(60), 4).tolist())
        areas.append(area.value)
        errors.append(area.standard_error)
    assert np.sqrt(np.mean(np.square(errors))) == pytest.approx(np.std(areas), rel=0.12)


def test_few_clusters_are_flagged_and_one_gives_no_error():
    area = cluster_auc(ClassData([1, 3, 2, 4], [0, 0, 1, 1]), ["a", "b", "c", "c"])
    assert (area.standard_error, area.interval, area.flags) == (None, None, ("small_class",))
    paired = compare_clustered_aucs([1, 3, 2, 4], [1, 2, 3, 4], [0, 0, 1, 1], ["a", "b", "c", "c"])
    assert paired == NotEstimable(Reason.TOO_FEW_ROWS)


def test_equal_orders_cannot_be_compared_and_one_class_has_no_area():
    scores = np.array([1.0, 4.0, 2.0, 3.0, 5.0, 0.5])
    outcome, own = [0, 1, 0, 1, 0, 1], list("aabbcc")
    assert compare_clustered_aucs(scores, np.exp(scores), outcome, own) == NotEstimable(Reason.NO_VARIANCE)
    assert cluster_auc(ClassData([1, 2], [1, 1]), ["a", "b"]) == NotEstimable(Reason.ONE_CLASS)
    with pytest.raises(DataError):
        cluster_auc(ClassData([1, 2, 3], [0, 1, 0]), ["a"])
