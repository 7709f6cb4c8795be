"""Windows: levels in stored voxels, presets in the order of the number keys, and what a drag does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gui.viewer.display_window import DisplayWindow, automatic_window, presets
from gui.viewer.slice_source import SliceSource
from tests.inference.synthetic_case import ACQUISITION, axial, head_voxels, stack, volume


def source(**acquisition: object) -> SliceSource:
    made = SliceSource.loading(stack(acquisition=replace(ACQUISITION, **acquisition)))  # type: ignore[arg-type]
    made.complete(volume())
    return made


def test_levels_are_those_of_the_stored_voxels() -> None:
    window = DisplayWindow(40, 400)
    assert window.stored_levels(1, -1024) == (864, 1264)
    assert window.stored_levels(2, 0) == (-80, 120)


def test_the_files_own_window_is_shown_first() -> None:
    found = presets(source(window_centre=500.0, window_width=900.0))
    assert found[0].name == "gui.preset.file"
    assert found[0].window == DisplayWindow(500, 900)
    assert found[1].name == "gui.preset.automatic"


@pytest.mark.parametrize("width", [None, 0.0])
def test_a_file_without_a_usable_window_gets_an_automatic_one(width: float | None) -> None:
    assert presets(source(window_centre=500.0, window_width=width))[0].name == "gui.preset.automatic"


def test_ct_has_its_usual_windows() -> None:
    found = {preset.name: preset.window for preset in presets(source(modality="CT"))}
    assert found["gui.preset.soft_tissue"] == DisplayWindow(40, 400)
    assert "gui.preset.bright" not in found


def test_the_automatic_window_leaves_padding_and_gaps_out() -> None:
    voxels = head_voxels()
    voxels[:, :6] = -2000
    voxels[3] = 30_000
    made = SliceSource.loading(stack(missing=frozenset({3})))
    made.complete(volume(axial(), voxels, padding_voxel=-2000, missing_slices=frozenset({3})))
    window = automatic_window(made)
    assert window.low == pytest.approx(0)
    assert 400 <= window.high <= 1110


def test_before_anything_is_read_there_is_a_window_that_can_be_drawn() -> None:
    assert automatic_window(SliceSource.loading(stack())).width > 0


def test_dragging_right_widens_and_dragging_far_left_never_turns_the_window_over() -> None:
    window = DisplayWindow(100, 300)
    assert window.dragged(10, 0) == DisplayWindow(100, 310)
    assert window.dragged(0, 5).centre == 105
    assert window.dragged(-10_000, 0).width > 0


def test_values_differ_per_slice_where_the_rescale_does() -> None:
    grid = axial()
    made = SliceSource.loading(stack())
    slopes = np.linspace(1, 2, grid.shape[0])
    made.complete(replace(volume(), slope=slopes))
    assert not made.has_one_rescale
    across = made.plane(1, 24)
    assert across is not None and across.dtype == np.float32
    assert made.rescale(1, 24) == (1.0, 0.0)
    assert across[11, 24] == pytest.approx(2 * 400)
    assert made.rescale(0, 11) == (2.0, 0.0)
