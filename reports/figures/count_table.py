"""Rows of numbers under a plot, each number below the tick that it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reports.figures.axes import LABEL_SIZE, LEADING, MIDDLE
from reports.figures.clipping import Box
from reports.figures.drawing import Shape, Text
from reports.figures.legend import Entry, swatch
from reports.figures.style import FigureStyle
from reports.fonts import Face
from reports.typesetting import text_width, wrap

_LINE: Final = LABEL_SIZE * LEADING + 1.0
_GAP: Final = 4.0
_BESIDE: Final = 0.27


@dataclass(frozen=True, slots=True)
class CountRow:
    """Numbers under the ticks; ``entry`` names the series, None where there is but one."""

    numbers: tuple[int | None, ...]
    entry: Entry | None = None


def names_room(rows: Sequence[CountRow], heading: str, width: float) -> float:
    """Width that names beside the numbers take; 0 where they are too long and stand above their numbers."""
    widest = max((_entry_width(row.entry) for row in rows if row.entry), default=0.0)
    if not any(row.entry for row in rows):
        widest = text_width(heading, LABEL_SIZE, Face.SEMIBOLD)
    first = max((text_width(str(row.numbers[0]), LABEL_SIZE) for row in rows if row.numbers), default=0.0)
    room = widest + 2 * _GAP + first / 2
    return room if room <= _BESIDE * width else 0.0


def _entry_width(entry: Entry) -> float:
    return entry.width + _GAP + text_width(entry.name, LABEL_SIZE)


def table_height(rows: Sequence[CountRow], heading: str, box: Box, width: float) -> float:
    """Height of ``count_table``."""
    if names_room(rows, heading, width):
        return _LINE * (len(rows) + (1 if any(row.entry for row in rows) else 0))
    return _LINE * (1 + sum(1 + len(_lines(row, width - box.left)) for row in rows))


def _lines(row: CountRow, width: float) -> list[str]:
    return wrap(row.entry.name, width - row.entry.width - _GAP, LABEL_SIZE) if row.entry else []


def count_table(
    rows: Sequence[CountRow],
    places: Sequence[float],
    heading: str,
    box: Box,
    top: float,
    width: float,
    style: FigureStyle,
) -> list[Shape]:
    """Rows from ``top`` on, numbers centred on ``places``; ``box`` is the panel above.

    Names stand beside their numbers, at the left edge of the sheet, or above them where they are long.
    """
    is_beside = names_room(rows, heading, width) > 0
    has_names = any(row.entry for row in rows)
    shapes: list[Shape] = []
    y = top + _LINE / 2
    if has_names or not is_beside:
        left = 0.0 if is_beside else box.left
        shapes.append(_text(left, y, heading, style.ink, Face.SEMIBOLD))
        y += _LINE
    else:
        shapes.append(_text(0.0, y, heading, style.ink, Face.SEMIBOLD))
    for row in rows:
        if row.entry is not None:
            left = 0.0 if is_beside else box.left
            shapes += swatch(row.entry, left, y, style)
            names = [row.entry.name] if is_beside else _lines(row, width - left)
            for name in names:
                shapes.append(_text(left + row.entry.width + _GAP, y, name, style.ink))
                y += 0.0 if is_beside else _LINE
        for x, number in zip(places, row.numbers, strict=True):
            shown = "–" if number is None else str(number)
            baseline = y + LABEL_SIZE * MIDDLE
            shapes.append(Text(x, baseline, shown, LABEL_SIZE, style.ink, "middle"))
        y += _LINE
    return shapes


def _text(x: float, y: float, text: str, colour: str, face: Face = Face.REGULAR) -> Text:
    return Text(x, y + LABEL_SIZE * MIDDLE, text, LABEL_SIZE, colour, "start", face)
