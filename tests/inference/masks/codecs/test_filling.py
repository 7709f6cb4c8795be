"""Filling of contours against a slow twin, and the rule for borders."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from inference.masks.codecs.filling import fill_polygons

SHAPE = (9, 11)
place = st.integers(-30, 130).map(lambda tenths: tenths / 10 + 0.03)
polygon = st.lists(st.tuples(place, place), min_size=3, max_size=9)


def naive(polygons: list[NDArray[np.float64]], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Count, for each centre, the borders that a ray to the left crosses."""
    filled = np.zeros(shape, np.bool_)
    for row in range(shape[0]):
        for column in range(shape[1]):
            crossings = 0
            for corners in polygons:
                for (r1, c1), (r2, c2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
                    if (r1 <= row) != (r2 <= row):
                        crossings += c1 + (row - r1) / (r2 - r1) * (c2 - c1) <= column
            filled[row, column] = crossings % 2
    return filled


def fill(polygons: list[NDArray[np.float64]], shape: tuple[int, int] = SHAPE) -> NDArray[np.bool_]:
    counts = np.array([len(one) for one in polygons], dtype=np.int64)
    return fill_polygons(np.concatenate(polygons), counts, shape)


@given(st.lists(polygon, min_size=1, max_size=4))
def test_filling_agrees_with_the_slow_twin(corners: list[list[tuple[float, float]]]) -> None:
    polygons = [np.array(one) for one in corners]
    # A border within rounding of a centre may fall on either side; such pixels are not compared.
    exact, shifted = (
        naive(polygons, SHAPE),
        [naive([one + d for one in polygons], SHAPE) for d in (1e-3, -1e-3)],
    )
    decided = (exact == shifted[0]) & (exact == shifted[1])
    assert np.array_equal(fill(polygons)[decided], exact[decided])


@given(st.lists(polygon, min_size=1, max_size=3))
def test_the_sense_of_rotation_does_not_matter(corners: list[list[tuple[float, float]]]) -> None:
    polygons = [np.array(one) for one in corners]
    assert np.array_equal(fill(polygons), fill([one[::-1] for one in polygons]))


def test_a_centre_on_the_border_belongs_to_the_area_on_its_lower_right() -> None:
    square = np.array([(2.0, 3.0), (2.0, 6.0), (5.0, 6.0), (5.0, 3.0)])
    expected = np.zeros(SHAPE, bool)
    expected[2:5, 3:6] = True
    assert np.array_equal(fill([square]), expected)
    assert np.array_equal(fill([square + 1e-6]), expected)


def test_a_hole_is_the_same_as_a_polygon_of_its_own_and_behind_a_bridge() -> None:
    outer = np.array([(0.5, 0.5), (0.5, 8.5), (7.5, 8.5), (7.5, 0.5)])
    inner = np.array([(2.5, 2.5), (2.5, 5.5), (5.5, 5.5), (5.5, 2.5)])
    keyhole = np.concatenate([outer, outer[:1], inner, inner[:1]])
    expected = np.zeros(SHAPE, bool)
    expected[1:8, 1:9] = True
    expected[3:6, 3:6] = False
    for polygons in ([outer, inner], [outer, inner[::-1]], [keyhole], [keyhole[::-1]]):
        assert np.array_equal(fill(polygons), expected)


def test_islands_of_one_plane_lie_side_by_side() -> None:
    first = np.array([(0.5, 0.5), (0.5, 2.5), (2.5, 2.5), (2.5, 0.5)])
    assert fill([first, np.add(first, 4)]).sum() == 8


@pytest.mark.parametrize("shift", [(-4.0, 0.0), (0.0, -4.0), (5.0, 0.0), (0.0, 7.0), (50.0, 50.0)])
def test_what_reaches_beyond_the_plane_is_cut_off(shift: tuple[float, float]) -> None:
    square = np.array([(0.5, 0.5), (0.5, 8.5), (7.5, 8.5), (7.5, 0.5)]) + shift
    large = np.zeros((200, 200), bool)
    large[100 + np.arange(1, 8)[:, None] + int(shift[0]), 100 + np.arange(1, 9)[None] + int(shift[1])] = True
    assert np.array_equal(fill([square]), large[100 : 100 + SHAPE[0], 100 : 100 + SHAPE[1]])


def test_no_polygon_fills_nothing() -> None:
    assert not fill_polygons(np.empty((0, 2)), np.empty(0, np.int64), SHAPE).any()
