"""A refusal is released beside its finding: name and reason typed there, undone, withdrawn, never silent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QLabel

from gui.commands.mask_commands import ReplaceMask
from gui.commands.stated_commands import release_finding
from gui.intake.finding_card import FindingCard
from gui.intake.finding_groups import as_text
from gui.intake.problem_panel import ProblemPanel
from gui.intake.release_form import ReleaseForm, WithdrawButton
from gui.intake.series_model import SeriesRole
from gui.main_window import MainWindow
from gui.pathway.readiness import guard_lines
from gui.pathway.run_bar import RunBar
from gui.pathway.study_input_list import CandidateLine
from gui.session import Session
from inference.case_input import StatedFacts
from inference.dicom.verdicts import finding
from inference.findings import Verdict
from inference.masks.layer import MaskLayer
from inference.packs.load import LoadedPack
from inference.release import LONGEST_NAME, LONGEST_REASON, Release
from tests.gui.intake.plans import plan_of
from tests.gui.panel_session import good_pack, new_session, open_case, run
from tests.gui.studies import write_study
from tests.inference.synthetic_case import case, mask_layer

__all__ = ["good_pack"]

GAP = finding("intake.gap", before="1", after="2", slice=3, gap_mm=10, spacing_mm=5, missing=1)
INVERTED = finding("intake.inverted")
MASKED = finding("intake.mask_images_missing", count=2)
BY_LIN = Release("intake.gap", "Dr. Lin", "It lies above the skull.")


@pytest.fixture
def refused(good_pack: LoadedPack, qapp: object) -> Iterator[Session]:
    """A whole case but for a gap that may be released; nothing of it was read from a disk."""
    session = new_session(good_pack)
    opened = case(mask=mask_layer(), findings=(GAP,))
    session.plan, session.patient = plan_of([opened.stack]), opened.stack.identity
    open_case(session, opened)
    yield session
    session.shut_down()


@pytest.fixture
def panel(refused: Session, qtbot: Any) -> ProblemPanel:
    """The findings of the refused case, on screen."""
    made = ProblemPanel(refused)
    qtbot.addWidget(made)
    made.resize(340, 700)
    made.show()
    return made


def form_of(panel: ProblemPanel) -> ReleaseForm:
    (form,) = panel.widget().findChildren(ReleaseForm)
    return form


def said(panel: ProblemPanel) -> list[str]:
    return [label.text().replace("\u200b", "") for label in panel.widget().findChildren(QLabel)]


def type_release(panel: ProblemPanel, qtbot: Any, by: str = "Dr. Lin", reason: str = BY_LIN.reason) -> None:
    form = form_of(panel)
    form.open_button.click()
    qtbot.keyClicks(form.name, by)
    qtbot.keyClick(form.name, Qt.Key.Key_Return)
    qtbot.keyClicks(form.reason, reason)
    qtbot.keyClick(form.reason, Qt.Key.Key_Return)


def intake_verdicts(session: Session) -> list[Verdict]:
    return [line.verdict for line in guard_lines(session) if line.name == "guard.intake"]


def test_a_refusal_is_released_inline_with_name_and_reason(
    refused: Session, panel: ProblemPanel, qtbot: Any
) -> None:
    form = form_of(panel)
    assert form.open_button.isVisible() and not form.fields.isVisible()
    assert intake_verdicts(refused) == [Verdict.REFUSED]
    type_release(panel, qtbot)
    qtbot.waitUntil(lambda: refused.stated.releases == (BY_LIN,), timeout=1_000)
    assert intake_verdicts(refused) == [Verdict.NOTE]
    texts = said(panel)
    assert "Released by Dr. Lin: It lies above the skull." in texts
    assert "Answer: released, with a note" in texts
    assert not panel.widget().findChildren(ReleaseForm)
    (card,) = panel.widget().findChildren(FindingCard)
    assert "Released by Dr. Lin" in card.accessibleName() and card.group.answer is Verdict.NOTE
    assert "Released by Dr. Lin: It lies above" in as_text(refused.catalogue, panel.groups, ())


def test_a_release_can_be_undone_and_done_again_and_is_named(
    refused: Session, panel: ProblemPanel, qtbot: Any
) -> None:
    type_release(panel, qtbot)
    qtbot.waitUntil(lambda: bool(refused.stated.releases), timeout=1_000)
    assert refused.undo_stack.undoText() == "Release a finding"
    refused.undo_stack.undo()
    assert refused.stated == StatedFacts() and intake_verdicts(refused) == [Verdict.REFUSED]
    assert form_of(panel).open_button.isVisible()
    refused.undo_stack.redo()
    assert refused.stated.releases == (BY_LIN,)


def test_a_release_is_withdrawn_where_it_stands_and_that_can_be_undone(
    refused: Session, panel: ProblemPanel, qtbot: Any
) -> None:
    refused.undo_stack.push(release_finding(refused, BY_LIN))
    (button,) = panel.widget().findChildren(WithdrawButton)
    button.click()
    qtbot.waitUntil(lambda: not refused.stated.releases, timeout=1_000)
    assert refused.undo_stack.undoText() == "Withdraw a release"
    assert "Answer: refused until released" in said(panel)
    refused.undo_stack.undo()
    assert refused.stated.releases == (BY_LIN,)


def test_the_run_bar_does_not_call_a_released_scan_simply_fitting(refused: Session, qtbot: Any) -> None:
    bar = RunBar(refused)
    qtbot.addWidget(bar)
    assert "withheld" in bar.status.text()
    refused.undo_stack.push(release_finding(refused, BY_LIN))
    # The scans are matched anew in the next turn of the loop.
    qtbot.waitUntil(lambda: bar.status.text() == refused.tr("panel.run.ready_released"), timeout=5_000)
    refused.undo_stack.undo()
    qtbot.waitUntil(lambda: "withheld" in bar.status.text(), timeout=5_000)


def test_an_answer_is_stale_once_its_release_is_withdrawn_and_current_again_by_undo(refused: Session) -> None:
    run(refused)
    assert refused.outcome is not None and not refused.outcome.assessment.is_answered
    refused.undo_stack.push(release_finding(refused, BY_LIN))
    assert not refused.is_current
    run(refused)
    assert refused.is_current and refused.outcome.assessment.is_answered
    refused.undo_stack.undo()
    assert not refused.is_current
    refused.undo_stack.redo()
    assert refused.is_current


@pytest.mark.parametrize(("by", "reason", "text"), [("", "Seen.", "a name"), ("Dr. Lin", " ", "a reason")])
def test_without_a_name_or_a_reason_nothing_is_released_and_the_field_says_so(
    refused: Session, panel: ProblemPanel, qtbot: Any, by: str, reason: str, text: str
) -> None:
    form = form_of(panel)
    form.open_button.click()
    form.name.setText(by)
    form.reason.setText(reason)
    form.release_button.click()
    qtbot.wait(20)
    assert not refused.stated.releases and refused.undo_stack.count() == 0
    assert "intake.gap" in form.problem.text() and text in form.problem.text() and form.problem.isVisible()
    assert form_of(panel) is form and form.fields.isVisible()


def test_the_fields_hold_no_more_than_may_be_printed(panel: ProblemPanel) -> None:
    form = form_of(panel)
    form.name.setText("x" * 1_000)
    form.reason.setText("y" * 1_000)
    assert len(form.name.text()) == LONGEST_NAME and len(form.reason.text()) == LONGEST_REASON


def test_escape_folds_the_fields_away_and_releases_nothing(
    refused: Session, panel: ProblemPanel, qtbot: Any
) -> None:
    form = form_of(panel)
    form.open_button.click()
    qtbot.keyClicks(form.name, "Dr. Lin")
    qtbot.keyClick(form.name, Qt.Key.Key_Escape)
    assert not form.fields.isVisible() and form.open_button.isVisible()
    assert not refused.stated.releases


def test_what_nobody_may_release_and_what_is_no_refusal_has_no_control(refused: Session, qtbot: Any) -> None:
    assert refused.stack is not None
    refused.stack = replace(refused.stack, findings=(INVERTED, finding("intake.derived")))
    refused.plan = plan_of([refused.stack])
    panel = ProblemPanel(refused)
    qtbot.addWidget(panel)
    assert len(panel.widget().findChildren(FindingCard)) == 2
    assert not panel.widget().findChildren(ReleaseForm)


def test_nothing_can_be_released_before_the_scan_is_read(refused: Session, qtbot: Any) -> None:
    refused.volume = None
    panel = ProblemPanel(refused)
    qtbot.addWidget(panel)
    assert panel.widget().findChildren(FindingCard) and not panel.widget().findChildren(ReleaseForm)


def masked(count: int) -> MaskLayer:
    return replace(mask_layer(), findings=(replace(MASKED, fields={"count": count}),))


def test_a_release_about_a_mask_does_not_hold_for_another_mask(
    refused: Session, panel: ProblemPanel, qtbot: Any
) -> None:
    refused.undo_stack.push(ReplaceMask(refused, masked(2), "import"))
    refused.undo_stack.push(release_finding(refused, BY_LIN))
    about_mask = Release(MASKED.code, "Dr. Lin", "Seen.")
    assert [group.code for group in panel.groups].count(MASKED.code) == 1
    refused.undo_stack.push(release_finding(refused, about_mask))
    assert intake_verdicts(refused) == [Verdict.NOTE, Verdict.NOTE]
    refused.undo_stack.push(ReplaceMask(refused, masked(5), "import"))
    assert refused.stated.releases == (BY_LIN,)
    assert sorted(intake_verdicts(refused)) == [Verdict.NOTE, Verdict.REFUSED]
    refused.undo_stack.undo()
    assert refused.stated.releases == (BY_LIN, about_mask)
    assert undone(refused.undo_stack) == StatedFacts(), "every step can be taken back"


def undone(stack: QUndoStack) -> StatedFacts:
    """What is stated after everything was undone."""
    while stack.canUndo():
        stack.undo()
    session = stack.parent()
    assert isinstance(session, Session)
    return session.stated


def test_the_control_speaks_chinese(refused: Session, panel: ProblemPanel, qtbot: Any) -> None:
    refused.set_language("zh_CN")
    assert form_of(panel).open_button.text() == "放行…"
    refused.undo_stack.push(release_finding(refused, BY_LIN))
    assert "已放行（Dr. Lin）：It lies above the skull." in said(panel)
    assert all("⟦" not in text for text in said(panel))


def test_in_the_window_a_release_ends_with_its_scan(window: MainWindow, tmp_path: Path, qtbot: Any) -> None:
    session = window.session
    write_study(tmp_path, series="1", without=(10,))
    write_study(tmp_path, series="2", without=(10,))
    session.open_path(tmp_path)
    qtbot.waitUntil(lambda: session.volume is not None, timeout=10_000)
    first, line = session.stack, window.series.model.index_of(session.stack.stack_id)
    assert line.data(SeriesRole.REFUSAL) == "not usable by the pack" and not line.data(SeriesRole.IS_RELEASED)
    type_release(window.viewer.problems, qtbot)
    qtbot.waitUntil(lambda: bool(session.stated.releases), timeout=1_000)
    assert [line for line in guard_lines(session) if line.verdict is Verdict.REFUSED] == []

    def is_amber() -> bool:
        candidates = [one for match in session.inputs.matches for one in match.candidates]
        return any(reason.release is not None for one in candidates for reason in one.reasons)

    qtbot.waitUntil(is_amber, timeout=2_000)
    told = [one.accessibleName() for one in window.findChildren(CandidateLine)]
    assert any("released by Dr. Lin: It lies above the skull." in text for text in told)
    assert line.data(SeriesRole.REFUSAL) == "released by a user, with a note"
    assert line.data(SeriesRole.IS_RELEASED)
    assert session.plan is not None
    (other,) = [one for one in session.plan.stacks if one is not first]
    session.choose_stack(other.stack_id)
    qtbot.waitUntil(lambda: session.volume is not None, timeout=10_000)
    assert session.stated == StatedFacts() and not session.undo_stack.canUndo()
    assert line.data(SeriesRole.REFUSAL) == "not usable by the pack"
    assert form_of(window.viewer.problems).open_button.text() == "Release…"
