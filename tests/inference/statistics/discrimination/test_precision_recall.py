"""Precision and recall against a naive twin and scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.statistics.discrimination.precision_recall import precision_recall_curve
from inference.statistics.outcomes import ClassData
from inference.statistics.reasons import NotEstimable, Reason

ROWS = st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=4, max_size=30).filter(
    lambda rows: len({p for _, p in rows}) == 2 and len({s for s, _ in rows}) > 1
)


def naive_average_precision(scores, positive):
    total, recall_before = 0.0, 0.0
    for threshold in sorted(set(scores), reverse=True):
        called = [p for s, p in zip(scores, positive, strict=True) if s >= threshold]
        recall = sum(called) / sum(positive)
        total += (recall - recall_before) * sum(called) / len(called)
        recall_before = recall
    return total


@given(ROWS)
def test_average_precision_equals_the_naive_sum_over_thresholds(rows):
    scores, positive = zip(*rows, strict=True)
    curve = precision_recall_curve(ClassData(scores, positive))
    assert curve.average_precision.value == pytest.approx(naive_average_precision(scores, positive))
    assert curve.prevalence == pytest.approx(np.mean(positive))
    assert curve.recall[0] == 1
    assert np.all(np.diff(curve.recall) <= 0)


def test_average_precision_is_that_of_scikit_learn_with_ties():
    metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(5)
    positive = rng.random(200) < 0.2
    scores = (rng.random(200) + 0.3 * positive).round(1)
    curve = precision_recall_curve(ClassData(scores, positive))
    assert curve.average_precision.value == pytest.approx(metrics.average_precision_score(positive, scores))
    precision, recall, thresholds = metrics.precision_recall_curve(positive, scores)
    assert curve.precision == pytest.approx(precision[:-1])
    assert curve.recall == pytest.approx(recall[:-1])
    assert curve.thresholds == pytest.approx(thresholds)


def test_the_interval_is_the_published_logit_one():
    curve = precision_recall_curve(ClassData([0.9, 0.8, 0.7, 0.6, 0.5], [1, 0, 1, 0, 0]))
    average = (1 + 2 / 3) / 2
    reach = 1.959963984540054 / np.sqrt(2 * average * (1 - average))
    centre = np.log(average / (1 - average))
    assert curve.average_precision.interval == pytest.approx(
        (1 / (1 + np.exp(reach - centre)), 1 / (1 + np.exp(-reach - centre)))
    )


def test_classes_that_do_not_overlap_have_an_average_of_one_without_limits():
    average = precision_recall_curve(ClassData([1, 2, 3, 4], [0, 0, 1, 1])).average_precision
    assert (average.value, average.interval, average.flags) == (1.0, None, ("complete_separation",))


@pytest.mark.parametrize(
    ("scores", "outcome", "reason"),
    [
        ([], [], Reason.TOO_FEW_ROWS),
        ([1, 2], [0, 0], Reason.ONE_CLASS),
        ([2, 2], [0, 1], Reason.CONSTANT_SCORES),
    ],
)
def test_data_without_a_curve_say_so(scores, outcome, reason):
    assert precision_recall_curve(ClassData(scores, outcome)) == NotEstimable(reason)
