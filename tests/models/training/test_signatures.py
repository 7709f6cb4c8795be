"""Signatures and fusions: what is selected, what a pack gets, and that permuted outcomes give nothing."""

import json

import numpy as np
import pytest

from inference.statistics.design import Design, Factor, Numeric, design_of
from inference.statistics.discrimination.concordance import concordance
from inference.statistics.outcomes import SurvivalData
from inference.statistics.reasons import NotEstimable
from inference.statistics.regression.logistic import fit_logistic
from models.permutation import areas_by_permutation
from models.training.linear_score import LinearScore, linear_learner
from models.training.signatures import (
    cox_fusion,
    lasso_cox_signature,
    lasso_logistic_signature,
    lasso_then_logistic,
    logistic_fusion,
)
from models.training.splits import folds_by_patient

PATIENTS = 80
IDS = [f"P{number}" for number in range(PATIENTS)]


def numeric_design(matrix):
    return Design(matrix, tuple(Numeric(f"x{column}") for column in range(matrix.shape[1])))


def survival(log_hazard, rng):
    time = rng.exponential(np.exp(-log_hazard)) * 30
    censored = rng.uniform(10, 120, len(time))
    return SurvivalData(np.minimum(time, censored), time <= censored)


def features(rng, columns=30):
    return rng.normal(size=(PATIENTS, columns))


def test_the_cox_signature_finds_the_features_that_matter_and_orders_patients():
    rng = np.random.default_rng(1)
    matrix = features(rng)
    risk = 1.2 * matrix[:, 4] - 1.0 * matrix[:, 9]
    data, design = survival(risk, rng), numeric_design(matrix)
    found = lasso_cox_signature(data, design, np.random.default_rng(2))
    assert {"x4", "x9"} <= set(found.selected)
    assert found.score.coefficients["x4"] > 0 > found.score.coefficients["x9"]
    assert np.corrcoef(found.score.values(matrix, design.columns), risk)[0, 1] > 0.85
    sparse = lasso_cox_signature(data, design, np.random.default_rng(2), rule="1se")
    assert len(sparse.selected) < len(found.selected)


def test_the_scores_are_those_of_the_path_at_the_chosen_penalty():
    rng = np.random.default_rng(3)
    matrix = features(rng)
    is_positive = matrix[:, 0] + rng.normal(size=PATIENTS) > 0.8
    design = numeric_design(matrix)
    found = lasso_logistic_signature(is_positive, design, np.random.default_rng(4))
    path = found.cross_validation.path.scores(matrix)[:, found.cross_validation.index_min]
    assert found.score.values(matrix, design.columns) == pytest.approx(path)
    assert found.score.probability(matrix, design.columns).mean() == pytest.approx(
        is_positive.mean(), abs=1e-6
    )


def test_one_class_and_no_events_have_no_signature():
    matrix = features(np.random.default_rng(5))
    design, rng = numeric_design(matrix), np.random.default_rng(6)
    nobody = SurvivalData(np.arange(PATIENTS) + 1.0, np.zeros(PATIENTS, dtype=bool))
    assert isinstance(lasso_cox_signature(nobody, design, rng), NotEstimable)
    assert isinstance(lasso_logistic_signature(np.zeros(PATIENTS, dtype=bool), design, rng), NotEstimable)


def clinical(rng):
    table = {
        "age": rng.normal(62, 11, PATIENTS),
        "site": rng.choice(["upper", "middle", "lower"], PATIENTS),
        "ki67": rng.uniform(1, 90, PATIENTS),
        "sex": rng.integers(0, 2, PATIENTS),
    }
    terms = (Numeric("age"), Factor("site", ("upper", "middle", "lower")), Numeric("ki67"), Numeric("sex"))
    return table, design_of(table, terms)


def test_a_factor_that_the_lasso_selects_by_one_column_enters_with_all():
    rng = np.random.default_rng(7)
    table, design = clinical(rng)
    is_positive = rng.random(PATIENTS) < np.where(table["site"] == "lower", 0.85, 0.15)
    found = lasso_then_logistic(is_positive, design, np.random.default_rng(8), rule="1se")
    assert "site" in found.kept
    assert {"sitemiddle", "sitelower"} <= set(found.score.coefficients)
    direct = fit_logistic(is_positive, Design(design.matrix[:, [1, 2]], design.terms[1:2]))
    if found.kept == ("site",):
        assert found.fit.coefficients == pytest.approx(direct.coefficients)


def test_the_logistic_fusion_keeps_what_is_significant_alone():
    rng = np.random.default_rng(9)
    table, design = clinical(rng)
    is_positive = rng.random(PATIENTS) < 1 / (1 + np.exp(-(table["ki67"] - 45) / 10))
    found = logistic_fusion(is_positive, design)
    alone = {term.name: term for term in found.screened}
    assert alone["ki67"].is_kept
    assert found.kept == tuple(name for name, term in alone.items() if term.p_value < 0.05)
    probability = found.score.probability(design.matrix, design.columns)
    chosen = [column for column in range(5) if design.columns[column] in found.score.coefficients]
    assert probability == pytest.approx(found.fit.probability(design.matrix[:, chosen]))


