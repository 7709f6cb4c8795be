"""The outline of a mask: closed, around every marked pixel, and nowhere else."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gui.viewer.contour import outline

MASKS = hnp.arrays(np.bool_, st.tuples(st.integers(1, 9), st.integers(1, 9)))


def enclosed_area(segments: np.ndarray) -> float:
    """Area inside closed curves given as unordered segments: integrate crossings along scan lines."""
    if not len(segments):
        return 0.0
    area, step = 0.0, 1 / 64
    for y in np.arange(segments[..., 1].min() + step / 2, segments[..., 1].max(), step):
        crossings = []
        for (x0, y0), (x1, y1) in segments:
            if min(y0, y1) <= y < max(y0, y1):
                crossings.append(x0 + (y - y0) / (y1 - y0) * (x1 - x0))
        crossings.sort()
        assert len(crossings) % 2 == 0
        area += step * sum(b - a for a, b in zip(crossings[::2], crossings[1::2], strict=True))
    return area


@given(MASKS)
def test_the_outline_is_closed(mask: np.ndarray) -> None:
    ends = Counter(map(tuple, np.round(outline(mask).reshape(-1, 2), 6)))
    assert all(count % 2 == 0 for count in ends.values())


def test_a_rectangle_is_cut_at_its_corners_only() -> None:
    mask = np.zeros((8, 9), dtype=bool)
    mask[2:5, 3:8] = True
    segments = outline(mask)
    assert segments.min(axis=(0, 1)).tolist() == [3.0, 2.0]
    assert segments.max(axis=(0, 1)).tolist() == [8.0, 5.0]
    assert np.isclose(enclosed_area(segments), 15 - 4 * 0.125, atol=0.02)


def test_a_mask_at_the_edge_of_the_picture_is_closed_too() -> None:
    segments = outline(np.ones((3, 4), dtype=bool))
    assert segments.min() == 0.0
    assert segments.max(axis=(0, 1)).tolist() == [4.0, 3.0]


def test_a_hole_has_an_outline_of_its_own() -> None:
    mask = np.ones((5, 5), dtype=bool)
    mask[2, 2] = False
    assert np.isclose(enclosed_area(outline(mask)), 25 - 4 * 0.125 - 0.5, atol=0.02)


def test_no_mask_has_no_outline() -> None:
    assert outline(np.zeros((4, 4), dtype=bool)).shape == (0, 2, 2)
