"""Straightening a tilted scan from its finding: offered, done in a job, noted, undone by opening again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QPushButton

from gui.commands.mask_commands import draw_mask
from gui.intake.series_model import SeriesRole
from gui.intake.series_tree import Line
from gui.main_window import MainWindow
from tests.gui.studies import SPACING_MM, write_study


@pytest.fixture
def tilted(window: MainWindow, tmp_path: Path, qtbot: Any) -> MainWindow:
    """Slices that lie 2 mm further back each: a gantry tilted by 22 degrees."""

    def shift(dataset: Any, index: int) -> None:
        dataset.ImagePositionPatient = [-117.5, -117.5 + 2 * index, -30.0 + SPACING_MM * index]

    write_study(tmp_path, change=shift)
    window.session.open_path(tmp_path)
    qtbot.waitUntil(lambda: window.session.volume is not None, timeout=20_000)
    return window


def straighten_button(window: MainWindow) -> QPushButton | None:
    buttons = window.viewer.problems.findChildren(QPushButton)
    return next((one for one in buttons if one.text() == "Straighten the slices"), None)


def codes(window: MainWindow) -> set[str]:
    return {group.code for group in window.viewer.problems.groups}


def test_a_tilted_scan_is_straightened_on_demand_and_it_stays_noted(tilted: MainWindow, qtbot: Any) -> None:
    session = tilted.session
    before = session.stack
    assert before is not None and "intake.tilt" in codes(tilted)
    button = straighten_button(tilted)
    assert button is not None
    with qtbot.waitSignal(session.notice_raised, timeout=20_000) as raised:
        button.click()
    assert raised.args is not None and raised.args[0].message.id == "gui.notice.straightened"
    assert session.stack is not None and session.volume is not None and session.case_input is not None
    assert session.stack.geometry.shape[1] > before.geometry.shape[1], "the grid grows, nothing is stretched"
    assert session.volume.geometry.spacing_mm[0] == pytest.approx(SPACING_MM)
    assert "intake.straightened" in codes(tilted) and "intake.tilt" not in codes(tilted)
    assert straighten_button(tilted) is None
    assert tilted.viewer.state.source is session.slice_source


def test_lists_speak_of_the_scan_as_it_is_now(tilted: MainWindow, qtbot: Any) -> None:
    session, model = tilted.session, tilted.series.model
    assert session.stack is not None
    index = model.index_of(session.stack.stack_id)
    assert index.data(SeriesRole.LINE) == Line.REFUSED_CARD and "tilted" in index.data(SeriesRole.REASON)
    button = straighten_button(tilted)
    assert button is not None
    with qtbot.waitSignal(session.notice_raised, timeout=20_000):
        button.click()
    assert index.data(SeriesRole.LINE) == Line.CARD and index.data(SeriesRole.REASON) == ""
    qtbot.waitUntil(
        lambda: any(
            one.read.stack is session.stack for match in session.inputs.matches for one in match.candidates
        ),
        timeout=5_000,
    )


def test_the_scan_as_it_was_can_be_opened_again(tilted: MainWindow, qtbot: Any) -> None:
    session = tilted.session
    before = session.stack
    button = straighten_button(tilted)
    assert button is not None and before is not None
    with qtbot.waitSignal(session.notice_raised, timeout=20_000):
        button.click()
    assert session.stack is not before
    tilted.series.open_stack(before.stack_id)
    qtbot.waitUntil(lambda: session.stack is before and session.volume is not None, timeout=20_000)
    assert "intake.tilt" in codes(tilted)


def test_a_mask_on_the_straightened_grid_is_not_written_as_dicom(
    tilted: MainWindow, tmp_path: Path, qtbot: Any
) -> None:
    session = tilted.session
    button = straighten_button(tilted)
    assert button is not None
    with qtbot.waitSignal(session.notice_raised, timeout=20_000):
        button.click()
    session.undo_stack.push(draw_mask(session))
    with qtbot.waitSignal(session.notice_raised, timeout=20_000) as raised:
        session.save_mask(tmp_path / "seg.dcm")
    assert raised.args is not None and raised.args[0].message.id == "gui.why_not.straightened"
    assert not (tmp_path / "seg.dcm").exists()


def test_a_result_for_a_scan_no_longer_open_is_dropped(tilted: MainWindow, qtbot: Any) -> None:
    session = tilted.session
    button = straighten_button(tilted)
    assert button is not None
    button.click()
    session.close_case()
    qtbot.wait(500)
    assert session.stack is None and session.volume is None
