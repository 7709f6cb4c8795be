"""What the pathway needs: candidates with their reasons, and a pick that is the user's."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel

from gui.commands.clinical_commands import set_clinical_value
from gui.main_window import MainWindow
from gui.pathway.study_input_list import CandidateLine
from inference.clinical.schema import load_form, parse_value
from inference.inputs.reasons import Fit
from inference.inputs.scan_dates import date_of
from tests.gui.studies import write_study


def lines(window: MainWindow) -> list[CandidateLine]:
    return window.checklist.inputs.lines


def spoken(window: MainWindow) -> list[str]:
    return [label.text() for label in window.checklist.inputs.findChildren(QLabel) if label.text()]


@pytest.fixture
def two(window: MainWindow, tmp_path: Path, qtbot: Any) -> MainWindow:
    """Two scans of one patient that could both be the input, and one that cannot."""
    write_study(tmp_path, series="1")
    write_study(
        tmp_path, series="2", change=lambda data, _: setattr(data, "SeriesDescription", "Ax T1 +C again")
    )

    def t2(data: Any, _: int) -> None:
        data.SeriesDescription, data.RepetitionTime, data.EchoTime = "Ax T2", 4000, 100
        data.ContrastBolusAgent = "NONE"

    write_study(tmp_path, series="3", change=t2)
    window.session.open_path(tmp_path)
    qtbot.waitUntil(
        lambda: window.session.volume is not None and bool(window.session.inputs.matches), timeout=20_000
    )
    qtbot.waitUntil(lambda: len(window.session.inputs.matches[0].candidates) == 3, timeout=20_000)
    return window


def test_one_candidate_needs_no_pick(window: MainWindow, study_folder: Path, qtbot: Any) -> None:
    opened = window
    opened.session.open_path(study_folder)
    qtbot.waitUntil(lambda: opened.session.volume is not None, timeout=20_000)
    qtbot.waitUntil(lambda: bool(opened.session.inputs.matches), timeout=10_000)
    (match,) = opened.session.inputs.matches
    assert match.input.id == "t1c" and len(match.candidates) == 1
    assert not opened.session.inputs.needs_pick and opened.actions_["run"].isEnabled()
    assert any("T1-weighted MR with contrast" in text for text in spoken(opened))


def test_of_several_scans_none_is_taken_silently(two: MainWindow, qtbot: Any) -> None:
    session = two.session
    assert session.stack is not None and session.inputs.needs_pick
    assert not two.actions_["run"].isEnabled() and not two.run_bar.run_button.isEnabled()
    assert "pick one" in two.run_bar.status.text()
    session.run()
    assert session.job is None, "nothing runs before the pick"
    fits = [one.fit for one in session.inputs.matches[0].candidates]
    assert fits.count(Fit.RED) == 1
    offered = [line for line in lines(two) if line.pick.isEnabled()]
    assert len(offered) == 2
    assert any("confirm what is unknown" in text for text in spoken(two))
    offered[1].pick.click()
    qtbot.waitUntil(lambda: session.volume is not None and not session.inputs.needs_pick, timeout=20_000)
    assert session.is_picked and two.actions_["run"].isEnabled()
    assert [line.pick.text() for line in lines(two)].count("in use") == 1
    assert not any("pick one" in text or "confirm" in text for text in spoken(two))
    assert any("in use" in text for text in spoken(two))


def test_the_open_scan_can_be_the_pick(two: MainWindow) -> None:
    session = two.session
    assert session.stack is not None
    before = session.volume
    session.choose_stack(session.stack.stack_id)
    assert session.is_picked and session.volume is before, "nothing is read again"
    assert not session.inputs.needs_pick


def test_a_scan_that_does_not_fit_is_listed_with_every_reason(two: MainWindow) -> None:
    match = two.session.inputs.matches[0]
    red = next(one for one in match.candidates if one.fit is Fit.RED)
    assert not any(line.pick.isHidden() for line in lines(two)), "the red rest is folded"
    two.checklist.inputs._unfold("t1c")
    said = "\n".join(spoken(two))
    for reason in red.reasons:
        if reason.fit is not Fit.GREEN:
            assert two.session.render(reason.message) in said
    assert len(lines(two)) == 3 and sum(line.pick.isHidden() for line in lines(two)) == 1
    assert any("does not fit" in line.accessibleName() for line in lines(two))


def test_the_day_of_treatment_tells_that_a_scan_is_too_old(
    window: MainWindow, study_folder: Path, qtbot: Any
) -> None:
    session = window.session
    session.open_path(study_folder)
    qtbot.waitUntil(lambda: session.volume is not None and bool(session.inputs.matches), timeout=20_000)
    assert session.stack is not None
    scanned = date_of(session.stack)
    assert scanned is not None
    field = load_form(session.study).field("treatment_day")
    typed = (scanned + timedelta(days=60)).isoformat()
    command = set_clinical_value(session, parse_value(field, typed))
    assert command is not None
    session.undo_stack.push(command)
    qtbot.waitUntil(lambda: session.inputs.matches[0].candidates[0].fit is Fit.RED, timeout=10_000)
    (told,) = [one for one in session.inputs.matches[0].candidates[0].reasons if one.fit is Fit.RED]
    assert told.message.id == "finding.inputs.too_long_before"
    session.undo_stack.undo()
    qtbot.waitUntil(lambda: session.inputs.matches[0].candidates[0].fit is not Fit.RED, timeout=10_000)
