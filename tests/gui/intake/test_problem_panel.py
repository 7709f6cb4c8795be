"""The findings beside the pictures: by weight, with both verdicts, advice and deeds; files passed over."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from gui.feedback.verdict_mark import VerdictMark
from gui.intake.finding_card import FindingCard
from gui.intake.finding_groups import as_text, findings_to_show, groups_of, said_together, verdict_words
from gui.intake.problem_panel import ProblemPanel
from gui.intake.skipped_files import SkippedGroup
from gui.main_window import MainWindow
from gui.pathway.stated_fact_menu import StatedFactMenu
from gui.session import Session
from inference.dicom.verdicts import RULES, finding
from inference.findings import Verdict
from tests.gui.intake.plans import one_stack, plan_of, show
from tests.gui.studies import write_study
from tests.inference.synthetic_case import PATIENT, PHANTOM, mask_layer

GAP = finding("intake.gap", before="1", after="2", slice=3, gap_mm=10, spacing_mm=5, missing=1)
SAME = finding("intake.split", parts=2)
DERIVED = finding("intake.derived")
HIDDEN = finding("intake.duplicate_uid", file="a", other="b")


@pytest.fixture
def panel(session: Session, qtbot: Any) -> ProblemPanel:
    """The panel alone, on screen."""
    made = ProblemPanel(session)
    qtbot.addWidget(made)
    made.resize(340, 600)
    made.show()
    return made


def texts(panel: ProblemPanel) -> list[str]:
    return [label.text().replace("\u200b", "") for label in panel.findChildren(QLabel)]


def buttons(panel: ProblemPanel) -> dict[str, QPushButton]:
    return {button.text(): button for button in panel.findChildren(QPushButton)}


def test_findings_stand_by_weight_and_those_of_a_kind_together() -> None:
    again = finding("intake.gap", before="4", after="5", slice=7, gap_mm=15, spacing_mm=5, missing=2)
    groups = groups_of([SAME, DERIVED, GAP, HIDDEN, again, GAP])
    assert [group.code for group in groups] == [
        "intake.duplicate_uid", "intake.gap", "intake.derived", "intake.split",
    ]  # fmt: skip
    assert groups[1].findings == (GAP, again)


@pytest.mark.parametrize("code", sorted(RULES))
def test_both_verdicts_are_said_in_words_and_shape(session: Session, code: str) -> None:
    (group,) = groups_of([finding(code)])
    said = [(verdict, session.render(message)) for verdict, message in verdict_words(group)]
    rule = RULES[code]
    if max(rule.view, rule.answer) is Verdict.FINE:
        assert said == [], "nothing harmless is an alarm"
        return
    assert [verdict for verdict, _ in said] == [rule.view, rule.answer]
    assert all("⟦" not in text for _, text in said)
    assert ("released" in said[1][1]) == (rule.releasable and rule.answer is Verdict.REFUSED)


def test_a_finding_says_what_where_both_verdicts_and_what_to_do(
    session: Session, panel: ProblemPanel
) -> None:
    show(session, plan_of([one_stack("a", findings=(GAP,))]))
    said = texts(panel)
    assert session.render(GAP.message) in said and session.render(GAP.advice) in said
    assert "View: with a note" in said and "Answer: refused until released" in said


@pytest.mark.parametrize("code", sorted(RULES))
def test_the_same_verdict_is_not_said_twice(session: Session, code: str) -> None:
    (group,) = groups_of([finding(code)])
    rule, both = RULES[code], said_together(group)
    if rule.view is not rule.answer or rule.answer is Verdict.FINE:
        assert both is None
        return
    assert both is not None
    said = session.render(both)
    assert ("note" in said, "released" in said) == (rule.answer is Verdict.NOTE, rule.releasable)


def test_one_verdict_for_both_has_no_marks_of_its_own(session: Session, panel: ProblemPanel) -> None:
    show(session, plan_of([one_stack("a", findings=(GAP,))]))
    two_ways = len(panel.findChildren(VerdictMark))
    show(session, plan_of([one_stack("b", findings=(finding("intake.lossy"),))]))
    assert "View and answer: with a note" in texts(panel)
    assert (two_ways, len(panel.findChildren(VerdictMark))) == (3, 1)


def test_what_came_with_a_mask_stands_beside_the_pictures(opened: MainWindow) -> None:
    panel, session = opened.viewer.problems, opened.session
    note = finding("intake.mask_by_position")
    mask = replace(mask_layer(), findings=(note,))
    assert session.render(note.message) not in texts(panel)
    session.set_mask(mask)
    assert session.render(note.message) in texts(panel)
    body = panel.widget()
    session.set_mask(replace(mask, voxels=~mask.voxels))
    assert panel.widget() is body, "a stroke does not rebuild the panel"
    session.set_mask(None)
    assert session.render(note.message) not in texts(panel)


def test_many_findings_of_a_kind_unfold(session: Session, panel: ProblemPanel) -> None:
    gaps = tuple(
        finding("intake.gap", before=str(n), after=str(n + 1), slice=n, gap_mm=9, spacing_mm=3, missing=2)
        for n in range(1, 8)
    )
    show(session, plan_of([one_stack("a", findings=gaps)]))
    (card,) = panel.findChildren(FindingCard)
    assert card.more.text() == "and 4 more" and card.rest.isHidden()
    card.more.click()
    assert not card.rest.isHidden() and card.more.isHidden()


def test_skipped_files_stand_by_reason_with_their_number_and_unfold(
    session: Session, panel: ProblemPanel
) -> None:
    skipped = [finding("intake.not_an_image_file", file=f"notes/{n}.txt") for n in range(300)]
    skipped.append(finding("intake.malformed", file="bad.dcm"))
    show(session, plan_of([one_stack("a")], skipped=tuple(skipped)))
    damaged, harmless = panel.findChildren(SkippedGroup)
    assert damaged.head.accessibleName() == "Damaged files (1)"
    assert harmless.head.accessibleName() == "Not image files (300)"
    assert harmless.names.isHidden()
    harmless.head.click()
    listed = harmless.names.text().replace("\u200b", "").splitlines()
    assert listed[0] == "notes/0.txt is not an image file." and listed[-1] == "and 100 more"


def test_everything_can_be_copied_as_text(session: Session, panel: ProblemPanel, qtbot: Any) -> None:
    skipped = tuple(finding("intake.empty_file", file=f"{n}.dcm") for n in range(2))
    show(session, plan_of([one_stack("a", findings=(GAP,))], skipped=skipped))
    with qtbot.waitSignal(session.notice_raised, timeout=1_000):
        buttons(panel)["Copy"].click()
    copied = QApplication.clipboard().text()
    assert copied == as_text(session.catalogue, panel.groups, panel.skipped)
    for line in (session.render(GAP.message), "Empty files (2)", "0.dcm is empty.", "1.dcm is empty."):
        assert line in copied


def test_the_panel_is_never_wider_than_its_room(session: Session, panel: ProblemPanel, qtbot: Any) -> None:
    long = "a_very_long_folder/" * 6 + "file.dcm"
    stack = one_stack("a", findings=(finding("intake.truncated", file=long, slice=2),))
    show(session, plan_of([stack], skipped=(finding("intake.other_object", file=long, object="x" * 90),)))
    qtbot.waitUntil(lambda: panel.widget().width() <= panel.viewport().width(), timeout=1_000)


def test_only_what_concerns_the_open_stack_is_listed() -> None:
    noted, other = one_stack("a", findings=(DERIVED,)), one_stack("b", findings=(GAP,))
    plan = plan_of([noted], [other], findings=(SAME,))
    assert findings_to_show(plan, noted, ()) == (SAME, DERIVED)
    assert findings_to_show(plan, None, (noted, other)) == (SAME, DERIVED, GAP)
    assert findings_to_show(None, None, ()) == ()


def test_two_patients_can_be_chosen_anew_from_their_finding(
    session: Session, panel: ProblemPanel, qtbot: Any
) -> None:
    both = finding("intake.two_patients", count=2)
    show(session, plan_of([one_stack("a")], [one_stack("b", identity=PATIENT)], findings=(both,)))
    assert "View and answer: refused" in texts(panel)
    with qtbot.waitSignal(session.patient_choice_needed, timeout=1_000):
        buttons(panel)["Choose a patient…"].click()
    session.choose_patient(PHANTOM)
    said = texts(panel)
    assert "View and answer: refused" not in said and any(
        text.startswith("One of the 2 patients") for text in said
    )
    with qtbot.waitSignal(session.patient_choice_needed, timeout=1_000):
        buttons(panel)["Choose another patient…"].click()


def test_a_missing_slice_can_be_gone_to(window: MainWindow, tmp_path: Path, qtbot: Any) -> None:
    write_study(tmp_path, without=(5,))
    window.session.open_path(tmp_path)
    qtbot.waitUntil(lambda: window.session.volume is not None, timeout=10_000)
    button = next(
        button for text, button in buttons(window.viewer.problems).items() if text.startswith("Show slice")
    )
    number = int(button.text().rsplit(" ", 1)[1])
    window.viewer.go_to_slice(0)
    button.click()
    assert window.viewer.state.position[0] == number - 1


def test_another_part_of_the_series_is_opened_from_the_finding(
    window: MainWindow, tmp_path: Path, qtbot: Any
) -> None:
    """Two echoes at one place: the user picks, from the finding that says so."""
    for series, echo in (("1", 15), ("2", 90)):

        def one_series(dataset: Any, index: int, echo: int = echo) -> None:
            dataset.SeriesInstanceUID = "1.2.3.9"
            dataset.EchoTime = echo
            dataset.SOPInstanceUID = f"1.2.3.9.{echo}.{index + 1}"
            dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
            dataset.PixelData = bytes([echo]) + dataset.PixelData[1:]

        write_study(tmp_path, series=series, change=one_series)
    session = window.session
    session.open_path(tmp_path)
    qtbot.waitUntil(lambda: session.volume is not None, timeout=10_000)
    first = session.stack
    menu = buttons(window.viewer.problems)["Open another part…"].menu()
    (action,) = menu.actions()
    assert "echo" in action.text()
    action.trigger()
    qtbot.waitUntil(lambda: session.stack is not first and session.volume is not None, timeout=10_000)


def test_an_unknown_modality_is_stated_from_its_finding(
    window: MainWindow, tmp_path: Path, qtbot: Any
) -> None:
    write_study(tmp_path, change=lambda dataset, _: setattr(dataset, "Modality", ""))
    session = window.session
    session.open_path(tmp_path)
    qtbot.waitUntil(lambda: session.volume is not None, timeout=10_000)
    menus = window.viewer.problems.findChildren(StatedFactMenu)
    assert [menu.text() for menu in menus] == ["State…"]
    menus[0].state("MR")
    assert session.stated.modality == "MR"
    session.undo_stack.undo()
    assert session.stated.modality == ""


def test_the_panel_speaks_chinese(session: Session, panel: ProblemPanel) -> None:
    session.set_language("zh_CN")
    show(session, plan_of([one_stack("a", identity=PHANTOM, findings=(GAP,))]))
    assert "作答：拒绝，放行后方可" in texts(panel)
    assert panel.focusPolicy() & Qt.FocusPolicy.TabFocus
