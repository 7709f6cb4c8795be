"""AUC with DeLong's variance and the paired test, against R, hand counts and a naive twin."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.statistics.discrimination.delong import auc, compare_aucs, delong_auc
from inference.statistics.estimate import Estimate
from inference.statistics.outcomes import ClassData
from inference.statistics.reasons import DataError, NotEstimable, Reason
from tests.inference.statistics.oracles import assert_agrees, oracles

R = 1e-9
SCORES = (0.1, 0.4, 0.35, 0.8)
POSITIVE = (False, False, True, True)


def naive_auc(scores, positive):
    pairs = list(
        itertools.product(
            [s for s, p in zip(scores, positive, strict=True) if p],
            [s for s, p in zip(scores, positive, strict=True) if not p],
        )
    )
    return sum(1.0 if a > b else 0.5 if a == b else 0.0 for a, b in pairs) / len(pairs)


def naive_delong_variance(scores, positive):
    cases = [s for s, p in zip(scores, positive, strict=True) if p]
    controls = [s for s, p in zip(scores, positive, strict=True) if not p]

    def kernel(a, b):
        return 1.0 if a > b else 0.5 if a == b else 0.0

    v10 = [np.mean([kernel(a, b) for b in controls]) for a in cases]
    v01 = [np.mean([kernel(a, b) for a in cases]) for b in controls]
    return np.var(v10, ddof=1) / len(cases) + np.var(v01, ddof=1) / len(controls)


def test_auc_counts_pairs_in_which_the_positive_scores_higher():
    assert auc(SCORES, POSITIVE).value == pytest.approx(3 / 4)


def test_a_constant_score_has_an_area_of_one_half():
    assert auc([0.3] * 6, [True, False] * 3).value == pytest.approx(0.5)


@given(
    st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=6, max_size=30).filter(
        lambda rows: 2 <= sum(p for _, p in rows) <= len(rows) - 2
    )
)
def test_area_and_variance_equal_the_naive_count_with_ties(rows):
    scores, positive = zip(*rows, strict=True)
    area = auc(scores, positive)
    assert area.value == pytest.approx(naive_auc(scores, positive))
    assert area.standard_error**2 == pytest.approx(naive_delong_variance(scores, positive), abs=1e-12)


@given(st.permutations(range(12)))
def test_area_is_unchanged_by_an_increasing_rescaling_and_mirrored_by_the_sign(order):
    scores = np.array(order, dtype=float)
    positive = np.arange(12) % 3 == 0
    area = auc(scores, positive).value
    assert auc(np.exp(scores / 5), positive).value == pytest.approx(area)
    assert auc(-scores, positive).value == pytest.approx(1 - area)


def test_interval_covers_the_true_area_nearly_as_often_as_it_says():
    rng = np.random.default_rng(3)
    true_area, covered, runs = 0.8413447, 0, 300
    for _ in range(runs):
        positive = np.arange(80) < 32
        scores = rng.standard_normal(80) + positive * np.sqrt(2)
        low, high = auc(scores, positive).interval() or (0.0, 0.0)
        covered += low <= true_area <= high
    assert 0.92 <= covered / runs <= 0.98


def test_an_area_of_one_has_no_interval():
    assert auc([0.1, 0.2, 0.8, 0.9], POSITIVE).interval() is None


@pytest.mark.parametrize(
    ("scores", "positive", "message"),
    [
        ([0.1, 0.2], [True, True], "both classes"),
        ([0.1, float("nan")], [True, False], "finite"),
        ([0.1, 0.2, 0.3], [True, False], "one class per score"),
    ],
)
def test_what_has_no_area_is_refused(scores, positive, message):
    with pytest.raises(ValueError, match=message):
        auc(scores, positive)


def roc_sections(oracle):
    sections = [(split, oracle.golden.get(f"roc_{split}", {})) for split in ("dev", "val")]
    return [(split, section) for split, section in sections if "markers" in section]


@pytest.mark.parametrize("oracle", oracles("binary"))
def test_areas_errors_and_intervals_are_those_of_proc(oracle):
    for split, section in roc_sections(oracle):
        for marker, golden in section["markers"].items():
            area = delong_auc(oracle.classes(marker, split))
            what = f"{split} {marker}"
            if isinstance(area, NotEstimable):
                assert (area.reason, golden["se_delong"]) == (Reason.CONSTANT_SCORES, 0), what
                continue
            if golden["auc"] in (0, 1):
                assert (area.value, area.lower, area.upper) == (golden["auc"], None, None), what
                continue
            ours = [area.value, area.standard_error, area.lower, area.upper]
            assert_agrees(
                ours, [golden[k] for k in ("auc", "se_delong", "lower", "upper")], relative=R, what=what
            )
            assert area.method == "delong"


@pytest.mark.parametrize("oracle", oracles("binary"))
def test_paired_tests_are_those_of_proc(oracle):
    for split, section in roc_sections(oracle):
        table = oracle.table(split)
        for pair, golden in section["paired_delong"].items():
            if "error" in golden:
                continue
            first, second = pair.split(" vs ")
            paired = compare_aucs(table[first], table[second], table["y"])
            what = f"{split} {pair}"
            if isinstance(paired, NotEstimable):
                assert golden["Z"] is None or paired.reason is Reason.CONSTANT_SCORES, what
                continue
            ours = [paired.z, paired.p_value, paired.difference.value, paired.covariance]
            assert_agrees(ours, [golden[k] for k in ("Z", "p", "diff", "cov")], relative=R, what=what)


def test_the_logit_interval_is_named_and_stays_inside():
    area = delong_auc(ClassData([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [0, 0, 1, 0, 1, 1]), scale="logit")
    assert (area.method, area.interval) == ("logit", auc([1, 2, 3, 4, 5, 6], [0, 0, 1, 0, 1, 1]).interval())
    assert 0 < area.lower < area.value < area.upper < 1


def test_classes_that_do_not_overlap_get_no_interval_from_delong():
    area = delong_auc(ClassData([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1]))
    assert area == Estimate(1.0, method="delong", flags=("complete_separation",))


def test_a_class_of_one_gets_no_error_from_delong():
    area = delong_auc(ClassData([0.1, 0.2, 0.15, 0.9], [0, 0, 1, 0]))
    assert (area.value, area.standard_error, area.interval) == (pytest.approx(1 / 3), None, None)


@pytest.mark.parametrize(
    ("scores", "outcome", "reason"),
    [
        ([], [], Reason.TOO_FEW_ROWS),
        ([0.1, 0.2], [1, 1], Reason.ONE_CLASS),
        ([0.3, 0.3, 0.3], [0, 1, 0], Reason.CONSTANT_SCORES),
    ],
)
def test_what_has_no_curve_is_marked(scores, outcome, reason):
    assert delong_auc(ClassData(scores, outcome)) == NotEstimable(reason)


def test_scores_of_the_same_order_cannot_be_compared():
    scores = np.array([1.0, 4.0, 2.0, 3.0, 5.0, 0.5])
    outcome = [0, 1, 0, 1, 0, 1]
    assert compare_aucs(scores, np.exp(scores), outcome) == NotEstimable(Reason.NO_VARIANCE)


def test_one_patient_of_a_class_cannot_carry_a_comparison():
    assert compare_aucs([1, 2, 3, 4], [4, 2, 3, 1], [0, 0, 1, 0]) == NotEstimable(Reason.TOO_FEW_ROWS)


def test_the_paired_test_changes_its_sign_with_the_order_and_warns_of_folds():
    first, second, outcome = [1, 2, 3, 4, 5, 6], [2, 1, 3, 6, 4, 5], [0, 0, 1, 0, 1, 1]
    forth = compare_aucs(first, second, outcome)
    back = compare_aucs(second, first, outcome, out_of_fold=True)
    assert back.z == pytest.approx(-forth.z)
    assert back.p_value == pytest.approx(forth.p_value)
    assert forth.difference.flags == ("small_class",)
    assert back.difference.flags == ("small_class", "dependent_fold_scores")


def test_a_score_that_separates_the_classes_makes_the_comparison_doubtful():
    outcome = np.arange(24) >= 12
    paired = compare_aucs(np.arange(24), np.arange(24) % 13, outcome)
    assert paired.first.value == 1
    assert paired.difference.flags == ("complete_separation",)


def test_malformed_scores_are_refused_with_their_row():
    with pytest.raises(DataError) as caught:
        compare_aucs([1, 2, 3], [1, float("inf"), 3], [0, 1, 0])
    assert caught.value.message.fields["row"] == 2
    with pytest.raises(DataError):
        compare_aucs([1, 2, 3], [1, 2], [0, 1, 0])
