"""The terminal's explanation: signed amounts, the patient's place, changes with a mark where they cross."""

from __future__ import annotations

from dataclasses import replace

from inference.messages.catalogue import Catalogue
from inference.messages.message import Message
from inference.prediction import Variation
from reports.explained_summary import explained_lines
from reports.summary import summary_lines
from tests.reports.assessments import PHANTOM, answered
from tests.reports.test_study_answer import ANSWER, BESIDE, EXPLANATION, SURE, assessment, withheld

WIDER = Variation("outline", Message("sensitivity.mask_grown", {"mm": 2.0}), 0.5, True)
EMPTY = Variation("outline", Message("sensitivity.mask_shrunk", {"mm": 2.0}), None, False)


def test_every_amount_is_signed_and_the_longest_comes_first(english: Catalogue) -> None:
    lines = explained_lines(assessment(), EXPLANATION, english)
    first = lines.index("Combined model · What each factor adds")
    assert lines[first + 1 : first + 3] == ["  +0.75  Ki-67: 30\u00a0%", "  \u22120.25  DL model: \u22120.40"]


def test_the_patient_s_place_is_told_by_outcome(english: Catalogue) -> None:
    lines = explained_lines(assessment(), EXPLANATION, english)
    assert "  died (40): 56 % scored lower" in lines
    beyond = replace(ANSWER, score=9.0)
    assert "  died (40): more than 95 % scored lower" in explained_lines(
        assessment(beyond), EXPLANATION, english
    )


def test_an_interval_of_survival_is_told_with_what_it_covers(english: Catalogue) -> None:
    lines = explained_lines(assessment(SURE), EXPLANATION, english)
    first = lines.index(english.text("figure.predicted_survival"))
    assert lines[first + 1] == (
        "  Combined model: 3-year survival 50 % (95 % CI 31–66 %) · 5-year survival 25 %"
    )
    assert lines[first + 2].strip() == english.text("report.survival.covers")
    assert english.text("figure.predicted_survival") not in explained_lines(assessment(), None, english)


def test_what_crosses_is_marked_and_what_cannot_be_scored_said(english: Catalogue) -> None:
    varied = replace(ANSWER, variations=(WIDER, EMPTY))
    lines = explained_lines(assessment(varied), None, english)
    assert "  ! Outline 2 mm wider → 0.50" in lines
    assert "    Outline 2 mm narrower → no score" in lines


def test_slices_of_treatments_are_told_too(english: Catalogue) -> None:
    lines = explained_lines(answered(), None, english)
    assert any(line.startswith("CCRT · ") for line in lines)


def test_a_withheld_answer_has_nothing_to_explain(english: Catalogue) -> None:
    assert explained_lines(assessment(withheld()), EXPLANATION, english) == []


def test_different_outcomes_stand_under_their_own_heading(english: Catalogue) -> None:
    other = replace(BESIDE, model="dl_signature", outcome="good_response", scale="probability", survival=())
    lines = summary_lines(assessment(ANSWER, other), PHANTOM, english)
    heads = [line for line in lines if line.endswith(":")]
    assert len(heads) == 2
    assert lines.index(heads[0]) + 1 == next(k for k, line in enumerate(lines) if "Combined model:" in line)
    assert lines.index(heads[1]) + 1 == next(k for k, line in enumerate(lines) if "DL signature:" in line)
