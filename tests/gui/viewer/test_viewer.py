"""The viewer under a reader's hands: wheel, drag, keys, probe, overlays, gaps, layouts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from gui.actions import Actions
from gui.session import Session
from gui.theme.tokens import OKABE_ITO
from gui.viewer.layout import Viewer
from gui.viewer.plane_transform import EdgeLetters
from gui.viewer.slice_source import SliceSource
from gui.viewer.view_state import Tool
from gui.viewer.viewport import Viewport
from inference.clock import SeededIds
from inference.scan import Plan, Stack
from inference.volume import Volume
from tests.gui.panel_session import NoIntake
from tests.gui.viewer.screen_point import point_of
from tests.inference.synthetic_case import axial, head_voxels, mask_layer, stack, tumour_voxels, volume

MakeViewer = Callable[..., Viewer]


class NoPacks:
    """A store that nobody asks for anything."""

    def open(self, study: str, request: str | None) -> Any:
        """Never called."""
        raise AssertionError("no pack is needed to look at pictures")


@pytest.fixture
def make_viewer(qapp: QApplication, qtbot: Any) -> MakeViewer:
    """Show a stack and its volume in a viewer."""
    kept: list[Viewer] = []

    def make(shown: Stack | None = None, pixels: Volume | None = None) -> Viewer:
        session = Session(intake=NoIntake(), packs=NoPacks(), ids=SeededIds(1))
        viewer = Viewer(session, Actions(session))
        viewer.resize(900, 700)
        qtbot.addWidget(viewer)
        kept.append(viewer)
        session.plan = Plan("", (), ())
        session.stack = shown or stack()
        session.identity = session.stack.identity
        session.slice_source = SliceSource.loading(session.stack)
        session.stack_changed.emit()
        session.accept_volume(pixels or volume())
        viewer.show()
        qtbot.waitExposed(viewer)
        return viewer

    return make


def wheel(viewport: Viewport, notches: int, at: QPointF | None = None, *, control: bool = False) -> None:
    position = at or QPointF(viewport.width() / 2, viewport.height() / 2)
    modifier = Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(
        position,
        viewport.mapToGlobal(position),
        QPoint(0, 0),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        modifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    viewport.wheelEvent(event)


def mouse(viewport: Viewport, kind: QEvent.Type, at: QPointF, button: Qt.MouseButton) -> None:
    event = QMouseEvent(kind, at, viewport.mapToGlobal(at), button, button, Qt.KeyboardModifier.NoModifier)
    handler = {
        QEvent.Type.MouseButtonPress: viewport.mousePressEvent,
        QEvent.Type.MouseMove: viewport.mouseMoveEvent,
        QEvent.Type.MouseButtonRelease: viewport.mouseReleaseEvent,
    }[kind]
    handler(event)


def drag(viewport: Viewport, button: Qt.MouseButton, by: QPointF) -> None:
    start = QPointF(viewport.width() / 2, viewport.height() / 2)
    mouse(viewport, QEvent.Type.MouseButtonPress, start, button)
    mouse(viewport, QEvent.Type.MouseMove, start + by, button)
    mouse(viewport, QEvent.Type.MouseButtonRelease, start + by, button)


def picture(viewport: Viewport) -> QImage:
    return viewport.grab().toImage()


def test_the_wheel_scrolls_one_slice_a_notch_towards_the_reader(make_viewer: MakeViewer, qtbot: Any) -> None:
    viewer = make_viewer()
    wheel(viewer.viewports[0], -1)
    qtbot.waitUntil(lambda: viewer.state.position[0] == 7)


def test_many_notches_before_the_next_picture_become_one_change(make_viewer: MakeViewer, qtbot: Any) -> None:
    viewer = make_viewer()
    changes: list[int] = []
    viewer.state.position_changed.connect(lambda: changes.append(viewer.state.position[0]))
    for _ in range(4):
        wheel(viewer.viewports[0], -1)
    qtbot.waitUntil(lambda: bool(changes))
    assert changes == [10]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (Qt.Key.Key_Down, 7),
        (Qt.Key.Key_Up, 5),
        (Qt.Key.Key_PageDown, 11),
        (Qt.Key.Key_PageUp, 1),
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_End, 11),
    ],
)
def test_keys_scroll_and_stop_at_the_ends(
    make_viewer: MakeViewer, qtbot: Any, key: Qt.Key, expected: int
) -> None:
    viewer = make_viewer()
    qtbot.keyClick(viewer.viewports[0], key)
    qtbot.waitUntil(lambda: viewer.state.position[0] == expected)


def test_number_keys_choose_presets(make_viewer: MakeViewer, qtbot: Any) -> None:
    viewer = make_viewer()
    assert viewer.state.window == viewer.state.presets[0].window
    qtbot.keyClick(viewer.viewports[0], Qt.Key.Key_2)
    assert viewer.state.window == viewer.state.presets[1].window != viewer.state.presets[0].window
    qtbot.keyClick(viewer.viewports[0], Qt.Key.Key_9)
    assert viewer.state.window == viewer.state.presets[1].window


def test_dragging_with_the_right_button_windows(make_viewer: MakeViewer) -> None:
    viewer = make_viewer()
    before = viewer.state.window
    drag(viewer.viewports[0], Qt.MouseButton.RightButton, QPointF(30, 0))
    assert viewer.state.window.width > before.width
    assert viewer.state.window.centre == before.centre


def test_dragging_with_the_middle_button_pans(make_viewer: MakeViewer) -> None:
    viewer = make_viewer()
    viewport = viewer.viewports[0]
    before = point_of(viewport, (6, 10, 10))
    drag(viewport, Qt.MouseButton.MiddleButton, QPointF(25, -12))
    assert point_of(viewport, (6, 10, 10)) == before + QPointF(25, -12)
    viewer._actions["fit"].trigger()
    assert point_of(viewport, (6, 10, 10)) == before


def test_the_tool_decides_what_the_left_button_does(make_viewer: MakeViewer) -> None:
    viewer = make_viewer()
    viewer._actions["tool_window"].trigger()
    assert viewer.state.tool is Tool.WINDOW
    before = viewer.state.window
    drag(viewer.viewports[0], Qt.MouseButton.LeftButton, QPointF(0, 40))
    assert viewer.state.window.centre > before.centre


def test_zooming_keeps_the_voxel_under_the_pointer(make_viewer: MakeViewer) -> None:
    viewport = make_viewer().viewports[0]
    at = QPointF(120, 90)
    before = viewport.index_at(at)
    wheel(viewport, 3, at, control=True)
    assert viewport.zoom > 1.5
    assert viewport.index_at(at) == pytest.approx(before)


@pytest.mark.parametrize("axis", range(3))
def test_the_probe_reads_the_voxel_under_the_pointer(make_viewer: MakeViewer, axis: int) -> None:
    viewer = make_viewer()
    for other, index in enumerate((6, 22, 24)):
        viewer.state.go_to(other, index)
    viewport = viewer.viewports[axis]
    found: list[str] = []
    viewport.probed.connect(found.append)
    viewport.probe(point_of(viewport, (6, 22, 24)))
    assert "[6, 22, 24]" in found[-1] and found[-1].endswith("1060")
    assert "L 2.5  A 7.5  S 0.0" in found[-1]
    assert viewport.accessibleDescription().endswith("1060")


def test_the_pixel_under_a_voxel_is_as_bright_as_its_value(make_viewer: MakeViewer) -> None:
    viewer = make_viewer()
    viewer.state.set_overlay(visible=False)
    viewer.state.set_tiled(False)  # no reference lines through the voxel
    for other, index in enumerate((6, 22, 24)):
        viewer.state.go_to(other, index)
    for viewport in viewer.viewports:
        shot = picture(viewport)
        assert shot.pixelColor(point_of(viewport, (6, 22, 24)).toPoint()).lightness() > 220
        air = [6, 22, 24]
        air[2 if viewport.axis != 2 else 1] = 0
        at = point_of(viewport, (air[0], air[1], air[2])).toPoint()
        assert shot.pixelColor(at).lightness() < 10


def test_the_mask_is_laid_over_the_voxels_that_it_marks(make_viewer: MakeViewer) -> None:
    viewer = make_viewer()
    viewer.state.set_overlay(mask_opacity=1.0)
    viewer.state.set_tiled(False)
    viewer._session.set_mask(mask_layer())
    for axis, index in enumerate((6, 22, 24)):
        viewer.state.go_to(axis, index)
    orange = OKABE_ITO["orange"]
    for viewport in viewer.viewports:
        shot = picture(viewport)
        assert shot.pixelColor(point_of(viewport, (6, 22, 24)).toPoint()).name() == orange
        outside = [6, 22, 24]
        outside[2 if viewport.axis != 2 else 1] = 34
        at = point_of(viewport, (outside[0], outside[1], outside[2])).toPoint()
        assert shot.pixelColor(at).saturation() < 10


def test_go_to_tumour_shows_its_largest_slice(make_viewer: MakeViewer) -> None:
    viewer = make_viewer()
    marked = tumour_voxels()
    marked[7, 10:30, 10:30] = True
    viewer._session.set_mask(mask_layer(marked))
    assert viewer.state.position[0] == 7, "a first mask is shown at once"
    viewer.state.go_to(0, 2)
    viewer._session.set_mask(mask_layer(tumour_voxels()))
    assert viewer.state.position[0] == 2, "an edit does not move the reader"
    viewer.go_to_tumour()
    assert viewer.state.position[0] == 4


def test_space_hides_the_overlays_and_brings_them_back(make_viewer: MakeViewer, qtbot: Any) -> None:
    viewer = make_viewer()
    viewer._session.set_mask(mask_layer())
    viewer.activateWindow()
    viewer.viewports[0].setFocus()
    mask = viewer.viewports[0]._mask.fill
    assert mask.isVisible()
    viewer._actions["overlay"].trigger()
    assert not mask.isVisible()
    viewer._actions["overlay"].trigger()
    assert mask.isVisible()


def test_double_click_shows_one_plane_and_again_all(make_viewer: MakeViewer, qtbot: Any) -> None:
    viewer = make_viewer()
    qtbot.mouseDClick(viewer.viewports[1].viewport(), Qt.MouseButton.LeftButton)
    assert viewer.maximised == 1
    assert [viewport.isVisible() for viewport in viewer.viewports] == [False, True, False]
    qtbot.mouseDClick(viewer.viewports[1].viewport(), Qt.MouseButton.LeftButton)
    assert viewer.maximised is None
    assert all(viewport.isVisible() for viewport in viewer.viewports)


def test_a_click_takes_the_other_planes_to_the_point(make_viewer: MakeViewer) -> None:
    viewer = make_viewer()
    viewport = viewer.viewports[0]
    at = point_of(viewport, (6, 15, 33))
    mouse(viewport, QEvent.Type.MouseButtonPress, at, Qt.MouseButton.LeftButton)
    mouse(viewport, QEvent.Type.MouseButtonRelease, at, Qt.MouseButton.LeftButton)
    assert viewer.state.position == (6, 15, 33)


def test_a_picture_with_uneven_pixels_is_not_stretched(make_viewer: MakeViewer) -> None:
    grid = axial(shape=(12, 48, 48), spacing_mm=(5, 0.8, 2.5))
    viewport = make_viewer(stack(grid), volume(grid, head_voxels())).viewports[0]
    down = point_of(viewport, (6, 40, 10)) - point_of(viewport, (6, 0, 10))
    right = point_of(viewport, (6, 10, 40)) - point_of(viewport, (6, 10, 0))
    assert right.x() / down.y() == pytest.approx(2.5 / 0.8)


def test_a_gap_says_no_data_and_is_never_filled(make_viewer: MakeViewer) -> None:
    missing = frozenset({5})
    grid = axial()
    viewer = make_viewer(stack(missing=missing), volume(grid, head_voxels(), missing_slices=missing))
    viewer.state.go_to(0, 5)
    assert viewer.viewports[0]._captions.message == "No data"
    assert not viewer.viewports[0]._image.item.isVisible()
    for axis in (1, 2):
        shot = picture(viewer.viewports[axis])
        colours = {
            shot.pixelColor(
                point_of(viewer.viewports[axis], (5, 20, column)).toPoint() + QPoint(0, dy)
            ).name()
            for column in range(16, 30)
            for dy in (-2, 0, 2)
        }
        assert any(int(name[1:3], 16) > int(name[5:7], 16) + 8 for name in colours), "no amber hatching"


def test_a_stack_whose_middle_is_missing_opens_on_a_slice_that_is_there(make_viewer: MakeViewer) -> None:
    missing = frozenset({5, 6, 7})
    viewer = make_viewer(stack(missing=missing), volume(axial(), head_voxels(), missing_slices=missing))
    assert viewer.state.position[0] in (4, 8)
    assert viewer.state.presets and viewer.state.window.width > 100


def test_what_is_written_on_the_picture(make_viewer: MakeViewer) -> None:
    captions = make_viewer().viewports[0]._captions
    assert captions.top_left == ("Ax T1 FS", "slice 7 / 12 · S 0.0 mm")
    assert captions.top_right == ("PHANTOM^NPC-000001", "NPC-000001", "1970-01-01")
    assert captions.letters == EdgeLetters("R", "L", "A", "P")
    assert captions.bottom_left[0].startswith("W ")


def test_the_scale_bar_is_as_long_as_it_says(make_viewer: MakeViewer) -> None:
    viewport = make_viewer().viewports[0]
    fifty_mm = point_of(viewport, (6, 10, 20)) - point_of(viewport, (6, 10, 10))
    assert fifty_mm.x() * viewport.mm_per_px == pytest.approx(50)


def test_every_picture_can_be_reached_by_keyboard_and_heard(make_viewer: MakeViewer) -> None:
    viewer = make_viewer()
    for viewport, name in zip(viewer.viewports, ("axial", "coronal", "sagittal"), strict=True):
        assert viewport.focusPolicy() & Qt.FocusPolicy.TabFocus
        assert viewport.accessibleName() == f"{name} picture"
        assert viewport.accessibleDescription().startswith("slice ")


def test_the_first_slice_is_shown_before_the_rest_is_read(make_viewer: MakeViewer) -> None:
    viewer = make_viewer()
    session = viewer._session
    session.volume = None
    session.slice_source = SliceSource.loading(stack())
    session.stack_changed.emit()
    assert viewer.viewports[0]._captions.message == "Reading…"
    session.accept_early_slice("stack-1", 6, np.full((48, 48), 700, dtype=np.int16))
    assert viewer.viewports[0]._image.item.isVisible()
    assert viewer.viewports[1]._captions.message == "Reading…"
    session.accept_early_slice("another", 7, np.zeros((48, 48), dtype=np.int16))
    assert session.slice_source.plane(0, 7) is None


def test_a_sagittal_series_of_a_real_scanner_is_shown_upright(
    shared_data: Path, window: Any, qtbot: Any
) -> None:
    window.session.open_path(shared_data / "mr_brain_t1_sag_siemens")
    qtbot.waitUntil(lambda: window.session.volume is not None, timeout=20_000)
    acquired, first, second = window.viewer.viewports
    assert acquired.transform_.plane == "sagittal"
    assert acquired.transform_.letters == EdgeLetters("A", "P", "S", "I")
    assert {first.transform_.plane, second.transform_.plane} == {"axial", "coronal"}
    # Air lies before the face and above the head; brain lies in the middle.
    source = window.session.slice_source
    middle = acquired.transform_.arrange(source.plane(0, source.geometry.shape[0] // 2))
    assert middle[5, 5] < 50 < middle[100:150, 100:150].mean()
