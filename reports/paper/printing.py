"""Pages onto PDF: the same bytes for the same pages, with a title that names nobody."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from inference.version import NAME, VERSION
from reports.paper.flow import Page
from reports.paper.frame import PageFrame
from reports.paper.sheet import MARGIN, PAGE_HEIGHT, PAGE_WIDTH, Sheet


@dataclass(frozen=True, slots=True)
class Imprint:
    """What the file says of itself; titles turn up in file managers and printer queues: never a name."""

    title: str
    subject: str
    language: str
    software: str = NAME
    version: str = VERSION


def print_pages(pages: Sequence[Page], frame: PageFrame, imprint: Imprint) -> bytes:
    """The pages within their frame as PDF."""
    from reportlab import rl_config
    from reportlab.pdfbase.pdfdoc import PDFString
    from reportlab.pdfgen.canvas import Canvas

    # Bytes as they are: the writer's default spells pictures in letters, a quarter larger and slower.
    rl_config.useA85 = 0
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), invariant=1, pageCompression=1)
    canvas.setTitle(imprint.title)
    canvas.setAuthor(imprint.software)
    canvas.setCreator(f"{imprint.software} {imprint.version}")
    canvas.setSubject(imprint.subject)
    document: Any = canvas._doc  # type: ignore[attr-defined]
    document.Catalog.Lang = PDFString(imprint.language.replace("_", "-"))
    sheet = Sheet(canvas)
    for number, page in enumerate(pages, start=1):
        frame.draw(sheet, number, len(pages))
        for each in page.placed:
            each.block.draw(sheet, MARGIN + each.x, frame.body_top + each.top, each.width)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()
