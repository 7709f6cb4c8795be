"""Every model in every cohort: the numbers of the statistics called directly, and cohorts apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from inference.errors import Cancelled, InputError
from inference.evaluation.evaluation import CohortEvaluation, Evaluation, EvaluationOptions, evaluate
from inference.evaluation.prediction_file import read_predictions
from inference.evaluation.predictions import Kind, Model, Predictions
from inference.jobs import Progress
from inference.statistics.calibration.survival_brier import survival_brier
from inference.statistics.cautions import CautionCode
from inference.statistics.discrimination.area import area_under_curve
from inference.statistics.discrimination.classification import confusion_matrix
from inference.statistics.discrimination.concordance import Concordance, concordance
from inference.statistics.discrimination.delong import compare_aucs
from inference.statistics.discrimination.time_dependent_auc import RocAtTime, time_dependent_auc
from inference.statistics.discrimination.youden import youden_cutoff
from inference.statistics.estimate import Estimate
from inference.statistics.outcomes import ClassData, SurvivalData
from inference.statistics.reasons import NotEstimable, Reason
from inference.statistics.survival.logrank import LogRank, logrank

EXAMPLES = Path(__file__).parents[3] / "inference/evaluation/examples"


def read(kind: Kind) -> Predictions:
    return read_predictions(EXAMPLES / f"{kind}.csv", kind)


@cache
def example(kind: Kind) -> Evaluation:
    return evaluate(read(kind), EvaluationOptions())


def table(
    scores: Mapping[str, Sequence[float]],
    happened: Sequence[int],
    cohorts: Sequence[str],
    *,
    times: Sequence[float] | None = None,
    patients: Sequence[str] | None = None,
    folds: Sequence[str] | None = None,
) -> Predictions:
    """A small table without probabilities; with ``patients`` its rows are slices."""
    flags = np.array(happened, dtype=bool)
    follow_up = None if times is None else SurvivalData(np.array(times, dtype=float), flags)
    return Predictions(
        "binary" if times is None else "survival",
        tuple(patients or (f"p{i}" for i in range(len(happened)))),
        np.array(cohorts),
        tuple(Model(name, np.array(one, dtype=float), False, {}) for name, one in scores.items()),
        flags if times is None else None,
        follow_up,
        np.array(folds or [""] * len(happened)),
        (),
        patients is not None,
        False,
        (),
        "0" * 64,
    )


def small(generator: np.random.Generator, n: int = 60) -> Predictions:
    happened = (np.arange(n) % 3 == 0).astype(int)
    scores = {name: (generator.normal(size=n) + happened).tolist() for name in ("a", "b")}
    return table(scores, happened.tolist(), ["training", "external"] * (n // 2))


def rows(predictions: Predictions, cohort: str) -> NDArray[np.bool_]:
    return predictions.cohorts == cohort


def same(one: CohortEvaluation, other: CohortEvaluation) -> bool:
    """Whether every number of two evaluations is the same, by their text with full precision."""
    with np.printoptions(threshold=100_000, precision=17):
        return repr(one) == repr(other)


@pytest.mark.parametrize("cohort", [0, 1, 2])
def test_numbers_of_classes_are_those_of_the_statistics(cohort: int) -> None:
    evaluation, whole = example("binary"), read("binary")
    found = evaluation.cohorts[cohort]
    chosen = rows(whole, found.name)
    assert whole.outcome is not None
    for model, one in zip(whole.models, found.classes, strict=True):
        data = ClassData(model.scores[chosen], whole.outcome[chosen])
        threshold = evaluation.thresholds[model.name]
        assert threshold is not None and one.at_threshold is not None
        assert one.auc == area_under_curve(data)
        assert one.at_threshold.matrix == confusion_matrix(data, threshold.value)
    first, second = whole.models[:2]
    paired = compare_aucs(first.scores[chosen], second.scores[chosen], whole.outcome[chosen])
    assert not isinstance(paired, NotEstimable)
    assert found.comparisons[0].difference == paired.difference
    assert found.comparisons[0].p_value == paired.p_value


@pytest.mark.parametrize("cohort", [0, 1, 2])
def test_numbers_of_times_are_those_of_the_statistics(cohort: int) -> None:
    evaluation, whole = example("survival"), read("survival")
    found = evaluation.cohorts[cohort]
    chosen = rows(whole, found.name)
    assert whole.follow_up is not None and evaluation.horizons == (36.0, 60.0)
    data = whole.follow_up.rows(chosen)
    for model, one in zip(whole.models, found.times, strict=True):
        scores = model.scores[chosen]
        threshold = evaluation.thresholds[model.name]
        harrell = concordance(data, scores)
        assert isinstance(harrell, Concordance) and one.c_index == harrell.estimate
        assert one.auc == time_dependent_auc(data, scores, (36.0, 60.0))
        survival = np.column_stack([model.survival[36.0][chosen], model.survival[60.0][chosen]])
        assert one.brier == survival_brier(data, survival, (36.0, 60.0))
        assert threshold is not None and one.risk_groups is not None
        labels = ["high" if score >= threshold.value else "low" for score in scores]
        test, direct = one.risk_groups.logrank, logrank(data, labels)
        assert isinstance(test, LogRank) and isinstance(direct, LogRank)
        assert test.p_value == direct.p_value


def test_the_area_under_the_curve_at_a_horizon_is_the_auc_beside_it() -> None:
    for cohort in example("survival").cohorts:
        for one in cohort.times:
            for curve, area in zip(one.roc, one.auc.estimates, strict=True):
                assert isinstance(curve, RocAtTime) and isinstance(area, Estimate)
                drawn = np.trapezoid(curve.sensitivity, 1 - curve.specificity)
                assert drawn == pytest.approx(area.value, abs=1e-12)


@pytest.mark.parametrize("kind", ["binary", "survival"])
def test_changing_one_cohort_leaves_the_numbers_of_the_others(kind: Kind) -> None:
    whole = read(kind)
    chosen = rows(whole, "external")
    models = tuple(
        replace(model, scores=np.where(chosen, model.scores[::-1], model.scores)) for model in whole.models
    )
    changed = evaluate(replace(whole, models=models), EvaluationOptions())
    before = example(kind)
    assert changed.thresholds == before.thresholds
    assert same(changed.cohorts[0], before.cohorts[0]) and same(changed.cohorts[1], before.cohorts[1])
    assert not same(changed.cohorts[2], before.cohorts[2])


def test_a_threshold_is_locked_in_training_and_flagged_there_alone() -> None:
    whole = read("binary")
    evaluation = example("binary")
    chosen = rows(whole, "training")
    assert whole.outcome is not None
    for model in whole.models:
        locked = evaluation.thresholds[model.name]
        assert locked is not None and locked.origin == "youden_in_training"
        assert locked.value == youden_cutoff(model.scores[chosen], whole.outcome[chosen]).value
    flagged = [
        any(caution.code is CautionCode.CUT_CHOSEN_ON_SAME_DATA for caution in cohort.cautions)
        for cohort in evaluation.cohorts
    ]
    assert flagged == [True, False, False]
    for cohort, is_training in zip(example("survival").cohorts, (True, False, False), strict=True):
        for one in cohort.times:
            assert one.risk_groups is not None and isinstance(one.risk_groups.hazard_ratio, Estimate)
            flags = one.risk_groups.hazard_ratio.flags
            assert ("cut_chosen_on_same_data" in flags) == is_training


def test_a_given_threshold_is_never_flagged_as_chosen_here() -> None:
    evaluation = evaluate(small(np.random.default_rng(1)), EvaluationOptions(threshold=0.4))
    assert {one.value for one in evaluation.thresholds.values() if one} == {0.4}
    codes = {caution.code for cohort in evaluation.cohorts for caution in cohort.cautions}
    assert CautionCode.CUT_CHOSEN_ON_SAME_DATA not in codes


def test_a_threshold_may_be_named_for_one_model_and_locked_for_the_other() -> None:
    evaluation = evaluate(small(np.random.default_rng(2)), EvaluationOptions(threshold={"b": 0.1}))
    origins = {name: one.origin for name, one in evaluation.thresholds.items() if one}
    assert origins == {"a": "youden_in_training", "b": "given"}


def test_without_training_nothing_is_locked_and_what_needs_a_threshold_is_left_out() -> None:
    whole = replace(small(np.random.default_rng(3)), cohorts=np.array(["internal", "external"] * 30))
    evaluation = evaluate(whole, EvaluationOptions())
    assert evaluation.thresholds == {"a": None, "b": None}
    assert all(one.at_threshold is None for cohort in evaluation.cohorts for one in cohort.classes)


def test_scores_of_slices_are_averaged_and_their_own_auc_stands_beside() -> None:
    members = np.repeat(np.arange(12), [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3])
    patients = [f"p{i}" for i in members]
    happened = [int(i % 3 == 0) for i in members]
    scores = np.random.default_rng(4).normal(size=24) + happened
    sliced = table({"a": scores.tolist()}, happened, ["training"] * 24, patients=patients)
    found = evaluate(sliced, EvaluationOptions()).cohorts[0]
    assert (found.flow.patients, found.flow.slices) == (12, 24)
    means = np.array([scores[members == i].mean() for i in range(12)])
    np.testing.assert_allclose(found.classes[0].data.scores, means)
    assert found.classes[0].auc == area_under_curve(ClassData(means, np.arange(12) % 3 == 0))
    of_slices = found.classes[0].slice_auc
    assert isinstance(of_slices, Estimate)
    naive = area_under_curve(ClassData(scores, np.array(happened, dtype=bool)))
    assert isinstance(naive, Estimate) and of_slices.value == pytest.approx(naive.value)


def test_scores_out_of_fold_are_flagged_and_judged_within_folds() -> None:
    whole = small(np.random.default_rng(5))
    folds = np.where(whole.cohorts == "training", np.array(list("vwxyz") * 12), "")
    evaluation = evaluate(replace(whole, folds=folds), EvaluationOptions())
    training, external = evaluation.cohorts
    assert isinstance(training.classes[0].auc, Estimate) and training.classes[0].folds is not None
    assert "dependent_fold_scores" in training.classes[0].auc.flags
    assert CautionCode.DEPENDENT_FOLD_SCORES in {caution.code for caution in training.cautions}
    assert external.classes[0].folds is None


def test_what_is_resampled_follows_the_seed() -> None:
    whole = small(np.random.default_rng(6))
    one, again, other = (evaluate(whole, EvaluationOptions(seed=seed)) for seed in (7, 7, 8))
    assert all(same(*pair) for pair in zip(one.cohorts, again.cohorts, strict=True))
    assert not same(one.cohorts[0], other.cohorts[0])


def test_probabilities_are_asked_of_scores_that_are_none_never() -> None:
    found = evaluate(small(np.random.default_rng(7)), EvaluationOptions()).cohorts[0].classes[0]
    assert found.calibration is None and found.decision is None
    times = table({"a": range(20)}, [0, 1] * 10, ["training"] * 20, times=[float(i + 1) for i in range(20)])
    scored = evaluate(times, EvaluationOptions(horizons=(8.0,))).cohorts[0].times[0]
    assert scored.brier is None and scored.integrated_brier is None and not scored.at_horizons
    assert len(scored.roc) == len(scored.auc.times) == 1


def test_a_cohort_of_one_class_or_without_events_says_so_in_place_of_numbers() -> None:
    happened = [1, 0] * 10 + [0] * 10
    cohorts = ["training"] * 20 + ["external"] * 10
    scores = np.random.default_rng(8).normal(size=30).tolist()
    external = evaluate(table({"a": scores}, happened, cohorts), EvaluationOptions()).cohorts[1]
    assert external.classes[0].auc == NotEstimable(Reason.ONE_CLASS)
    times = np.arange(1.0, 31.0).tolist()
    survived = evaluate(table({"a": scores}, happened, cohorts, times=times), EvaluationOptions()).cohorts[1]
    assert survived.times[0].c_index == NotEstimable(Reason.NO_EVENTS)
    assert survived.times[0].integrated_auc == NotEstimable(Reason.NO_EVENTS)
    assert CautionCode.FEW_EVENTS in {caution.code for caution in survived.cautions}


@pytest.mark.parametrize("kind", ["binary", "survival"])
@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_handful_of_patients_gives_reasons_and_no_failure(kind: Kind, n: int) -> None:
    times = None if kind == "binary" else [2.0, 1.0, 0.0][:n]
    found = evaluate(
        table(
            {"a": [1.0] * n, "b": [float(i) for i in range(n)]}, [1, 0, 1][:n], ["training"] * n, times=times
        ),
        EvaluationOptions(),
    )
    assert found.cohorts[0].flow.patients == n


def test_times_on_the_grid_are_round_and_within_follow_up() -> None:
    for cohort in example("survival").cohorts:
        times = np.array(cohort.times[0].auc_over_time.times)
        step = np.diff(times)
        assert 20 <= len(times) <= 60 and np.allclose(step, step[0])
        assert np.allclose(times, np.round(times / step[0]) * step[0]) and times[0] > 0


def test_horizons_are_those_given_and_those_predicted_and_lie_after_the_beginning() -> None:
    whole = read("survival")
    assert evaluate(whole, EvaluationOptions(horizons=(12.0, 36.0))).horizons == (12.0, 36.0, 60.0)
    with pytest.raises(InputError) as refused:
        evaluate(whole, EvaluationOptions(horizons=(0.0,)))
    assert refused.value.message.id == "evaluate.horizon_not_positive"


def test_a_threshold_for_nobody_is_refused() -> None:
    with pytest.raises(InputError) as refused:
        evaluate(small(np.random.default_rng(9)), EvaluationOptions(threshold={"c": 1.0}))
    assert refused.value.message.fields == {"model": "c"}


def test_permuted_outcomes_give_areas_about_one_half() -> None:
    whole = read("binary")
    assert whole.outcome is not None
    generator = np.random.default_rng(10)
    areas = []
    for _ in range(5):
        happened = generator.permutation(whole.outcome)
        for model in whole.models:
            area = area_under_curve(ClassData(model.scores, happened))
            assert isinstance(area, Estimate)
            areas.append(area.value)
    assert abs(float(np.mean(areas)) - 0.5) < 0.05


def test_progress_is_told_by_cohort_and_a_stop_is_heard() -> None:
    whole = small(np.random.default_rng(11))
    told: list[Progress] = []
    evaluate(whole, EvaluationOptions(), on_progress=told.append)
    assert [(one.done, one.total) for one in told] == [(0, 2), (1, 2), (2, 2)]
    with pytest.raises(Cancelled):
        evaluate(whole, EvaluationOptions(), should_stop=lambda: len(told) > 0)
