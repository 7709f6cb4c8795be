"""The room that a shape takes on its sheet."""

from __future__ import annotations

from itertools import combinations

from reports.figures.drawing import Circle, Drawing, Line, Polygon, Polyline, Rect, Shape, Text
from reports.typesetting import text_width

Edges = tuple[float, float, float, float]
"""Left, top, right, bottom."""

ASCENT, DESCENT = 0.72, 0.2


def text_box(text: Text) -> Edges:
    """A line of text with the height of its capitals and the depth of its tails."""
    width = text_width(text.text, text.size, text.face)
    shift = {"start": 0.0, "middle": width / 2, "end": width}[text.anchor]
    if text.is_upright:
        left = text.x - ASCENT * text.size
        return left, text.y + shift - width, text.x + DESCENT * text.size, text.y + shift
    top = text.y - ASCENT * text.size
    return text.x - shift, top, text.x - shift + width, text.y + DESCENT * text.size


def box_of(shape: Shape) -> Edges:
    """The smallest upright rectangle around a shape, strokes not counted."""
    match shape:
        case Text():
            return text_box(shape)
        case Rect():
            return shape.x, shape.y, shape.x + shape.width, shape.y + shape.height
        case Line():
            xs, ys = (shape.x1, shape.x2), (shape.y1, shape.y2)
        case Circle():
            xs = (shape.x - shape.radius, shape.x + shape.radius)
            ys = (shape.y - shape.radius, shape.y + shape.radius)
        case Polygon() | Polyline():
            xs, ys = zip(*shape.points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def touch(first: Edges, second: Edges) -> bool:
    """True where two boxes share an area."""
    return first[0] < second[2] and second[0] < first[2] and first[1] < second[3] and second[1] < first[3]


def outside(drawing: Drawing) -> list[Shape]:
    """Shapes that leave the sheet."""
    found = []
    for shape in drawing.shapes:
        left, top, right, bottom = box_of(shape)
        if left < -0.01 or top < -0.01 or right > drawing.width + 0.01 or bottom > drawing.height + 0.01:
            found.append(shape)
    return found


def touching(drawing: Drawing) -> list[tuple[str, str]]:
    """Pairs of texts that lie on each other."""
    shown = [(s.text, text_box(s)) for s in drawing.shapes if isinstance(s, Text) and s.text]
    return [(a, b) for (a, first), (b, second) in combinations(shown, 2) if touch(first, second)]
