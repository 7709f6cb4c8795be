"""The evaluation report counts what was measured and holds no patient."""

import json
from dataclasses import replace

import numpy as np
import pytest

from models.evaluation import TEST, TRAINING, evaluation_report, metrics
from models.phantoms.npc_population import draw_cohort
from models.studies.npc_residual_config import DEMO
from models.studies.npc_residual_packed import AnsweringArm, PackedStudy
from models.studies.npc_residual_segmenter import TrainedSegmenter
from models.training.cross_fit import borderline_margin, cross_fit, lock_cutoff
from models.training.samples import SegmenterSource


@pytest.fixture(scope="module")
def study():
    """A trained study whose scores are drawn, so that every figure can be counted by hand."""
    arms = []
    for treatment in ("ccrt", "ic_ccrt"):
        patients = tuple(p for p in draw_cohort("training", 160, 4) if p.regimen == treatment)
        residual = np.array([p.residual_observed for p in patients])

        def learn(positions, number, residual=residual):
            rng = np.random.default_rng(number)
            scores = np.clip(0.3 * residual + 0.7 * rng.random(residual.size), 0, 1)
            return lambda positions: scores[list(positions)]

        ids = [p.patient_id for p in patients]
        fitted = cross_fit(ids, learn, test_share=0.2, folds=2, rng=np.random.default_rng(1))
        cutoff = lock_cutoff(fitted, residual)
        margin = borderline_margin(fitted, 0.02, 0.1)
        arms.append(AnsweringArm(treatment, patients, residual, fitted, (), cutoff, margin, "xception"))
    source = SegmenterSource(b"", None)
    segmenter = TrainedSegmenter(source, np.array([0.2, 0.5, 0.7, 0.9]), ())
    return PackedStudy(
        DEMO,
        segmenter,
        tuple(arms),
        draw_cohort("training", 30, 5),
        curves=(),
        marked_patients=DEMO.segmentation_patients,
        segmenters={},
        compared=(),
    )


def test_a_test_part_without_an_event_has_specificity_alone_and_the_pooled_figures_stay(study):
    (arm, _), measured = study.arms, metrics(study)
    spared = arm.residual.copy()
    spared[list(arm.fitted.test)] = False
    found = metrics(replace(study, arms=(replace(arm, residual=spared),)))
    assert [(one.cohort, one.name) for one in found[1:]] == [(TRAINING, "auc"), (TEST, "specificity")]
    assert found[1] == measured[1]


def test_sensitivity_and_specificity_are_counted_at_the_locked_cutoff(study):
    by_name = {(m.cohort, m.treatment, m.name): m for m in metrics(study)}
    for arm in study.arms:
        residual = arm.residual[list(arm.fitted.test)]
        positive = arm.fitted.test_scores.mean(axis=0) >= arm.cutoff.value
        sensitivity = by_name[TEST, arm.treatment, "sensitivity"]
        specificity = by_name[TEST, arm.treatment, "specificity"]
        assert sensitivity.value == pytest.approx(positive[residual].mean(), abs=1e-4)
        assert specificity.value == pytest.approx((~positive)[~residual].mean(), abs=1e-4)
        assert sensitivity.low < sensitivity.value or sensitivity.value == 0


def test_every_treatment_has_an_area_out_of_fold_and_on_its_test_part(study):
    found = {(m.cohort, m.treatment) for m in metrics(study) if m.name == "auc"}
    assert found == {(cohort, arm.treatment) for cohort in (TRAINING, TEST) for arm in study.arms}


def test_counts_add_up(study):
    report = evaluation_report(study)
    assert report["data"] == "synthetic"
    assert report["pretraining"]["patients"] == 30
    for arm in study.arms:
        counted = report["treatments"][arm.treatment]
        assert (
            counted["patients"]
            == counted["training_patients"] + counted["test_patients"]
            == len(arm.patients)
        )
        assert counted["events"] == counted["training_events"] + counted["test_events"] == arm.residual.sum()


def test_the_report_is_plain_json_without_a_patient(study):
    text = json.dumps(evaluation_report(study))
    assert "NPC-" not in text
    assert len(text) < 6000
