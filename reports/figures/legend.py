"""Names of curves: beside the ends of the curves where there is room, otherwise in rows above the plot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reports.figures.axes import CURVE_WIDTH, LABEL_SIZE, LEADING, MIDDLE
from reports.figures.clipping import Box
from reports.figures.drawing import Line, Polygon, Shape, Text
from reports.figures.marks import Mark, hatch, mark
from reports.figures.style import FigureStyle
from reports.typesetting import text_width, wrap

SWATCH: Final = 16.0
_POINT: Final = 8.0
_SWATCH_GAP: Final = 4.0
_ENTRY_GAP: Final = 12.0
_LINE: Final = LABEL_SIZE * LEADING + 1.5
_BAND: Final = 0.16
_NARROW: Final = 300.0


@dataclass(frozen=True, slots=True)
class Entry:
    """A name with the look of its series: a line, a line with a point, a point alone.

    ``hatching`` is the colour of strokes over a square.
    """

    name: str
    colour: str
    dash: tuple[float, ...] = ()
    mark: Mark | None = None
    has_line: bool = True
    has_band: bool = False
    hatching: str | None = None

    @property
    def width(self) -> float:
        """Width of the look: a point needs less than a line."""
        return SWATCH if self.has_line or self.has_band else _POINT


def legend_rows(entries: Sequence[Entry], width: float) -> list[list[tuple[Entry, list[str]]]]:
    """Entries in rows that fit ``width``; a name that is longer than a row is broken into lines."""
    rows: list[list[tuple[Entry, list[str]]]] = []
    used = 0.0
    for entry in entries:
        lines = wrap(entry.name, width - entry.width - _SWATCH_GAP, LABEL_SIZE)
        wide = _entry_width(entry, lines)
        if rows and used + wide <= width:
            rows[-1].append((entry, lines))
        else:
            rows.append([(entry, lines)])
            used = 0.0
        used += wide + _ENTRY_GAP
    return rows


def legend_height(entries: Sequence[Entry], width: float) -> float:
    """Height of ``legend`` for these entries."""
    return sum(_row_height(row) for row in legend_rows(entries, width))


def legend(
    entries: Sequence[Entry], left: float, top: float, width: float, style: FigureStyle
) -> list[Shape]:
    """Rows of entries, the first beginning at ``top``."""
    shapes: list[Shape] = []
    for row in legend_rows(entries, width):
        x = left
        for entry, lines in row:
            shapes += swatch(entry, x, top + _LINE / 2, style)
            for number, line in enumerate(lines):
                y = top + _LINE * (number + 0.5) + LABEL_SIZE * MIDDLE
                shapes.append(Text(x + entry.width + _SWATCH_GAP, y, line, LABEL_SIZE, style.ink))
            x += _entry_width(entry, lines) + _ENTRY_GAP
        top += _row_height(row)
    return shapes


def _entry_width(entry: Entry, lines: Sequence[str]) -> float:
    return entry.width + _SWATCH_GAP + max(text_width(line, LABEL_SIZE) for line in lines)


def _row_height(row: Sequence[tuple[Entry, list[str]]]) -> float:
    return max(len(lines) for _, lines in row) * _LINE


def swatch(entry: Entry, x: float, y: float, style: FigureStyle) -> list[Shape]:
    """The look of a series from ``x`` on, centred on ``y``."""
    shapes: list[Shape] = []
    if entry.has_band:
        corners = ((x, y - 3), (x + SWATCH, y - 3), (x + SWATCH, y + 3), (x, y + 3))
        shapes.append(Polygon(corners, fill=entry.colour, fill_opacity=_BAND))
    if entry.has_line:
        shapes.append(Line(x, y, x + SWATCH, y, entry.colour, CURVE_WIDTH, entry.dash))
    if entry.mark is not None:
        size = 5.0 if entry.has_line else _POINT - 1
        shapes.append(mark(entry.mark, x + entry.width / 2, y, size, entry.colour, style.ground))
    if entry.hatching is not None:
        reach = (_POINT - 1) * 0.45
        middle = x + entry.width / 2
        box = Box(middle - reach, y - reach, middle + reach, y + reach)
        shapes += hatch(box, entry.hatching, gap=2.0)
    return shapes


def labels_room(entries: Sequence[Entry], width: float) -> float:
    """Width of the names beside the curves, or 0 where they belong into a legend above.

    Names stand beside where the longest takes at most a quarter of the figure and the figure is not narrow.
    """
    widest = max((text_width(entry.name, LABEL_SIZE) for entry in entries), default=0.0)
    room = widest + SWATCH + 2.5 * _SWATCH_GAP
    return room if room <= width / 4 and width >= _NARROW else 0.0


def direct_labels(
    entries: Sequence[Entry],
    ends: Sequence[float],
    x: float,
    limits: tuple[float, float],
    style: FigureStyle,
) -> list[Shape]:
    """Names to the right of ``x``, each at the height where its curve ends, moved apart to be readable."""
    shapes: list[Shape] = []
    for entry, y in zip(entries, spread_apart(ends, _LINE, *limits), strict=True):
        shapes += swatch(entry, x + _SWATCH_GAP, y, style)
        left = x + SWATCH + 2 * _SWATCH_GAP
        shapes.append(Text(left, y + LABEL_SIZE * MIDDLE, entry.name, LABEL_SIZE, style.ink))
    return shapes


def spread_apart(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """``places`` moved as little as need be to lie at least ``gap`` apart within [low, high], order kept.

    Where there is no room for that, they are spaced evenly.
    """
    order = sorted(range(len(places)), key=lambda place: places[place])
    if not order:
        return []
    gap = min(gap, (high - low) / max(1, len(order) - 1)) if len(order) > 1 else gap
    # Pools of neighbours share one mean shift, as in isotonic regression.
    pools: list[tuple[float, int]] = []
    for rank, place in enumerate(order):
        pools.append((places[place] - rank * gap, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (above, m), (below, n) = pools[-2:]
            pools[-2:] = [((above * m + below * n) / (m + n), m + n)]
    shifts = [shift for shift, count in pools for _ in range(count)]
    top = high - (len(order) - 1) * gap
    moved = [0.0] * len(places)
    for rank, place in enumerate(order):
        moved[place] = min(max(shifts[rank], low), max(low, top)) + rank * gap
    return moved
