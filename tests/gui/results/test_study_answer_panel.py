"""The window's answer of a study's pack: its number, its group, what stands beside, why; or no number."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from gui.results.explanation_panel import ExplanationPanel
from gui.results.recommendation_panel import RecommendationPanel
from gui.results.study_answer_panel import StudyAnswerPanel
from gui.results.treatment_comparison import TreatmentComparison
from gui.session import Session
from inference.case_input import CaseInput
from inference.prediction import PredictionStatus
from reports import prediction_wording
from tests.gui.panel_session import new_session, open_case, run
from tests.inference.packs.study_manifests import unsure
from tests.inference.predictors.study_cases import record
from tests.inference.predictors.test_study_answer import LAGC, pack_of, scan_of


def session_of(
    given: CaseInput, *, answered: bool = True, change: Callable[[dict[str, Any]], None] = lambda _: None
) -> Session:
    session = new_session(pack_of("lagc-response", change=change))
    session.study, session.rule_set = "lagc-response", "published"
    open_case(session, given)
    if answered:
        run(session)
    return session


def whole(**values: object) -> CaseInput:
    return scan_of("portal_venous", record("lagc-response", **(LAGC | values)))


def shown(widget: QWidget, qtbot: Any) -> Any:
    qtbot.addWidget(widget)
    widget.resize(340, 900)
    widget.show()
    return widget


def texts(widget: QWidget) -> list[str]:
    return [one.text() for one in widget.findChildren(QLabel) if not one.isHidden() and one.text()]


def test_the_number_is_the_one_that_is_printed(qtbot: Any) -> None:
    session = session_of(whole())
    panel = shown(StudyAnswerPanel(session), qtbot)
    assert session.outcome is not None
    answer = session.outcome.assessment.predictions[0]
    assert answer.status is PredictionStatus.ANSWERED and answer.model == "dlcs"
    assert panel.answer.score.text() == prediction_wording.score_text(answer, session.catalogue)
    assert prediction_wording.verdict_word(answer, session.catalogue) in panel.answer.verdict.text()
    assert "synthetic" in panel.origin.text()
    assert "DL signature" in texts(panel) and "OS model" in texts(panel)


def test_an_interval_of_survival_is_shown_with_what_it_covers(qtbot: Any) -> None:
    session = session_of(whole(), change=unsure)
    panel = shown(StudyAnswerPanel(session), qtbot)
    (told,) = [text for text in texts(panel) if "3-year survival" in text]
    _, one, two, three = told.splitlines()
    assert "(95 % CI " in one and "CI" not in two and "(95 % CI " in three
    assert panel.covered.text() == session.tr("report.survival.covers") and not panel.covered.isHidden()
    session.set_language("zh_CN")
    assert panel.covered.text() == session.tr("report.survival.covers")
    assert shown(StudyAnswerPanel(session_of(whole())), qtbot).covered.isHidden()


def test_a_fallback_is_named_and_amber(qtbot: Any) -> None:
    panel = shown(StudyAnswerPanel(session_of(scan_of("portal_venous", record("lagc-response")))), qtbot)
    assert panel.answer.fallback.text() == "From the image alone, for want of: Maximum diameter"
    assert panel.answer.fallback.property("tone") == "warn"
    assert "recalibrated probability" in panel.answer.range.text()


@pytest.mark.parametrize("make", [StudyAnswerPanel, ExplanationPanel])
def test_an_answer_of_treatments_is_shown_elsewhere(answered: Session, qtbot: Any, make: Any) -> None:
    panel = make(answered)
    qtbot.addWidget(panel)
    assert panel.isHidden()


def test_the_comparison_of_treatments_steps_back(qtbot: Any) -> None:
    comparison = TreatmentComparison(session_of(whole()))
    qtbot.addWidget(comparison)
    assert comparison.isHidden() and not comparison.columns


def test_a_changed_value_greys_the_number_and_offers_to_recalculate(qtbot: Any) -> None:
    session = session_of(whole())
    panel = shown(StudyAnswerPanel(session), qtbot)
    session.set_record(record("lagc-response", **(LAGC | {"maximum_diameter": 9})))
    assert panel.stale_note.text() and not panel.recalculate.isHidden()


def test_a_withheld_answer_shows_every_reason_and_no_number(qtbot: Any) -> None:
    session = session_of(scan_of("arterial", record("lagc-response", **LAGC)))
    panel = shown(StudyAnswerPanel(session), qtbot)
    assert "Contrast phase" in panel.reasons.text()
    assert not any(letter.isdigit() for letter in panel.answer.score.text() + panel.answer.verdict.text())
    explanation = ExplanationPanel(session)
    qtbot.addWidget(explanation)
    assert explanation.isHidden()


def test_each_picture_of_the_explanation_unfolds(qtbot: Any) -> None:
    panel = shown(ExplanationPanel(session_of(whole())), qtbot)
    assert not panel.figures["contributions"].isHidden() and panel.figures["nomogram"].isHidden()
    qtbot.mouseClick(panel.toggles["nomogram"], Qt.MouseButton.LeftButton)
    assert panel.figures["nomogram"].height() > 60
    qtbot.mouseClick(panel.toggles["contributions"], Qt.MouseButton.LeftButton)
    assert panel.figures["contributions"].isHidden()


def test_a_single_score_is_never_spoken_of_as_treatments(qtbot: Any) -> None:
    session = session_of(whole(), answered=False)
    panel = shown(StudyAnswerPanel(session), qtbot)
    recommendation = shown(RecommendationPanel(session), qtbot)
    said = panel.hint.text() + recommendation.reasons.text()
    assert "Run the assessment" in said and "treatment" not in said
    assert panel.heading.text() == "GOOD RESPONSE TO CHEMOTHERAPY"
    session.pack = None
    session.pack_changed.emit()
    assert not panel.isHidden() and "treatment" not in recommendation.reasons.text()


def test_the_risk_groups_are_shown_where_a_score_beside_forms_them(qtbot: Any) -> None:
    session = session_of(whole())
    panel = shown(ExplanationPanel(session), qtbot)
    assert session.outcome is not None and session.outcome.explanation is not None
    foretold = session.outcome.explanation.survival_of(session.outcome.assessment.predictions)
    assert foretold is not None and foretold.model == "overall_survival"
    assert "OS model" in panel.toggles["survival"].text() and not panel.toggles["survival"].isHidden()


def test_both_follow_the_language(qtbot: Any) -> None:
    session = session_of(whole())
    panel, explanation = shown(StudyAnswerPanel(session), qtbot), shown(ExplanationPanel(session), qtbot)
    session.set_language("zh_CN")
    assert panel.heading.text() == "化疗反应良好的概率" and explanation.title.text() == "原因说明"
