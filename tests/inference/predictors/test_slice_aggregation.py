"""Many slices, one vector: the mean of the larger cluster."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.predictors.slice_aggregation import aggregate_slices


def spread(rows, members):
    return sum(((rows[m] - rows[m].mean(axis=0)) ** 2).sum() for m in (members, ~members) if m.any())


def tightest_split(rows):
    """The best of all divisions into two, tried one by one."""
    sizes = range(1, len(rows) // 2 + 1)
    splits = [
        np.isin(np.arange(len(rows)), chosen) for k in sizes for chosen in combinations(range(len(rows)), k)
    ]
    return min(splits, key=lambda members: spread(rows, members))


def test_the_slices_of_the_larger_group_are_averaged():
    rng = np.random.default_rng(1)
    rows = np.concatenate([rng.normal(0, 0.1, (7, 40)), rng.normal(3, 0.1, (4, 40))])
    order = rng.permutation(11)
    found = aggregate_slices(rows[order], rng)
    assert found.kept.tolist() == (order < 7).tolist()
    assert found.vector == pytest.approx(rows[:7].mean(axis=0))


def scattered(seed):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(7, 2)) * [3, 1] + rng.integers(0, 2, (7, 1)) * 2


@given(seed=st.integers(0, 10_000))
def test_every_slice_lies_nearer_to_the_mean_of_its_own_cluster(seed):
    rows = scattered(seed)
    kept = aggregate_slices(rows, np.random.default_rng(seed)).kept
    own, other = (((rows - rows[members].mean(axis=0)) ** 2).sum(axis=1) for members in (kept, ~kept))
    assert (own[kept] <= other[kept]).all()
    assert (other[~kept] <= own[~kept]).all()


def test_ten_starts_find_the_tightest_division_nearly_always():
    found = 0
    for seed in range(60):
        rows = scattered(seed)
        kept = aggregate_slices(rows, np.random.default_rng(seed)).kept
        found += spread(rows, kept) <= spread(rows, tightest_split(rows)) * (1 + 1e-9)
    assert found >= 57


@pytest.mark.parametrize("slices", [1, 2])
def test_fewer_than_three_slices_are_simply_averaged(slices):
    rows = np.random.default_rng(2).normal(size=(slices, 5))
    assert aggregate_slices(rows, np.random.default_rng(0)).vector == pytest.approx(rows.mean(axis=0))


def test_of_clusters_of_equal_size_the_one_closer_to_the_overall_mean_is_kept():
    tight, loose = np.array([[0.0], [0.1], [0.2]]), np.array([[9.0], [10.0], [11.0]])
    for rows, expected in (([tight, loose], 0.1), ([loose, tight], 0.1)):
        found = aggregate_slices(np.concatenate(rows), np.random.default_rng(3))
        assert found.vector == pytest.approx([expected])


def test_of_mirrored_clusters_the_one_with_the_first_slice_is_kept():
    for seed in range(5):
        found = aggregate_slices(np.array([[5.0], [-5.0], [6.0], [-6.0]]), np.random.default_rng(seed))
        assert found.vector == pytest.approx([5.5])


def test_slices_that_are_all_alike_are_all_kept():
    found = aggregate_slices(np.full((6, 3), 2.5), np.random.default_rng(4))
    assert found.vector.tolist() == [2.5] * 3


def test_one_seed_gives_one_vector_whatever_the_order_of_features():
    rows = np.random.default_rng(5).normal(size=(20, 64))
    first = aggregate_slices(rows, np.random.default_rng(6)).vector
    again = aggregate_slices(rows[:, ::-1], np.random.default_rng(6)).vector
    assert first == pytest.approx(again[::-1])


def test_no_slice_and_a_missing_feature_are_refused():
    with pytest.raises(ValueError, match="at least one slice"):
        aggregate_slices(np.empty((0, 4)), np.random.default_rng(0))
    with pytest.raises(ValueError, match="not finite"):
        aggregate_slices(np.full((3, 4), np.nan), np.random.default_rng(0))
