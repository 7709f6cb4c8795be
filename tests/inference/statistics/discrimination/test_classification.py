"""Rates at a threshold against R, by hand, and where a class or a call is absent."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.statistics.discrimination.classification import ConfusionMatrix, confusion_matrix
from inference.statistics.outcomes import ClassData
from inference.statistics.reasons import DataError, NotEstimable, Reason
from tests.inference.statistics.oracles import assert_agrees, oracles

R = 1e-9


def number(estimate):
    return None if isinstance(estimate, NotEstimable) else estimate.value


def limits(estimate):
    return [None, None] if isinstance(estimate, NotEstimable) else list(estimate.interval)


@pytest.mark.parametrize("oracle", oracles("binary"))
def test_counts_rates_and_both_intervals_are_those_of_r(oracle):
    for split in ("dev", "val"):
        for row in oracle.golden.get(f"at_thresholds_{split}", {}).get("rows", []):
            wilson = confusion_matrix(oracle.classes("p_full", split), row["threshold"])
            exact = replace(wilson, interval="clopper_pearson")
            counts = (
                wilson.true_positives,
                wilson.false_positives,
                wilson.false_negatives,
                wilson.true_negatives,
            )
            ours = {
                **dict(zip(("tp", "fp", "fn", "tn"), counts, strict=True)),
                "sens": number(wilson.sensitivity),
                "spec": number(wilson.specificity),
                "ppv": number(wilson.ppv),
                "npv": number(wilson.npv),
                "acc": number(wilson.accuracy),
                "f1": number(wilson.f1),
                "sens_wilson": limits(wilson.sensitivity),
                "spec_wilson": limits(wilson.specificity),
                "sens_cp": limits(exact.sensitivity),
                "spec_cp": limits(exact.specificity),
            }
            assert ours.keys() == row.keys() - {"threshold"}
            for name, numbers in ours.items():
                assert_agrees(numbers, row[name], relative=R, what=f"{split} {row['threshold']} {name}")


def test_a_score_equal_to_the_threshold_is_positive():
    assert confusion_matrix(ClassData([0.5, 0.49], [1, 1]), 0.5) == ConfusionMatrix(1, 0, 1, 0)


def test_a_threshold_is_a_number():
    with pytest.raises(DataError):
        confusion_matrix(ClassData([0.5], [1]), float("nan"))


COUNT = st.integers(0, 40)


@given(COUNT, COUNT, COUNT, COUNT)
def test_f1_is_the_harmonic_mean_inside_its_interval(tp, fp, fn, tn):
    matrix = ConfusionMatrix(tp, fp, fn, tn)
    if tp + fp + fn == 0:
        assert matrix.f1 == NotEstimable(Reason.NOBODY_POSITIVE)
        return
    assert matrix.f1.lower <= matrix.f1.value <= matrix.f1.upper
    if tp:
        precision, recall = matrix.ppv.value, matrix.sensitivity.value
        assert matrix.f1.value == pytest.approx(2 * precision * recall / (precision + recall))


@given(COUNT, COUNT)
def test_the_exact_interval_holds_the_rate_and_runs_to_the_ends(hits, misses):
    rate = ConfusionMatrix(hits, 0, misses, 0, interval="clopper_pearson").sensitivity
    if hits + misses == 0:
        assert rate == NotEstimable(Reason.ONE_CLASS)
        return
    assert rate.lower <= rate.value <= rate.upper
    assert (rate.lower == 0) == (hits == 0)
    assert (rate.upper == 1) == (misses == 0)
    assert rate.method == "clopper_pearson"


@pytest.mark.parametrize(
    ("matrix", "name", "reason"),
    [
        (ConfusionMatrix(0, 0, 0, 0), "accuracy", Reason.TOO_FEW_ROWS),
        (ConfusionMatrix(0, 3, 0, 4), "sensitivity", Reason.ONE_CLASS),
        (ConfusionMatrix(3, 0, 4, 0), "specificity", Reason.ONE_CLASS),
        (ConfusionMatrix(0, 0, 2, 4), "ppv", Reason.NOBODY_POSITIVE),
        (ConfusionMatrix(2, 4, 0, 0), "npv", Reason.NOBODY_NEGATIVE),
        (ConfusionMatrix(0, 0, 0, 4), "f1", Reason.NOBODY_POSITIVE),
    ],
)
def test_a_rate_of_nobody_is_not_estimable(matrix, name, reason):
    assert getattr(matrix, name) == NotEstimable(reason)
