"""The one affine between patient and screen, on every orientation a scanner may store."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.viewer.plane_transform import EdgeLetters, PlaneTransform, coordinate_text
from inference.geometry import Geometry
from tests.gui.viewer.screen_point import screen_point

AXIAL = EdgeLetters(left="R", right="L", top="A", bottom="P")
CORONAL = EdgeLetters(left="R", right="L", top="S", bottom="I")
SAGITTAL = EdgeLetters(left="A", right="P", top="S", bottom="I")
LETTERS = {"axial": AXIAL, "coronal": CORONAL, "sagittal": SAGITTAL}

ORIENTATIONS = [
    (order, signs)
    for order in itertools.permutations(range(3))
    for signs in itertools.product((1.0, -1.0), repeat=3)
]


def grid(
    order: tuple[int, ...], signs: tuple[float, ...], spacing_mm: tuple[float, ...] = (5, 0.8, 2.5)
) -> Geometry:
    """A grid whose slice, row and column steps run along the given patient axes."""
    steps = np.zeros((3, 3))
    for index, (axis, sign, length) in enumerate(zip(order, signs, spacing_mm, strict=True)):
        steps[index, axis] = sign * length
    return Geometry.from_axes(
        origin_lps_mm=(-20.0, 7.0, 31.0),
        slice_step_mm=steps[0],
        row_step_mm=steps[1],
        column_step_mm=steps[2],
        shape=(6, 12, 10),
    )


@pytest.mark.parametrize("axis", range(3))
@pytest.mark.parametrize(("order", "signs"), ORIENTATIONS)
def test_every_stored_orientation_is_shown_the_radiological_way(
    order: tuple[int, ...], signs: tuple[float, ...], axis: int
) -> None:
    geometry = grid(order, signs)
    transform = PlaneTransform.of(geometry, axis)
    assert transform.plane == ("sagittal", "coronal", "axial")[order[axis]]
    assert transform.letters == LETTERS[transform.plane]


@pytest.mark.parametrize("axis", range(3))
@pytest.mark.parametrize(("order", "signs"), ORIENTATIONS[::5])
def test_a_voxel_lands_where_the_letters_say(
    order: tuple[int, ...], signs: tuple[float, ...], axis: int
) -> None:
    """Mark the voxel that lies furthest to the patient's left, back and feet; find it on the screen."""
    geometry = grid(order, signs)
    transform = PlaneTransform.of(geometry, axis)
    corners = np.array(list(itertools.product(*[(0, count - 1) for count in geometry.shape])))
    lps = geometry.index_to_lps(corners)
    for letters, sides in ((transform.letters, ("left", "right", "top", "bottom")),):
        for side in sides:
            component, sign = {
                "L": (0, 1), "R": (0, -1), "P": (1, 1), "A": (1, -1), "S": (2, 1), "I": (2, -1)
            }[getattr(letters, side)]  # fmt: skip
            extreme = corners[np.argmax(sign * lps[:, component])]
            marked = np.zeros(geometry.shape, dtype=np.int16)
            marked[tuple(extreme)] = 1
            index = int(extreme[axis])
            picture = transform.arrange(marked.take(index, axis=axis))
            row, column = np.argwhere(picture)[0]
            m11, m12, m21, m22, dx, dy = transform.pixel_affine(index)
            x = m11 * (column + 0.5) + m21 * (row + 0.5) + dx
            y = m12 * (column + 0.5) + m22 * (row + 0.5) + dy
            left, top, width, height = transform.bounds_mm(index)
            place = {
                "left": x < left + width / 2,
                "right": x > left + width / 2,
                "top": y < top + height / 2,
                "bottom": y > top + height / 2,
            }
            assert place[side]


@given(
    angles=st.tuples(*[st.floats(-0.6, 0.6)] * 3),
    index=st.tuples(st.floats(-3, 9), st.floats(-3, 15), st.floats(-3, 13)),
    axis=st.integers(0, 2),
)
def test_screen_and_index_are_inverse_on_oblique_grids(
    angles: tuple[float, float, float], index: tuple[float, float, float], axis: int
) -> None:
    rotation = _rotation(angles)
    geometry = Geometry.from_axes(
        origin_lps_mm=(-20.0, 7.0, 31.0),
        slice_step_mm=rotation[:, 2] * 5,
        row_step_mm=rotation[:, 1] * 0.8,
        column_step_mm=rotation[:, 0] * 2.5,
        shape=(6, 12, 10),
    )
    transform = PlaneTransform.of(geometry, axis)
    x, y = screen_point(transform, index)
    assert transform.screen_to_index(x, y, index[axis]) == pytest.approx(index, abs=1e-6)


@pytest.mark.parametrize("axis", range(3))
def test_a_millimetre_is_a_millimetre_in_both_directions(axis: int) -> None:
    geometry = grid((2, 1, 0), (1.0, 1.0, 1.0), (5, 0.8, 2.5))
    transform = PlaneTransform.of(geometry, axis)
    m11, m12, m21, m22, _, _ = transform.pixel_affine(0)
    assert abs(m11) == pytest.approx(geometry.spacing_mm[transform.horizontal])
    assert abs(m22) == pytest.approx(geometry.spacing_mm[transform.vertical])
    assert m12 == pytest.approx(0) and m21 == pytest.approx(0)
    _, _, width, height = transform.bounds_mm(0)
    assert width == pytest.approx(geometry.shape[transform.horizontal] * abs(m11))
    assert height == pytest.approx(geometry.shape[transform.vertical] * abs(m22))


def test_a_tilted_gantry_is_drawn_sheared_and_not_straightened() -> None:
    geometry = Geometry.from_axes(
        origin_lps_mm=(0, 0, 0),
        slice_step_mm=(0, 1.5, 5),
        row_step_mm=(0, 1, 0),
        column_step_mm=(1, 0, 0),
        shape=(6, 12, 10),
    )
    sagittal = PlaneTransform.of(geometry, 2)
    m11, m12, m21, m22, _, _ = sagittal.pixel_affine(4)
    assert (m11, m12) == pytest.approx((1.0, 0.0))
    assert (m21, m22) == pytest.approx((1.5, -5.0))


def test_pixel_centres_lie_at_a_half() -> None:
    geometry = grid((2, 1, 0), (1.0, 1.0, 1.0), (5, 1, 1))
    transform = PlaneTransform.of(geometry, 0)
    m11, _, _, m22, dx, dy = transform.pixel_affine(2)
    assert screen_point(transform, (2, 0, 0)) == pytest.approx((0.5 * m11 + dx, 0.5 * m22 + dy))


def test_an_oblique_plane_has_two_letters() -> None:
    turned = _rotation((0.0, 0.0, 0.6))
    geometry = Geometry.from_axes(
        origin_lps_mm=(0, 0, 0),
        slice_step_mm=turned[:, 2],
        row_step_mm=turned[:, 1],
        column_step_mm=turned[:, 0],
        shape=(3, 3, 3),
    )
    letters = PlaneTransform.of(geometry, 0).letters
    assert {len(letters.left), len(letters.right)} == {2}
    assert letters.left[0] == "R" and letters.right[0] == "L"


def test_coordinates_are_written_with_the_side_that_they_lie_on() -> None:
    assert coordinate_text(0, -12.44) == "R 12.4"
    assert coordinate_text(1, 31.0) == "P 31.0"
    assert coordinate_text(2, -0.04) == "S 0.0"


def _rotation(angles: tuple[float, float, float]) -> np.ndarray:
    a, b, c = angles
    x = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    y = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
    z = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    product: np.ndarray = x @ y @ z
    return product
