"""A plane of a mask as closed polygons: marching squares at one half, holes joined to their outline."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

# Borders of a cell of four pixels (top left, top right, bottom left, bottom right: bits 1, 2, 4, 8), each run
# through from start to end with the marked pixels on its right as seen on a screen.  Marked pixels that
# only touch at a corner are kept apart.
_TOP, _LEFT, _BOTTOM, _RIGHT = range(4)
_ALL_MARKED: Final = 15
_SEGMENTS: Final = {
    1: ((_TOP, _LEFT),),
    2: ((_RIGHT, _TOP),),
    4: ((_LEFT, _BOTTOM),),
    8: ((_BOTTOM, _RIGHT),),
    3: ((_RIGHT, _LEFT),),
    12: ((_LEFT, _RIGHT),),
    5: ((_TOP, _BOTTOM),),
    10: ((_BOTTOM, _TOP),),
    9: ((_TOP, _LEFT), (_BOTTOM, _RIGHT)),
    6: ((_RIGHT, _TOP), (_LEFT, _BOTTOM)),
    14: ((_LEFT, _TOP),),
    13: ((_TOP, _RIGHT),),
    11: ((_BOTTOM, _LEFT),),
    7: ((_RIGHT, _BOTTOM),),
}


def trace_polygons(plane: NDArray[np.bool_]) -> list[NDArray[np.float64]]:
    """Closed polygons (n, 2) of (row, column) in pixels, an integer being a pixel's centre.

    Every border runs half-way between a marked and an unmarked centre, so that filling the polygons
    (:func:`inference.masks.codecs.filling.fill_polygons`) gives back exactly ``plane``.  A hole is
    joined to its outline by a bridge of no width (PS3.3 C.8.8.6.3), so that a reader that knows
    nothing of holes does not fill it.  One polygon for each connected part (four neighbours).
    """
    rows, columns = np.flatnonzero(plane.any(axis=1)), np.flatnonzero(plane.any(axis=0))
    if len(rows) == 0:
        return []
    top, left = int(rows[0]), int(columns[0])
    padded = np.pad(plane[top : rows[-1] + 1, left : columns[-1] + 1], 1)
    borders = _Borders(padded)
    corner = np.array([top - 1, left - 1], dtype=np.float64)
    return [_without_straight_points(one) + corner for one in borders.polygons()]


class _Borders:
    """All borders of one plane as chains of points; a bridge adds copies of the points that it joins."""

    def __init__(self, padded: NDArray[np.bool_]) -> None:
        self._marked = padded
        self._width = padded.shape[1]
        starts, ends = _border_segments(padded)
        order = np.argsort(starts)
        self._ids = starts[order]
        self._row, self._column = self._places(self._ids)
        self._next: list[int] = np.searchsorted(self._ids, ends[order]).tolist()

    def polygons(self) -> list[NDArray[np.float64]]:
        """One polygon for each outline, its holes joined to it."""
        loops = self._loops()
        outlines = [loop for loop in loops if self._is_outline(loop)]
        holes = [loop for loop in loops if not self._is_outline(loop)]
        place: list[int] = list(range(len(self._ids)))
        before = dict(zip(self._next, place, strict=True))
        for node in sorted(self._leftmost(loop) for loop in holes):
            self._join(self._hit_to_the_left(node), node, before[node], place)
        return [self._points(loop[0], place) for loop in outlines]

    def _places(self, ids: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Row and column of points: half a pixel to the right of a centre, or half a pixel below."""
        is_below = ids % 2
        row, column = np.divmod(ids // 2, self._width)
        return row + is_below / 2, column + (1 - is_below) / 2

    def _loops(self) -> list[list[int]]:
        seen = bytearray(len(self._next))
        loops = []
        for first in range(len(self._next)):
            if seen[first]:
                continue
            loop, node = [], first
            while not seen[node]:
                seen[node] = 1
                loop.append(node)
                node = self._next[node]
            loops.append(loop)
        return loops

    def _is_outline(self, loop: list[int]) -> bool:
        """True when it runs clockwise on the screen: the marked pixels lie within."""
        row, column = self._row[loop], self._column[loop]
        return float(column @ np.roll(row, -1) - row @ np.roll(column, -1)) > 0

    def _leftmost(self, loop: list[int]) -> int:
        """Its first point in the first column: a point beside a marked pixel on the same row."""
        return loop[int(np.argmin(self._column[loop]))]

    def _hit_to_the_left(self, node: int) -> int:
        """The point where a line to the left from a hole leaves the marked pixels."""
        row, column = int(self._row[node]), int(self._column[node])
        while self._marked[row, column]:
            column -= 1
        return int(np.searchsorted(self._ids, 2 * (row * self._width + column)))

    def _join(self, outer: int, inner: int, last: int, place: list[int]) -> None:
        """Run from ``outer`` to the hole's ``inner`` point, around the hole, and back."""
        again_inner, again_outer = len(place), len(place) + 1
        place += [inner, outer]
        self._next += [again_outer, self._next[outer]]
        self._next[outer] = inner
        self._next[last] = again_inner

    def _points(self, first: int, place: list[int]) -> NDArray[np.float64]:
        chain = [place[first]]
        node = self._next[first]
        while node != first:
            chain.append(place[node])
            node = self._next[node]
        return np.column_stack([self._row[chain], self._column[chain]])


def _border_segments(padded: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Numbers of the first and last point of every border segment; each point begins exactly one."""
    width = padded.shape[1]
    bits = padded.astype(np.uint8)
    cells = bits[:-1, :-1] | bits[:-1, 1:] << 1 | bits[1:, :-1] << 2 | bits[1:, 1:] << 3
    starts: list[NDArray[np.int64]] = []
    ends: list[NDArray[np.int64]] = []
    row, column = np.nonzero((cells > 0) & (cells < _ALL_MARKED))
    corners, cases = row * width + column, cells[row, column]
    for case, segments in _SEGMENTS.items():
        corner = corners[cases == case]
        point = (2 * corner, 2 * corner + 1, 2 * (corner + width), 2 * (corner + 1) + 1)
        for start, end in segments:
            starts.append(point[start])
            ends.append(point[end])
    return np.concatenate(starts), np.concatenate(ends)


def _without_straight_points(polygon: NDArray[np.float64]) -> NDArray[np.float64]:
    """The polygon without points on which it goes straight on."""
    arriving = polygon - np.roll(polygon, 1, axis=0)
    leaving = np.roll(polygon, -1, axis=0) - polygon
    cross = arriving[:, 0] * leaving[:, 1] - arriving[:, 1] * leaving[:, 0]
    goes_on = (cross == 0) & ((arriving * leaving).sum(axis=1) > 0)
    kept: NDArray[np.float64] = polygon[~goes_on]
    return kept
