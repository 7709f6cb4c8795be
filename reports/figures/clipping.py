"""What of a line or an area lies within a frame, computed, since not every viewer of SVG can clip."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

Point = tuple[float, float]

_SLACK: Final = 1e-6
"""Rounding, in points: what lies on the frame lies within."""


@dataclass(frozen=True, slots=True)
class Box:
    """A frame by its edges, y downwards."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.bottom - self.top

    def holds(self, x: float, y: float, slack: float = 0.01) -> bool:
        """True for a point within the frame or on its edge."""
        return self.left - slack <= x <= self.right + slack and self.top - slack <= y <= self.bottom + slack


def clip_line(points: Sequence[Point], box: Box) -> list[tuple[Point, ...]]:
    """The pieces of a polyline that lie within ``box``.

    Source: Liang and Barsky, ACM Trans Graph 1984; 3: 1–22, segment by segment.
    """
    pieces: list[list[Point]] = []
    for start, end in pairwise(points):
        inside = _clip_segment(start, end, box)
        if inside is None:
            continue
        first, last = inside
        if pieces and math.dist(pieces[-1][-1], first) <= _SLACK:
            pieces[-1].append(last)
        else:
            pieces.append([first, last])
    return [tuple(piece) for piece in pieces]


def _clip_segment(start: Point, end: Point, box: Box) -> tuple[Point, Point] | None:
    (x, y), (dx, dy) = start, (end[0] - start[0], end[1] - start[1])
    enter, leave = 0.0, 1.0
    limits = ((-dx, x - box.left), (dx, box.right - x), (-dy, y - box.top), (dy, box.bottom - y))
    for speed, room in limits:
        if speed == 0:
            if room < -_SLACK:
                return None
        elif speed < 0:
            enter = max(enter, room / speed)
        else:
            leave = min(leave, room / speed)
    if enter > leave:
        return None
    first = start if enter == 0 else (x + enter * dx, y + enter * dy)
    last = end if leave == 1 else (x + leave * dx, y + leave * dy)
    return first, last


def clip_area(points: Sequence[Point], box: Box) -> tuple[Point, ...]:
    """The part of a polygon within ``box``; empty where nothing is.

    Source: Sutherland and Hodgman, Commun ACM 1974; 17: 32–42.
    """
    edges: tuple[tuple[int, float, Callable[[float], bool]], ...] = (
        (0, box.left, lambda value: value >= box.left - _SLACK),
        (0, box.right, lambda value: value <= box.right + _SLACK),
        (1, box.top, lambda value: value >= box.top - _SLACK),
        (1, box.bottom, lambda value: value <= box.bottom + _SLACK),
    )
    kept = list(points)
    for axis, edge, is_inside in edges:
        before, kept = kept, []
        for last, point in zip(before[-1:] + before[:-1], before, strict=True):
            if is_inside(last[axis]) != is_inside(point[axis]):
                share = (edge - last[axis]) / (point[axis] - last[axis])
                kept.append((last[0] + share * (point[0] - last[0]), last[1] + share * (point[1] - last[1])))
            if is_inside(point[axis]):
                kept.append(point)
    return tuple(kept)


def steps(times: Sequence[float], values: Sequence[float], start: Point, end: float) -> tuple[Point, ...]:
    """Corners of a right-continuous step line: from ``start``, a jump at each time, level until ``end``."""
    points = [start]
    for time, value in zip(times, values, strict=True):
        points += [(time, points[-1][1]), (time, value)]
    points.append((end, points[-1][1]))
    return tuple(points)
