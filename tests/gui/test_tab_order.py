"""Tab goes through the window as the eye does, and every step has a name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget

from gui.main_window import MainWindow
from tests.gui.studies import SPACING_MM, write_study


def reached(window: MainWindow, qtbot: Any) -> list[QWidget]:
    """Where Tab goes from the first tab of the window on, until it comes back."""
    first = window.top.case_tab
    window.activateWindow()
    first.setFocus()
    found: list[QWidget] = []
    while not found or window.focusWidget() is not first:
        found.append(window.focusWidget())
        qtbot.keyClick(found[-1], Qt.Key.Key_Tab)
        assert len(found) < 200
    return found


def section_of(window: MainWindow, widget: QWidget) -> int:
    """Number of the part of the window, left to right, in which a widget stands."""
    parts = (
        window.top, window.pathway, window.series, window.checklist.inputs, window.layers,
        window.clinical, window.checklist, window.run_bar,
        window.viewer.toolbar, *window.viewer.viewports, window.viewer.problems,
        window.comparison, window.recommendation, window.decision, window.shares, window.guard,
    )  # fmt: skip
    return next((n for n, part in enumerate(parts) if part is widget or part.isAncestorOf(widget)), -1)


def tilted(folder: Path) -> Path:
    def shift(dataset: Any, index: int) -> None:
        dataset.ImagePositionPatient = [-117.5, -117.5 + 2 * index, -30.0 + SPACING_MM * index]
        dataset.SeriesDescription = "Tilted"
        del dataset.ContrastBolusAgent

    return write_study(folder, series="9", change=shift)


def test_tab_goes_from_what_goes_in_to_the_picture_to_what_comes_out(opened: MainWindow, qtbot: Any) -> None:
    opened.session.set_language("zh_CN")
    opened.tab_order.refresh()
    parts = [section_of(opened, widget) for widget in reached(opened, qtbot)]
    assert -1 not in parts and parts == sorted(parts)
    assert len(set(parts)) >= 8


def test_what_is_built_anew_stands_where_it_is_seen(opened: MainWindow, tmp_path: Path, qtbot: Any) -> None:
    session = opened.session
    session.open_path(tilted(tmp_path))
    qtbot.waitUntil(lambda: session.volume is not None and session.intake_job is None, timeout=20_000)
    qtbot.wait(100)
    widgets = reached(opened, qtbot)
    parts = [section_of(opened, widget) for widget in widgets]
    assert parts == sorted(parts)
    panel = opened.viewer.problems
    inside = [one for one in widgets if one is not panel and panel.isAncestorOf(one)]
    assert any(isinstance(one, QPushButton) and one.text() == "Straighten the slices" for one in inside)
    heights = [one.mapTo(opened, one.rect().center()).y() for one in inside]
    assert heights == sorted(heights)


def test_every_step_has_a_name(opened: MainWindow, qtbot: Any) -> None:
    for language in ("en", "zh_CN"):
        opened.session.set_language(language)
        for widget in reached(opened, qtbot):
            text = getattr(widget, "text", None)
            assert widget.accessibleName() or (text is not None and text()), widget


def test_by_keys_alone_from_search_to_run(window: MainWindow, tmp_path: Path, qtbot: Any) -> None:
    session = window.session
    for number in range(1, 5):
        write_study(tmp_path / str(number), series=str(number))
    tilted(tmp_path / "tilted")
    session.open_path(tmp_path)
    qtbot.waitUntil(lambda: session.volume is not None and session.intake_job is None, timeout=20_000)
    window.actions_["find_series"].trigger()
    assert window.focusWidget() is window.series.search
    qtbot.keyClicks(window.series.search, "tilted")
    qtbot.keyClick(window.series.search, Qt.Key.Key_Down)
    assert window.focusWidget() is window.series.view
    qtbot.keyClick(window.series.view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: session.volume is not None and session.intake_job is None, timeout=20_000)
    assert session.stack is not None and session.stack.acquisition.series_description == "Tilted"
    qtbot.wait(100)

    def tab_to(text: str) -> QWidget:
        for _ in range(80):
            here = window.focusWidget()
            if isinstance(here, QPushButton) and here.text() == text:
                return here
            qtbot.keyClick(here, Qt.Key.Key_Tab)
        raise AssertionError(text)

    with qtbot.waitSignal(session.notice_raised, timeout=20_000) as raised:
        qtbot.keyClick(tab_to("Straighten the slices"), Qt.Key.Key_Space)
    assert raised.args is not None and raised.args[0].message.id == "gui.notice.straightened"
    with qtbot.waitSignal(session.outcome_changed, timeout=20_000):
        window.actions_["run"].trigger()
