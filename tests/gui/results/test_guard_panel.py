"""What was checked for the answer that stands on screen."""

from typing import Any

from gui.results.guard_panel import GuardPanel
from gui.session import Session
from tests.gui.panel_session import open_case, run
from tests.inference.synthetic_case import case, mask_layer, record


def panel(session: Session, qtbot: Any) -> GuardPanel:
    widget = GuardPanel(session)
    qtbot.addWidget(widget)
    return widget


def test_it_is_not_there_before_an_answer(opened: Session, qtbot: Any) -> None:
    assert panel(opened, qtbot).isHidden()


def test_all_passed_is_a_summary_that_unfolds(answered: Session, qtbot: Any) -> None:
    shown = panel(answered, qtbot)
    assert answered.outcome is not None
    assert not shown.lines
    shown.toggle.click()
    assert len(shown.lines) == len(answered.outcome.assessment.guard)
    assert all("allowed" in line.detail.text() for line in shown.lines)
    shown.toggle.click()
    assert not shown.lines


def test_a_refusal_stands_open(empty: Session, qtbot: Any) -> None:
    open_case(empty, case(mask=mask_layer(), slice_thickness_mm=9.0))
    run(empty)
    shown = panel(empty, qtbot)
    assert shown.lines
    assert "refused: 1" in shown.summary.text()
    assert shown.summary.property("tone") == "bad"


def test_it_shows_what_was_measured_then_not_what_is_measured_now(answered: Session, qtbot: Any) -> None:
    shown = panel(answered, qtbot)
    before = len(answered.outcome.assessment.guard) if answered.outcome else 0
    answered.set_mask(None)
    shown.toggle.click()
    assert len(shown.lines) == before
    assert shown.card.property("stale") is True


def test_what_was_noted_about_the_inputs_is_shown(empty: Session, qtbot: Any) -> None:
    open_case(empty, case(mask=mask_layer(), clinical=record(t_stage="")))
    run(empty)
    assert empty.outcome is not None and empty.outcome.assessment.findings
    shown = panel(empty, qtbot)
    for finding in empty.outcome.assessment.findings:
        assert empty.render(finding) in shown.findings.text()
