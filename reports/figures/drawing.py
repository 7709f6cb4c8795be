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
    from reportlab.pdfgen.pathobject import PDFPathObject

Anchor = Literal["start", "middle", "end"]

_ROUND_JOIN = 1
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
    """A closed polygon; what lies beneath shows through where ``fill_opacity`` is below one."""

    points: tuple[tuple[float, float], ...]
    fill: str | None = None
    stroke: str | None = None
    stroke_width: float = 0.0
    fill_opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Polyline:
    """An open line through points, with round joins; ``dash`` runs on around its corners."""

    points: tuple[tuple[float, float], ...]
    stroke: str
    width: float
    dash: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text; ``y`` is its baseline.  ``is_upright`` texts read from bottom to top about (x, y)."""

    x: float
    y: float
    text: str
    size: float
    fill: str
    anchor: Anchor = "start"
    face: Face = Face.REGULAR
    is_upright: bool = False


Shape = Rect | Line | Circle | Polygon | Polyline | Text


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
            place = _attributes(x1=shape.x1, y1=shape.y1, x2=shape.x2, y2=shape.y2)
            return f"<line{place}{_paint(None, shape.stroke, shape.width)}{_dashes(shape.dash)}/>"
        case Circle():
            place = _attributes(cx=shape.x, cy=shape.y, r=shape.radius)
            return f"<circle{place}{_paint(shape.fill, shape.stroke, shape.stroke_width)}/>"
        case Polygon():
            seen = f' fill-opacity="{_number(shape.fill_opacity)}"' if shape.fill_opacity < 1 else ""
            paint = _paint(shape.fill, shape.stroke, shape.stroke_width)
            return f'<polygon points="{_points(shape.points)}"{paint}{seen}/>'
        case Polyline():
            paint = _paint(None, shape.stroke, shape.width)
            return (
                f'<polyline points="{_points(shape.points)}"{paint} stroke-linejoin="round"'
                f"{_dashes(shape.dash)}/>"
            )
        case Text():
            families = '"' + escape(", ".join(font_families())) + '"'
            place = _attributes(x=shape.x, y=shape.y)
            if shape.is_upright:
                place += f' transform="rotate(-90 {_number(shape.x)} {_number(shape.y)})"'
            return (
                f'<text{place} font-family={families} font-size="{_number(shape.size)}" '
                f'font-weight="{_CSS_WEIGHT[shape.face]}" text-anchor="{shape.anchor}" '
                f'fill="{shape.fill}">{escape(shape.text, quote=False)}</text>'
            )


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{_number(x)},{_number(y)}" for x, y in points)


def _dashes(dash: tuple[float, ...]) -> str:
    return f' stroke-dasharray="{" ".join(map(_number, dash))}"' if dash else ""


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
    if isinstance(shape, Line | Polyline):
        canvas.setStrokeColor(shape.stroke)
        canvas.setLineWidth(shape.width)
        canvas.setDash(*((list(shape.dash),) if shape.dash else ()))
        if isinstance(shape, Line):
            canvas.line(shape.x1, -shape.y1, shape.x2, -shape.y2)
        else:
            canvas.setLineJoin(_ROUND_JOIN)
            canvas.drawPath(_path(shape.points, canvas), stroke=1, fill=0)
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
            path = _path(shape.points, canvas)
            path.close()
            if shape.fill_opacity < 1:
                canvas.setFillAlpha(shape.fill_opacity)
            canvas.drawPath(path, stroke=stroke, fill=fill)
            if shape.fill_opacity < 1:
                canvas.setFillAlpha(1)


def _path(points: Sequence[tuple[float, float]], canvas: Canvas) -> PDFPathObject:
    path = canvas.beginPath()
    (x, y), *others = points
    path.moveTo(x, -y)
    for x, y in others:
        path.lineTo(x, -y)
    return path


def _paint_text(shape: Text, canvas: Canvas) -> None:
    from reports.typesetting import draw_text, text_width

    width = text_width(shape.text, shape.size, shape.face)
    shift = {"start": 0.0, "middle": width / 2, "end": width}[shape.anchor]
    if not shape.is_upright:
        draw_text(canvas, shape.x - shift, -shape.y, shape.text, shape.size, shape.face, shape.fill)
        return
    canvas.saveState()
    canvas.translate(shape.x, -shape.y)
    canvas.rotate(90)
    draw_text(canvas, -shift, 0.0, shape.text, shape.size, shape.face, shape.fill)
    canvas.restoreState()
