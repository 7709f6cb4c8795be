"""A sheet of paper seen from its top left corner, with the text styles and tints of the report."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import NDArray

from reports.figures.drawing import Drawing, Shape, to_reportlab
from reports.figures.style import PAPER
from reports.fonts import Face
from reports.typesetting import draw_text, text_width, wrap

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

PAGE_WIDTH: Final = 595.276
PAGE_HEIGHT: Final = 841.89
MARGIN: Final = 42.0
TEXT_WIDTH: Final = PAGE_WIDTH - 2 * MARGIN

HAIRLINE: Final = "#cbd2da"
PANEL: Final = "#f5f7f9"
ACCENT_TINT: Final = "#e7f0f8"
REFUSED_TINT: Final = "#f9eeec"
NOTE_TINT: Final = "#fcf3df"
NOTE_INK: Final = "#5c3d00"

_PICTURE_QUALITY: Final = 92

Align = Literal["left", "right", "centre"]


@dataclass(frozen=True, slots=True)
class TextStyle:
    """Size, distance between baselines, face, colour and tracking of a text, in points."""

    size: float
    leading: float
    face: Face = Face.REGULAR
    colour: str = PAPER.ink
    tracking: float = 0.0
    is_upper: bool = False

    def width(self, text: str) -> float:
        """Width of one line of ``text``."""
        return text_width(self.shown(text), self.size, self.face, self.tracking)

    def lines(self, text: str, width: float) -> list[str]:
        """``text`` broken into lines of at most ``width``."""
        return wrap(self.shown(text), width, self.size, self.face, self.tracking)

    def shown(self, text: str) -> str:
        """The text in the case of this style."""
        return text.upper() if self.is_upper else text

    def coloured(self, colour: str) -> TextStyle:
        """The same style in another colour."""
        return replace(self, colour=colour)


BODY: Final = TextStyle(8.8, 12.4)
BODY_STRONG: Final = replace(BODY, face=Face.SEMIBOLD)
SMALL: Final = TextStyle(7.6, 10.4)
SMALL_STRONG: Final = replace(SMALL, face=Face.SEMIBOLD)
QUIET: Final = replace(SMALL, colour=PAPER.quiet)
FINE_PRINT: Final = TextStyle(6.6, 8.8, colour=PAPER.quiet)
LABEL: Final = TextStyle(6.6, 9.0, Face.SEMIBOLD, PAPER.quiet, 0.55, is_upper=True)
HEADING: Final = TextStyle(7.4, 10.0, Face.BOLD, PAPER.accent, 0.7, is_upper=True)
TITLE: Final = TextStyle(15.5, 20.0, Face.SEMIBOLD)
HEADLINE: Final = TextStyle(15.0, 19.0, Face.SEMIBOLD)
HEADLINE_SMALL: Final = TextStyle(11.6, 15.0, Face.SEMIBOLD)
FIGURE: Final = TextStyle(27.0, 30.0, Face.SEMIBOLD)
LEAD: Final = TextStyle(10.4, 13.5, Face.SEMIBOLD)


class Sheet:
    """A canvas whose y runs down from the top edge of the page."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas

    def text(
        self,
        x: float,
        baseline: float,
        text: str,
        style: TextStyle,
        align: Align = "left",
        width: float = 0.0,
    ) -> None:
        """One line; ``right`` and ``centre`` align within ``width`` from ``x``."""
        room = width - style.width(text)
        shift = {"left": 0.0, "right": room, "centre": room / 2}[align]
        draw_text(
            self._canvas,
            x + shift,
            PAGE_HEIGHT - baseline,
            style.shown(text),
            style.size,
            style.face,
            style.colour,
            style.tracking,
        )

    def drawing(self, drawing: Drawing, x: float, top: float) -> None:
        """A drawing with its top left corner at ``(x, top)``."""
        to_reportlab(drawing, self._canvas, x, PAGE_HEIGHT - top)

    def shapes(self, shapes: Sequence[Shape]) -> None:
        """Shapes in the coordinates of the page."""
        self.drawing(Drawing(PAGE_WIDTH, PAGE_HEIGHT, shapes), 0.0, 0.0)

    def picture(self, rgb: NDArray[np.uint8], x: float, top: float, width: float, height: float) -> None:
        """An RGB picture, stretched to ``width`` × ``height``."""
        from PIL import Image
        from reportlab.lib.utils import ImageReader

        stream = io.BytesIO()
        Image.fromarray(rgb).save(stream, format="JPEG", quality=_PICTURE_QUALITY, subsampling=0)
        stream.seek(0)
        self._canvas.drawImage(ImageReader(stream), x, PAGE_HEIGHT - top - height, width, height)
