"""The board's decision in the window: own opinion first hides the answer; a change needs its reason."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from gui.actions import needs_current
from gui.jobs.writing import assessment_work
from gui.reporting.report_obstacle import report_obstacle
from gui.results.decision_panel import DecisionPanel
from gui.session import Session
from inference.decisions.board_decision import Choice
from inference.decisions.decision_store import DecisionStore
from inference.errors import InputError
from reports.wording import moment
from tests.gui.panel_session import run
from tests.inference.synthetic_case import record


@pytest.fixture
def store(tmp_path: Path) -> DecisionStore:
    return DecisionStore(tmp_path / "decisions")


def panel(session: Session, store: DecisionStore, qtbot: Any) -> DecisionPanel:
    widget = DecisionPanel(session, store)
    qtbot.addWidget(widget)
    return widget


def mark(shown: DecisionPanel, choice: Choice) -> None:
    next(one for one in shown.choices.buttons() if one.objectName() == choice.value).setChecked(True)


def press(shown: DecisionPanel, qtbot: Any) -> None:
    shown.show()
    qtbot.mouseClick(shown.commit, Qt.MouseButton.LeftButton)


def test_without_an_answer_nothing_can_be_decided(opened: Session, store: DecisionStore, qtbot: Any) -> None:
    shown = panel(opened, store, qtbot)
    assert shown.commit.isHidden() and all(one.isHidden() for one in shown.choices.buttons())
    opened.close_case()
    assert shown.isHidden()


def test_own_opinion_first_is_asked_for_before_the_first_answer(
    opened: Session, store: DecisionStore, qtbot: Any
) -> None:
    shown = panel(opened, store, qtbot)
    assert not shown.isHidden() and not shown.opinion_first.isHidden() and shown.opinion.isHidden()
    shown.opinion_first.setChecked(True)
    run(opened)
    assert opened.board.hides and not shown.opinion.isHidden()


def test_what_was_typed_for_one_patient_is_not_there_for_the_next(
    answered: Session, store: DecisionStore, qtbot: Any
) -> None:
    shown = panel(answered, store, qtbot)
    mark(shown, Choice.OVERRIDE)
    for field in (shown.opinion, shown.decided, shown.reason):
        field.setPlainText("hearing loss")
    answered.close_case()
    assert shown.choice is None
    assert not any(one.toPlainText() for one in (shown.opinion, shown.decided, shown.reason))


def test_nothing_is_decided_or_exported_while_small_changes_are_tried(
    answered: Session, store: DecisionStore, qtbot: Any, tmp_path: Path
) -> None:
    shown = panel(answered, store, qtbot)
    mark(shown, Choice.ACCEPT)
    case, pack = answered.case_input, answered.pack
    assert case is not None and pack is not None and shown.commit.isEnabled()
    answered.jobs.variation.start(case, pack, None)
    obstacle = report_obstacle(answered)
    assert obstacle is not None and obstacle.id == needs_current(answered) == "error.report.varying"
    assert not shown.commit.isEnabled() and "still being tried" in shown.problem.text()
    with pytest.raises(InputError) as caught:
        assessment_work(answered, tmp_path / "assessment.json")
    assert caught.value.message.id == "error.report.varying"
    qtbot.waitUntil(lambda: not answered.jobs.variation.is_running, timeout=10_000)
    assert shown.commit.isEnabled() and report_obstacle(answered) is None and not needs_current(answered)


def test_accepting_needs_a_name_and_is_kept(answered: Session, store: DecisionStore, qtbot: Any) -> None:
    shown = panel(answered, store, qtbot)
    mark(shown, Choice.ACCEPT)
    press(shown, qtbot)
    assert "name" in shown.problem.text() and store.all().decisions == ()
    shown.by.setText("Dr Lin")
    press(shown, qtbot)
    (kept,) = store.all().decisions
    assert kept.choice is Choice.ACCEPT and kept.by == "Dr Lin" and answered.board.decision == kept
    assert "accepted by Dr Lin" in shown.recorded.text() and shown.commit.isHidden()
    assert moment(kept.at) in shown.recorded.text()


def test_overriding_needs_a_reason(answered: Session, store: DecisionStore, qtbot: Any) -> None:
    shown = panel(answered, store, qtbot)
    mark(shown, Choice.OVERRIDE)
    shown.by.setText("Dr Lin")
    shown.decided.setPlainText("CCRT")
    press(shown, qtbot)
    assert "reason" in shown.problem.text()
    shown.reason.setPlainText("hearing loss")
    press(shown, qtbot)
    assert store.all().decisions[0].reason == "hearing loss"


def test_a_withheld_answer_cannot_be_accepted(withheld: Session, store: DecisionStore, qtbot: Any) -> None:
    shown = panel(withheld, store, qtbot)
    enabled = {one.objectName(): one.isEnabled() for one in shown.choices.buttons()}
    assert enabled == {"accept": False, "modify": True, "override": True}


def test_a_stale_answer_is_not_decided_on(answered: Session, store: DecisionStore, qtbot: Any) -> None:
    shown = panel(answered, store, qtbot)
    mark(shown, Choice.ACCEPT)
    answered.set_record(record(age="71"))
    assert not shown.commit.isEnabled() and "recalculate" in shown.problem.text()


def test_own_opinion_first_hides_the_answer_until_it_is_committed(
    answered: Session, store: DecisionStore, qtbot: Any
) -> None:
    shown = panel(answered, store, qtbot)
    assert answered.heat_maps
    shown.opinion_first.setChecked(True)
    assert answered.board.hides and not answered.heat_maps
    obstacle = report_obstacle(answered)
    assert obstacle is not None and obstacle.id == "error.report.opinion_first"
    press(shown, qtbot)
    assert answered.board.hides and shown.problem.text()
    shown.opinion.setPlainText("induction first")
    shown.by.setText("Dr Lin")
    press(shown, qtbot)
    assert not answered.board.hides and answered.heat_maps
    assert "induction first" in shown.opinion_told.text()
    mark(shown, Choice.ACCEPT)
    press(shown, qtbot)
    kept = store.all().decisions[0].opinion
    assert kept is not None and kept.text == "induction first"


def test_a_decision_belongs_to_its_answer(answered: Session, store: DecisionStore, qtbot: Any) -> None:
    shown = panel(answered, store, qtbot)
    mark(shown, Choice.ACCEPT)
    shown.by.setText("Dr Lin")
    press(shown, qtbot)
    answered.close_case()
    assert answered.board.decision is None and shown.isHidden()
