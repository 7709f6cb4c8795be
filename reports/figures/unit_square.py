"""A square with one scale in per cent on both axes, and names above it or, where there is room, beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reports.figures.axes import (
    LABEL_SIZE,
    LEADING,
    Panel,
    bottom_room,
    grid,
    left_room,
    lines_of_text,
    panel,
    x_axis,
    y_axis,
)
from reports.figures.clipping import Box
from reports.figures.drawing import Shape
from reports.figures.legend import Entry, swatch
from reports.figures.scale import nice_ticks, tick_texts
from reports.figures.style import FigureStyle
from reports.fonts import Face
from reports.typesetting import wrap

_LARGEST: Final = 230.0
_SMALLEST_LEGEND: Final = 120.0
_GAP: Final = 14.0
_NAME_GAP: Final = 4.0
_ENTRY_GAP: Final = 5.0


@dataclass(frozen=True, slots=True)
class Caption:
    """A legend entry with lines of text under its name."""

    entry: Entry
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UnitSquare:
    """The panel, the height of the whole, and the shapes that do not depend on curves."""

    frame: Panel
    height: float
    ground: tuple[Shape, ...]
    axes: tuple[Shape, ...]


def unit_square(
    captions: Sequence[Caption],
    width: float,
    x_title: str,
    y_title: str,
    style: FigureStyle,
    *,
    until: float = 1.0,
    strip: float = 0.0,
) -> UnitSquare:
    """Lay out the square, from 0 to ``until``; ``strip`` is kept free between the panel and its x axis."""
    ticks = nice_ticks(0.0, until, 5)
    labels = tick_texts(ticks, 100)
    left = left_room(labels, y_title) + 2.0
    side = min(_LARGEST, width - left - 8.0)
    is_beside = bool(captions) and width - left - side - _GAP >= _SMALLEST_LEGEND
    legend_width = width - left - side - _GAP if is_beside else width - left
    heights = [_height(caption, legend_width) for caption in captions]
    top = 5.0 + (0.0 if is_beside else sum(heights))
    box = Box(left, top, left + side, top + side)
    frame = panel(box, (0.0, until), (0.0, until))
    floor = panel(Box(left, top, left + side, top + side + strip), (0.0, until), (0.0, until))
    x, y = (box.right + _GAP, box.top + 4.0) if is_beside else (left, 0.0)
    ground: list[Shape] = grid(frame, style, x_ticks=ticks, y_ticks=ticks)
    for caption, height in zip(captions, heights, strict=True):
        ground += _caption(caption, x, y, legend_width, style)
        y += height
    axes = y_axis(frame, ticks, labels, y_title, style) + x_axis(floor, ticks, labels, x_title, style)
    height = max(floor.box.bottom + bottom_room(x_title, box.width), y)
    return UnitSquare(frame, height, tuple(ground), tuple(axes))


def _texts(caption: Caption, width: float) -> tuple[list[str], list[str]]:
    room = width - caption.entry.width - _NAME_GAP
    names = wrap(caption.entry.name, room, LABEL_SIZE, Face.SEMIBOLD if caption.lines else Face.REGULAR)
    return names, [piece for line in caption.lines for piece in wrap(line, room, LABEL_SIZE)]


def _height(caption: Caption, width: float) -> float:
    return sum(map(len, _texts(caption, width))) * LABEL_SIZE * LEADING + _ENTRY_GAP


def _caption(caption: Caption, x: float, top: float, width: float, style: FigureStyle) -> list[Shape]:
    names, lines = _texts(caption, width)
    line = LABEL_SIZE * LEADING
    left = x + caption.entry.width + _NAME_GAP
    face = Face.SEMIBOLD if caption.lines else Face.REGULAR
    return [
        *swatch(caption.entry, x, top + line / 2, style),
        *lines_of_text(names, left, top, LABEL_SIZE, style.ink, face=face),
        *lines_of_text(lines, left, top + len(names) * line, LABEL_SIZE, style.ink),
    ]
