"""A drawing is one picture, as SVG and on paper."""

from __future__ import annotations

import io
from xml.etree import ElementTree

import pytest
from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas

from reports.figures.drawing import Circle, Drawing, Line, Polygon, Rect, Shape, Text, to_reportlab, to_svg
from reports.fonts import Face

SVG = "{http://www.w3.org/2000/svg}"
SHAPES: tuple[Shape, ...] = (
    Rect(1, 2, 30, 10, fill="#112233", radius=3),
    Line(0, 5, 50, 5, "#445566", 0.5, dash=(2, 1)),
    Circle(10, 10, 4, stroke="#778899", stroke_width=1),
    Polygon(((0, 0), (5, 0), (2.5, 4)), fill="#000000"),
    Text(50, 18, "截断值 < 50 % & more", 7, "#16202b", "end", Face.SEMIBOLD),
)
DRAWING = Drawing(60, 20, SHAPES, "one < two")


def test_svg_holds_every_shape_in_order_and_escapes_text() -> None:
    root = ElementTree.fromstring(to_svg(DRAWING))
    assert root.get("viewBox") == "0 0 60 20"
    assert [child.tag.removeprefix(SVG) for child in root] == [
        "title",
        "rect",
        "line",
        "circle",
        "polygon",
        "text",
    ]
    text = root.find(f"{SVG}text")
    assert text is not None and text.text == "截断值 < 50 % & more"
    assert (text.get("text-anchor"), text.get("font-weight")) == ("end", "600")
    assert root.find(f"{SVG}title").text == "one < two"  # type: ignore[union-attr]


def test_paper_holds_the_same_text_at_the_same_place() -> None:
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(200, 200), invariant=1)
    to_reportlab(DRAWING, canvas, 100, 150)
    canvas.showPage()
    canvas.save()
    ends: list[tuple[float, float]] = []

    def visit(text: str, cm: list[float], tm: list[float], _font: object, _size: float) -> None:
        if text.strip():
            ends.append((cm[4] + tm[4], cm[5] + tm[5]))

    page = PdfReader(io.BytesIO(stream.getvalue())).pages[0]
    assert "截断值 < 50 % & more" in page.extract_text(visitor_text=visit)
    assert ends[0][1] == pytest.approx(150 - 18, abs=0.01)
    assert 60 < ends[0][0] < 100


def test_a_drawing_without_shapes_is_an_empty_sheet() -> None:
    root = ElementTree.fromstring(to_svg(Drawing(10, 5, ())))
    assert len(root) == 0
