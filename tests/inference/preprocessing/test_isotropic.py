"""Regions of equal steps: the same values at the same places, whichever way the scan was stored."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from inference.geometry import Geometry
from inference.preprocessing.isotropic import isotropic_region
from inference.preprocessing.orientation import CanonicalOrientation
from inference.preprocessing.settings import IsotropicSettings
from inference.volume import Volume

SHAPE = (24, 60, 50)
SPACING_MM = (3.0, 0.8, 0.7)
WIDE = IsotropicSettings(spacing_mm=1.0, margin_mm=4.0, window_centre_hu=0, window_width_hu=4000)
ARTERIAL = IsotropicSettings(spacing_mm=1.0, margin_mm=0.0, window_centre_hu=130, window_width_hu=310)
ORIENTATIONS = [CanonicalOrientation(*flags) for flags in itertools.product((False, True), repeat=4)]


def scan(values) -> Volume:
    geometry = Geometry.from_axes(
        origin_lps_mm=(-20, -30, 100),
        slice_step_mm=(0, 0, SPACING_MM[0]),
        row_step_mm=(0, SPACING_MM[1], 0),
        column_step_mm=(SPACING_MM[2], 0, 0),
        shape=SHAPE,
    )
    return Volume(np.round(values).astype(np.int16), 1.0, 0.0, geometry)


def millimetres():
    return [
        np.arange(size)[(...,) + (None,) * (2 - axis)] * SPACING_MM[axis] for axis, size in enumerate(SHAPE)
    ]


def ball(radius_mm=12.0):
    z, y, x = millimetres()
    return (z - 36) ** 2 + (y - 24) ** 2 + (x - 17) ** 2 <= radius_mm**2


def test_a_field_that_is_smooth_in_millimetres_has_its_values_at_the_new_places() -> None:
    z, y, x = millimetres()
    volume = scan(3 * z + 5 * y - 4 * x + 0.05 * (x - 17) ** 2)
    region = isotropic_region(volume, ball(), WIDE)
    places = np.stack(np.meshgrid(*map(np.arange, region.array.shape), indexing="ij"), axis=-1).reshape(-1, 3)
    lps = np.array([region.geometry.index_to_lps(place) for place in places[::97]])
    x_mm, y_mm, z_mm = lps[:, 0] + 20, lps[:, 1] + 30, lps[:, 2] - 100
    expected = 3 * z_mm + 5 * y_mm - 4 * x_mm + 0.05 * (x_mm - 17) ** 2
    assert region.array.reshape(-1)[::97] == pytest.approx(expected, abs=1.6)


def test_the_grid_has_equal_steps_and_holds_the_region_with_its_margin() -> None:
    region = isotropic_region(scan(np.zeros(SHAPE)), ball(), WIDE)
    assert region.geometry.spacing_mm == pytest.approx((1, 1, 1))
    hits = np.argwhere(region.mask)
    assert hits.min(axis=0).tolist() >= [3, 3, 3]
    assert (np.array(region.mask.shape) - 1 - hits.max(axis=0)).tolist() >= [3, 3, 3]
    own_ml = ball().sum() * np.prod(SPACING_MM) / 1000
    assert region.mask.sum() / 1000 == pytest.approx(own_ml, rel=0.03)


@pytest.mark.parametrize("orientation", ORIENTATIONS, ids=str)
def test_it_does_not_matter_how_the_scan_was_stored(orientation: CanonicalOrientation) -> None:
    rng = np.random.default_rng(3)
    volume, mask = scan(rng.normal(100, 60, SHAPE)), ball()
    voxels = np.ascontiguousarray(orientation.undo(volume.voxels))

    def position(*index: int) -> np.ndarray:
        mark = np.zeros(voxels.shape, dtype=np.int8)
        mark[index] = 1
        return volume.geometry.index_to_lps(np.argwhere(orientation.apply(mark))[0])

    origin = position(0, 0, 0)
    geometry = Geometry.from_axes(
        origin_lps_mm=origin,
        slice_step_mm=position(1, 0, 0) - origin,
        row_step_mm=position(0, 1, 0) - origin,
        column_step_mm=position(0, 0, 1) - origin,
        shape=voxels.shape,
    )
    stored = Volume(voxels, 1.0, 0.0, geometry)
    found = isotropic_region(stored, np.ascontiguousarray(orientation.undo(mask)), ARTERIAL)
    expected = isotropic_region(volume, mask, ARTERIAL)
    assert np.array_equal(found.array, expected.array)
    assert np.array_equal(found.mask, expected.mask)
    assert found.geometry.matches(expected.geometry)


def test_what_lies_far_away_or_beyond_the_window_has_no_say() -> None:
    rng = np.random.default_rng(4)
    values, mask = rng.normal(100, 60, SHAPE), np.zeros(SHAPE, dtype=bool)
    mask[10:12, 25:35, 20:30] = True
    other = values.copy()
    other[:, :10], other[:, 50:] = 1000, -1000
    other[values > 290] = 3000
    found, expected = (isotropic_region(scan(v), mask, ARTERIAL) for v in (other, values))
    assert np.array_equal(found.array, expected.array)
    assert expected.array.min() >= -25
    assert expected.array.max() <= 285
    assert np.array_equal(expected.array, np.round(expected.array))


def test_a_region_at_the_edge_of_the_picture_is_kept_and_a_sliver_too() -> None:
    mask = np.zeros(SHAPE, dtype=bool)
    mask[0, 0, 0] = True
    region = isotropic_region(scan(np.full(SHAPE, 77.0)), mask, WIDE)
    assert region.mask.any()
    assert np.unique(region.array).tolist() == [77]


def test_an_empty_mask_and_one_of_another_shape_are_refused() -> None:
    volume = scan(np.zeros(SHAPE))
    with pytest.raises(ValueError, match="mask is empty"):
        isotropic_region(volume, np.zeros(SHAPE, dtype=bool), WIDE)
    with pytest.raises(ValueError, match="on the volume's grid"):
        isotropic_region(volume, np.ones((2, 2, 2), dtype=bool), WIDE)
