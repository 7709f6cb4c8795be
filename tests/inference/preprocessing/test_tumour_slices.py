"""Three slices about the largest: the right ones, in the right box, windowed, whichever way stored."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from inference.geometry import Geometry
from inference.preprocessing.orientation import CanonicalOrientation
from inference.preprocessing.settings import TumourSlicesSettings
from inference.preprocessing.tumour_slices import slices_about_largest, tumour_slices
from inference.volume import Volume

SETTINGS = TumourSlicesSettings(
    spacing_mm=1.0,
    window_low_hu=-115.0,
    window_high_hu=235.0,
    margin_mm=5.0,
    slices=3,
    rows=112,
    columns=112,
)
SHAPE = (7, 60, 70)


def scan(values, spacing=(5.0, 1.0, 1.0)) -> Volume:
    geometry = Geometry.from_axes(
        origin_lps_mm=(-30, -40, 100),
        slice_step_mm=(0, 0, spacing[0]),
        row_step_mm=(0, spacing[1], 0),
        column_step_mm=(spacing[2], 0, 0),
        shape=values.shape,
    )
    return Volume(np.round(values).astype(np.int16), 1.0, 0.0, geometry)


def mask_of(rows=(20, 40), columns=(25, 45), slices=(2, 5), largest=3):
    mask = np.zeros(SHAPE, dtype=np.bool_)
    mask[slices[0] : slices[1], rows[0] + 2 : rows[1] - 2, columns[0] : columns[1]] = True
    mask[largest, rows[0] : rows[1], columns[0] : columns[1]] = True
    return mask


def test_the_largest_slice_stands_between_its_neighbours():
    assert slices_about_largest(mask_of(), 3) == (2, 3, 4)
    assert slices_about_largest(mask_of(slices=(0, 2), largest=0), 3) == (0, 0, 1)
    assert slices_about_largest(mask_of(slices=(5, 7), largest=6), 3) == (5, 6, 6)
    assert slices_about_largest(mask_of(), 1) == (3,)


def test_the_window_becomes_zero_to_one():
    mask = mask_of()
    for value, expected in ((-115, 0.0), (60, 0.5), (235, 1.0), (-1000, 0.0), (1500, 1.0)):
        crop = tumour_slices(scan(np.full(SHAPE, value)), mask, SETTINGS)
        assert crop.shape == (3, 112, 112)
        np.testing.assert_allclose(crop[:, 8:-8, 8:-8], expected, atol=1e-6)


def test_the_box_is_the_tumour_and_five_millimetres():
    """A box of 20 by 20 mm and its margin fill the picture: the tumour takes 20 of 30 mm of it."""
    mask = mask_of()
    crop = tumour_slices(scan(np.where(mask, 235, -115)), mask, SETTINGS)
    share = float((crop[1] > 0.5).mean())
    assert share == pytest.approx((20 / 30) ** 2, abs=0.02)


def test_surroundings_are_kept_and_the_short_side_is_padded():
    mask = mask_of(rows=(25, 35), columns=(15, 55))
    crop = tumour_slices(scan(np.full(SHAPE, 235)), mask, SETTINGS)
    filled = (crop[1] > 0.5).any(axis=1)
    assert filled.mean() == pytest.approx(20 / 50, abs=0.03)
    assert (crop[1] > 0.5).any(axis=0).all()
    assert not crop[1][0].any()


def test_the_result_does_not_depend_on_the_pixels_of_the_scan():
    """A smooth picture scanned with pixels of 1 mm and of 0.5 mm gives nearly the same crop."""

    def picture(step):
        rows = (np.arange(int(60 / step)) + 0.5) * step
        columns = (np.arange(int(70 / step)) + 0.5) * step
        plane = 60 + 100 * np.sin(rows / 9)[:, None] * np.cos(columns / 11)[None, :]
        return np.broadcast_to(plane, (7, *plane.shape))

    coarse = tumour_slices(scan(picture(1.0)), mask_of(), SETTINGS)
    fine_mask = mask_of().repeat(2, axis=1).repeat(2, axis=2)
    fine = tumour_slices(scan(picture(0.5), (5.0, 0.5, 0.5)), fine_mask, SETTINGS)
    assert np.abs(coarse - fine)[:, 8:-8, 8:-8].max() < 0.02


@pytest.mark.parametrize("flags", list(itertools.product((False, True), repeat=4)), ids=str)
def test_orientation_of_storage_does_not_matter(flags):
    rng = np.random.default_rng(1)
    values, mask = rng.integers(-100, 200, SHAPE), mask_of()
    straight = scan(values)
    orientation = CanonicalOrientation(*flags)
    stored = orientation.undo(straight.voxels)
    # The grid of the stored array: a view of the canonical one, read backwards.
    geometry = _stored_geometry(straight.geometry, orientation)
    turned = Volume(np.ascontiguousarray(stored), 1.0, 0.0, geometry)
    assert CanonicalOrientation.of(geometry) == orientation
    np.testing.assert_allclose(
        tumour_slices(turned, np.ascontiguousarray(orientation.undo(mask)), SETTINGS),
        tumour_slices(straight, mask, SETTINGS),
        atol=1e-6,
    )


def _stored_geometry(geometry: Geometry, orientation: CanonicalOrientation) -> Geometry:
    affine, shape = geometry.affine.copy(), geometry.shape
    flips = (orientation.reverse_slices, orientation.flip_rows, orientation.flip_columns)
    for axis, flip in enumerate(flips):
        if flip:
            affine[:3, 3] += affine[:3, axis] * (shape[axis] - 1)
            affine[:3, axis] *= -1
    if orientation.transpose:
        affine[:3, :3] = affine[:3, (0, 2, 1)]
        shape = (shape[0], shape[2], shape[1])
    return Geometry(affine, shape)


def test_an_empty_mask_and_another_grid_are_refused():
    volume = scan(np.zeros(SHAPE))
    with pytest.raises(ValueError, match="empty"):
        tumour_slices(volume, np.zeros(SHAPE, dtype=np.bool_), SETTINGS)
    with pytest.raises(ValueError, match="grid"):
        tumour_slices(volume, np.zeros((7, 60, 60), dtype=np.bool_), SETTINGS)
