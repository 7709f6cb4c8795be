"""Run, Cancel, and the state in which every run visibly ends."""

from dataclasses import dataclass
from typing import Any

import pytest

from gui.pathway.readiness import guard_lines, refused_names
from gui.pathway.run_bar import RunBar
from gui.session import Session
from inference.findings import Verdict
from inference.jobs import EndState, JobEnd
from inference.messages.message import Message
from tests.gui.panel_session import open_case, run
from tests.inference.synthetic_case import case, mask_layer, record


@dataclass
class Running:
    """A job that is under way."""

    stage: str = "stage.segmenting"
    fraction: float | None = 0.25
    remaining_s: float | None = 12.4
    is_cancelling: bool = False
    is_running: bool = True
    cancelled: bool = False

    def cancel(self) -> None:
        """Note that somebody asked."""
        self.cancelled = self.is_cancelling = True


def bar(session: Session, qtbot: Any) -> RunBar:
    widget = RunBar(session)
    qtbot.addWidget(widget)
    widget.show()
    return widget


def test_without_a_scan_run_is_disabled_and_says_why(empty: Session, qtbot: Any) -> None:
    shown = bar(empty, qtbot)
    assert not shown.run_button.isEnabled()
    assert shown.run_button.toolTip()
    assert shown.status.text() == shown.run_button.toolTip()


def test_without_a_pack_run_is_disabled_and_says_why(opened: Session, qtbot: Any) -> None:
    shown = bar(opened, qtbot)
    assert shown.run_button.isEnabled()
    opened.accept_pack(None, Message("error.pack.altered", {"file": "networks/a.onnx"}))
    assert not shown.run_button.isEnabled()
    assert "networks/a.onnx" in shown.status.text()


def test_a_case_that_fits_is_ready_to_run(opened: Session, qtbot: Any) -> None:
    shown = bar(opened, qtbot)
    assert shown.run_button.isEnabled()
    assert shown.mark.verdict is Verdict.FINE


def test_a_case_that_would_be_withheld_names_the_checks(empty: Session, qtbot: Any) -> None:
    open_case(empty, case(contrast_agent="", slice_thickness_mm=9.0))
    shown = bar(empty, qtbot)
    assert shown.mark.verdict is Verdict.REFUSED
    assert "Contrast" in shown.status.text() and "Slice thickness" in shown.status.text()


def test_of_many_failing_checks_three_are_named(empty: Session, qtbot: Any) -> None:
    open_case(empty, case(contrast_agent="", slice_thickness_mm=9.0, modality="CT", body_part="FOOT"))
    refused = dict.fromkeys(refused_names(guard_lines(empty)))
    assert len(refused) > 3
    shown = bar(empty, qtbot)
    said = [empty.tr(name) for name in refused if empty.tr(name) in shown.status.text()]
    assert len(said) == 3 and shown.status.text().endswith(f"and {len(refused) - 3} more")


def test_a_click_asks_the_session_to_run(opened: Session, qtbot: Any) -> None:
    shown = bar(opened, qtbot)
    with qtbot.waitSignal(opened.outcome_changed, timeout=10_000):
        shown.run_button.click()
    qtbot.waitUntil(lambda: shown.mark.verdict is Verdict.FINE and "Done in" in shown.status.text())
    assert not shown.cancel_button.isVisible()


def test_a_running_job_shows_stage_progress_and_time_left(opened: Session, qtbot: Any) -> None:
    shown = bar(opened, qtbot)
    opened.job = Running()  # type: ignore[assignment]
    opened.job_changed.emit()
    assert shown.progress.isVisible() and shown.progress.value() == 250
    assert shown.status.text() == opened.tr("stage.segmenting")
    assert "12" in shown.time_left.text()
    assert not shown.run_button.isEnabled()
    opened.job = None


def test_cancel_is_visible_at_once(opened: Session, qtbot: Any) -> None:
    shown = bar(opened, qtbot)
    job = Running()
    opened.job = job  # type: ignore[assignment]
    opened.job_changed.emit()
    shown.cancel_button.click()
    opened.job_changed.emit()
    assert job.cancelled
    assert "Cancelling" in shown.status.text()
    assert not shown.cancel_button.isEnabled()
    opened.job = None


@pytest.mark.parametrize(
    ("state", "verdict", "words"),
    [
        (EndState.REFUSED, Verdict.NOTE, "Refused"),
        (EndState.FAILED, Verdict.REFUSED, "Failed at"),
        (EndState.CANCELLED, None, "Cancelled at"),
    ],
)
def test_every_end_is_said_with_a_word_and_a_shape(
    state: EndState, verdict: Verdict | None, words: str, opened: Session, qtbot: Any
) -> None:
    shown = bar(opened, qtbot)
    opened.last_end = JobEnd("", state, message=Message("error.memory"), stage="stage.predicting")
    opened.job_changed.emit()
    assert shown.status.text().startswith(words)
    assert shown.mark.verdict is verdict
    if state is not EndState.CANCELLED:
        assert opened.tr("error.memory") in shown.status.text()


def test_after_a_change_the_button_says_recalculate(answered: Session, qtbot: Any) -> None:
    shown = bar(answered, qtbot)
    assert shown.run_button.text() == "Run again"
    answered.set_record(record(age="61"))
    assert shown.run_button.text() == "Recalculate"
    assert shown.mark.verdict is Verdict.NOTE


def test_a_withheld_end_is_not_called_simply_done(empty: Session, qtbot: Any) -> None:
    open_case(empty, case(mask=mask_layer(), contrast_agent=""))
    shown = bar(empty, qtbot)
    run(empty)
    empty.accept_job_end(JobEnd(empty.case_key, EndState.DONE))
    assert "withheld" in shown.status.text()
