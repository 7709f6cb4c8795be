"""Scores follow from features and form by the pack's numbers; what is missing is named, never filled in."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import expit, logit

from inference.errors import PackError
from inference.pathways.pathway import load_pathway
from inference.predictors.patient_values import PatientValues
from inference.predictors.scores import ScoreValue, score_patient
from tests.inference.packs.study_manifests import UNSURE, unsure
from tests.inference.predictors.study_cases import document, features, opened, record, staged_recurrence

LAGC = {"maximum_diameter": 6, "borrmann": "III"}


def scored(made, seen, study, **values) -> dict[str, ScoreValue]:
    return score_patient(opened(made), seen, PatientValues(record(study, **values), load_pathway(study)))


def lagc(made=None, folds=(0.3, 0.5), **values) -> dict[str, ScoreValue]:
    seen = {"portal_venous": features(folds=folds)} if folds else {}
    return scored(made or document("lagc-response"), seen, "lagc-response", **values)


def test_the_signature_is_the_mean_of_its_folds():
    found = lagc()["dl_signature"]
    assert found.value == pytest.approx(0.4) and found.fold_values == (0.3, 0.5)


@pytest.mark.parametrize(("beyond", "positive"), [(1e-6, True), (0.0, True), (-1e-6, False)])
def test_positive_means_at_or_above_the_cutoff_unrounded(beyond, positive):
    made = document("lagc-response")
    made["score_thresholds"] = [
        {"score": "dl_signature", "value": 0.4, "locked_on": "a cohort", "method": "Youden"}
    ]
    assert lagc(made, folds=(0.4 + beyond,))["dl_signature"].is_positive is positive
    assert lagc(made, folds=(0.3, 0.5))["dl_signature"].compared.folds_disagree


def test_a_logistic_model_sums_its_terms():
    found = lagc(**LAGC)
    made = document("lagc-response")["linear_models"][1]
    assert [term["kind"] for term in made["terms"]] == ["score", "cut"]
    # The tiny pack cuts at 50 of the form's unit, which is cm: 6 is below.
    assert found["dlcs"].value == pytest.approx(expit(-0.1 + 2.1 * (0.4 - 0.4) / 0.2))
    assert found["dlcs"].fold_values == pytest.approx([expit(-0.1 - 1.05), expit(-0.1 + 1.05)])
    assert found["clinical_signature"].value == pytest.approx(expit(0.2 - 0.3))
    assert found["clinical_signature"].fold_values == ()


@pytest.mark.parametrize(
    ("includes_cut", "diameter", "counts"),
    [(False, 5, False), (True, 5, True), (False, 5.1, True), (True, 4.9, False)],
)
def test_a_number_stands_above_its_cut_or_at_it(includes_cut, diameter, counts):
    made = document("lagc-response")
    for model in made["linear_models"]:
        for term in model["terms"]:
            if term["kind"] == "cut":
                term.update(cut=5.0, includes_cut=includes_cut)
    found = lagc(made, maximum_diameter=diameter, borrmann="I")["clinical_signature"]
    assert found.value == pytest.approx(expit(0.2 - 0.7 * counts))


def test_a_probability_enters_as_its_log_odds_where_the_pack_says_so():
    made = document("lagc-response")
    made["linear_models"][1]["terms"][0]["as_log_odds"] = True
    found = lagc(made, **LAGC)["dlcs"]
    assert found.value == pytest.approx(expit(-0.1 + 2.1 * (logit(0.4) - 0.4) / 0.2))
    assert 0 < lagc(made, folds=(0.0,), **LAGC)["dlcs"].value < 1e-9


def test_a_cox_score_is_a_log_hazard_with_a_survival_at_the_times_of_its_baseline():
    found = lagc(**LAGC)["overall_survival"]
    hazard = 2.1 * (0.4 - 0.4) / 0.2 + 0.124 * (6 - 48) / 21
    assert found.value == pytest.approx(hazard) and found.is_positive is False
    base = {12.0: 0.93, 24.0: 0.8, 36.0: 0.7}
    expected = {months: share ** math.exp(hazard) for months, share in base.items()}
    assert dict(found.survival) == pytest.approx(expected)


def test_an_interval_is_symmetric_about_the_log_hazard_and_grows_away_from_the_mean():
    made = document("lagc-response")
    unsure(made)
    found = lagc(made, **LAGC)["overall_survival"]
    terms, survival = ((0.4 - 0.4) / 0.2, (6 - 48) / 21), dict(found.survival)
    assert [one.time_months for one in found.intervals] == [12.0, 36.0]
    for one, stated in zip(found.intervals, UNSURE["times"], strict=True):
        away = np.array(terms) - stated["mean_terms"]
        error = math.sqrt(stated["log_hazard_variance"] + away @ np.array(UNSURE["covariance"]) @ away)
        middle = math.log(-math.log(survival[one.time_months]))
        limits = [math.log(-math.log(limit)) for limit in (one.high, one.low)]
        assert limits == pytest.approx([middle - 1.96 * error, middle + 1.96 * error], abs=1e-4)
    assert lagc(borrmann="IV", made=made)["overall_survival"].intervals == ()


def test_a_survival_that_is_0_or_1_in_the_machine_has_no_interval():
    made = document("lagc-response")
    unsure(made)
    for beyond in (800.0, -800.0):
        made["linear_models"][2]["terms"][1]["coefficient"] = beyond
        assert lagc(made, **LAGC)["overall_survival"].intervals == ()


def test_a_recalibrated_probability_stands_beside_the_score_that_others_read():
    found = lagc(**LAGC)["dl_signature"]
    assert found.calibrated == pytest.approx(expit(-0.8 + 0.9 * logit(0.4)))
    assert lagc(**LAGC)["dlcs"].calibrated is None


def test_a_missing_value_leaves_no_score_and_is_named():
    found = lagc(borrmann="IV")
    assert found["dl_signature"].value == pytest.approx(0.4)
    for name in ("dlcs", "clinical_signature", "overall_survival"):
        assert found[name].value is None and found[name].missing_fields == ("maximum_diameter",)
        assert found[name].is_positive is None and found[name].survival == ()


def test_a_missing_scan_is_named_through_the_scores_that_read_others():
    found = lagc(folds=(), **LAGC)
    assert found["dl_signature"].missing_phases == found["dlcs"].missing_phases == ("portal_venous",)
    assert found["clinical_signature"].value is not None


def test_unknown_that_the_form_offers_is_a_value_and_an_unrecorded_one_is_not():
    made = document("lagc-response")
    marker = {"kind": "level", "field": "cea", "levels": ["unknown"], "coefficient": 0.4}
    made["linear_models"][0]["terms"].append(marker)
    assert lagc(made, cea="unknown", **LAGC)["clinical_signature"].value == pytest.approx(expit(0.3))
    assert lagc(made, **LAGC)["clinical_signature"].missing_fields == ("cea",)


def test_a_pack_that_takes_a_choice_for_a_number_is_refused():
    made = document("lagc-response")
    made["linear_models"][0]["terms"][0] = {
        "kind": "number",
        "field": "borrmann",
        "scaling": {"centre": 0.0, "scale": 1.0},
        "coefficient": 1.0,
    }
    with pytest.raises(PackError) as caught:
        lagc(made, **LAGC)
    assert caught.value.message.fields == {"field": "clinical.borrmann"}


def test_machines_read_joined_embeddings_and_clinical_terms():
    made = document("pnen-recurrence")
    for machine in made["support_vector_machines"]:
        if machine["name"] == "dlr_a":
            machine["terms"] = [
                {
                    "kind": "level",
                    "field": "symptoms",
                    "levels": ["yes"],
                    "coefficient": machine["fold"] + 0.5,
                }
            ]
    vectors = {"arterial": np.linspace(0, 1, 6), "portal_venous": np.linspace(1, 2, 6)}
    seen = {phase: features(embedding=vector) for phase, vector in vectors.items()}
    found = scored(made, seen, "pnen-recurrence", symptoms="yes")

    def decision(joined, *indices):
        return -0.3 + sum(0.1 * (index + 1) * (joined[index] - 0.1) / 0.3 for index in indices)

    alone = decision(vectors["arterial"], 0, 3, 5)
    folds = [expit(1.7 * (alone + fold + 0.5) - 0.4) for fold in range(3)]
    assert found["dlr_a"].fold_values == pytest.approx(folds)
    assert found["dlr_a"].value == pytest.approx(np.mean(folds))
    both = decision(np.concatenate(list(vectors.values())), 1, 8)
    assert found["dlr_av"].value == pytest.approx(expit(1.7 * both - 0.4))
    alone = scored(made, {"arterial": seen["arterial"]}, "pnen-recurrence", symptoms="no")
    assert alone["dlr_av"].missing_phases == ("portal_venous",)
    assert scored(made, seen, "pnen-recurrence")["dlr_a"].missing_fields == ("symptoms",)


def gc(**values) -> ScoreValue:
    made = staged_recurrence("clis")
    return scored(made, {"portal_venous": features(folds=(0.7,))}, "gc-recurrence", **values)["clis"]


@pytest.mark.parametrize(
    ("values", "total"),
    [
        ({"preoperative_chemotherapy": "no", "ptnm_stage": "III"}, 0.5),
        ({"preoperative_chemotherapy": "yes", "yptnm_stage": "III"}, 0.25),
        ({"preoperative_chemotherapy": "yes", "yptnm_stage": "I", "ptnm_stage": "III"}, -1.25),
    ],
    ids=["operated on first", "after chemotherapy", "a stage that does not count"],
)
def test_the_stage_that_counts_is_the_one_after_what_was_done(values, total):
    assert gc(**values).value == pytest.approx(expit(total))


@pytest.mark.parametrize(
    ("values", "missing"),
    [
        ({}, ("ptnm_stage", "preoperative_chemotherapy")),
        ({"preoperative_chemotherapy": "yes", "ptnm_stage": "II"}, ("yptnm_stage",)),
        ({"preoperative_chemotherapy": "no", "yptnm_stage": "II"}, ("ptnm_stage",)),
        ({"yptnm_stage": "II"}, ("preoperative_chemotherapy",)),
        ({"ptnm_stage": "II"}, ("preoperative_chemotherapy",)),
    ],
    ids=["nothing", "after", "before", "which, after", "which, before"],
)
def test_the_stage_that_is_missing_is_the_one_that_counts(values, missing):
    assert gc(**values).missing_fields == missing
