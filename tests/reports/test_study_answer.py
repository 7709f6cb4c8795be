"""The page of a study's answer: one card, what stands beside, why; and nothing where it is withheld."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inference.assessment import Assessment
from inference.messages.catalogue import Catalogue, load_catalogue
from inference.messages.message import Message
from inference.packs.reference import ScoreQuantiles, SurvivalTable
from inference.packs.study_models import Quantiles, SurvivalCurve
from inference.prediction import (
    Contribution,
    Fallback,
    Part,
    Prediction,
    PredictionStatus,
    SurvivalEstimate,
    SurvivalPoint,
)
from inference.predictors.explanation import StudyExplanation
from reports.figures.cohort_position import cohort_position
from reports.figures.contribution_bars import contribution_bars
from reports.figures.drawing import Circle, Drawing, Line, Polyline, Rect, Text
from reports.figures.predicted_survival import predicted_survival
from reports.figures.style import PAPER
from reports.prediction_wording import explanation_remark, horizons_of
from reports.report import build_report
from reports.sections.limits import limits_section
from reports.sections.pack_card import pack_section
from reports.sections.study_answer import explanation_sections, study_section
from reports.summary import summary_lines
from tests.reports.assessments import PHANTOM, answered, content
from tests.reports.test_evidence import texts

ANSWER = Prediction(
    treatment="",
    model="combined",
    outcome="death",
    positive_class="death",
    status=PredictionStatus.ANSWERED,
    cutoff=1.0,
    score=1.25,
    is_positive=True,
    scale="linear_predictor",
    survival=tuple(SurvivalPoint(month, share) for month, share in ((12.0, 0.8), (36.0, 0.5), (60.0, 0.25))),
    contributions=(Contribution("clinical.ki67", "30", 0.75), Contribution("score.dl", "-0.4", -0.25)),
)
SURE = replace(
    ANSWER,
    survival=(ANSWER.survival[0], SurvivalEstimate(36.0, 0.5, 0.31, 0.66), ANSWER.survival[2]),
)
BESIDE = replace(ANSWER, model="dl", score=0.5, is_positive=False, part=Part.BESIDE, contributions=())


def survival(group: str, shares: tuple[float, ...]) -> SurvivalCurve:
    table = SurvivalTable(
        array=f"{group}_risk",
        score="combined",
        cohort="training",
        group=group,
        times_months=(0, 24, 48),
        patients=30,
    )
    curve = np.array(shares)
    return SurvivalCurve(table, curve, curve * 0.9, np.minimum(curve * 1.1, 1), np.array([30, 20, 10]))


def quantiles(outcome: str, values: tuple[float, ...]) -> Quantiles:
    stated = ScoreQuantiles(
        array=outcome,
        score="combined",
        cohort="training",
        outcome=outcome,
        probabilities=(0.05, 0.25, 0.5, 0.75, 0.95),
        patients=40,
    )
    return Quantiles(stated, np.array(values))


GROUPS = survival("high", (1.0, 0.4, 0.2)), survival("low", (1.0, 0.9, 0.8))
QUANTILES = quantiles("death", (-1, 0, 1, 2, 3)), quantiles("censored", (-2, -1, 0, 1, 2))
EXPLANATION = StudyExplanation("combined", QUANTILES, GROUPS, None)


def assessment(*predictions: Prediction) -> Assessment:
    return replace(answered(), study="gnen-os", predictions=predictions or (ANSWER, BESIDE))


def words(drawing: Drawing) -> list[str]:
    return [shape.text for shape in drawing.shapes if isinstance(shape, Text)]


def said(made: Assessment, catalogue: Catalogue) -> str:
    return " | ".join(text for block in study_section(made, catalogue).blocks for text in texts(block))


def test_survival_is_told_at_the_study_s_horizons_alone(english: Catalogue) -> None:
    assert horizons_of(ANSWER, "gnen-os") == (36.0, 60.0)
    text = said(assessment(), english)
    assert "3-year survival 50 %" in text and "5-year survival 25 %" in text and "1-year" not in text
    assert "not a probability" in text


def test_an_interval_stands_beside_its_survival_and_says_what_it_covers(
    english: Catalogue, chinese: Catalogue
) -> None:
    made = assessment(SURE, BESIDE)
    text = said(made, english)
    assert "3-year survival 50 % (95 % CI 31–66 %)" in text and "5-year survival 25 % |" in text
    assert english.text("report.survival.covers") in text
    assert "3 年生存率 50%（95% CI 31%–66%）" in said(made, chinese)
    assert chinese.text("report.survival.covers") in said(made, chinese)
    assert "CI" not in said(assessment(), english) and "interval" not in said(assessment(), english)
    early = replace(ANSWER, survival=(SurvivalEstimate(12.0, 0.8, 0.6, 0.9),))
    assert "interval" not in said(assessment(early), english)


def test_an_interval_is_a_bar_at_its_time(english: Catalogue) -> None:
    plain, sure = (
        predicted_survival(one, GROUPS, width=300, catalogue=english, horizons=(36.0, 60.0))
        for one in (ANSWER, SURE)
    )
    assert len(sure.shapes) == len(plain.shapes) + 3
    bars = [shape for shape in sure.shapes if isinstance(shape, Line) and shape.stroke == PAPER.accent]
    upright = next(shape for shape in bars if shape.x1 == shape.x2)
    marks = [shape for shape in sure.shapes if isinstance(shape, Circle)]
    assert upright.x1 == marks[0].x and upright.y2 < marks[0].y < upright.y1
    assert any("95 % CI" in text for text in words(sure)) and not any("CI" in text for text in words(plain))


def test_what_stands_beside_is_named_so(english: Catalogue) -> None:
    text = said(assessment(), english)
    assert english.text("report.beside.beside") in text and "DL model" in text and "0.50" in text


def test_folds_have_a_column_only_where_a_score_beside_has_folds(english: Catalogue) -> None:
    head = english.text("report.beside.folds")
    assert head not in said(assessment(), english)
    of_folds = replace(BESIDE, fold_scores=(0.4, 0.6), low=0.4, high=0.6)
    text = said(assessment(ANSWER, of_folds), english)
    assert head in text and "0.40 to 0.60" in text


def test_the_standing_limits_speak_of_treatments_and_folds_only_where_there_are_any(
    english: Catalogue,
) -> None:
    def limits(made: Assessment) -> str:
        return " ".join(text for block in limits_section(made, english).blocks for text in texts(block))

    of_treatments = limits(answered())
    assert "under one treatment" in of_treatments and "fold networks" in of_treatments
    assert "treatment." not in limits(assessment()) and "fold networks" not in limits(assessment())


def test_the_inputs_of_several_scans_are_told_apart(english: Catalogue) -> None:
    first = answered().inputs[0]
    two = replace(assessment(), inputs=(first, replace(first, scan="venous")))
    told = [text for block in pack_section(two, english).blocks for text in texts(block)]
    assert "Input: image · arterial CT" in told and "Input: image · venous CT" in told
    assert "Input: image" in [text for b in pack_section(answered(), english).blocks for text in texts(b)]


def test_why_names_what_the_bars_add_to_and_is_silent_on_what_is_not_drawn(english: Catalogue) -> None:
    told = explanation_remark(ANSWER, has_cohort=True, catalogue=english)
    assert "log hazard" in told and "log odds" not in told and "training cohort" in told
    bare = replace(ANSWER, scale="probability", contributions=())
    assert "adds" not in explanation_remark(bare, has_cohort=True, catalogue=english)


def test_a_fallback_says_for_want_of_what(english: Catalogue, chinese: Catalogue) -> None:
    stand_in = replace(ANSWER, model="clinical", fallback=Fallback.CLINICAL_ONLY, missing=("input.venous",))
    assert "From clinical values alone, for want of: venous CT" in said(assessment(stand_in), english)
    assert "缺少：" in said(assessment(stand_in), chinese)


def withheld() -> Prediction:
    return Prediction(
        "",
        "death",
        "death",
        PredictionStatus.WITHHELD,
        1.0,
        model="combined",
        scale="linear_predictor",
        reasons=(Message("rules.withheld.no_tumour"),),
    )


def test_a_withheld_answer_shows_no_number_and_explains_nothing(english: Catalogue) -> None:
    made = assessment(withheld())
    assert "1.25" not in said(made, english) and "survival" not in said(made, english).lower()
    assert explanation_sections(made, EXPLANATION, english) == []


def test_bars_stand_on_both_sides_of_nothing_with_their_amount(english: Catalogue) -> None:
    drawn = contribution_bars(ANSWER, "gnen-os", 250, english)
    up, down = (shape for shape in drawn.shapes if isinstance(shape, Rect))
    (zero,) = (shape.x1 for shape in drawn.shapes if isinstance(shape, Line))
    assert up.x == pytest.approx(zero) and down.x + down.width == pytest.approx(zero)
    assert up.width == pytest.approx(3 * down.width)
    assert "Ki-67: 30\u00a0%" in words(drawn)
    assert "+0.75" in words(drawn) and "\u22120.25" in words(drawn)


def test_the_patient_stands_on_the_cohort_s_scale(english: Catalogue) -> None:
    drawn = cohort_position(ANSWER, QUANTILES, width=300, catalogue=english)
    uprights = {
        shape.stroke: shape.x1 for shape in drawn.shapes if isinstance(shape, Line) and shape.x1 == shape.x2
    }
    patient, cutoff = uprights[PAPER.accent], uprights[PAPER.cutoff]
    boxes = [shape for shape in drawn.shapes if isinstance(shape, Rect)]
    unit = boxes[0].width / 2
    assert patient - cutoff == pytest.approx(0.25 * unit)
    assert "Combined model · cut-off 1.00" in words(drawn)
    share = replace(ANSWER, scale="probability", score=0.4, cutoff=0.3)
    of_shares = (quantiles("death", (0.1, 0.2, 0.3, 0.4, 0.5)),)
    drawn = cohort_position(share, of_shares, width=300, catalogue=english)
    assert "Combined model (%) · cut-off 30 %" in words(drawn)
    assert boxes[0].x - boxes[1].x == pytest.approx(unit)


def test_the_patient_s_group_is_marked_among_both(english: Catalogue) -> None:
    drawn = predicted_survival(ANSWER, GROUPS, width=300, catalogue=english, horizons=(36.0,))
    own = [text for text in words(drawn) if "the patient" in text]
    assert len(own) == 1 and own[0].startswith("high risk")
    assert any(isinstance(shape, Polyline) and shape.stroke == PAPER.accent for shape in drawn.shapes)
    low = replace(ANSWER, is_positive=False)
    drawn = predicted_survival(low, GROUPS, width=300, catalogue=english)
    assert next(text for text in words(drawn) if "the patient" in text).startswith("low risk")


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_report_of_a_study_is_printed(language: str) -> None:
    made = content(assessment(), language=language, explanation=EXPLANATION)
    assert build_report(made).startswith(b"%PDF")
    assert load_catalogue(language)


def test_a_recalibrated_probability_stands_beside_the_score(english: Catalogue) -> None:
    score = replace(ANSWER, scale="probability", cutoff=0.5, score=0.62, survival=(), calibrated=0.31)
    beside = replace(score, model="dl", part=Part.BESIDE, contributions=(), calibrated=0.17)
    made = assessment(score, beside)
    printed = said(made, english).replace("\u00a0", " ")
    in_terminal = "\n".join(summary_lines(made, PHANTOM, english)).replace("\u00a0", " ")
    for text in (printed, in_terminal):
        assert "62 %" in text
        assert "recalibrated probability 31 %" in text and "recalibrated probability 17 %" in text
    assert "recalibrated" not in said(assessment(replace(score, calibrated=None)), english)
