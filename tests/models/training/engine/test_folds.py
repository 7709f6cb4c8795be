"""A fold with one class is named before a network is spent on it."""

import numpy as np
import pytest

from models.training.engine.failures import OneClassError
from models.training.engine.folds import require_both_classes
from models.training.splits import Fold


@pytest.mark.parametrize(
    ("learn", "left_out", "part"),
    [
        ((0, 1), (2, 3), None),
        ((2, 4), (0, 1), "learn"),
        ((0, 1), (2, 4), "left_out"),
        ((0, 1), (3, 5), "left_out"),
    ],
    ids=["sound", "learns nothing", "no event left out", "only events left out"],
)
def test_both_sides_need_both_classes(learn, left_out, part):
    event = np.array([True, False, False, True, False, True])
    fold = Fold(2, learn, left_out)
    if part is None:
        require_both_classes([fold], [], event)
        return
    with pytest.raises(OneClassError) as raised:
        require_both_classes([fold], [], event)
    assert raised.value.message.fields["fold"] == 2
    assert raised.value.message.fields["part"] == f"training.part.{part}"


def test_a_test_part_with_one_class_is_refused_and_an_empty_one_is_not():
    event = np.array([True, False, False, True, False, True])
    require_both_classes([], [0, 1], event)
    with pytest.raises(OneClassError) as raised:
        require_both_classes([], [0, 3], event)
    assert raised.value.message.id == "error.training.one_class"
