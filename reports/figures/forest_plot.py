"""A forest plot: one row for each effect, with its name, columns of text, interval and number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from inference.messages.catalogue import Catalogue
from inference.statistics.estimate import Estimate
from inference.statistics.reasons import NotEstimable
from reports.figures.axes import (
    LABEL_SIZE,
    LEADING,
    Panel,
    bottom_room,
    grid,
    lines_of_text,
    panel,
    x_axis,
)
from reports.figures.clipping import Box
from reports.figures.drawing import Anchor, Drawing, Line, Polygon, Rect, Shape
from reports.figures.marks import arrow_head
from reports.figures.scale import estimate_text, log_tick_texts, log_ticks, nice_ticks, tick_texts
from reports.figures.style import PAPER, FigureStyle
from reports.fonts import Face
from reports.typesetting import text_width, wrap

_GUTTER: Final = 9.0
_ROW_ROOM: Final = 4.5
_LABEL_SHARE: Final = 0.42
_PLOT_SHARE: Final = 0.26
_NARROWEST_LABEL: Final = 46.0
_LARGEST_MARK: Final = 7.5
_SMALLEST_MARK: Final = 3.2
_PLAIN_MARK: Final = 5.0
_REACH: Final = 4.0
_INDENT: Final = 7.0
_ARROW: Final = 4.0


@dataclass(frozen=True, slots=True)
class ForestRow:
    """One effect.

    ``estimate`` None leaves the plot empty: a heading (``is_heading``), or a reference level.  ``cells`` fill
    the text columns.  ``weight`` > 0 sets the size of the mark by area; ``is_pooled`` draws a diamond.
    """

    label: str
    estimate: Estimate | NotEstimable | None = None
    cells: tuple[str, ...] = ()
    weight: float | None = None
    is_heading: bool = False
    is_indented: bool = False
    is_pooled: bool = False


@dataclass(frozen=True, slots=True)
class _Layout:
    """Right edges of the columns, the plot, and the tops of the header and of every row."""

    cell_rights: tuple[float, ...]
    frame: Panel
    labels: tuple[list[str], ...]
    tops: tuple[float, ...]


def forest_plot(
    rows: Sequence[ForestRow],
    *,
    width: float,
    catalogue: Catalogue,
    axis_title: str,
    style: FigureStyle = PAPER,
    column_titles: Sequence[str] = (),
    estimate_title: str = "",
    null_value: float = 1.0,
    is_log: bool = True,
    decimals: int = 2,
    limits: tuple[float, float] | None = None,
    title: str = "",
) -> Drawing:
    """Rows in order, ``width`` points wide; a dashed line marks ``null_value``.

    The axis runs over ``limits``; by default it covers every estimate and at most four times (on a plain
    scale: the spread of the estimates) beyond.  An interval that goes further ends in an arrow, and an
    estimate beyond the axis is an arrow alone.
    Numbers stand at the right, once.  Names, one column and numbers need 220 points.
    """
    texts = ["" if row.estimate is None else estimate_text(row.estimate, catalogue, decimals) for row in rows]
    ends = limits or _limits(rows, null_value, is_log)
    layout = _layout(rows, texts, column_titles, estimate_title, width, ends, is_log)
    frame, box = layout.frame, layout.frame.box
    low, high = frame.x.low, frame.x.high
    ticks = log_ticks(low, high, max(3, int(box.width / 24))) if is_log else nice_ticks(low, high, 4)
    labels = log_tick_texts(ticks) if is_log else tick_texts(ticks)
    shapes = grid(frame, style, x_ticks=ticks)
    if low <= null_value <= high:
        null = frame.x(null_value)
        shapes.append(Line(null, box.top, null, box.bottom, style.edge, 0.8, (2.5, 2.0)))
    title_room = 2 * min((box.left + box.right) / 2, width - (box.left + box.right) / 2)
    shapes += x_axis(frame, ticks, labels, axis_title, style, title_room)
    shapes += _header(layout, column_titles, estimate_title, width, style)
    largest = max((row.weight for row in rows if row.weight), default=None)
    for number, row in enumerate(rows):
        top, end = layout.tops[number], layout.tops[number + 1]
        shapes += _words(row, texts[number], number, layout, width, style)
        if isinstance(row.estimate, Estimate):
            shapes += _effect(row, row.estimate, frame, (top + end) / 2, largest, style)
    return Drawing(width, box.bottom + bottom_room(axis_title, title_room), shapes, title or axis_title)


def _layout(
    rows: Sequence[ForestRow],
    texts: Sequence[str],
    column_titles: Sequence[str],
    estimate_title: str,
    width: float,
    limits: tuple[float, float],
    is_log: bool,
) -> _Layout:
    cell_widths = [
        max(
            text_width(heading, LABEL_SIZE, Face.SEMIBOLD),
            *(text_width(row.cells[place], LABEL_SIZE) for row in rows if len(row.cells) > place),
            0.0,
        )
        for place, heading in enumerate(column_titles)
    ]
    numbers = [
        text_width(text, LABEL_SIZE, _face(row))
        for row, text in zip(rows, texts, strict=True)
        if isinstance(row.estimate, Estimate)
    ]
    number_width = max(*numbers, text_width(estimate_title, LABEL_SIZE, Face.SEMIBOLD), 0.0)
    wanted = max((_label_width(row) for row in rows), default=0.0) + 1
    free = width - sum(cell_widths) - number_width - _GUTTER * (len(cell_widths) + 2)
    label_width = min(wanted, _LABEL_SHARE * width, free - _PLOT_SHARE * width)
    label_width = max(label_width, _NARROWEST_LABEL)
    rights: list[float] = []
    x = label_width
    for cell in cell_widths:
        x += _GUTTER + cell
        rights.append(x)
    labels = tuple(
        wrap(row.label, label_width - _INDENT * row.is_indented, LABEL_SIZE, _face(row)) for row in rows
    )
    top = LABEL_SIZE * LEADING + 6.0 if column_titles or estimate_title else 2.0
    tops = [top]
    for row, lines, text in zip(rows, labels, texts, strict=True):
        needed = len(lines)
        if isinstance(row.estimate, NotEstimable):
            needed = max(needed, len(wrap(text, width - x - _GUTTER - 4, LABEL_SIZE)))
        tops.append(tops[-1] + needed * LABEL_SIZE * LEADING + _ROW_ROOM)
    box = Box(x + _GUTTER + 4, top, max(x + _GUTTER + 44, width - number_width - _GUTTER), tops[-1] + 2)
    return _Layout(tuple(rights), panel(box, limits, (0, 1), log_x=is_log), labels, tuple(tops))


def _label_width(row: ForestRow) -> float:
    return text_width(row.label, LABEL_SIZE, _face(row)) + _INDENT * row.is_indented


def _face(row: ForestRow) -> Face:
    return Face.SEMIBOLD if row.is_heading or row.is_pooled else Face.REGULAR


def _limits(rows: Sequence[ForestRow], null_value: float, is_log: bool) -> tuple[float, float]:
    """What the axis covers."""
    shown = [row.estimate for row in rows if isinstance(row.estimate, Estimate)]
    values = [null_value, *(one.value for one in shown)]
    lows = [one.lower for one in shown if one.lower is not None] + values
    highs = [one.upper for one in shown if one.upper is not None] + values
    if is_log:
        low = max(min(low for low in lows if low > 0), min(v for v in values if v > 0) / _REACH)
        high = min(max(highs), max(values) * _REACH)
        return min(low, null_value / 1.5) / 1.06, max(high, null_value * 1.5) * 1.06
    spread = (max(values) - min(values)) or max(highs) - min(lows) or 1.0
    low, high = max(min(lows), min(values) - spread), min(max(highs), max(values) + spread)
    if high <= low:
        return low - spread, low + spread
    return low - 0.05 * (high - low), high + 0.05 * (high - low)


def _header(
    layout: _Layout, column_titles: Sequence[str], estimate_title: str, width: float, style: FigureStyle
) -> list[Shape]:
    shapes: list[Shape] = []
    titles: list[tuple[float, str]] = [*zip(layout.cell_rights, column_titles, strict=True)]
    for right, heading in [*titles, (width, estimate_title)]:
        shapes += lines_of_text([heading], right, 0.0, LABEL_SIZE, style.quiet, "end", Face.SEMIBOLD)
    if column_titles or estimate_title:
        y = LABEL_SIZE * LEADING + 3.0
        shapes.append(Line(0.0, y, width, y, style.edge, 0.5))
    return shapes


def _words(
    row: ForestRow,
    text: str,
    number: int,
    layout: _Layout,
    width: float,
    style: FigureStyle,
) -> list[Shape]:
    top, end = layout.tops[number], layout.tops[number + 1]

    def place(lines: Sequence[str], x: float, anchor: Anchor, colour: str, face: Face) -> list[Shape]:
        first = (top + end) / 2 - len(lines) * LABEL_SIZE * LEADING / 2
        return lines_of_text(lines, x, first, LABEL_SIZE, colour, anchor, face)

    left = _INDENT if row.is_indented else 0.0
    shapes = place(layout.labels[number], left, "start", style.ink, _face(row))
    for right, cell in zip(layout.cell_rights, row.cells, strict=False):
        shapes += place([cell], right, "end", style.ink, _face(row))
    if isinstance(row.estimate, Estimate):
        shapes += place([text], width, "end", style.ink, _face(row))
    if isinstance(row.estimate, NotEstimable):
        room = width - layout.frame.box.left
        lines = wrap(text, room, LABEL_SIZE)
        wide = max(text_width(line, LABEL_SIZE) for line in lines) + 4
        # The ground of the sheet keeps grid and null line out of the words.
        shapes.append(Rect(width - wide, top + 1, wide, end - top - 2, fill=style.ground))
        shapes += place(lines, width, "end", style.quiet, Face.REGULAR)
    return shapes


def _effect(
    row: ForestRow, one: Estimate, frame: Panel, y: float, largest: float | None, style: FigureStyle
) -> list[Shape]:
    """Interval and mark; what lies beyond the axis is cut off at its edge by an arrow."""
    colour = style.colour_of(0)
    low, high = frame.x.low, frame.x.high
    least = one.value if one.lower is None else one.lower
    most = one.value if one.upper is None else one.upper
    left, x, right = (frame.x(min(max(value, low), high)) for value in (least, one.value, most))
    is_within = low <= one.value <= high
    shapes: list[Shape] = []
    if row.is_pooled and is_within:
        shapes.append(Polygon(((left, y), (x, y - 4), (right, y), (x, y + 4)), fill=colour))
    elif left < right:
        shapes.append(Line(left, y, right, y, colour, 1.1))
    for end, value in ((left, least), (right, most)):
        if one.interval is not None and not row.is_pooled and low <= value <= high:
            shapes.append(Line(end, y - 2, end, y + 2, colour, 1.1))
    if min(least, one.value) < low:
        shapes.append(arrow_head(frame.x(low), y, _ARROW, colour, points_right=False))
    if max(most, one.value) > high:
        shapes.append(arrow_head(frame.x(high), y, _ARROW, colour, points_right=True))
    if row.is_pooled or not is_within:
        return shapes
    size = _PLAIN_MARK
    if largest and row.weight:
        size = max(_SMALLEST_MARK, _LARGEST_MARK * (row.weight / largest) ** 0.5)
    shapes.append(Rect(x - size / 2, y - size / 2, size, size, colour, style.ground, 0.5))
    return shapes
