"""Masks of another hand: millimetres count, not voxels, and nothing leaves the volume unnoticed."""

from __future__ import annotations

import numpy as np
import pytest

from inference.geometry import Geometry
from inference.masks.varied import grown, shifted, shrunk


def grid(shape, spacing_mm, *, upwards=True) -> Geometry:
    slice_mm, row_mm, column_mm = spacing_mm
    return Geometry.from_axes(
        origin_lps_mm=(0, 0, 0),
        slice_step_mm=(0, 0, slice_mm if upwards else -slice_mm),
        row_step_mm=(0, row_mm, 0),
        column_step_mm=(column_mm, 0, 0),
        shape=shape,
    )


def marked(shape, *boxes):
    mask = np.zeros(shape, np.bool_)
    for box in boxes:
        mask[box] = True
    return mask


@pytest.mark.parametrize("spacing_mm", [(5.0, 0.7, 0.7), (1.0, 1.0, 0.5), (2.5, 0.8, 0.8)], ids=str)
def test_growing_and_shrinking_equal_their_naive_twins(spacing_mm):
    rng = np.random.default_rng(3)
    shape = (5, 9, 8)
    mask = rng.random(shape) < 0.3
    mask[2, 2:8, 2:7] = True
    points = np.argwhere(np.ones(shape, np.bool_))
    near = np.zeros(shape, np.bool_)
    for point in points:
        apart = (np.argwhere(mask) - point) * spacing_mm
        near[tuple(point)] = (np.linalg.norm(apart, axis=1) <= 2.0).any()
    assert (grown(mask, grid(shape, spacing_mm), 2.0) == near).all()
    wide = np.pad(mask, 6)
    kept = np.zeros(shape, np.bool_)
    outside = np.argwhere(~wide) - 6
    for point in points:
        apart = (outside - point) * spacing_mm
        kept[tuple(point)] = mask[tuple(point)] and (np.linalg.norm(apart, axis=1) > 2.0).all()
    assert (shrunk(mask, grid(shape, spacing_mm), 2.0) == kept).all()


def test_a_thin_mask_is_emptied_and_thick_slices_stay():
    shape, spacing_mm = (4, 20, 20), (5.0, 1.0, 1.0)
    thin = marked(shape, np.s_[1:3, 5:9, 5:15])
    assert not shrunk(thin, grid(shape, spacing_mm), 2.0).any()
    wide = marked(shape, np.s_[1:3, 5:15, 5:15])
    assert (shrunk(wide, grid(shape, spacing_mm), 2.0) == marked(shape, np.s_[1:3, 7:13, 7:13])).all()
    nothing = marked(shape)
    assert not grown(nothing, grid(shape, spacing_mm), 2.0).any()
    assert not shrunk(nothing, grid(shape, spacing_mm), 2.0).any()


@pytest.mark.parametrize("upwards", [True, False])
def test_up_is_towards_the_head_whichever_way_slices_are_stored(upwards):
    shape = (5, 3, 3)
    geometry = grid(shape, (2.0, 1.0, 1.0), upwards=upwards)
    mask = marked(shape, np.s_[2, 1, 1])
    for count in (1, -1):
        (point,) = np.argwhere(shifted(mask, geometry, count))
        assert geometry.index_to_lps(point)[2] - geometry.index_to_lps((2, 1, 1))[2] == 2.0 * count
    assert not shifted(mask, geometry, 5).any()
