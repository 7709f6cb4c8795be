"""Another scan of the same frame of reference opens where the former one was; any other at its middle."""

from dataclasses import replace
from typing import Any

import pytest

from gui.viewer.display_window import DisplayWindow
from gui.viewer.slice_source import SliceSource
from gui.viewer.view_state import ViewState
from inference.geometry import Geometry
from inference.scan import Stack
from tests.inference.synthetic_case import axial, head_voxels, stack, volume


def source_of(geometry: Geometry, *, frame: str = "1.2.3", modality: str = "CT") -> SliceSource:
    made: Stack = stack(geometry)
    acquisition = replace(made.acquisition, modality=modality)
    source = SliceSource(replace(made, frame_of_reference_uid=frame, acquisition=acquisition))
    source.complete(volume(geometry, head_voxels(geometry.shape)))
    return source


@pytest.fixture
def state(qapp: Any) -> ViewState:
    made = ViewState()
    made.open(source_of(axial()))
    for axis, index in enumerate((9, 10, 30)):
        made.go_to(axis, index)
    return made


def test_the_same_anatomy_stays_in_sight_on_another_grid(state: ViewState) -> None:
    before = state.source
    assert before is not None
    state.open(source_of(axial((30, 48, 48), (2, 5, 5))))
    assert state.source is not None and state.position == (23, 10, 30) and state.keeps_place
    off_mm = state.source.geometry.index_to_lps(state.position) - before.geometry.index_to_lps((9, 10, 30))
    assert abs(off_mm).max() <= 1.0


@pytest.mark.parametrize("frame", ["4.5.6", ""])
def test_another_frame_of_reference_begins_in_the_middle(state: ViewState, frame: str) -> None:
    state.open(source_of(axial(), frame=frame))
    assert state.position == (6, 24, 24) and not state.keeps_place


def test_what_the_other_scan_does_not_picture_is_not_looked_for(state: ViewState) -> None:
    state.open(source_of(axial((4, 48, 48))))
    assert state.position[0] == 2


def test_a_window_that_was_chosen_stays_on_ct_alone(state: ViewState) -> None:
    chosen = DisplayWindow(60.0, 200.0)
    state.set_window(chosen)
    state.open(source_of(axial()))
    assert state.window == chosen
    state.open(source_of(axial(), modality="MR"))
    assert state.window == state.presets[0].window != chosen
