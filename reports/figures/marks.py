"""Small marks that tell series and classes apart by shape: points, ticks, hatching."""

from __future__ import annotations

from typing import Literal

from reports.figures.clipping import Box, Point, clip_line
from reports.figures.drawing import Circle, Line, Polygon, Rect, Shape

Mark = Literal["circle", "square", "triangle", "diamond", "ring"]

SERIES_MARKS: tuple[Mark, ...] = ("circle", "square", "triangle", "diamond")


def mark(kind: Mark, x: float, y: float, size: float, colour: str, ground: str) -> Shape:
    """A mark about ``size`` points wide, centred; a ring is filled with the ground, others with colour."""
    half = size / 2
    match kind:
        case "circle":
            return Circle(x, y, half, fill=colour, stroke=ground, stroke_width=0.5)
        case "ring":
            return Circle(x, y, half * 0.9, fill=ground, stroke=colour, stroke_width=size * 0.2)
        case "square":
            side = size * 0.9
            return Rect(x - side / 2, y - side / 2, side, side, fill=colour, stroke=ground, stroke_width=0.5)
        case "triangle":
            wide, low = half * 1.1, y + half * 0.85
            corners: tuple[Point, ...] = ((x, y - wide), (x + wide, low), (x - wide, low))
            return Polygon(corners, fill=colour, stroke=ground, stroke_width=0.5)
        case "diamond":
            reach = half * 1.2
            corners = ((x, y - reach), (x + reach, y), (x, y + reach), (x - reach, y))
            return Polygon(corners, fill=colour, stroke=ground, stroke_width=0.5)


def arrow_head(x: float, y: float, size: float, colour: str, *, points_right: bool) -> Polygon:
    """A filled arrow head whose tip is at (x, y)."""
    back = x - size if points_right else x + size
    return Polygon(((x, y), (back, y - size * 0.5), (back, y + size * 0.5)), fill=colour)


def hatch(box: Box, colour: str, width: float = 0.5, gap: float = 3.0) -> list[Shape]:
    """Strokes from bottom left to top right that fill ``box``."""
    strokes: list[Shape] = []
    # Strokes lie on one lattice of the sheet, so that neighbouring boxes join.
    place = gap * ((box.left + box.top) // gap + 1)
    while place < box.right + box.bottom:
        line = ((place - box.top, box.top), (place - box.bottom, box.bottom))
        for first, last in clip_line(line, box):
            strokes.append(Line(*first, *last, colour, width))
        place += gap
    return strokes
