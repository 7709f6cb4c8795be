"""A heat map stands on the volume's slices, and says nothing where the networks did not look."""

import numpy as np
import pytest

from inference.outcome import HeatMap
from tests.inference.synthetic_case import axial


def heat_map(slices: tuple[int, ...] = (3, 7), rows: int = 4, columns: int = 6) -> HeatMap:
    values = np.random.default_rng(0).random((2, rows, columns), dtype=np.float32)
    crop = axial((12, 4, 6), (5.0, 2.0, 3.0)).cropped((0, 10, 20), (12, 4, 6))
    return HeatMap("ccrt", values, slices, crop)


def test_a_plane_belongs_to_its_slice() -> None:
    heat = heat_map()
    assert np.array_equal(heat.plane(7), heat.values[1])  # type: ignore[arg-type]
    assert heat.plane(4) is None


@pytest.mark.parametrize("slice_index", [0, 3, 11])
def test_a_planes_grid_lies_on_that_slice_of_the_volume(slice_index: int) -> None:
    place = heat_map().plane_geometry(slice_index).index_to_lps((0, 1, 2))
    expected = axial((12, 4, 6), (5.0, 2.0, 3.0)).index_to_lps((slice_index, 11, 22))
    np.testing.assert_allclose(place, expected)


def test_values_are_read_only() -> None:
    with pytest.raises(ValueError, match="read-only"):
        heat_map().values[0, 0, 0] = 1.0


@pytest.mark.parametrize("changes", [{"slices": (3,)}, {"rows": 5}, {"slices": (3, 12)}, {"slices": (-1, 3)}])
def test_a_map_off_its_grid_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="heat map"):
        heat_map(**changes)  # type: ignore[arg-type]
