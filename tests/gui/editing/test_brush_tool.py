"""The brush under a reader's hand: what is dragged over is marked there in the patient, in one step."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, Qt

import gui.viewer.layers
import inference.pipeline
from gui.main_window import MainWindow
from gui.notice import Notice, NoticeKind
from gui.viewer.view_state import BRUSH_SIZES_MM, Tool
from gui.viewer.viewport import Viewport
from inference.errors import Cancelled
from inference.masks.layer import MaskLayer, MaskOrigin
from tests.gui.studies import SPACING_MM, write_study
from tests.gui.viewer.screen_point import point_of
from tests.inference.synthetic_case import axial, mask_layer, tumour_voxels

LEFT = Qt.MouseButton.LeftButton
SHIFT = Qt.KeyboardModifier.ShiftModifier
PLAIN = Qt.KeyboardModifier.NoModifier
RADIUS_MM = 15.0


def at(viewport: Viewport, row: int, column: int) -> QPoint:
    return point_of(viewport, (viewport.index, row, column)).toPoint()


def drag(
    qtbot: Any,
    viewport: Viewport,
    path: list[tuple[int, int]],
    modifier: Qt.KeyboardModifier = PLAIN,
    *,
    is_released: bool = True,
) -> None:
    """Drag with the left button over voxels (row, column) of the slice that is shown."""
    surface = viewport.viewport()
    qtbot.mousePress(surface, LEFT, modifier, at(viewport, *path[0]))
    for place in path[1:]:
        qtbot.mouseMove(surface, at(viewport, *place))
    if is_released:
        qtbot.mouseRelease(surface, LEFT, modifier, at(viewport, *path[-1]))


def near(row: int, first_column: int, last_column: int, radius_mm: float = RADIUS_MM) -> NDArray[np.bool_]:
    """Voxels (row, column) within a radius of a horizontal piece of path."""
    rows, columns = np.mgrid[:48, :48]
    aside = np.clip(columns, first_column, last_column) - columns
    distance: NDArray[np.bool_] = SPACING_MM * np.hypot(rows - row, aside) <= radius_mm
    return distance


def choose(window: MainWindow, tool: Tool, size_mm: int = round(2 * RADIUS_MM)) -> None:
    window.actions_[f"tool_{tool}"].trigger()
    assert window.viewer.state.tool is tool
    state = window.viewer.state
    state.resize_brush(BRUSH_SIZES_MM.index(size_mm) - BRUSH_SIZES_MM.index(state.brush_mm))


@pytest.fixture
def painter(opened: MainWindow, qtbot: Any) -> MainWindow:
    """The window with one large picture of slice 7, a proposed mask and a brush of 30 mm."""
    opened.viewer.maximise(0)
    opened.session.set_mask(MaskLayer("mask.tumour", MaskOrigin.MODEL, tumour_voxels(), axial(), "a pack"))
    opened.viewer.state.go_to(0, 6)
    choose(opened, Tool.BRUSH)
    qtbot.wait(10)
    return opened


@pytest.fixture
def notices(opened: MainWindow) -> Iterator[list[Notice]]:
    """What is said inline."""
    said: list[Notice] = []
    opened.session.notice_raised.connect(said.append)
    yield said
    opened.session.notice_raised.disconnect(said.append)


def voxels(window: MainWindow) -> NDArray[np.bool_]:
    assert window.session.mask is not None
    return window.session.mask.voxels


def test_a_drag_marks_what_it_passes_over_in_the_patient_and_nothing_else(
    painter: MainWindow, qtbot: Any
) -> None:
    before = voxels(painter)
    drag(qtbot, painter.viewer.viewports[0], [(36, 10), (36, 14), (36, 18)])
    expected = before.copy()
    # A pointer stands on whole pixels of the screen: up to half a pixel beside the voxel's centre.
    inner, outer = near(36, 10, 18, RADIUS_MM - 1), near(36, 10, 18, RADIUS_MM + 1)
    changed = voxels(painter)[6] & ~before[6]
    assert not (inner & ~before[6] & ~changed).any() and not (changed & ~outer).any()
    expected[6] = voxels(painter)[6]
    np.testing.assert_array_equal(voxels(painter), expected)


def test_a_stroke_is_one_named_step_and_is_taken_back_exactly(painter: MainWindow, qtbot: Any) -> None:
    before, stack = voxels(painter), painter.session.undo_stack
    drag(qtbot, painter.viewer.viewports[0], [(36, 10), (36, 14), (30, 18)])
    after = voxels(painter)
    assert stack.count() == 1 and stack.undoText() == "Paint mask"
    assert painter._undo.text().endswith("Paint mask")
    stack.undo()
    np.testing.assert_array_equal(voxels(painter), before)
    stack.redo()
    np.testing.assert_array_equal(voxels(painter), after)
    painter.session.set_language("zh_CN")
    assert stack.undoText() == "涂画掩膜"


@pytest.mark.parametrize("way", ["eraser", "brush with Shift"])
def test_erasing_takes_away_what_is_under_the_brush(painter: MainWindow, qtbot: Any, way: str) -> None:
    before = voxels(painter)
    row, column = (int(value) for value in np.argwhere(before[6]).mean(axis=0))
    if way == "eraser":
        choose(painter, Tool.ERASE)
    drag(qtbot, painter.viewer.viewports[0], [(row, column)], PLAIN if way == "eraser" else SHIFT)
    assert painter.session.undo_stack.undoText() == "Erase mask"
    assert not voxels(painter)[6][near(row, column, column, RADIUS_MM - 1)].any()
    kept = before[6] & ~near(row, column, column, RADIUS_MM + 1)
    assert kept.any() and voxels(painter)[6][kept].all()


def test_a_stroke_that_changes_nothing_is_no_step(painter: MainWindow, qtbot: Any) -> None:
    choose(painter, Tool.ERASE)
    drag(qtbot, painter.viewer.viewports[0], [(44, 4), (44, 6)])
    assert painter.session.undo_stack.count() == 0


def test_an_edited_mask_keeps_its_origin_and_says_so(painter: MainWindow, qtbot: Any) -> None:
    assert painter.layers.name.text() == "Tumour (automatic)"
    drag(qtbot, painter.viewer.viewports[0], [(36, 10)])
    assert painter.session.mask is not None and painter.session.mask.maker == "a pack"
    assert painter.layers.name.text() == "Tumour (automatic) (edited)"


def test_keys_choose_the_brush_and_its_size(opened: MainWindow, qtbot: Any) -> None:
    opened.session.set_mask(mask_layer())
    opened.activateWindow()
    qtbot.waitUntil(opened.isActiveWindow, timeout=2_000)
    state, viewport = opened.viewer.state, opened.viewer.viewports[0]
    viewport.setFocus()
    qtbot.keyClick(viewport, Qt.Key.Key_B)
    assert state.tool is Tool.BRUSH
    size_mm = state.brush_mm
    assert viewport._captions.top_left[2] == f"Brush {size_mm} mm"
    qtbot.keyClick(viewport, Qt.Key.Key_BracketRight)
    larger_mm = BRUSH_SIZES_MM[BRUSH_SIZES_MM.index(size_mm) + 1]
    assert state.brush_mm == larger_mm
    assert viewport._captions.top_left[2] == f"Brush {larger_mm} mm"
    assert f"Brush {larger_mm} mm" in viewport.accessibleDescription()
    for _ in range(30):
        qtbot.keyClick(viewport, Qt.Key.Key_BracketLeft)
    assert state.brush_mm == BRUSH_SIZES_MM[0]
    qtbot.keyClick(viewport, Qt.Key.Key_E)
    assert state.tool is Tool.ERASE
    assert viewport._captions.top_left[2] == "Eraser 1 mm"
    assert "Shift" in opened.actions_["tool_brush"].toolTip()


def test_the_brush_takes_no_other_key_and_no_other_button(painter: MainWindow, qtbot: Any) -> None:
    painter.activateWindow()
    qtbot.waitUntil(painter.isActiveWindow, timeout=2_000)
    state, viewport = painter.viewer.state, painter.viewer.viewports[0]
    viewport.setFocus()
    qtbot.keyClick(viewport, Qt.Key.Key_Space)
    assert not state.overlay_visible
    qtbot.keyClick(viewport, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: state.position[0] == 7)
    qtbot.keyClick(viewport, Qt.Key.Key_2)
    assert state.window == state.presets[1].window
    before = state.window
    surface = viewport.viewport()
    qtbot.mousePress(surface, Qt.MouseButton.RightButton, PLAIN, QPoint(100, 100))
    qtbot.mouseMove(surface, QPoint(140, 100))
    qtbot.mouseRelease(surface, Qt.MouseButton.RightButton, PLAIN, QPoint(140, 100))
    assert state.window != before
    assert painter.session.undo_stack.count() == 0
    drag(qtbot, viewport, [(36, 10)])
    assert state.overlay_visible and painter.actions_["overlay"].isChecked()


def test_a_case_without_mask_is_drawn_from_nothing(opened: MainWindow, qtbot: Any) -> None:
    assert opened.layers.draw_button.isVisible() and opened.layers.segment_button.isVisible()
    opened.viewer.maximise(1)
    opened.layers.draw_button.click()
    session, viewport = opened.session, opened.viewer.viewports[0]
    assert session.mask is not None and session.mask.origin is MaskOrigin.HUMAN
    assert not session.mask.voxels.any() and opened.viewer.state.tool is Tool.BRUSH
    assert viewport.isVisible() and not opened.layers.draw_button.isVisible()
    assert opened.actions_.why_not("draw") == "gui.why_not.has_mask"
    qtbot.wait(10)
    drag(qtbot, viewport, [(20, 20), (20, 24)])
    assert session.mask.marked_slices == (viewport.index,) and session.mask.name == "mask.tumour"
    assert opened.layers.name.text() == "Tumour (drawn)"
    session.undo_stack.undo()
    assert not session.mask.voxels.any()
    assert session.undo_stack.undoText() == "Draw mask"
    session.undo_stack.undo()
    assert session.mask is None


def test_the_first_stroke_begins_a_mask_but_the_first_erasure_is_refused(
    opened: MainWindow, qtbot: Any, notices: list[Notice]
) -> None:
    choose(opened, Tool.BRUSH)
    assert not opened.actions_["tool_erase"].isEnabled()
    drag(qtbot, opened.viewer.viewports[0], [(20, 20)], SHIFT)
    assert opened.session.mask is None
    assert [notice.message.id for notice in notices] == ["gui.why_not.mask"]
    drag(qtbot, opened.viewer.viewports[0], [(20, 20)])
    assert opened.session.mask is not None and opened.session.mask.voxels[6, 20, 20]


def test_an_answer_is_stale_after_a_stroke_and_current_after_its_undoing(
    opened: MainWindow, qtbot: Any
) -> None:
    session = opened.session
    with qtbot.waitSignal(session.outcome_changed, timeout=20_000):
        opened.actions_["run"].trigger()
    qtbot.waitUntil(lambda: not session.is_busy, timeout=5_000)
    assert session.is_current
    choose(opened, Tool.BRUSH)
    drag(qtbot, opened.viewer.viewports[0], [(36, 10), (36, 14)])
    assert not session.is_current and opened.currency.isVisible()
    session.undo_stack.undo()
    assert session.is_current


def test_nothing_is_drawn_on_reformatted_planes(
    opened: MainWindow, qtbot: Any, notices: list[Notice]
) -> None:
    opened.session.set_mask(mask_layer())
    before = opened.session.mask
    choose(opened, Tool.BRUSH)
    for viewport in opened.viewer.viewports[1:]:
        assert viewport.viewport().cursor().shape() is Qt.CursorShape.ForbiddenCursor
        assert viewport._captions.top_left[2] == "Draw on the acquired slices only"
        qtbot.mouseClick(viewport.viewport(), LEFT)
        assert notices[-1].kind is NoticeKind.REFUSED
        assert notices[-1].message.id == "gui.brush.acquired_only"
    assert opened.session.mask is before and opened.notices.isVisible()
    assert opened.viewer.viewports[0].viewport().cursor().shape() is Qt.CursorShape.CrossCursor
    opened.actions_["tool_scroll"].trigger()
    assert opened.viewer.viewports[1].viewport().cursor().shape() is Qt.CursorShape.ArrowCursor


def test_nothing_is_drawn_where_no_image_is(window: MainWindow, qtbot: Any, tmp_path: Path) -> None:
    session = window.session
    session.open_path(write_study(tmp_path, without=(4,)))
    qtbot.waitUntil(lambda: session.volume is not None, timeout=10_000)
    said: list[Notice] = []
    session.notice_raised.connect(said.append)
    choose(window, Tool.BRUSH)
    window.viewer.state.go_to(0, 4)
    viewport = window.viewer.viewports[0]
    assert viewport.viewport().cursor().shape() is Qt.CursorShape.ForbiddenCursor
    drag(qtbot, viewport, [(20, 20)])
    assert session.mask is None and said[-1].message.id == "gui.brush.gap"
    window.viewer.state.go_to(0, 5)
    drag(qtbot, viewport, [(20, 20)])
    assert session.mask is not None and session.mask.marked_slices == (5,)


def test_nothing_is_drawn_while_a_job_runs(
    painter: MainWindow, qtbot: Any, notices: list[Notice], monkeypatch: pytest.MonkeyPatch
) -> None:
    def wait(*_: Any, should_stop: Any, **__: Any) -> Any:
        while not should_stop():
            time.sleep(0.005)
        raise Cancelled

    monkeypatch.setattr(inference.pipeline, "assess", wait)
    session, viewport = painter.session, painter.viewer.viewports[0]
    before = session.mask
    painter.actions_["run"].trigger()
    assert viewport.viewport().cursor().shape() is Qt.CursorShape.ForbiddenCursor
    drag(qtbot, viewport, [(36, 10)])
    assert session.mask is before and notices[-1].message.id == "gui.brush.busy"
    painter.actions_["cancel"].trigger()
    qtbot.waitUntil(lambda: not session.is_busy, timeout=5_000)
    drag(qtbot, viewport, [(36, 10)])
    assert session.mask is not before


def test_a_drag_shows_its_marks_at_once_and_outlines_them_at_the_end(
    painter: MainWindow, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    outlined: list[int] = []
    real = gui.viewer.layers.outline

    def counted(plane: NDArray[np.bool_]) -> NDArray[np.float64]:
        outlined.append(1)
        return real(plane)

    monkeypatch.setattr(gui.viewer.layers, "outline", counted)
    viewport, before = painter.viewer.viewports[0], painter.session.mask
    drag(qtbot, viewport, [(36, 10), (36, 12), (36, 14)], is_released=False)
    assert painter.session.mask is before and not outlined
    shown = viewport._mask.fill.image
    assert shown[36, 10] and shown[36, 14] and not shown[36, 22]
    qtbot.mouseRelease(viewport.viewport(), LEFT, PLAIN, at(viewport, 36, 14))
    assert painter.session.mask is not before and outlined
    np.testing.assert_array_equal(viewport._mask.fill.image, voxels(painter)[6])


def test_escape_abandons_a_stroke(painter: MainWindow, qtbot: Any) -> None:
    viewport, before = painter.viewer.viewports[0], painter.session.mask
    drag(qtbot, viewport, [(36, 10), (36, 14)], is_released=False)
    qtbot.keyClick(viewport, Qt.Key.Key_Escape)
    np.testing.assert_array_equal(viewport._mask.fill.image, voxels(painter)[6])
    qtbot.mouseRelease(viewport.viewport(), LEFT, PLAIN, at(viewport, 36, 14))
    assert painter.session.mask is before and painter.session.undo_stack.count() == 0


def test_a_stroke_ends_on_its_own_slice_when_another_is_shown(painter: MainWindow, qtbot: Any) -> None:
    viewport, before = painter.viewer.viewports[0], voxels(painter)
    drag(qtbot, viewport, [(36, 10), (36, 14)], is_released=False)
    painter.viewer.state.go_to(0, 8)
    qtbot.mouseMove(viewport.viewport(), at(viewport, 36, 30))
    qtbot.mouseRelease(viewport.viewport(), LEFT, PLAIN, at(viewport, 36, 30))
    changed = np.argwhere(voxels(painter) != before)
    assert set(changed[:, 0]) == {6} and changed[:, 2].max() < 20


def test_a_quick_second_dab_does_not_maximise_the_picture(painter: MainWindow, qtbot: Any) -> None:
    viewport = painter.viewer.viewports[0]
    qtbot.mouseDClick(viewport.viewport(), LEFT, PLAIN, at(viewport, 36, 10))
    qtbot.mouseRelease(viewport.viewport(), LEFT, PLAIN, at(viewport, 36, 10))
    assert painter.viewer.maximised == 0
    assert voxels(painter)[6, 36, 10]


@pytest.mark.parametrize("zoom", [1.0, 2.5])
def test_the_ring_is_as_large_as_the_brush_in_the_patient(
    painter: MainWindow, qtbot: Any, zoom: float
) -> None:
    viewport, ring = painter.viewer.viewports[0], painter.viewer.brushes[0].ring
    viewport.zoom_at(zoom, QPointF(viewport.width() / 2, viewport.height() / 2))
    qtbot.mouseMove(viewport.viewport(), at(viewport, 24, 24))
    assert ring.isVisible()
    box = ring.mapRectToScene(ring.rect())
    assert box.width() * viewport.mm_per_px == pytest.approx(2 * RADIUS_MM)
    assert (box.center() - point_of(viewport, (6, 24, 24))).manhattanLength() <= 1.5
    painter.actions_["brush_smaller"].trigger()
    assert ring.mapRectToScene(ring.rect()).width() * viewport.mm_per_px == pytest.approx(25)


def test_the_smallest_brush_still_marks_the_pixel_under_it(painter: MainWindow, qtbot: Any) -> None:
    choose(painter, Tool.BRUSH, BRUSH_SIZES_MM[0])
    before = voxels(painter)
    drag(qtbot, painter.viewer.viewports[0], [(36, 10)])
    assert np.argwhere(voxels(painter) != before).tolist() == [[6, 36, 10]]


def test_nobodys_first_click_on_another_patient_draws(
    painter: MainWindow, tmp_path: Path, qtbot: Any
) -> None:
    session = painter.session
    session.open_path(write_study(tmp_path, patient_id="NPC-000002", name="PHANTOM^NPC-000002", series="2"))
    qtbot.waitUntil(lambda: session.identity is not None and "2" in session.identity.name, timeout=10_000)
    assert painter.viewer.state.tool is Tool.SCROLL
    assert painter.actions_["tool_scroll"].isChecked()
