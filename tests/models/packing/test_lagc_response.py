"""A trained response study becomes a pack that verifies, answers as training did, and holds no patient."""

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit, logit

from inference.meaning.opinion import Phase
from inference.packs.load import LoadedPack
from inference.packs.self_test import run_self_test
from inference.packs.state import PackState
from inference.packs.study_models import read_reference, study_models
from inference.packs.verify import verify_pack
from inference.predictors.phase_input import PhaseScan
from inference.predictors.study_prediction import predict
from models.networks import resnet
from models.packing.ct_pack import put_demonstration
from models.packing.lagc_response import content
from models.packing.lagc_response_columns import coded_columns
from models.packing.lagc_response_report import OS
from models.phantoms.abdomen.largest_slice import render_about_largest
from models.phantoms.ct_cases import lagc_case
from models.phantoms.lagc_population import FORM, draw_cohort
from models.studies.lagc_response import DL_SIGNATURE, train
from models.studies.lagc_response_factors import coded
from models.studies.lagc_response_results import outside_hazard
from models.studies.lagc_response_samples import phantom_samples
from tests.models.packing.at_the_board import record_of
from tests.models.studies.test_lagc_response import TINY, samples

BRIEF = replace(
    TINY,
    classification=replace(TINY.classification, epochs=2),
    oversampler=replace(TINY.oversampler, epochs=1),
)


@pytest.fixture(scope="module")
def cohorts():
    return samples(), samples(30, "external", seed=5)


@pytest.fixture(scope="module")
def trained(cohorts):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resnet, "PUBLISHED_BLOCKS", (2, 1, 1, 1))
        yield train(BRIEF, cohorts[0])


@pytest.fixture(scope="module")
def pack(trained, cohorts, tmp_path_factory, one_export) -> LoadedPack:
    folder = tmp_path_factory.mktemp("packs") / "lagc-response-demo"
    put_demonstration(content(trained, cohorts, is_synthetic=True), folder)
    return verify_pack(folder)


def test_the_pack_is_whole_signed_and_a_demonstration(pack):
    assert pack.state is PackState.DEMONSTRATION
    assert pack.signer is not None
    names = {"evaluation.json", "evaluation.pdf", "evaluation-survival.json", "evaluation-survival.pdf"}
    assert names | {"card.md", "reference.npz", "selftest.npz", "training.csv"} <= set(pack.manifest.files)
    run_self_test(pack)


def test_the_coefficients_give_the_scores_of_training(pack, trained, cohorts):
    outside = cohorts[1]
    expected = trained.scores(outside)
    models = study_models(pack)
    hazards = outside_hazard(trained, outside, expected["dl"])
    shift = None
    for k in range(len(outside)):
        values = form_values(outside, k)
        given = {DL_SIGNATURE: expected["dl"][k]}
        dlcs = models.linear["dlcs"]
        assert expit(dlcs.intercept + linear(dlcs, values, given)) == pytest.approx(expected["dlcs"][k])
        difference = hazards[k] - linear(models.linear[OS], values, given)
        shift = difference if shift is None else shift
        assert difference == pytest.approx(shift)
    survival = trained.survival.baseline.survival([shift], [24.0])[0, 0]
    (at,) = [point.survival for point in models.linear[OS].baseline if point.time_months == 24.0]
    assert at == pytest.approx(survival)
    high = hazards - shift >= models.thresholds[OS].value
    assert high.tolist() == (hazards >= trained.survival.high_from).tolist()


def test_the_board_scores_a_phantom_as_training_does(pack, trained):
    (patient,) = draw_cohort("external", 1, 4)
    one = phantom_samples([patient], trained.config.preprocessing, size=128)
    alike = replace(trained, folds=trained.folds[:1] * len(trained.folds))
    expected = alike.scores(one)
    scan = PhaseScan(*render_about_largest(lagc_case(patient), Phase.PORTAL_VENOUS, size=128))
    found = predict(pack, {"portal_venous": scan}, record_of("lagc-response", form_values(one, 0))).scores
    for name, own in {"dl_signature": "dl", "clinical_signature": "clinical", "dlcs": "dlcs"}.items():
        assert found[name].value == pytest.approx(expected[own][0], abs=1e-4)
    hazard = outside_hazard(trained, one, expected["dl"])[0]
    assert found[OS].value - found[OS].threshold.value == pytest.approx(
        hazard - trained.survival.high_from, abs=1e-3
    )
    months = [12.0, 24.0]
    alive = trained.survival.baseline.survival([hazard], months)[0]
    assert [dict(found[OS].survival)[month] for month in months] == pytest.approx(alive, abs=1e-3)
    for one, share in zip(found[OS].intervals, alive, strict=False):
        assert one.low < share < one.high
    assert [one.time_months for one in found[OS].intervals] == [12.0, 24.0, 36.0]


def form_values(cohort, k):
    return {field.id: cohort.factors[field.attribute][k] for field in FORM}


def linear(model, values, scores):
    total = 0.0
    for term in model.terms:
        match term.kind:
            case "number":
                part = (float(values[term.field]) - term.scaling.centre) / term.scaling.scale
            case "level":
                part = float(values[term.field] in term.levels)
            case "cut":
                part = float(values[term.field] > term.cut)
            case "score":
                score = np.clip(scores[term.score], 1e-6, 1 - 1e-6)
                part = (logit(score) if term.as_log_odds else score) - term.scaling.centre
        total += term.coefficient * part
    return total


def test_every_column_of_the_regressions_has_words_of_the_form(trained, cohorts):
    assert set(coded(cohorts[0].factors).names) <= set(coded_columns(trained, cohorts[0]))


def test_no_row_of_a_patient_is_in_the_pack(pack, cohorts):
    for name in pack.manifest.files:
        if not name.endswith((".onnx", ".npz", ".png", ".pdf")):
            assert "LAGC-" not in (pack.folder / name).read_text(encoding="utf-8")
    reference = read_reference(pack)
    assert len(reference.features) == TINY.folds
    assert {curve.stated.cohort for curve in reference.survival} == {"training", "external"}
    assert all(len(one.values) < one.stated.patients for one in reference.quantiles)


def test_metrics_stand_by_cohort_with_intervals_and_in_the_report(pack):
    metrics = {(m.cohort, m.score, m.name): m for m in pack.manifest.metrics}
    area = metrics["external", DL_SIGNATURE, "auc"]
    assert area.low is not None and area.low <= area.value <= area.high
    assert "out of fold" in metrics["training", DL_SIGNATURE, "auc"].note
    assert ("external", OS, "c-index") in metrics
    report = json.loads((pack.folder / "evaluation.json").read_text())["evaluation"]
    assert report["input"]["synthetic"] is True
    locked = {model["name"]: model["threshold"]["value"] for model in report["models"]}
    for threshold in pack.manifest.score_thresholds:
        assert threshold.score == OS or locked[threshold.score] == threshold.value
