"""Cross-validated penalties against R's ``cv.glmnet``, and against plain loops."""

from typing import Any

import numpy as np
import pytest
from scipy.special import expit

from inference.statistics.design import Design
from inference.statistics.outcomes import SurvivalData
from inference.statistics.penalised.cross_validation import (
    CoxMeasure,
    CrossValidation,
    cross_validate_lasso_cox,
    cross_validate_lasso_logistic,
)
from inference.statistics.penalised.folds import balanced_folds
from inference.statistics.penalised.lasso_cox import lasso_cox
from inference.statistics.penalised.lasso_logistic import lasso_logistic
from inference.statistics.penalised.path import LassoPath
from inference.statistics.reasons import DataError, Fault, NotEstimable, Reason
from tests.inference.statistics.oracles import Oracle, as_list, assert_agrees, oracles
from tests.inference.statistics.penalised.problems import columns_of, drawn, golden_design

SECTIONS: list[tuple[CoxMeasure, str]] = [
    ("deviance", "cv_deviance"),
    ("deviance_ungrouped", "cv_deviance_ungrouped"),
    ("concordance", "cv_C"),
]


def validated(data: SurvivalData, design: Design, folds: Any, **options: Any) -> CrossValidation:
    found = cross_validate_lasso_cox(data, design, folds, **options)
    assert isinstance(found, CrossValidation)
    return found


@pytest.mark.parametrize("oracle", oracles("survival"))
@pytest.mark.parametrize("measure, section", SECTIONS)
def test_cross_validation_is_that_of_glmnet(oracle: Oracle, measure: CoxMeasure, section: str) -> None:
    golden, design = oracle.section("lasso_cox")[section], golden_design(oracle)
    found = validated(oracle.survival("dev"), design, oracle.table("dev")["fold"], measure=measure, count=60)
    lambdas = oracle.section("lasso_cox")["lambda"]
    assert_agrees(found.mean, golden["cvm"], relative=1e-5, what="cvm")
    assert_agrees(found.standard_error, golden["cvsd"], relative=1e-5, what="cvsd")
    assert found.index_min == lambdas.index(golden["lambda_min"])
    assert found.index_1se == lambdas.index(golden["lambda_1se"])
    assert_agrees(
        [found.lambda_min, found.lambda_1se], [golden["lambda_min"], golden["lambda_1se"]], relative=1e-12
    )
    if "nzero" in golden:
        # At the first penalty a coefficient is 0 but for rounding, and R counts the rounding.
        assert found.path.degrees_of_freedom[1:].tolist() == golden["nzero"][1:]
    scale = dict(zip(design.columns, design.matrix.std(axis=0), strict=True))
    for name, index in (("coef_min", found.index_min), ("coef_1se", found.index_1se)):
        if name in golden:
            ours, names = found.path.selected(index), as_list(golden[name]["names"])
            assert list(ours) == names
            theirs = as_list(golden[name]["beta"])
            assert_agrees(
                [ours[one] * scale[one] for one in names],
                [float(beta) * scale[one] for one, beta in zip(names, theirs, strict=True)],
                absolute=5e-6,
            )


def slow_deviance(data: SurvivalData, scores: Any) -> float:
    """2 (l_sat − log PL) by Breslow: a loop over the event times."""
    total = 0.0
    for time in np.unique(data.time[data.event]):
        dying = data.event & (data.time == time)
        likelihood = scores[dying].sum() - dying.sum() * np.log(np.exp(scores[data.time >= time]).sum())
        total += 2 * (-dying.sum() * np.log(dying.sum()) - likelihood)
    return total


def slow_c(data: SurvivalData, scores: Any) -> float:
    wins = pairs = 0.0
    for i in np.flatnonzero(data.event):
        for j in range(len(data)):
            if data.time[j] > data.time[i] or (data.time[j] == data.time[i] and not data.event[j]):
                pairs += 1
                wins += (scores[i] > scores[j]) + 0.5 * (scores[i] == scores[j])
    return wins / pairs


@pytest.mark.parametrize("measure", ["deviance", "deviance_ungrouped", "concordance"])
def test_a_plain_loop_over_folds_comes_to_the_same(measure: CoxMeasure) -> None:
    data, design, _ = drawn(1, 50, 6)
    folds = balanced_folds(data.event, 4, np.random.default_rng(0))
    found = validated(data, design, folds, measure=measure, count=12)
    index, values, weights = 7, [], []
    for fold in (1, 2, 3, 4):
        held = folds == fold
        path = lasso_cox(data.rows(~held), design.rows(~held), lambdas=found.path.lambdas)
        assert isinstance(path, LassoPath)
        scores = design.matrix @ path.coefficients[index]
        events = data.event[held].sum()
        if measure == "concordance":
            values.append(slow_c(data.rows(held), scores[held]))
        elif measure == "deviance":
            rest = slow_deviance(data.rows(~held), scores[~held])
            values.append((slow_deviance(data, scores) - rest) / events)
        else:
            values.append(slow_deviance(data.rows(held), scores[held]) / events)
        weights.append(held.sum() if measure == "concordance" else events)
    mean = np.average(values, weights=weights)
    assert found.mean[index] == pytest.approx(mean, rel=1e-10)
    spread = np.average((np.array(values) - mean) ** 2, weights=weights)
    assert found.standard_error[index] == pytest.approx(np.sqrt(spread / 3), rel=1e-9)


