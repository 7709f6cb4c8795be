"""A box that is carried to another grid stays where it is in the patient."""

import numpy as np
import pytest

from inference.geometry import Geometry
from inference.masks.same_box import same_box
from tests.inference.synthetic_case import axial, mask_layer

GRID = axial()


def layer(first: tuple[int, int, int], last: tuple[int, int, int]):  # type: ignore[no-untyped-def]
    voxels = np.zeros(GRID.shape, dtype=bool)
    voxels[first] = voxels[last] = True
    return mask_layer(voxels)


def box_of(voxels: np.ndarray) -> tuple[tuple[int, ...], tuple[int, ...]]:
    hits = np.argwhere(voxels)
    return tuple(hits.min(axis=0)), tuple(hits.max(axis=0))


def moved(by: tuple[float, float, float], scale: tuple[float, float, float] = (1, 1, 1)) -> Geometry:
    """The grid with its first voxel moved by whole or broken indices, and other steps."""
    affine = GRID.affine.copy()
    affine[:3, 3] = GRID.index_to_lps(by)
    affine[:3, :3] = affine[:3, :3] * np.array(scale)
    return Geometry(affine, GRID.shape)


def test_on_its_own_grid_the_box_is_filled() -> None:
    box = same_box(layer((3, 4, 5), (5, 8, 6)), GRID)
    assert box_of(box) == ((3, 4, 5), (5, 8, 6))
    assert box.sum() == 3 * 5 * 2


def test_a_grid_that_begins_elsewhere_counts_from_there() -> None:
    box = same_box(layer((3, 4, 5), (5, 8, 6)), moved((1, -2, 3)))
    assert box_of(box) == ((2, 6, 2), (4, 10, 3))


def test_a_broken_shift_takes_every_voxel_that_the_box_touches() -> None:
    box = same_box(layer((3, 4, 5), (3, 4, 5)), moved((0.25, 0.0, 0.0)))
    assert box_of(box) == ((2, 4, 5), (3, 4, 5))


def test_finer_steps_give_more_voxels() -> None:
    box = same_box(layer((2, 4, 5), (2, 4, 5)), moved((0, 0, 0), (1, 0.5, 1)))
    assert box_of(box)[1][1] - box_of(box)[0][1] in (1, 2)


@pytest.mark.parametrize("by", [(100.0, 0.0, 0.0), (0.0, -100.0, 0.0)])
def test_a_box_outside_of_the_other_grid_marks_nothing(by: tuple[float, float, float]) -> None:
    assert not same_box(layer((3, 4, 5), (5, 8, 6)), moved(by)).any()


def test_an_empty_mask_marks_nothing() -> None:
    assert not same_box(mask_layer(np.zeros(GRID.shape, dtype=bool)), moved((1, 0, 0))).any()
