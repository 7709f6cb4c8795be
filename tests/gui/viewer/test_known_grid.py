"""Where the file states no place or no pixel size, nothing on screen pretends to know it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from gui.actions import Actions
from gui.intake.acquisition_lines import acquisition_lines
from gui.intake.series_badges import badges, details
from gui.session import Session
from gui.viewer.known_grid import KnownGrid, has_planes_across, known_grid
from gui.viewer.layers_panel import LayersPanel
from gui.viewer.layout import Viewer
from gui.viewer.slice_source import SliceSource
from inference.dicom.verdicts import finding
from inference.scan import Plan, Stack
from tests.inference.synthetic_case import axial, mask_layer, stack, volume

NO_PLACE = finding("intake.no_position")
NO_SIZE = finding("intake.no_pixel_spacing")
Show = Callable[[Stack], Viewer]


@pytest.fixture
def show(session: Session, qtbot: Any) -> Show:
    """Show a stack in a viewer of its own."""

    def made(shown: Stack) -> Viewer:
        viewer = Viewer(session, Actions(session))
        qtbot.addWidget(viewer)
        viewer.resize(900, 700)
        session.plan, session.stack, session.identity = Plan("", (), ()), shown, shown.identity
        session.slice_source = SliceSource.loading(shown)
        session.stack_changed.emit()
        session.accept_volume(volume())
        viewer.show()
        return viewer

    return made


def scan(*findings: Any) -> Stack:
    return replace(stack(), findings=findings)


@pytest.mark.parametrize(
    ("findings", "known", "is_volume"),
    [
        ((), KnownGrid(True, True), True),
        ((NO_PLACE,), KnownGrid(False, True), False),
        ((NO_SIZE,), KnownGrid(True, False), False),
        ((NO_PLACE, NO_SIZE), KnownGrid(False, False), False),
    ],
)
def test_findings_say_what_is_known(findings: Any, known: KnownGrid, is_volume: bool) -> None:
    assert known_grid(scan(*findings)) == known and known.is_volume is is_volume


def test_without_places_there_are_no_sides_and_no_planes_across(show: Show) -> None:
    viewer = show(scan(NO_PLACE))
    acquired, *across = viewer.viewports
    assert acquired._captions.letters is None and acquired._captions.top_left[1] == "slice 7 / 12"
    assert acquired._captions.scale_unit == "mm", "the pixel size is stated"
    for viewport in across:
        assert viewport.transform_ is None and not viewport._image.item.isVisible()
        assert not viewport.isVisible(), "an empty black field says nothing"
    assert (
        acquired.height() > 1.8 * across[0].minimumHeight() and acquired.height() == viewer.problems.height()
    )
    viewer.maximise(0)
    assert acquired.isVisible() and not viewer.problems.isVisible()
    viewer.maximise(None)
    assert acquired.isVisible() and viewer.problems.isVisible() and not across[0].isVisible()


def test_without_a_pixel_size_lengths_are_in_pixels(show: Show, session: Session) -> None:
    viewer = show(scan(NO_SIZE))
    captions = viewer.viewports[0]._captions
    assert captions.letters is not None and captions.scale_unit == "px"
    viewer.viewports[0].probe(viewer.viewports[0].rect().center().toPointF())
    assert "mm" not in viewer.viewports[0]._captions.bottom_left[-1]
    assert "[" in viewer.viewports[0]._captions.bottom_left[-1]


def test_a_whole_grid_keeps_its_planes_and_millimetres(show: Show) -> None:
    viewer = show(scan())
    assert all(viewport.transform_ is not None for viewport in viewer.viewports)
    assert viewer.viewports[0]._captions.letters is not None
    assert viewer.viewports[0]._captions.top_left[1].endswith("mm")


def test_all_planes_come_back_with_the_next_whole_scan(show: Show, session: Session) -> None:
    viewer = show(scan(NO_PLACE))
    whole = replace(scan(), stack_id="whole")
    session.stack, session.slice_source = whole, SliceSource.loading(whole)
    session.stack_changed.emit()
    assert all(viewport.isVisible() for viewport in viewer.viewports) and viewer.problems.isVisible()


def test_one_slice_has_no_planes_across(show: Show) -> None:
    assert has_planes_across(scan()) and not has_planes_across(scan(NO_SIZE))
    grid = axial((1, 48, 48))
    assert not has_planes_across(replace(scan(), geometry=grid, frames=scan().frames[:1]))


def test_lists_state_no_size_and_no_plane_that_the_file_does_not(session: Session) -> None:
    assert details(session, scan(NO_PLACE, NO_SIZE)) == "48² · pixel size not stated"
    assert details(session, scan(NO_PLACE)) == "48² · 5.00 × 5.00 mm"
    assert details(session, scan()) == "48² · 5.00 × 5.00 × 5.0 mm"
    assert "axial" in [one.text for one in badges(session, scan(NO_SIZE))]
    assert "axial" not in [one.text for one in badges(session, scan(NO_PLACE))]
    facts = dict(acquisition_lines(session, scan(NO_PLACE, NO_SIZE)))
    assert list(facts.values()).count("not stated") >= 2
    assert not any("5.00" in value or "axial" in value for value in facts.values())


def test_a_mask_on_such_a_scan_has_no_measures(session: Session, qtbot: Any, show: Show) -> None:
    viewer = show(scan(NO_SIZE))
    panel = LayersPanel(session, viewer.state, Actions(session))
    qtbot.addWidget(panel)
    session.set_mask(mask_layer())
    assert "ml" not in panel.details.text() and "no measures" in panel.details.text()
    session.stack = scan()
    session.mask_changed.emit()
    assert "ml" in panel.details.text()
