"""Youden's cut-off: the one that is locked, and R's list of ties."""

import numpy as np
import pytest

from inference.statistics.discrimination.youden import youden_cutoff, youden_points
from inference.statistics.outcomes import ClassData
from inference.statistics.reasons import NotEstimable, Reason
from tests.inference.statistics.oracles import as_list, assert_agrees, oracles

R = 1e-9
POSITIVE = (False, False, True, True)


def test_youden_takes_the_cutoff_between_the_classes():
    cutoff = youden_cutoff([0.1, 0.2, 0.6, 0.8], POSITIVE)
    assert cutoff.value == pytest.approx(0.4)
    assert (cutoff.sensitivity, cutoff.specificity, cutoff.index) == (1.0, 1.0, 1.0)


def test_youden_lists_cutoffs_of_the_same_index_and_takes_the_lower_middle_one():
    # Positive at 0.2 and 0.4, negative at 0.1 and 0.3: two cut-offs reach one half.
    cutoff = youden_cutoff([0.2, 0.4, 0.1, 0.3], [True, True, False, False])
    assert cutoff.tied == pytest.approx((0.15, 0.35))
    assert cutoff.value == pytest.approx(0.15)


def test_youden_equals_the_best_of_all_cutoffs():
    rng = np.random.default_rng(1)
    scores = rng.random(60).round(2)
    positive = rng.random(60) < scores
    best = max(
        (scores[positive] >= c).mean() + (scores[~positive] < c).mean() - 1 for c in np.linspace(0, 1, 1001)
    )
    cutoff = youden_cutoff(scores, positive)
    assert cutoff.index == pytest.approx(best)
    assert (scores[positive] >= cutoff.value).mean() == pytest.approx(cutoff.sensitivity)


def test_equal_scores_have_no_cutoff():
    with pytest.raises(ValueError, match="no cut-off"):
        youden_cutoff([0.5, 0.5], [True, False])


def is_same(ours, theirs):
    return ours is theirs is None or (None not in (ours, theirs) and abs(ours - theirs) <= R * abs(theirs))


def value(estimate):
    return None if isinstance(estimate, NotEstimable) else estimate.value


@pytest.mark.parametrize("oracle", oracles("binary"))
def test_the_best_thresholds_are_those_of_proc_with_their_counts(oracle):
    for split in ("dev", "val"):
        for marker, section in oracle.golden.get(f"roc_{split}", {}).get("markers", {}).items():
            golden = section["youden_pROC"]
            points = youden_points(oracle.classes(marker, split))
            if isinstance(points, NotEstimable):
                assert len(as_list(golden["sensitivity"])) == 2, "equal scores tie at both ends"
                continue
            rows = len(as_list(golden["sensitivity"]))
            # Rounding of quotients can break a tie in pROC; ours are ties of counts, so there may be more.
            if rows < len(points):
                listed = as_list(golden["threshold"])
                points = [p for p in points if any(is_same(p.threshold, t) for t in listed)]
            matrices = [point.matrix for point in points]
            ours = {
                "threshold": [point.threshold for point in points],
                "youden": [point.index + 1 for point in points],
                "sensitivity": [m.sensitivity.value for m in matrices],
                "specificity": [m.specificity.value for m in matrices],
                "tp": [m.true_positives for m in matrices],
                "tn": [m.true_negatives for m in matrices],
                "fp": [m.false_positives for m in matrices],
                "fn": [m.false_negatives for m in matrices],
                "ppv": [value(m.ppv) for m in matrices],
                "npv": [value(m.npv) for m in matrices],
                "accuracy": [m.accuracy.value for m in matrices],
            }
            for name, numbers in ours.items():
                assert_agrees(numbers, as_list(golden[name]), relative=R, what=f"{split} {marker} {name}")


def test_ties_are_listed_in_order_and_the_locked_cutoff_is_among_them():
    scores, positive = [0.2, 0.4, 0.1, 0.3], [True, True, False, False]
    points = youden_points(ClassData(scores, positive))
    assert [p.threshold for p in points] == pytest.approx(youden_cutoff(scores, positive).tied)


def test_a_score_that_runs_the_wrong_way_is_best_at_the_ends_which_have_no_threshold():
    points = youden_points(ClassData([1, 2, 3, 4], [1, 1, 0, 0]))
    assert [(p.threshold, p.index) for p in points] == [(None, 0.0), (None, 0.0)]
    assert [p.matrix.true_positives for p in points] == [2, 0]


def test_one_class_has_no_best_threshold():
    assert youden_points(ClassData([1, 2], [1, 1])) == NotEstimable(Reason.ONE_CLASS)