def test_classes_are_judged_by_deviance_and_by_side() -> None:
    _, design, outcome = drawn(2, 50, 6)
    folds = balanced_folds(outcome, 5, np.random.default_rng(0))
    found = cross_validate_lasso_logistic(outcome, design, folds, count=12)
    wrong = cross_validate_lasso_logistic(outcome, design, folds, count=12, measure="misclassification")
    assert isinstance(found, CrossValidation) and isinstance(wrong, CrossValidation)
    index, held_out = 7, np.empty(len(outcome))
    for fold in range(1, 6):
        held = folds == fold
        path = lasso_logistic(outcome[~held], design.rows(~held), lambdas=found.path.lambdas)
        assert isinstance(path, LassoPath)
        held_out[held] = expit(path.intercepts[index] + design.matrix[held] @ path.coefficients[index])
    likely = np.where(outcome, held_out, 1 - held_out)
    assert likely.min() < 1e-5
    assert found.mean[index] == pytest.approx(-2 * np.log(np.clip(likely, 1e-5, 1 - 1e-5)).mean(), rel=1e-9)
    assert wrong.mean[index] == pytest.approx(((held_out > 0.5) != outcome).mean())
    assert found.index_1se <= found.index_min and wrong.index_1se <= wrong.index_min


def test_noise_keeps_nothing_at_one_standard_error() -> None:
    data, _, _ = drawn(3, 80, 4)
    noise = columns_of(np.random.default_rng(5).normal(size=(80, 30)))
    found = validated(data, noise, balanced_folds(data.event, 5, np.random.default_rng(1)))
    assert found.path.selected(found.index_1se) == {}


def test_a_fold_without_an_event_is_left_out() -> None:
    data, design, _ = drawn(4)
    folds = np.where(data.event, np.arange(len(data)) % 3, 3)
    found = validated(data, design, folds, count=10)
    assert found.folds == 3
    c = validated(data, design, folds, count=10, measure="concordance")
    assert c.folds == 3 and np.isfinite(c.mean).all()


def test_one_fold_with_all_events_cannot_be_judged() -> None:
    data, design, _ = drawn(5)
    found = cross_validate_lasso_cox(data, design, data.event.astype(int))
    assert found == NotEstimable(Reason.NO_EVENTS)
    few = cross_validate_lasso_logistic([0, 1, 1, 0, 1, 1], design.rows(np.arange(6)), [1, 2, 2, 1, 2, 2])
    assert few == NotEstimable(Reason.ONE_CLASS)


def test_a_single_fold_that_can_be_judged_is_too_few() -> None:
    time, event = np.arange(1.0, 13.0), np.ones(12)
    event[8:] = 0
    folds = np.array([1, 1, 1, 1, 2, 3, 4, 5, 6, 6, 6, 6])
    found = cross_validate_lasso_cox(
        SurvivalData(time, event),
        columns_of(np.random.default_rng(0).normal(size=(12, 2))),
        folds,
        measure="concordance",
    )
    assert found == NotEstimable(Reason.TOO_FEW_FOLDS)


def test_no_path_means_no_cross_validation() -> None:
    data, design, _ = drawn(6)
    folds = np.arange(len(data)) % 5
    censored = SurvivalData(data.time, np.zeros(len(data)))
    assert cross_validate_lasso_cox(censored, design, folds) == NotEstimable(Reason.NO_EVENTS)
    with pytest.raises(DataError) as raised:
        cross_validate_lasso_cox(data, design, folds[1:])
    assert raised.value.fault is Fault.LENGTHS_DIFFER


def test_a_fold_whose_path_breaks_down_is_judged_by_its_last_model() -> None:
    rng = np.random.default_rng(11)
    matrix = rng.normal(size=(10, rng.integers(1, 40)))
    time, event = rng.exponential(size=10), rng.random(10) < 0.6
    design = columns_of(np.vstack([matrix, rng.normal(size=(60, matrix.shape[1]))]))
    data = SurvivalData(
        np.concatenate([time, rng.exponential(size=60)]), np.concatenate([event, np.ones(60, dtype=bool)])
    )
    folds = np.repeat([1, 2], [10, 60])
    broken = lasso_cox(data.rows(folds == 1), design.rows(folds == 1), lambdas=[1e-3, 1e-6])
    assert isinstance(broken, LassoPath) and len(broken.lambdas) == 1
    found = validated(data, design, folds, lambdas=[1e-3, 1e-6], measure="concordance")
    assert len(found.mean) == 2 and np.isfinite(found.mean).all()
