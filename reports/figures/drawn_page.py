"""A drawing alone on a page of its own size, as PDF."""

from __future__ import annotations

import io
from typing import Final

from reports.figures.drawing import Drawing, to_reportlab

_MARGIN: Final = 10.0


def drawing_as_pdf(drawing: Drawing) -> bytes:
    """One page with the drawing and a narrow margin; the same bytes for the same drawing."""
    from reportlab.pdfgen.canvas import Canvas

    stream = io.BytesIO()
    size = (drawing.width + 2 * _MARGIN, drawing.height + 2 * _MARGIN)
    canvas = Canvas(stream, pagesize=size, invariant=1)
    canvas.setTitle(drawing.title)
    to_reportlab(drawing, canvas, _MARGIN, size[1] - _MARGIN)
    canvas.showPage()
    canvas.save()
    return stream.getvalue()
