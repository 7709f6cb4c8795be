"""The frame of a plot: two scales, their axes with ticks, labels and titles, a light grid, a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from reports.figures.clipping import Box, Point, clip_area, clip_line
from reports.figures.drawing import Anchor, Line, Polygon, Polyline, Shape, Text
from reports.figures.scale import Scale
from reports.figures.style import FigureStyle
from reports.fonts import Face
from reports.typesetting import text_width, wrap

LABEL_SIZE: Final = 7.0
TITLE_SIZE: Final = 7.6
LEADING: Final = 1.35
TICK: Final = 3.0
AXIS_WIDTH: Final = 0.7
CURVE_WIDTH: Final = 1.3
MIDDLE: Final = 0.36
"""How far a baseline lies below the middle of its line, per point of size."""

_LABEL_GAP: Final = 5.0
_AXIS_ROOM: Final = TICK + 3.0 + LABEL_SIZE
_TITLE_ROOM: Final = TITLE_SIZE + 5.0


@dataclass(frozen=True, slots=True)
class Panel:
    """The area in which values are drawn, with its scales."""

    box: Box
    x: Scale
    y: Scale

    def line(self, points: Sequence[Point]) -> list[tuple[Point, ...]]:
        """A line through values, on the sheet, cut at the frame."""
        return clip_line([(self.x(x), self.y(y)) for x, y in points], self.box)

    def curve(
        self,
        points: Sequence[Point],
        colour: str,
        width: float = CURVE_WIDTH,
        dash: tuple[float, ...] = (),
    ) -> list[Shape]:
        """The same as shapes."""
        return [Polyline(piece, colour, width, dash) for piece in self.line(points)]

    def area(self, points: Sequence[Point], colour: str, opacity: float = 0.16) -> list[Shape]:
        """An area between values, cut at the frame."""
        inside = clip_area([(self.x(x), self.y(y)) for x, y in points], self.box)
        return [Polygon(inside, fill=colour, fill_opacity=opacity)] if len(inside) > 2 else []


def panel(box: Box, x: tuple[float, float], y: tuple[float, float], *, log_x: bool = False) -> Panel:
    """A panel in ``box`` whose scales run over the limits ``x`` and ``y``."""
    return Panel(
        box, Scale(*x, start=box.left, end=box.right, is_log=log_x), Scale(*y, start=box.bottom, end=box.top)
    )


def bottom_room(title: str, width: float) -> float:
    """Height that ticks, labels and a title of the x axis take below a panel ``width`` wide."""
    lines = len(wrap(title, width, TITLE_SIZE)) if title else 0
    return _AXIS_ROOM + lines * TITLE_SIZE * LEADING + 4.0


def left_room(labels: Sequence[str], title: str) -> float:
    """Width that ticks, labels and an upright title of the y axis take beside a panel."""
    widest = max((text_width(label, LABEL_SIZE) for label in labels), default=0.0)
    return widest + TICK + 3.0 + (_TITLE_ROOM if title else 0.0)


def x_axis(
    frame: Panel,
    ticks: Sequence[float],
    labels: Sequence[str],
    title: str,
    style: FigureStyle,
    title_room: float = 0.0,
) -> list[Shape]:
    """The axis along the bottom; of labels that would touch, every second, third … is written.

    The title is broken at the width of the panel, or at ``title_room`` where that is more.
    """
    box = frame.box
    shapes: list[Shape] = [Line(box.left, box.bottom, box.right, box.bottom, style.edge, AXIS_WIDTH)]
    places = [frame.x(tick) for tick in ticks]
    for x in places:
        shapes.append(Line(x, box.bottom, x, box.bottom + TICK, style.edge, AXIS_WIDTH))
    baseline = box.bottom + _AXIS_ROOM - 0.5
    every = _stride([text_width(label, LABEL_SIZE) for label in labels], places)
    for x, label in list(zip(places, labels, strict=True))[::every]:
        shapes.append(Text(x, baseline, label, LABEL_SIZE, style.quiet, "middle"))
    for number, line in enumerate(wrap(title, max(box.width, title_room), TITLE_SIZE) if title else ()):
        y = baseline + (number + 1) * TITLE_SIZE * LEADING + 1.5
        shapes.append(Text((box.left + box.right) / 2, y, line, TITLE_SIZE, style.ink, "middle"))
    return shapes


def _stride(widths: Sequence[float], places: Sequence[float]) -> int:
    for every in range(1, len(places)):
        spans = [(x - w / 2, x + w / 2) for x, w in list(zip(places, widths, strict=True))[::every]]
        if all(right[0] - left[1] >= _LABEL_GAP for left, right in pairwise(spans)):
            return every
    return max(1, len(places))


def y_axis(
    frame: Panel, ticks: Sequence[float], labels: Sequence[str], title: str, style: FigureStyle
) -> list[Shape]:
    """The axis along the left, its title upright and outside."""
    box = frame.box
    shapes: list[Shape] = [Line(box.left, box.top, box.left, box.bottom, style.edge, AXIS_WIDTH)]
    for tick, label in zip(ticks, labels, strict=True):
        y = frame.y(tick)
        shapes.append(Line(box.left - TICK, y, box.left, y, style.edge, AXIS_WIDTH))
        shapes.append(
            Text(box.left - TICK - 3, y + LABEL_SIZE * MIDDLE, label, LABEL_SIZE, style.quiet, "end")
        )
    lines = wrap(title, box.height + 20, TITLE_SIZE) if title else []
    for number, line in enumerate(reversed(lines)):
        x = box.left - left_room(labels, "") - 4.0 - number * TITLE_SIZE * LEADING
        middle = (box.top + box.bottom) / 2
        shapes.append(Text(x, middle, line, TITLE_SIZE, style.ink, "middle", is_upright=True))
    return shapes


def grid(
    frame: Panel, style: FigureStyle, x_ticks: Sequence[float] = (), y_ticks: Sequence[float] = ()
) -> list[Shape]:
    """Light lines across the panel at the ticks."""
    box = frame.box
    across: list[Shape] = [
        Line(box.left, frame.y(tick), box.right, frame.y(tick), style.grid, 0.5) for tick in y_ticks
    ]
    return across + [
        Line(frame.x(tick), box.top, frame.x(tick), box.bottom, style.grid, 0.5) for tick in x_ticks
    ]


def sentence(box: Box, text: str, style: FigureStyle) -> list[Shape]:
    """A sentence in the middle of the panel, where the data do not give a plot."""
    lines = wrap(text, box.width - 16, TITLE_SIZE)
    first = (box.top + box.bottom) / 2 - (len(lines) - 1) * TITLE_SIZE * LEADING / 2 + TITLE_SIZE * MIDDLE
    return [
        Text(
            (box.left + box.right) / 2,
            first + number * TITLE_SIZE * LEADING,
            line,
            TITLE_SIZE,
            style.quiet,
            "middle",
        )
        for number, line in enumerate(lines)
    ]


def lines_of_text(
    lines: Sequence[str],
    x: float,
    top: float,
    size: float,
    colour: str,
    anchor: Anchor = "start",
    face: Face = Face.REGULAR,
) -> list[Shape]:
    """Lines below each other, the first with its box beginning at ``top``."""
    return [
        Text(x, top + size * (LEADING * (number + 0.5) + MIDDLE), line, size, colour, anchor, face)
        for number, line in enumerate(lines)
    ]
