"""Marks that say a verdict by shape, so that grey print and colour-blind eyes read them alike."""

from __future__ import annotations

from inference.findings import Verdict
from reports.figures.drawing import Circle, Drawing, Line, Polygon, Rect, Shape
from reports.figures.style import PAPER, FigureStyle


def verdict_mark(verdict: Verdict, size: float, style: FigureStyle = PAPER) -> Drawing:
    """A ring with a tick (fits), a triangle with a bar (note), a filled square with a cross (refused)."""
    draw = {Verdict.FINE: _tick, Verdict.NOTE: _triangle, Verdict.REFUSED: _cross}[verdict]
    return Drawing(size, size, draw(size, style))


def class_mark(is_positive: bool, size: float, style: FigureStyle = PAPER) -> Drawing:
    """A filled diamond for the class that is predicted against (residual), an open ring for the other."""
    half = size / 2
    if is_positive:
        points = ((half, 0.0), (size, half), (half, size), (0.0, half))
        return Drawing(size, size, (Polygon(points, fill=style.ink),))
    return Drawing(size, size, (Circle(half, half, half * 0.8, stroke=style.ink, stroke_width=size * 0.16),))


def missing_mark(size: float, style: FigureStyle = PAPER) -> Drawing:
    """An open, dashed square: a value that is not there."""
    low, high = size * 0.12, size * 0.88
    corners = ((low, low), (high, low), (high, high), (low, high))
    dash = (size * 0.22, size * 0.16)
    sides = zip(corners, (*corners[1:], corners[0]), strict=True)
    return Drawing(
        size, size, [Line(*a, *b, stroke=style.note, width=size * 0.11, dash=dash) for a, b in sides]
    )


def _tick(size: float, style: FigureStyle) -> list[Shape]:
    width = size * 0.12
    return [
        Circle(size / 2, size / 2, size * 0.44, stroke=style.fine, stroke_width=width),
        Line(size * 0.30, size * 0.52, size * 0.45, size * 0.67, style.fine, width),
        Line(size * 0.43, size * 0.67, size * 0.72, size * 0.34, style.fine, width),
    ]


def _triangle(size: float, style: FigureStyle) -> list[Shape]:
    corners = ((size * 0.5, size * 0.06), (size * 0.98, size * 0.92), (size * 0.02, size * 0.92))
    return [
        Polygon(corners, fill=style.note),
        Line(size * 0.5, size * 0.36, size * 0.5, size * 0.64, style.ground, size * 0.11),
        Circle(size * 0.5, size * 0.78, size * 0.06, fill=style.ground),
    ]


def _cross(size: float, style: FigureStyle) -> list[Shape]:
    low, high, width = size * 0.3, size * 0.7, size * 0.13
    return [
        Rect(size * 0.04, size * 0.04, size * 0.92, size * 0.92, fill=style.refused, radius=size * 0.14),
        Line(low, low, high, high, style.ground, width),
        Line(low, high, high, low, style.ground, width),
    ]
