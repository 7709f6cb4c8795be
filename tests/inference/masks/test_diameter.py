"""The longest axial diameter of shapes whose diameter is known."""

import numpy as np
import pytest

from inference.masks.diameter import longest_axial_diameter
from inference.masks.layer import MaskLayer, MaskOrigin
from tests.inference.synthetic_case import axial


def layer(voxels: np.ndarray, spacing_mm: tuple[float, float, float] = (5.0, 1.0, 1.0)) -> MaskLayer:
    return MaskLayer("mask.tumour", MaskOrigin.HUMAN, voxels, axial(voxels.shape, spacing_mm))


def ellipse(half_rows: float, half_columns: float, size: int = 96) -> np.ndarray:
    rows, columns = np.mgrid[0:size, 0:size] - (size - 1) / 2
    voxels = np.zeros((3, size, size), dtype=np.bool_)
    voxels[1] = (rows / half_rows) ** 2 + (columns / half_columns) ** 2 <= 1
    return voxels


@pytest.mark.parametrize("radius_mm", [6.0, 15.5, 30.0, 44.0])
@pytest.mark.parametrize("pixel_mm", [0.7, 1.0, 2.0])
def test_a_disc_is_as_long_as_its_diameter_to_within_a_pixel(radius_mm: float, pixel_mm: float) -> None:
    half = radius_mm / pixel_mm
    found = longest_axial_diameter(layer(ellipse(half, half, 140), (5.0, pixel_mm, pixel_mm)))
    assert found is not None and found.slice_index == 1
    assert found.length_mm == pytest.approx(2 * radius_mm, abs=pixel_mm)


def test_pixels_that_are_not_square_count_in_mm() -> None:
    found = longest_axial_diameter(layer(ellipse(20, 20), (5.0, 0.8, 2.5)))
    assert found is not None
    assert found.length_mm == pytest.approx(100, abs=2.5) and found.step_mm == pytest.approx(2.5, rel=0.02)


def test_the_same_as_every_pair_of_pixels_gives() -> None:
    rng = np.random.default_rng(5)
    voxels = np.zeros((1, 14, 14), dtype=np.bool_)
    voxels[0, 3:11, 2:12] = rng.random((8, 10)) < 0.8
    voxels[0, 7, 2:12] = True
    found = longest_axial_diameter(layer(voxels))
    pixels = np.argwhere(voxels[0])
    farthest = max(float(np.hypot(*(one - other))) for one in pixels for other in pixels)
    assert found is not None and found.length_mm - found.step_mm / 2 == pytest.approx(farthest)


def test_two_parts_of_a_slice_are_not_spanned() -> None:
    voxels = np.zeros((2, 40, 40), dtype=np.bool_)
    voxels[0, 2:6, 2:6] = voxels[0, 30:36, 30:36] = True
    found = longest_axial_diameter(layer(voxels))
    assert found is not None and 6 < found.length_mm < 9


def test_one_pixel_has_a_length_and_nothing_has_no_length() -> None:
    voxels = np.zeros((2, 8, 8), dtype=np.bool_)
    assert longest_axial_diameter(layer(voxels)) is None
    marked = voxels.copy()
    marked[1, 3, 3] = True
    found = longest_axial_diameter(layer(marked))
    assert found is not None and found.length_mm == 0.5 and found.ends == ((3.0, 3.0), (3.0, 3.0))
