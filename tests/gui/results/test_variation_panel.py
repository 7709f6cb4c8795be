"""Small changes are tried after the answer, in the background; what crosses stands in sight."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt

from gui.results.variation_panel import VariationPanel
from gui.session import Session
from inference.varying import vary
from tests.inference.synthetic_case import record


def panel(session: Session, qtbot: Any) -> VariationPanel:
    widget = VariationPanel(session)
    qtbot.addWidget(widget)
    widget.resize(340, 400)
    widget.show()
    return widget


def varied(session: Session) -> None:
    case, pack = session.case_input, session.pack
    assert session.outcome is not None and case is not None and pack is not None
    session.accept_outcome(vary(session.outcome, case, pack), 1.0)


def test_nothing_is_there_before_anything_was_tried(answered: Session, qtbot: Any) -> None:
    widget = VariationPanel(answered)
    qtbot.addWidget(widget)
    assert widget.isHidden()


def test_each_treatment_says_its_range_and_every_change_unfolds(answered: Session, qtbot: Any) -> None:
    varied(answered)
    shown = panel(answered, qtbot)
    assert len(shown.summary.text().splitlines()) == 2 and "0 cross" in shown.summary.text()
    assert shown.every.isHidden()
    qtbot.mouseClick(shown.toggle, Qt.MouseButton.LeftButton)
    assert len(shown.every.text().splitlines()) == 8


def test_what_crosses_stands_in_sight_and_is_amber(answered: Session, qtbot: Any) -> None:
    varied(answered)
    assert answered.outcome is not None
    assessment = answered.outcome.assessment
    first = assessment.predictions[0]
    crossing = (replace(first.variations[0], crosses=True), *first.variations[1:])
    changed = (replace(first, variations=crossing), *assessment.predictions[1:])
    answered.accept_outcome(
        replace(answered.outcome, assessment=replace(assessment, predictions=changed)), 1.0
    )
    shown = panel(answered, qtbot)
    assert "2 mm wider" in shown.crossing.text() and shown.crossing.property("tone") == "warn"


def test_the_job_replaces_the_outcome_by_the_varied_one(answered: Session, qtbot: Any) -> None:
    shown = panel(answered, qtbot)
    case, pack = answered.case_input, answered.pack
    assert case is not None and pack is not None
    with qtbot.waitSignal(answered.outcome_changed, timeout=10_000):
        answered.jobs.variation.start(case, pack, None)
        assert (
            answered.jobs.variation.is_running and not shown.progress.isHidden() and not shown.bar.isHidden()
        )
    assert answered.outcome is not None
    assert all(one.variations for one in answered.outcome.assessment.predictions)
    qtbot.waitUntil(lambda: not answered.jobs.variation.is_running, timeout=10_000)
    assert shown.progress.isHidden()


def test_what_was_tried_waits_while_the_inputs_are_others(answered: Session, qtbot: Any) -> None:
    case, pack, before = answered.case_input, answered.pack, answered.outcome
    assert case is not None and pack is not None and before is not None
    answered.jobs.variation.start(case, pack, None)
    answered.set_record(record(age="70"))
    qtbot.waitUntil(lambda: answered.jobs.variation.job is None, timeout=10_000)
    assert answered.outcome is before
    answered.set_record(case.record)
    assert answered.outcome is not None and all(p.variations for p in answered.outcome.assessment.predictions)
    assert answered.is_current
