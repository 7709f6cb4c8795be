"""A stroke marks what lies within its radius in the patient, as one edit that can be taken back."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.geometry import Geometry
from inference.masks.brush import ERASE, PAINT, stroke, touched
from inference.masks.layer import MaskLayer, MaskOrigin

SHAPE = (3, 40, 60)
ROW_MM, COLUMN_MM = 2.0, 1.0
ROWS, COLUMNS = np.mgrid[: SHAPE[1], : SHAPE[2]]


def empty() -> MaskLayer:
    geometry = Geometry.from_axes(
        origin_lps_mm=(0, 0, 0),
        slice_step_mm=(0, 0, 5),
        row_step_mm=(0, ROW_MM, 0),
        column_step_mm=(COLUMN_MM, 0, 0),
        shape=SHAPE,
    )
    return MaskLayer("mask.tumour", MaskOrigin.HUMAN, np.zeros(SHAPE, dtype=np.bool_), geometry)


def distance_mm(row: float, column: float) -> np.ndarray:
    return np.hypot((ROWS - row) * ROW_MM, (COLUMNS - column) * COLUMN_MM)


def test_a_dot_is_a_round_disc_in_the_patient() -> None:
    edit = stroke(empty(), 1, [(20.0, 30.0)], 6.0)
    assert edit is not None and edit.step == PAINT
    painted = empty().apply(edit)
    np.testing.assert_array_equal(painted.voxels[1], distance_mm(20, 30) <= 6.0)
    assert painted.marked_slices == (1,)
    assert edit.after.shape == (1, 7, 13)


def test_consecutive_points_are_joined_without_gaps() -> None:
    edit = stroke(empty(), 0, [(10.0, 10.0), (10.0, 50.0)], 2.0)
    assert edit is not None
    np.testing.assert_array_equal(empty().apply(edit).voxels[0, 10, 8:53], np.ones(45, dtype=bool))


def test_erasing_takes_away_only_what_is_under_the_brush() -> None:
    painted = empty().apply(stroke(empty(), 1, [(20.0, 30.0)], 8.0))
    edit = stroke(painted, 1, [(20.0, 30.0)], 4.0, erase=True)
    assert edit is not None and edit.step == ERASE
    expected = (distance_mm(20, 30) <= 8.0) & ~(distance_mm(20, 30) <= 4.0)
    np.testing.assert_array_equal(painted.apply(edit).voxels[1], expected)


def test_a_stroke_that_changes_nothing_is_no_edit() -> None:
    assert stroke(empty(), 1, [(20.0, 30.0)], 4.0, erase=True) is None
    assert stroke(empty(), 1, [(-50.0, -50.0)], 4.0) is None


@pytest.mark.parametrize(
    ("slice_index", "path", "radius"), [(3, [(1.0, 1.0)], 2.0), (0, [], 2.0), (0, [(1.0, 1.0)], 0.0)]
)
def test_an_impossible_stroke_is_refused(slice_index: int, path: list, radius: float) -> None:
    with pytest.raises(ValueError, match=r"slice|point"):
        stroke(empty(), slice_index, path, radius)


@given(
    path=st.lists(st.tuples(st.floats(-5, 45), st.floats(-5, 65)), min_size=1, max_size=6),
    radius=st.floats(0.5, 15),
    erase=st.booleans(),
)
def test_undo_restores_painted_voxels(path: list[tuple[float, float]], radius: float, erase: bool) -> None:
    before = empty().apply(stroke(empty(), 1, [(20.0, 30.0)], 10.0))
    edit = stroke(before, 1, path, radius, erase=erase)
    if edit is not None:
        np.testing.assert_array_equal(before.apply(edit).take_back().voxels, before.voxels)


@given(path=st.lists(st.tuples(st.floats(-5, 45), st.floats(-5, 65)), min_size=2, max_size=6))
def test_a_path_touches_what_its_pieces_touch(path: list[tuple[float, float]]) -> None:
    grid = empty().geometry
    pieces = [touched(grid, piece, 4.0) for piece in pairwise(path)]
    np.testing.assert_array_equal(touched(grid, path, 4.0), np.any(pieces, axis=0))
