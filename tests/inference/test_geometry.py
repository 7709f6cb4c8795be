"""Index to patient space and back, in every orientation."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.geometry import Geometry
from tests.inference.synthetic_case import axial

finite = st.floats(-500, 500)
spacings = st.floats(0.1, 20)


def oriented(permutation: tuple[int, ...], signs: tuple[int, ...]) -> Geometry:
    steps = np.zeros((3, 3))
    for axis, (component, sign) in enumerate(zip(permutation, signs, strict=True)):
        steps[component, axis] = sign * (2.0 + axis)
    affine = np.eye(4)
    affine[:3, :3] = steps
    affine[:3, 3] = (3.0, -7.0, 11.0)
    return Geometry(affine, (4, 5, 6))


ORIENTATIONS = [
    oriented(permutation, signs)
    for permutation in itertools.permutations(range(3))
    for signs in itertools.product((-1, 1), repeat=3)
]


@given(st.tuples(finite, finite, finite), st.sampled_from(ORIENTATIONS))
def test_index_to_lps_and_back_is_the_identity(index: tuple[float, float, float], geometry: Geometry) -> None:
    np.testing.assert_allclose(geometry.lps_to_index(geometry.index_to_lps(index)), index, atol=1e-9)


@pytest.mark.parametrize("geometry", ORIENTATIONS)
def test_handedness_is_the_sign_of_the_frame(geometry: Geometry) -> None:
    slice_step, row_step, column_step = geometry.affine[:3, :3].T
    assert geometry.is_right_handed == (np.dot(np.cross(column_step, row_step), slice_step) > 0)


@pytest.mark.parametrize("geometry", ORIENTATIONS)
def test_the_plane_is_named_by_the_axis_that_slices_run_along(geometry: Geometry) -> None:
    along = int(np.argmax(np.abs(geometry.affine[:3, 0])))
    assert geometry.plane == ("sagittal", "coronal", "axial")[along]
    assert geometry.obliquity_deg == pytest.approx(0.0)
    assert geometry.slice_normal @ geometry.direction[:, 0] == pytest.approx(1.0)


@pytest.mark.parametrize("geometry", ORIENTATIONS)
def test_end_letters_name_where_an_index_leads(geometry: Geometry) -> None:
    for axis in range(3):
        start, end = (0, 0, 0), [0, 0, 0]
        end[axis] = 1
        step = geometry.index_to_lps(end) - geometry.index_to_lps(start)
        component = int(np.argmax(np.abs(step)))
        high = ("LR", "PA", "SI")[component][0 if step[component] > 0 else 1]
        low = ("LR", "PA", "SI")[component][1 if step[component] > 0 else 0]
        assert geometry.end_letters(axis) == (low, high)


def test_an_oblique_direction_carries_a_second_letter() -> None:
    angle = math.radians(40)
    geometry = Geometry.from_axes(
        origin_lps_mm=(0, 0, 0),
        slice_step_mm=(0, 0, 1),
        row_step_mm=(-math.sin(angle), math.cos(angle), 0),
        column_step_mm=(math.cos(angle), math.sin(angle), 0),
        shape=(2, 2, 2),
    )
    assert geometry.end_letters(2) == ("RA", "LP")


@pytest.mark.parametrize("degrees", [0.0, 9.0, 30.0, 44.0])
def test_obliquity_is_the_angle_of_the_normal(degrees: float) -> None:
    angle = math.radians(degrees)
    geometry = Geometry.from_axes(
        origin_lps_mm=(0, 0, 0),
        slice_step_mm=(0, -5 * math.sin(angle), 5 * math.cos(angle)),
        row_step_mm=(0, math.cos(angle), math.sin(angle)),
        column_step_mm=(1, 0, 0),
        shape=(2, 2, 2),
    )
    assert geometry.obliquity_deg == pytest.approx(degrees, abs=1e-6)
    assert geometry.plane == "axial" and geometry.is_orthogonal()


def test_a_sheared_stack_is_known_by_its_angles_and_keeps_its_slice_normal() -> None:
    sheared = Geometry.from_axes(
        origin_lps_mm=(0, 0, 0),
        slice_step_mm=(0, 2, 5),
        row_step_mm=(0, 1, 0),
        column_step_mm=(1, 0, 0),
        shape=(3, 4, 5),
    )
    assert not sheared.is_orthogonal()
    np.testing.assert_allclose(sheared.slice_normal, (0, 0, 1))


@given(spacings, spacings, spacings)
def test_spacing_is_the_length_of_a_step(slice_mm: float, row_mm: float, column_mm: float) -> None:
    geometry = axial((3, 4, 5), (slice_mm, row_mm, column_mm))
    assert geometry.spacing_mm == pytest.approx((slice_mm, row_mm, column_mm))
    spread = max(slice_mm, row_mm, column_mm) - min(slice_mm, row_mm, column_mm)
    assert geometry.is_isotropic(0.05) == (spread <= 0.05 * max(geometry.spacing_mm))


@given(st.tuples(st.integers(-3, 5), st.integers(-3, 5), st.integers(-3, 5)), st.sampled_from(ORIENTATIONS))
def test_a_crop_keeps_every_voxel_in_its_place(start: tuple[int, int, int], geometry: Geometry) -> None:
    cropped = geometry.cropped(start, (2, 3, 4))
    np.testing.assert_allclose(
        cropped.index_to_lps((1, 2, 3)), geometry.index_to_lps(np.add(start, (1, 2, 3))), atol=1e-9
    )
    assert cropped.shape == (2, 3, 4)


@given(spacings, spacings, st.integers(1, 40), st.integers(1, 40), st.sampled_from(ORIENTATIONS))
def test_resampling_in_plane_keeps_centre_slices_and_direction(
    row_mm: float, column_mm: float, rows: int, columns: int, geometry: Geometry
) -> None:
    resampled = geometry.resampled_in_plane((row_mm, column_mm), (rows, columns))
    assert resampled.spacing_mm == pytest.approx((geometry.spacing_mm[0], row_mm, column_mm))
    np.testing.assert_allclose(resampled.direction, geometry.direction, atol=1e-9)
    for slice_index in (0, geometry.shape[0] - 1):
        np.testing.assert_allclose(
            resampled.index_to_lps((slice_index, (rows - 1) / 2, (columns - 1) / 2)),
            geometry.index_to_lps((slice_index, (geometry.shape[1] - 1) / 2, (geometry.shape[2] - 1) / 2)),
            atol=1e-6,
        )


def test_grids_match_when_every_corner_does() -> None:
    moved = axial().affine.copy()
    moved[0, 3] += 5e-4
    assert axial().matches(Geometry(moved, axial().shape))
    moved[0, 3] += 1e-3
    assert not axial().matches(Geometry(moved, axial().shape))
    assert not axial().matches(axial((12, 48, 47)))
    stretched = axial().affine.copy()
    stretched[:3, 2] *= 1.001
    assert not axial().matches(Geometry(stretched, axial().shape))


@pytest.mark.parametrize(
    "affine",
    [np.eye(3), np.full((4, 4), np.nan), np.diag([1, 1, 0, 1]), np.diag([1, 1, 1, 2.0])],
    ids=["3 × 3", "not finite", "flat", "not affine"],
)
def test_a_matrix_that_is_no_grid_is_refused(affine: np.ndarray) -> None:
    with pytest.raises(ValueError, match="affine"):
        Geometry(affine, (1, 1, 1))


@pytest.mark.parametrize("shape", [(0, 1, 1), (1, 1), (1, 1, -1)])
def test_a_shape_without_voxels_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="shape"):
        Geometry(np.eye(4), shape)  # type: ignore[arg-type]


def test_the_affine_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        axial().affine[0, 0] = 2.0
    own = np.eye(4)
    geometry = Geometry(own, (1, 1, 1))
    own[0, 3] = 99.0
    assert geometry.affine[0, 3] == 0.0