def test_the_cox_fusion_screens_then_eliminates_backward():
    rng = np.random.default_rng(10)
    table, design = clinical(rng)
    twin = table["ki67"] + rng.normal(0, 8, PATIENTS)
    design = Design(np.column_stack([design.matrix, twin]), (*design.terms, Numeric("ki67_again")))
    data = survival((table["ki67"] - 45) / 20, rng)
    found = cox_fusion(data, design)
    kept_alone = {term.name for term in found.screened if term.is_kept}
    assert {"ki67", "ki67_again"} <= kept_alone
    assert set(found.selection.kept) <= kept_alone
    assert found.selection.aic_path == tuple(sorted(found.selection.aic_path, reverse=True))
    assert "ki67_again" in found.selection.removed


def test_a_factor_whose_hazard_ratio_turns_is_kept_out_by_the_gate():
    rng = np.random.default_rng(11)
    size = 300
    treated = rng.integers(0, 2, size).astype(float)
    early, late = rng.exponential(30, size), rng.exponential(30, size)
    time = np.where(treated == 1, np.minimum(8 * rng.random(size) ** 0.3 + early / 6, 60), 10 + late)
    design = Design(np.column_stack([treated, rng.normal(size=size)]), (Numeric("turns"), Numeric("noise")))
    data = SurvivalData(time, np.ones(size, dtype=bool))
    gated = cox_fusion(data, design)
    turning = gated.screened[0]
    assert turning.p_value < 0.05
    assert turning.proportionality_p < 0.05
    assert not turning.is_kept
    assert cox_fusion(data, design, proportional_above=0.0).selection.kept == ("turns",)


def test_the_document_of_a_cox_fusion_gives_the_survival_of_every_patient():
    rng = np.random.default_rng(12)
    table, design = clinical(rng)
    found = cox_fusion(survival((table["ki67"] - 45) / 20, rng), design)
    document = json.loads(json.dumps(found.as_document([12.0, 36.0])))
    score = LinearScore("log_hazard", document["intercept"], document["coefficients"])
    log_hazard = score.values(design.matrix, design.columns)
    baseline = document["baseline"]
    survived = np.exp(-np.outer(np.exp(log_hazard - baseline["centre"]), baseline["cumulative_hazard"]))
    assert survived == pytest.approx(found.baseline.survival(log_hazard, [12.0, 36.0]))
    with pytest.raises(ValueError, match="no log odds"):
        score.probability(design.matrix, design.columns)


def test_where_nothing_passes_all_patients_score_alike():
    rng = np.random.default_rng(13)
    _, design = clinical(rng)
    data = survival(np.zeros(PATIENTS), rng)
    found = cox_fusion(data, design, level=1e-9)
    assert found.selection.kept == ()
    assert found.score.coefficients == {}
    assert np.ptp(found.score.values(design.matrix, design.columns)) == 0
    nothing = logistic_fusion(data.event, design, level=1e-9)
    assert nothing.score.probability(design.matrix, design.columns) == pytest.approx(data.event.mean())


def test_permuted_classes_are_not_predictable_by_a_signature_and_its_fusion():
    rng = np.random.default_rng(14)
    matrix = features(rng, 5)
    table, _ = clinical(rng)
    design = numeric_design(matrix)
    names = (*design.columns, "age", "ki67")
    columns = np.column_stack([matrix, table["age"], table["ki67"]])

    def learner_of(is_positive):
        def fit(own, rng):
            signature = lasso_logistic_signature(is_positive[own], design.rows(own), rng, folds=2)
            clinic = Design(columns[own][:, -2:], (Numeric("age"), Numeric("ki67")))
            fusion = logistic_fusion(is_positive[own], clinic, level=0.3)
            weights = signature.score.coefficients | fusion.score.coefficients
            return LinearScore("logit", signature.score.intercept, weights)

        return linear_learner(columns, names, fit, seed=15)

    is_positive = np.arange(PATIENTS) < 30
    areas = areas_by_permutation(learner_of, is_positive, IDS, 12, rng)
    assert abs(areas.mean() - 0.5) < 3 * areas.std(ddof=1) / np.sqrt(len(areas))


def test_permuted_times_are_not_predictable_by_a_cox_signature_and_its_fusion():
    rng = np.random.default_rng(16)
    matrix = features(rng, 5)
    table, _ = clinical(rng)
    design = numeric_design(matrix)
    data = survival(matrix[:, 0], rng)
    agreement = []
    for _ in range(12):
        dealt = data.rows(rng.permutation(PATIENTS))
        of_folds = []
        for fold in folds_by_patient(IDS, range(PATIENTS), 2, rng):
            own, other = np.array(fold.learn), np.array(fold.left_out)
            signature = lasso_cox_signature(dealt.rows(own), design.rows(own), rng, folds=2)
            score = signature.score.values(matrix, design.columns)
            both = Design(np.column_stack([score, table["ki67"]]), (Numeric("score"), Numeric("ki67")))
            fusion = cox_fusion(dealt.rows(own), both.rows(own), level=0.5)
            found = concordance(dealt.rows(other), fusion.score.values(both.matrix, both.columns)[other])
            of_folds.append(found.estimate.value if not isinstance(found, NotEstimable) else 0.5)
        agreement.append(np.mean(of_folds))
    assert abs(np.mean(agreement) - 0.5) < 3 * np.std(agreement, ddof=1) / np.sqrt(len(agreement))


def test_a_fold_without_both_classes_is_named():
    matrix = features(np.random.default_rng(17), 3)
    design = numeric_design(matrix)

    def fit(own, rng):
        return fit_logistic(np.zeros(len(own)), design.rows(own))

    with pytest.raises(ValueError, match="fold 2 allows no fit: one_class"):
        linear_learner(matrix, design.columns, fit, seed=0)(range(40), 2)
