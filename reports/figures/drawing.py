"""A drawing: a few kinds of shape on a sheet of points, written as SVG or onto a ReportLab canvas.

Coordinates are points from the top left corner, x to the right and y down; colours are ``#rrggbb``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Literal

from reports.fonts import Face, font_families

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

Anchor = Literal["start", "middle", "end"]

_CSS_WEIGHT = {Face.REGULAR: 400, Face.SEMIBOLD: 600, Face.BOLD: 700}


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle by its top left corner, with round corners where ``radius`` is above zero."""

    x: float
    y: float
    width: float
    height: float
    fill: str | None = None
    stroke: str | None = None
    stroke_width: float = 0.0
    radius: float = 0.0


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line; ``dash`` gives the lengths of stroke and gap."""

    x1: float
    y1: float
    x2: float
    y2: float
    stroke: str
    width: float
    dash: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle by its centre."""

    x: float
    y: float
    radius: float
    fill: str | None = None
    stroke: str | None = None
    stroke_width: float = 0.0


@dataclass(frozen=True, slots=True)
class Polygon:
    """A closed polygon."""

    points: tuple[tuple[float, float], ...]
    fill: str | None = None
    stroke: str | None = None
    stroke_width: float = 0.0


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text; ``y`` is its baseline."""

    x: float
    y: float
    text: str
    size: float
    fill: str
    anchor: Anchor = "start"
    face: Face = Face.REGULAR


Shape = Rect | Line | Circle | Polygon | Text


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes, painted in order, on a sheet of ``width`` × ``height`` points; ``title`` says what is seen."""

    width: float
    height: float
    shapes: Sequence[Shape]
    title: str = ""


def to_svg(drawing: Drawing) -> str:
    """The drawing as an SVG 1.1 document whose sizes are its points."""
    width, height = _number(drawing.width), _number(drawing.height)
    body = "".join(_svg_shape(shape) for shape in drawing.shapes)
    title = f"<title>{escape(drawing.title, quote=False)}</title>" if drawing.title else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">{title}{body}</svg>'
    )


def _svg_shape(shape: Shape) -> str:
    match shape:
        case Rect():
            radius = f' rx="{_number(shape.radius)}"' if shape.radius else ""
            place = _attributes(x=shape.x, y=shape.y, width=shape.width, height=shape.height)
            return f"<rect{place}{radius}{_paint(shape.fill, shape.stroke, shape.stroke_width)}/>"
        case Line():
            dash = f' stroke-dasharray="{" ".join(map(_number, shape.dash))}"' if shape.dash else ""
            place = _attributes(x1=shape.x1, y1=shape.y1, x2=shape.x2, y2=shape.y2)
            return f"<line{place}{_paint(None, shape.stroke, shape.width)}{dash}/>"
        case Circle():
            place = _attributes(cx=shape.x, cy=shape.y, r=shape.radius)
            return f"<circle{place}{_paint(shape.fill, shape.stroke, shape.stroke_width)}/>"
        case Polygon():
            points = " ".join(f"{_number(x)},{_number(y)}" for x, y in shape.points)
            return f'<polygon points="{points}"{_paint(shape.fill, shape.stroke, shape.stroke_width)}/>'
        case Text():
            families = '"' + escape(", ".join(font_families())) + '"'
            place = _attributes(x=shape.x, y=shape.y)
            return (
                f'<text{place} font-family={families} font-size="{_number(shape.size)}" '
                f'font-weight="{_CSS_WEIGHT[shape.face]}" text-anchor="{shape.anchor}" '
                f'fill="{shape.fill}">{escape(shape.text, quote=False)}</text>'
            )


def _attributes(**values: float) -> str:
    return "".join(f' {name}="{_number(value)}"' for name, value in values.items())


def _paint(fill: str | None, stroke: str | None, stroke_width: float) -> str:
    outline = f' stroke="{stroke}" stroke-width="{_number(stroke_width)}"' if stroke else ""
    return f' fill="{fill or "none"}"{outline}'


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")


def to_reportlab(drawing: Drawing, canvas: Canvas, left: float, top: float) -> None:
    """Paint the drawing with its top left corner at ``(left, top)``, in the canvas's own frame (y up)."""
    canvas.saveState()
    canvas.translate(left, top)
    for shape in drawing.shapes:
        _paint_shape(shape, canvas)
    canvas.restoreState()


def _paint_shape(shape: Shape, canvas: Canvas) -> None:
    if isinstance(shape, Text):
        _paint_text(shape, canvas)
        return
    if isinstance(shape, Line):
        canvas.setStrokeColor(shape.stroke)
        canvas.setLineWidth(shape.width)
        canvas.setDash(*((list(shape.dash),) if shape.dash else ()))
        canvas.line(shape.x1, -shape.y1, shape.x2, -shape.y2)
        return
    canvas.setDash()
    if shape.fill:
        canvas.setFillColor(shape.fill)
    if shape.stroke:
        canvas.setStrokeColor(shape.stroke)
        canvas.setLineWidth(shape.stroke_width)
    fill, stroke = int(shape.fill is not None), int(shape.stroke is not None)
    match shape:
        case Rect():
            bottom = -shape.y - shape.height
            if shape.radius:
                radius = min(shape.radius, shape.width / 2, shape.height / 2)
                canvas.roundRect(shape.x, bottom, shape.width, shape.height, radius, stroke, fill)
            else:
                canvas.rect(shape.x, bottom, shape.width, shape.height, stroke, fill)
        case Circle():
            canvas.circle(shape.x, -shape.y, shape.radius, stroke, fill)
        case Polygon():
            path = canvas.beginPath()
            (x, y), *others = shape.points
            path.moveTo(x, -y)
            for x, y in others:
                path.lineTo(x, -y)
            path.close()
            canvas.drawPath(path, stroke=stroke, fill=fill)


def _paint_text(shape: Text, canvas: Canvas) -> None:
    from reports.typesetting import draw_text, text_width

    width = text_width(shape.text, shape.size, shape.face)
    shift = {"start": 0.0, "middle": width / 2, "end": width}[shape.anchor]
    draw_text(canvas, shape.x - shift, -shape.y, shape.text, shape.size, shape.face, shape.fill)
