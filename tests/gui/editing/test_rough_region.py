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
    made.start()
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
    assert len(viewer.region.corners) == 3
    qtbot.keyClick(viewer.viewports[0], Qt.Key.Key_Backspace)
    assert len(viewer.region.corners) == 2
    qtbot.keyClick(viewer.viewports[0], Qt.Key.Key_Escape)
    assert not viewer.region.is_active and viewer.region_hint.isHidden() and session.mask is None
