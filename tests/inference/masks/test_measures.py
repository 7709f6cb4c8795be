"""Volume in ml and extent in mm, counted by hand."""

import numpy as np
import pytest

from inference.geometry import Geometry
from inference.masks.components import drop_small_components
from inference.masks.layer import MaskLayer, MaskOrigin
from inference.masks.measures import summarise
from tests.inference.synthetic_case import axial

SHAPE = (6, 10, 12)
GRID = axial(SHAPE, (4.0, 0.5, 0.8))


def block() -> np.ndarray:
    mask = np.zeros(SHAPE, dtype=np.bool_)
    mask[1:4, 2:7, 3:5] = True
    mask[3, 2:7, 5] = True
    return mask


def test_a_block_measures_what_its_voxels_do() -> None:
    summary = summarise(MaskLayer("mask.tumour", MaskOrigin.IMPORTED, block(), GRID, maker="a.dcm"))
    assert summary is not None
    assert summary.volume_ml == pytest.approx(35 * 4.0 * 0.5 * 0.8 / 1000)
    assert (summary.first_slice, summary.last_slice, summary.largest_slice) == (1, 3, 3)
    assert summary.extent_mm == pytest.approx((3 * 4.0, 5 * 0.5, 3 * 0.8))
    assert (summary.origin, summary.maker, summary.edited) == ("imported", "", False)


def test_the_maker_is_a_pack_and_never_a_files_name() -> None:
    made = MaskLayer("mask.tumour", MaskOrigin.MODEL, block(), GRID, maker="pack@1.0.0")
    summary = summarise(made)
    assert summary is not None and summary.maker == "pack@1.0.0"


def test_an_empty_mask_has_no_measures() -> None:
    assert summarise(MaskLayer("a", MaskOrigin.HUMAN, np.zeros(SHAPE, bool), GRID)) is None


def test_volume_is_right_on_a_sheared_grid() -> None:
    sheared = Geometry.from_axes(
        origin_lps_mm=(0, 0, 0),
        slice_step_mm=(0, 3, 4),
        row_step_mm=(0, 0.5, 0),
        column_step_mm=(0.8, 0, 0),
        shape=SHAPE,
    )
    layer = MaskLayer("a", MaskOrigin.HUMAN, block(), sheared)
    assert layer.volume_ml == pytest.approx(35 * 4.0 * 0.5 * 0.8 / 1000)


def test_parts_below_the_minimum_go_and_the_others_stay() -> None:
    mask = block()
    mask[5, 9, 11] = True
    minimum_ml = 35 * 4.0 * 0.5 * 0.8 / 1000
    assert np.array_equal(drop_small_components(mask, GRID, minimum_ml), block())
    assert not drop_small_components(mask, GRID, minimum_ml * 1.01).any()
    assert np.array_equal(drop_small_components(mask, GRID, 0.0), mask)


def test_voxels_that_touch_by_a_corner_are_one_part() -> None:
    mask = np.zeros(SHAPE, dtype=np.bool_)
    mask[1, 1, 1] = mask[2, 2, 2] = True
    assert drop_small_components(mask, GRID, 2 * 4.0 * 0.5 * 0.8 / 1000).sum() == 2


def test_an_empty_mask_stays_empty() -> None:
    assert not drop_small_components(np.zeros(SHAPE, bool), GRID, 1.0).any()
