"""A second outline of the same tumour: near the first, not the same, repeatable."""

import numpy as np
import pytest
from scipy import ndimage

from models.training.second_reader import Redrawing, SecondReader, draw_redrawing, redraw, second_segmentation


def ball(radius=9.0):
    z, y, x = np.mgrid[-4:5, -15:16, -15:16]
    return (z * 2.5) ** 2 + y**2 + x**2 <= radius**2


def moved_by(outward_px=0.0, slices=0):
    return redraw(ball(), Redrawing(np.full(ball().shape, outward_px), slices))


def test_an_outline_that_is_not_moved_is_the_same():
    assert np.array_equal(moved_by(), ball())


@pytest.mark.parametrize("slice_index", [1, 4, 7])
def test_one_pixel_out_or_in_is_dilation_or_erosion_by_the_eight_neighbours(slice_index):
    plane = ball()[slice_index]
    around = ndimage.generate_binary_structure(2, 2)
    assert np.array_equal(moved_by(1.0)[slice_index], ndimage.binary_dilation(plane, around))
    assert np.array_equal(moved_by(-1.0)[slice_index], ndimage.binary_erosion(plane, around))


def test_a_shift_by_a_slice_moves_the_whole_and_loses_what_leaves():
    assert np.array_equal(moved_by(slices=1)[1:], ball()[:-1])
    assert not moved_by(slices=1)[0].any()


def test_a_tumour_that_would_vanish_is_drawn_as_it_was():
    speck = np.zeros((3, 5, 5), dtype=bool)
    speck[1, 2, 2] = True
    assert np.array_equal(redraw(speck, Redrawing(np.full(speck.shape, -1.0), 0)), speck)


def test_two_readers_agree_well_but_not_wholly():
    mask, rng = ball(), np.random.default_rng(8)
    dice = []
    for _ in range(30):
        other = second_segmentation(mask, SecondReader(slice_shift=0), rng)
        dice.append(2 * (mask & other).sum() / (mask.sum() + other.sum()))
    assert min(dice) > 0.8
    assert 0.85 < np.mean(dice) < 0.97


def test_the_jitter_has_the_spread_that_was_asked_for():
    reader = SecondReader(growth_px=0, jitter_px=0.7, slice_shift=0)
    drawn = draw_redrawing((5, 40, 40), reader, np.random.default_rng(9))
    assert drawn.outward_px.std() == pytest.approx(0.7)
    neighbours = np.corrcoef(drawn.outward_px[:, :, 1:].ravel(), drawn.outward_px[:, :, :-1].ravel())[0, 1]
    assert neighbours > 0.9


def test_one_seed_gives_one_outline():
    first, again, other = (
        second_segmentation(ball(), SecondReader(), np.random.default_rng(s)) for s in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_negative_reach_is_refused():
    with pytest.raises(ValueError, match="must not be negative"):
        SecondReader(growth_px=-1)
