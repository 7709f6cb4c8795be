"""Lines of text inside a plot, in a corner that its curves leave free."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from reports.figures.axes import LABEL_SIZE, LEADING, lines_of_text
from reports.figures.clipping import Box, Point, clip_line
from reports.figures.drawing import Shape
from reports.figures.style import FigureStyle
from reports.typesetting import text_width, wrap

Corner = Literal["top left", "top right", "bottom left", "bottom right"]

_MARGIN: Final = 5.0
_WIDEST: Final = 0.6


def note_lines(notes: Sequence[str], box: Box) -> list[str]:
    """Notes broken at three fifths of the panel's width."""
    return [line for note in notes for line in wrap(note, _WIDEST * box.width, LABEL_SIZE)]


def notes_corner(lines: Sequence[str], box: Box, curves: Sequence[Sequence[Point]]) -> Box | None:
    """Where the lines fit without touching a curve: bottom left, top right, bottom right; or nowhere."""
    wide = max(text_width(line, LABEL_SIZE) for line in lines) + 2 * _MARGIN
    high = len(lines) * LABEL_SIZE * LEADING + 2 * _MARGIN
    return free_corner(wide, high, box, curves, ("bottom left", "top right", "bottom right"))


def free_corner(
    width: float, height: float, box: Box, curves: Sequence[Sequence[Point]], corners: Sequence[Corner]
) -> Box | None:
    """The first of ``corners`` in which a rectangle touches no curve; None where it fits nowhere."""
    if width > box.width or height > box.height:
        return None
    for corner in corners:
        left = box.left if corner.endswith("left") else box.right - width
        top = box.top if corner.startswith("top") else box.bottom - height
        place = Box(left, top, left + width, top + height)
        if not any(clip_line(curve, place) for curve in curves):
            return place
    return None


def notes_in(lines: Sequence[str], corner: Box, style: FigureStyle) -> list[Shape]:
    """The lines in their corner."""
    left, top = corner.left + _MARGIN, corner.top + _MARGIN
    return lines_of_text(lines, left, top, LABEL_SIZE, style.ink)
