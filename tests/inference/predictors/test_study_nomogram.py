"""Bars that add up, a place among the training cohort, and a nomogram that says what the score says."""

from __future__ import annotations

import math

import numpy as np
import pytest

from inference.clinical.schema import load_form
from inference.errors import PackError
from inference.packs.reference import ScoreQuantiles
from inference.packs.study_models import Quantiles, ReferenceData, study_models
from inference.pathways.pathway import load_pathway
from inference.predictors.cohort_position import cohort_positions
from inference.predictors.linear_predictor import linear_predictor
from inference.predictors.patient_values import PatientValues
from inference.predictors.scores import known_values, score_patient
from inference.predictors.study_nomogram import study_nomogram
from inference.statistics.reasons import NotEstimable
from tests.inference.predictors.study_cases import document, features, opened, record


def lagc_pack():
    made = document("lagc-response")
    for model in made["linear_models"]:
        if model["name"] == "dlcs":
            model["terms"][0]["as_log_odds"] = True
            model["terms"] += [
                {"kind": "level", "field": "borrmann", "levels": ["III", "IV"], "coefficient": -0.3},
                {"kind": "level", "field": "borrmann", "levels": ["IV"], "coefficient": -0.2},
                {"kind": "level", "field": "sex", "levels": ["male"], "coefficient": 0.4},
                {"kind": "level", "field": "sex", "levels": ["female"], "coefficient": 0.1},
            ]
    return opened(made)


def quantiles(score, outcome, *values):
    stated = ScoreQuantiles(
        array=f"{score}_{outcome}",
        score=score,
        cohort="training",
        outcome=outcome,
        probabilities=(0.25, 0.5, 0.75),
        patients=12,
    )
    return Quantiles(stated, np.array(values))


REFERENCE = ReferenceData(
    quantiles=(
        quantiles("dl_signature", "good_response", 0.3, 0.5, 0.8),
        quantiles("dl_signature", "poor_response", 0.1, 0.2, 0.2),
    )
)


def laid_out(name, **changes):
    pack = lagc_pack()
    given = {"maximum_diameter": 40, "borrmann": "IV", "sex": "female", **changes}
    values = PatientValues(record("lagc-response", **given), load_pathway("lagc-response"))
    found = score_patient(pack, {"portal_venous": features(folds=(0.3, 0.5))}, values)
    model = study_models(pack).linear[name]
    made = study_nomogram(
        model,
        values,
        known_values(model, found),
        form=load_form("lagc-response"),
        reference=REFERENCE,
    )
    return made, found[name], model


def test_bars_add_up_to_the_linear_predictor_and_a_score_is_one_bar():
    _, score, model = laid_out("dlcs")
    assert [(one.kind, one.name) for one in score.contributions] == [
        ("score", "dl_signature"),
        ("clinical", "maximum_diameter"),
        ("clinical", "borrmann"),
        ("clinical", "sex"),
    ]
    total = linear_predictor(model, score.contributions)
    assert total == math.fsum([model.intercept, *(one.amount for one in score.contributions)])
    assert score.value == 1 / (1 + math.exp(-total))
    by_name = {one.name: one for one in score.contributions}
    assert by_name["borrmann"].amount == pytest.approx(-0.5) and by_name["borrmann"].value == "IV"
    assert by_name["dl_signature"].value == pytest.approx(0.4)


@pytest.mark.parametrize("sex", ["male", "female"])
@pytest.mark.parametrize("borrmann", ["I", "II", "III", "IV"])
def test_a_logistic_nomogram_reads_the_score_off_the_patients_points(sex, borrmann):
    made, score, _ = laid_out("dlcs", sex=sex, borrmann=borrmann)
    assert made.patient.outcomes[0] == pytest.approx(score.value, abs=1e-12)
    assert made.log_odds == {"dl_signature"} and made.cuts == {"maximum_diameter > 50": "maximum_diameter"}
    axes = {axis.name: [mark.value for mark in axis.marks] for axis in made.nomogram.axes}
    assert axes["borrmann"] == ["I", "II", "III", "IV"] and set(axes["sex"]) == {"male", "female"}
    assert axes["dl_signature"][0] <= math.log(0.1 / 0.9) and axes["dl_signature"][-1] >= math.log(0.8 / 0.2)


def test_a_cox_nomogram_stands_at_the_pathways_horizons():
    made, score, _ = laid_out("overall_survival")
    assert [axis.horizon for axis in made.nomogram.outcome_axes] == [12.0, 24.0, 36.0]
    alive = dict(score.survival)
    assert made.patient.outcomes == pytest.approx([alive[12.0], alive[24.0], alive[36.0]])
    points = {one.name: one for one in made.patient.variables}
    assert points["maximum_diameter"].is_extrapolated and not points["dl_signature"].is_extrapolated


def test_a_number_without_an_axis_is_refused_by_name():
    made = document("gnen-os")
    made["linear_models"][0]["terms"][2]["field"] = "age"
    pack = opened(made)
    pathway = load_pathway("gnen-os")
    values = PatientValues(record("gnen-os", m_stage="M1", age=60), pathway.model_copy(update={"axes": {}}))
    model = study_models(pack).linear["combined"]
    known = dict.fromkeys(model.scores_needed, 0.5)
    with pytest.raises(PackError) as caught:
        study_nomogram(model, values, known, form=load_form("gnen-os"), reference=ReferenceData())
    assert caught.value.message.fields == {"field": "clinical.age"}
    values = PatientValues(record("gnen-os", m_stage="M1", age=60), pathway)
    drawn = study_nomogram(model, values, known, form=load_form("gnen-os"), reference=ReferenceData())
    assert not isinstance(drawn, NotEstimable)
    (axis,) = [axis for axis in drawn.nomogram.axes if axis.name == "arterial_signature"]
    assert axis.marks[0].value <= -3.0 and axis.marks[-1].value >= 3.0


@pytest.mark.parametrize(
    ("value", "share", "beyond"),
    [
        (0.5, 0.5, (False, False)),
        (0.4, 0.375, (False, False)),
        (0.3, 0.25, (False, False)),
        (0.8, 0.75, (False, False)),
        (0.2, 0.25, (True, False)),
        (0.9, 0.75, (False, True)),
    ],
)
def test_a_score_stands_between_the_quantiles_of_each_outcome(value, share, beyond):
    good, poor = cohort_positions(REFERENCE.quantiles, "dl_signature", value)
    assert (good.outcome, good.patients) == ("good_response", 12) and poor.outcome == "poor_response"
    assert good.share == pytest.approx(share) and (good.is_below, good.is_above) == beyond


def test_of_quantiles_that_coincide_the_middle_one_counts():
    _, poor = cohort_positions(REFERENCE.quantiles, "dl_signature", 0.2)
    assert poor.share == pytest.approx(0.625)
    assert cohort_positions(REFERENCE.quantiles, "dl_signature", 0.2, cohort="external") == ()
