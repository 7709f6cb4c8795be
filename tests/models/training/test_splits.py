"""No patient stands on two sides of a split."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.training.splits import Fold, folds_by_patient, split_by_patient


@given(st.integers(10, 60), st.integers(2, 5), st.integers(0, 2**32 - 1))
def test_every_patient_is_in_the_test_part_or_left_out_by_exactly_one_fold(patients, folds, seed):
    ids = [f"NPC-{number}" for number in range(patients)]
    rng = np.random.default_rng(seed)
    training, test = split_by_patient(ids, 0.2, rng)
    divided = folds_by_patient(ids, training, folds, rng)
    assert sorted(training + test) == list(range(patients))
    assert len(test) == round(0.2 * patients)
    assert sorted(p for fold in divided for p in fold.left_out) == list(training)
    for fold in divided:
        assert not set(fold.learn) & set(fold.left_out)
        assert not set(fold.learn) & set(test)
        assert sorted(fold.learn + fold.left_out) == list(training)


def test_a_patient_listed_twice_is_refused():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="occurs twice"):
        split_by_patient(["a", "b", "a"], 0.3, rng)
    with pytest.raises(ValueError, match="occurs twice"):
        folds_by_patient(["a", "b", "a"], [0, 1, 2], 2, rng)


def test_a_fold_cannot_learn_from_whom_it_leaves_out():
    with pytest.raises(ValueError, match="both"):
        Fold(0, learn=(1, 2), left_out=(2, 3))


def test_the_same_seed_splits_alike_and_another_does_not():
    ids = [str(number) for number in range(40)]
    first = split_by_patient(ids, 0.25, np.random.default_rng(1))
    assert first == split_by_patient(ids, 0.25, np.random.default_rng(1))
    assert first != split_by_patient(ids, 0.25, np.random.default_rng(2))
