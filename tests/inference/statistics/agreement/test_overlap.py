"""Overlap of masks against plain counts and distances between all voxels, and in hard corners."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from inference.statistics.agreement.overlap import dice, hausdorff_95_mm
from inference.statistics.estimate import Estimate
from inference.statistics.reasons import DataError, Fault, NotEstimable, Reason

Mask = NDArray[np.bool_]
masks = arrays(np.bool_, (3, 5, 4))
steps = st.tuples(*[st.sampled_from([0.5, 1.0, 2.5])] * 3)


def value(result: Estimate | NotEstimable) -> float:
    """A number that must be one."""
    assert isinstance(result, Estimate)
    return result.value


def surface_points(mask: Mask, spacing_mm: tuple[float, ...]) -> NDArray[np.float64]:
    """Centres in mm of marked voxels with an unmarked neighbour, found one by one."""
    padded = np.pad(mask, 1)
    found = []
    for index in np.argwhere(padded):
        around = [index + side * axis for axis in np.eye(3, dtype=int) for side in (-1, 1)]
        if not all(padded[tuple(neighbour)] for neighbour in around):
            found.append(index * np.array(spacing_mm))
    return np.array(found)


@given(masks, masks, steps)
def test_the_distance_is_that_between_all_surface_voxels(
    one: Mask, other: Mask, spacing_mm: tuple[float, float, float]
) -> None:
    if not one.any() or not other.any():
        return
    between = cdist(surface_points(one, spacing_mm), surface_points(other, spacing_mm))
    expected = max(np.percentile(between.min(axis=1), 95), np.percentile(between.min(axis=0), 95))
    assert value(hausdorff_95_mm(one, other, spacing_mm)) == pytest.approx(expected)


@given(masks, masks)
def test_overlap_is_symmetric_and_counts_common_voxels(one: Mask, other: Mask) -> None:
    assert dice(one, other) == dice(other, one)
    marked = [set(map(tuple, np.argwhere(mask).tolist())) for mask in (one, other)]
    if any(marked):
        assert value(dice(one, other)) == 2 * len(marked[0] & marked[1]) / sum(map(len, marked))


def test_the_same_mask_overlaps_wholly_at_no_distance() -> None:
    mask = np.zeros((4, 6, 6), dtype=np.bool_)
    mask[1:3, 2:5, 1:4] = True
    assert value(dice(mask, mask)) == 1
    assert value(hausdorff_95_mm(mask, mask, (5.0, 0.7, 0.7))) == 0


def test_two_voxels_are_as_far_as_the_spacing_says() -> None:
    one, other = np.zeros((9, 9, 9), dtype=np.bool_), np.zeros((9, 9, 9), dtype=np.bool_)
    one[2, 1, 1], other[5, 5, 1] = True, True
    assert value(hausdorff_95_mm(one, other, (1.0, 2.0, 3.0))) == pytest.approx(np.hypot(3.0, 8.0))
    assert value(dice(one, other)) == 0


def test_the_larger_direction_counts_and_a_twentieth_of_the_surface_does_not() -> None:
    small, large = np.zeros((1, 1, 100), dtype=np.bool_), np.zeros((1, 1, 100), dtype=np.bool_)
    small[..., :60], large[..., :100] = True, True
    assert value(hausdorff_95_mm(small, large, (1, 1, 1))) == pytest.approx(
        np.percentile(np.r_[[0] * 60, 1:41], 95)
    )
    small[..., :97] = True
    assert value(hausdorff_95_mm(small, large, (1, 1, 1))) == 0


def test_masks_of_one_slice_are_two_dimensional() -> None:
    one, other = np.zeros((8, 8), dtype=np.uint8), np.zeros((8, 8), dtype=np.uint8)
    one[2:5, 2:5], other[2:5, 3:6] = 1, 1
    assert value(dice(one, other)) == pytest.approx(2 / 3)
    assert value(hausdorff_95_mm(one, other, (0.8, 0.5))) == pytest.approx(0.5)


def test_an_empty_mask_has_no_surface_and_two_have_no_overlap() -> None:
    empty, full = np.zeros((2, 2, 2), dtype=np.bool_), np.ones((2, 2, 2), dtype=np.bool_)
    nothing = NotEstimable(Reason.EMPTY_MASK)
    assert dice(empty, empty) == nothing
    assert value(dice(empty, full)) == 0
    assert hausdorff_95_mm(empty, full, (1, 1, 1)) == nothing == hausdorff_95_mm(full, empty, (1, 1, 1))


def test_masks_that_do_not_fit_and_impossible_spacings_are_refused() -> None:
    mask = np.ones((2, 2), dtype=np.bool_)
    for call, fault in (
        (lambda: dice(mask, mask[:1]), Fault.LENGTHS_DIFFER),
        (lambda: dice(mask, mask * 2), Fault.OUT_OF_RANGE),
        (lambda: dice(mask, np.full((2, 2), np.nan)), Fault.OUT_OF_RANGE),
        (lambda: hausdorff_95_mm(mask, mask, (1, 1, 1)), Fault.LENGTHS_DIFFER),
        (lambda: hausdorff_95_mm(mask, mask, (1, 0)), Fault.OUT_OF_RANGE),
    ):
        with pytest.raises(DataError) as caught:
            call()
        assert caught.value.fault is fault
