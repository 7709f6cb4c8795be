"""What holds for every figure: it stays on its sheet, its words do not touch, SVG and paper show the same."""

from __future__ import annotations

import io
from itertools import combinations
from xml.etree import ElementTree

import pytest
from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas

from inference.messages.catalogue import load_catalogue
from reports.figures.drawing import Drawing, Polygon, Polyline, Text, to_reportlab, to_svg
from reports.figures.style import PAPER, SCREEN_DARK
from tests.reports.figures.boxes import outside, touching
from tools.figure_specimens import SPECIMENS, Specimen

WIDTHS = (250.0, 360.0, 511.0)
LANGUAGES = ("en", "zh_CN", "xx")
TINY_1_2 = {"svg", "title", "rect", "line", "circle", "polygon", "polyline", "text"}

each_specimen = pytest.mark.parametrize("specimen", SPECIMENS, ids=lambda specimen: specimen.name)


def drawings(specimen: Specimen) -> list[Drawing]:
    return [
        specimen.make(width, PAPER, load_catalogue(language)) for width in WIDTHS for language in LANGUAGES
    ]


@each_specimen
def test_nothing_lies_outside_the_sheet(specimen: Specimen) -> None:
    for drawing in drawings(specimen):
        assert not outside(drawing), drawing.width


@each_specimen
def test_no_two_texts_touch(specimen: Specimen) -> None:
    for drawing in drawings(specimen):
        assert not touching(drawing), drawing.width


@each_specimen
def test_the_figure_has_its_width_a_title_and_no_missing_text(specimen: Specimen) -> None:
    for drawing in drawings(specimen):
        assert drawing.width in WIDTHS and drawing.title and 40 < drawing.height < 700
        assert not [shape for shape in drawing.shapes if isinstance(shape, Text) and "⟦" in shape.text]


@each_specimen
def test_svg_holds_only_what_the_window_can_draw(specimen: Specimen) -> None:
    svg = to_svg(specimen.make(360.0, SCREEN_DARK, load_catalogue("en")))
    tags = {element.tag.partition("}")[2] for element in ElementTree.fromstring(svg).iter()}
    assert tags <= TINY_1_2
    assert "nan" not in svg and "inf" not in svg


@each_specimen
def test_paper_holds_the_words_of_the_drawing(specimen: Specimen) -> None:
    drawing = specimen.make(511.0, PAPER, load_catalogue("en"))
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(drawing.width, drawing.height), invariant=1)
    to_reportlab(drawing, canvas, 0, drawing.height)
    canvas.showPage()
    canvas.save()
    page = "".join(PdfReader(io.BytesIO(stream.getvalue())).pages[0].extract_text().split())
    for shape in drawing.shapes:
        if isinstance(shape, Text) and not shape.is_upright:
            assert "".join(shape.text.split()) in page


@each_specimen
def test_series_differ_without_colour(specimen: Specimen) -> None:
    """Long curves of different colours have different dashes; areas are never the only sign."""
    drawing = specimen.make(511.0, PAPER, load_catalogue("en"))
    looks: dict[str, set[tuple[float, ...]]] = {}
    for shape in drawing.shapes:
        if isinstance(shape, Polyline) and shape.stroke in PAPER.series and shape.width >= 1.2:
            looks.setdefault(shape.stroke, set()).add(shape.dash)
    for first, second in combinations(looks.values(), 2):
        assert not first & second
    assert all(len(shape.points) > 2 for shape in drawing.shapes if isinstance(shape, Polygon))
