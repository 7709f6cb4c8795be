"""The ROC curve against R and a naive twin."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.statistics.discrimination.delong import auc
from inference.statistics.discrimination.roc import roc_curve
from inference.statistics.outcomes import ClassData
from inference.statistics.reasons import NotEstimable, Reason
from tests.inference.statistics.oracles import assert_agrees, oracles

R = 1e-9


@pytest.mark.parametrize("oracle", oracles("binary"))
def test_thresholds_and_points_are_those_of_proc(oracle):
    for split in ("dev", "val"):
        for marker, golden in oracle.golden.get(f"roc_{split}", {}).get("markers", {}).items():
            curve = roc_curve(oracle.classes(marker, split))
            what = f"{split} {marker}"
            if isinstance(curve, NotEstimable):
                assert len(golden["sens"]) == 2, "equal scores have the two ends alone"
                continue
            assert_agrees([None, *curve.thresholds, None], golden["thresholds_pROC"], relative=R, what=what)
            assert_agrees(curve.sensitivity, golden["sens"], relative=R, what=what)
            assert_agrees(curve.specificity, golden["spec"], relative=R, what=what)


ROWS = st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=4, max_size=30).filter(
    lambda rows: len({p for _, p in rows}) == 2 and len({s for s, _ in rows}) > 1
)


@given(ROWS)
def test_each_point_is_a_count_at_its_threshold_and_the_area_below_is_the_auc(rows):
    scores, positive = (np.array(column) for column in zip(*rows, strict=True))
    curve = roc_curve(ClassData(scores, positive))
    for i, threshold in enumerate(curve.thresholds, start=1):
        assert curve.sensitivity[i] == pytest.approx((scores[positive] >= threshold).mean())
        assert curve.specificity[i] == pytest.approx((scores[~positive] < threshold).mean())
    area = np.trapezoid(curve.sensitivity, curve.specificity)
    assert area == pytest.approx(auc(scores, positive).value)
    assert np.all(np.diff(curve.sensitivity) <= 0)
    assert np.all(np.diff(curve.specificity) >= 0)


def test_the_ends_are_everybody_and_nobody_and_all_numbers_are_finite():
    curve = roc_curve(ClassData([3, 1, 2, 2], [1, 0, 0, 1]))
    assert curve.thresholds.tolist() == [1.5, 2.5]
    assert list(zip(curve.sensitivity, curve.specificity, strict=True)) == [
        (1, 0),
        (1, 0.5),
        (0.5, 1),
        (0, 1),
    ]


@pytest.mark.parametrize(
    ("scores", "outcome", "reason"),
    [
        ([], [], Reason.TOO_FEW_ROWS),
        ([1, 2], [0, 1], Reason.TOO_FEW_ROWS),
        ([1, 2], [0, 0], Reason.ONE_CLASS),
        ([2, 2], [0, 1], Reason.CONSTANT_SCORES),
    ],
)
def test_data_without_a_curve_say_why(scores, outcome, reason):
    assert roc_curve(ClassData(scores, outcome)) == NotEstimable(reason)
