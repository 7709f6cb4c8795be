import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.statistics.penalised.folds import balanced_folds, checked_folds
from inference.statistics.reasons import DataError, Fault


@given(st.lists(st.booleans(), min_size=10, max_size=80), st.integers(2, 10), st.integers(0, 100))
def test_patients_and_events_are_spread_evenly(events: list[bool], count: int, seed: int) -> None:
    folds = balanced_folds(events, count, np.random.default_rng(seed))
    for weights in (np.ones(len(events)), np.array(events, dtype=float)):
        sizes = np.bincount(folds, weights=weights, minlength=count + 1)[1:]
        assert sizes.max() - sizes.min() <= 1


def test_a_seed_gives_the_same_folds_again() -> None:
    events = np.arange(50) % 3 == 0
    first, second, other = (balanced_folds(events, 5, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, second)
    assert (first != other).any()


@pytest.mark.parametrize("count", [1, 5])
def test_folds_are_at_least_two_and_at_most_the_patients(count: int) -> None:
    with pytest.raises(DataError) as raised:
        balanced_folds([0, 1, 1, 0], count, np.random.default_rng(0))
    assert raised.value.fault is Fault.OUT_OF_RANGE


@pytest.mark.parametrize(
    "folds, fault",
    [
        ([1, 2], Fault.LENGTHS_DIFFER),
        ([1, 1, 1], Fault.OUT_OF_RANGE),
        ([1, 1.5, 2], Fault.OUT_OF_RANGE),
        ([1, float("nan"), 2], Fault.NOT_FINITE),
    ],
)
def test_what_are_no_folds_is_refused(folds: list[float], fault: Fault) -> None:
    with pytest.raises(DataError) as raised:
        checked_folds(folds, 3)
    assert raised.value.fault is fault
