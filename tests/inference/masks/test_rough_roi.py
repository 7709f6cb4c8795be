import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.masks.rough_roi import Cuboid, Quadrilateral

SHAPE = (20, 30, 40)


def square(slice_, low, high):
    return Quadrilateral(slice_, ((low, low), (low, high), (high, high), (high, low)))


def test_the_cuboid_reaches_from_the_bottom_to_the_top_slice_and_around_all_corners():
    skewed = Quadrilateral(7, ((4.0, 9.2), (5.0, 18.6), (16.4, 17.0), (12.0, 8.0)))
    cuboid = Cuboid.around((square(3, 6.0, 10.0), skewed, square(11, 7.0, 12.0)), SHAPE)
    assert cuboid == Cuboid((3, 4, 6), (12, 17, 20))
    marked = np.argwhere(cuboid.mask(SHAPE))
    assert marked.min(axis=0).tolist() == [3, 4, 6]
    assert marked.max(axis=0).tolist() == [11, 16, 19]


def test_what_lies_beyond_the_picture_is_cut_off():
    cuboid = Cuboid.around((square(0, -9.0, 3.0), square(1, -5.0, 60.0), square(19, 2.0, 3.0)), SHAPE)
    assert cuboid == Cuboid((0, 0, 0), SHAPE)


def test_a_region_outside_the_picture_is_refused():
    far = square(4, 100.0, 120.0)
    with pytest.raises(ValueError, match="outside the volume"):
        Cuboid.around((far, far, far), SHAPE)


def test_a_corner_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="not finite"):
        square(1, float("nan"), 2.0)


@given(st.lists(st.tuples(st.integers(0, 19), st.floats(0, 28), st.floats(0, 28)), min_size=3, max_size=3))
def test_the_order_in_which_the_three_are_drawn_does_not_matter(drawn):
    three = [square(k, min(a, b), max(a, b)) for k, a, b in drawn]
    assert Cuboid.around(tuple(three), SHAPE) == Cuboid.around(tuple(reversed(three)), SHAPE)
    for one in three:
        row, column = one.corners[0]
        assert Cuboid.around(tuple(three), SHAPE).mask(SHAPE)[one.slice, round(row), round(column)]
