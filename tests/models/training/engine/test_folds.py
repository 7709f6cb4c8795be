"""A fold that would teach one class is named before a network is spent on it."""

import numpy as np
import pytest

from models.training.engine.failures import OneClassError
from models.training.engine.folds import require_both_classes
from models.training.splits import Fold

EVENT = np.array([True, False, False, True, False, True])


@pytest.mark.parametrize(
    "left_out", [(2, 3), (2, 4), (3, 5), ()], ids=["both", "none", "only events", "empty"]
)
def test_what_is_left_out_may_have_one_class(left_out):
    require_both_classes([Fold(2, (0, 1), left_out)], EVENT)


@pytest.mark.parametrize("learn", [(2, 4), (0, 3, 5), ()], ids=["no event", "only events", "nobody"])
def test_what_is_learnt_from_may_not(learn):
    with pytest.raises(OneClassError) as raised:
        require_both_classes([Fold(2, learn, (1,))], EVENT)
    assert raised.value.message.fields == {"fold": 2, "patients": len(learn)}
