"""Three quadrilaterals make a cuboid: four clicks on each of three slices, one step that can be undone."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

from gui.editing.rough_region import RoughRegion
from gui.main_window import MainWindow
from gui.session import Session
from inference.masks.layer import MaskOrigin
from tests.gui.panel_session import open_case
from tests.inference.synthetic_case import case

SQUARE = ((10.0, 12.0), (10.0, 20.0), (16.0, 20.0), (16.0, 12.0))


@pytest.fixture
def region(empty: Session) -> RoughRegion:
    open_case(empty, case())
    made = RoughRegion(empty, empty)
    made.start((8.0, 8.0))
    return made


def draw(region: RoughRegion, *slices: int) -> None:
    for slice_index in slices:
        for corner in SQUARE:
            region.add_corner(slice_index, corner)


def test_three_quadrilaterals_become_a_mask_that_can_be_undone(region: RoughRegion, empty: Session) -> None:
    draw(region, 3, 5, 7)
    assert not region.is_active and empty.mask is not None
    assert empty.mask.origin is MaskOrigin.HUMAN
    assert empty.mask.marked_slices == (3, 4, 5, 6, 7)
    assert empty.mask.voxels[3, 10:17, 12:21].all() and empty.mask.voxels.sum() == 5 * 7 * 9
    assert empty.undo_stack.undoText() == "Mark box"
    empty.undo_stack.undo()
    assert empty.mask is None
    assert region.is_active and len(region.draft.corners) == 3, "the last corner waits to be set again"
    empty.undo_stack.redo()
    assert empty.mask is not None and not region.is_active


def test_every_corner_is_a_step_and_moves_of_one_corner_are_one(region: RoughRegion, empty: Session) -> None:
    region.add_corner(3, (10.0, 12.0))
    region.add_corner(3, (10.0, 20.0))
    for row in (11.0, 12.0, 13.0):
        region.move_corner(3, 1, (row, 20.0))
    assert region.draft.corners == ((10.0, 12.0), (13.0, 20.0)) and region.chosen == 1
    assert empty.undo_stack.undoText() == "Move corner"
    empty.undo_stack.undo()
    assert region.draft.corners == ((10.0, 12.0), (10.0, 20.0)) and region.chosen is None
    empty.undo_stack.undo()
    assert region.draft.corners == ((10.0, 12.0),) and empty.undo_stack.redoText() == "Set corner"


def test_a_corner_of_a_whole_quadrilateral_can_be_moved(region: RoughRegion, empty: Session) -> None:
    draw(region, 3)
    region.move_corner(3, 0, (8.0, 12.0))
    draw(region, 5, 7)
    assert empty.mask is not None and empty.mask.voxels[3, 8:17, 12:21].all()


def test_what_was_left_can_be_had_back(region: RoughRegion, empty: Session) -> None:
    draw(region, 3)
    region.leave()
    assert not region.is_active and empty.undo_stack.undoText() == "Leave box"
    empty.undo_stack.undo()
    assert region.is_active and len(region.draft.drawn) == 1


def test_the_hint_says_which_corner_of_which_slice_is_next(region: RoughRegion, empty: Session) -> None:
    assert "top slice" in empty.render(region.hint) and "1 of 3" in empty.render(region.hint)
    region.add_corner(3, SQUARE[0])
    assert "corner 2 of 4" in empty.render(region.hint)
    draw(region, 4)
    assert "largest slice" in empty.render(region.hint), "another slice begins it anew"
    region.take_back()
    assert "top slice" in empty.render(region.hint) and "corner 4 of 4" in empty.render(region.hint)


def test_outside_of_the_picture_nothing_is_marked(region: RoughRegion, empty: Session, qtbot: Any) -> None:
    with qtbot.waitSignal(empty.notice_raised):
        for slice_index in (3, 4, 5):
            for row, column in SQUARE:
                region.add_corner(slice_index, (row + 900, column + 900))
    assert empty.mask is None


def test_clicks_on_the_picture_set_corners_and_escape_leaves(opened: MainWindow, qtbot: Any) -> None:
    session, viewer = opened.session, opened.viewer
    assert not opened.actions_["rough_region"].isEnabled()
    session.choose_study("pnen-recurrence")
    assert opened.actions_["rough_region"].isEnabled() and not opened.layers.region_button.isHidden()
    opened.actions_["rough_region"].trigger()
    assert not viewer.region_hint.isHidden() and "top slice" in viewer.region_hint.text.text()
    surface: QWidget = viewer.viewports[0].viewport()
    centre = surface.rect().center()
    for at in (QPoint(-20, -20), QPoint(20, -20), QPoint(20, 20)):
        qtbot.mouseClick(surface, Qt.MouseButton.LeftButton, pos=centre + at)
    assert len(viewer.region.draft.corners) == 3
    qtbot.keyClick(viewer.viewports[0], Qt.Key.Key_Backspace)
    assert len(viewer.region.draft.corners) == 2
    grip = centre + QPoint(20, -20)
    qtbot.mousePress(surface, Qt.MouseButton.LeftButton, pos=grip)
    qtbot.mouseMove(surface, grip + QPoint(6, 0))
    qtbot.mouseRelease(surface, Qt.MouseButton.LeftButton, pos=grip + QPoint(6, 0))
    (_, first), (_, second) = viewer.region.draft.corners
    assert viewer.region.chosen == 1 and second > first, "a corner under the pointer is dragged, not set anew"
    qtbot.keyClick(viewer.viewports[0], Qt.Key.Key_Escape)
    assert not viewer.region.is_active and viewer.region_hint.isHidden() and session.mask is None


def test_a_box_is_marked_and_corrected_by_keys_alone(opened: MainWindow, qtbot: Any) -> None:
    session, viewer = opened.session, opened.viewer
    session.choose_study("pnen-recurrence")
    opened.actions_["rough_region"].trigger()
    picture, region, state = viewer.viewports[0], viewer.region, viewer.state
    shift = Qt.KeyboardModifier.ShiftModifier

    def press(*keys: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        for key in keys:
            qtbot.keyClick(picture, key, held)

    row, column = region.next_corner
    first = state.position[0]
    press(Qt.Key.Key_Return, Qt.Key.Key_Right)
    press(Qt.Key.Key_Right, held=shift)
    assert region.draft.corners == ((row, column),) and region.next_corner == (row, column + 11)
    assert "corner 2 of 4 not set yet" in picture.accessibleDescription()
    assert f"column {round(column) + 12}" in picture.accessibleDescription()
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_Down, held=shift)
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_Backtab, held=shift)
    assert region.chosen == 2 and "corner 3 of 4: " in picture.accessibleDescription()
    press(Qt.Key.Key_Up, Qt.Key.Key_Up)
    assert region.draft.corners[2] == (row + 8, column + 11)
    press(Qt.Key.Key_Tab)
    assert region.chosen is None, "after the last one that was set comes the next"
    press(Qt.Key.Key_Return)
    for _ in range(2):
        press(Qt.Key.Key_PageDown, *[Qt.Key.Key_Return] * 4)
    assert session.mask is not None and session.mask.marked_slices == (first, first + 1, first + 2)
    assert not region.is_active and "corner" not in picture.accessibleDescription()
    session.undo_stack.undo()
    assert session.mask is None and region.is_active and len(region.draft.corners) == 3


def test_tab_beyond_the_corners_goes_on_to_the_next_control(opened: MainWindow, qtbot: Any) -> None:
    opened.session.choose_study("pnen-recurrence")
    opened.actions_["rough_region"].trigger()
    assert not opened.viewer.region.choose_beside(opened.viewer.state.position[0], 1)
