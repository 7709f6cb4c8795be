"""A square with one scale in per cent on both axes, and names beside it, in a free corner, or above it."""

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
from reports.figures.clipping import Box, Point
from reports.figures.drawing import Rect, Shape
from reports.figures.legend import Entry, swatch
from reports.figures.notes import Corner, free_corner
from reports.figures.scale import nice_ticks, tick_texts
from reports.figures.style import FigureStyle
from reports.fonts import Face
from reports.typesetting import text_width, wrap

_LARGEST: Final = 230.0
_SMALLEST_LEGEND: Final = 120.0
_GAP: Final = 14.0
_NAME_GAP: Final = 4.0
_ENTRY_GAP: Final = 4.0
_INSIDE: Final = (0.56, 0.48, 0.4)
_CORNERS: Final[tuple[Corner, ...]] = ("bottom right", "top left", "top right")
_MARGIN: Final = 5.0


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
    curves: Sequence[Sequence[Point]] = (),
) -> UnitSquare:
    """Lay out the square, from 0 to ``until``; ``strip`` is kept free between the panel and its x axis.

    Captions stand beside the square where 120 points are left, otherwise in a corner that ``curves`` (lines
    through values) leave free, otherwise above.
    """
    ticks = nice_ticks(0.0, until, 5)
    labels = tick_texts(ticks, 100)
    left = left_room(labels, y_title) + 2.0
    side = min(_LARGEST, width - left - 8.0)
    is_beside = bool(captions) and width - left - side - _GAP >= _SMALLEST_LEGEND
    box = Box(left, 5.0, left + side, 5.0 + side)
    corner = None if is_beside else _corner(captions, box, until, curves)
    if corner is not None:
        x, y, legend_width = corner.left + _MARGIN, corner.top + _MARGIN, corner.width - 2 * _MARGIN
    elif is_beside:
        x, y, legend_width = box.right + _GAP, box.top + 4.0, width - left - side - _GAP
    else:
        x, y, legend_width = left, 0.0, width - left
    heights = [_height(caption, legend_width) for caption in captions]
    if corner is None and not is_beside:
        box = Box(left, 5.0 + sum(heights), left + side, 5.0 + sum(heights) + side)
    frame = panel(box, (0.0, until), (0.0, until))
    floor = panel(Box(box.left, box.top, box.right, box.bottom + strip), (0.0, until), (0.0, until))
    ground: list[Shape] = grid(frame, style, x_ticks=ticks, y_ticks=ticks)
    if corner is not None:
        ground.append(
            Rect(corner.left + 1, corner.top + 1, corner.width - 2, corner.height - 2, style.ground)
        )
    for caption, height in zip(captions, heights, strict=True):
        ground += _caption(caption, x, y, legend_width, style)
        y += height
    axes = y_axis(frame, ticks, labels, y_title, style) + x_axis(floor, ticks, labels, x_title, style)
    height = max(floor.box.bottom + bottom_room(x_title, box.width), y)
    return UnitSquare(frame, height, tuple(ground), tuple(axes))


def _corner(
    captions: Sequence[Caption], box: Box, until: float, curves: Sequence[Sequence[Point]]
) -> Box | None:
    """Where all captions fit within the square; a hair wider than they need, so that none breaks anew."""
    frame = panel(box, (0.0, until), (0.0, until))
    lines = [[(frame.x(x), frame.y(y)) for x, y in curve] for curve in curves]
    for share in _INSIDE if captions else ():
        laid = [(caption, *_texts(caption, share * box.width)) for caption in captions]
        wide = max(_width(*each) for each in laid) + 0.5
        high = sum(_height(caption, wide) for caption in captions) - _ENTRY_GAP
        found = free_corner(wide + 2 * _MARGIN, high + 2 * _MARGIN, box, lines, _CORNERS)
        if found is not None:
            return found
    return None


def _width(caption: Caption, names: Sequence[str], lines: Sequence[str]) -> float:
    face = Face.SEMIBOLD if caption.lines else Face.REGULAR
    widths = [text_width(name, LABEL_SIZE, face) for name in names]
    widths += [text_width(line, LABEL_SIZE) for line in lines]
    return max(widths, default=0.0) + caption.entry.width + _NAME_GAP


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
