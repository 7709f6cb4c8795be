"""A confusion matrix: counts and shares of each actual class, darker where the share is larger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from inference.messages.catalogue import Catalogue
from reports.figures.axes import LABEL_SIZE, LEADING, MIDDLE, TITLE_SIZE, lines_of_text
from reports.figures.drawing import Drawing, Rect, Shape, Text
from reports.figures.style import PAPER, FigureStyle, contrast, mixed
from reports.fonts import Face
from reports.typesetting import text_width, wrap

_LARGEST_CELL: Final = 92.0
_CELL_HEIGHT: Final = 46.0
_NAME_SHARE: Final = 0.24
_COUNT_SIZE: Final = 13.0
_GAP: Final = 1.5
_DEEPEST: Final = 0.6


def confusion_matrix_plot(
    counts: Sequence[Sequence[int]],
    classes: Sequence[str],
    *,
    width: float,
    catalogue: Catalogue,
    style: FigureStyle = PAPER,
    title: str = "",
) -> Drawing:
    """``counts[actual][predicted]`` with the names of the classes in that order.

    The percentage in a cell is its share of the row, so that rows add to 100 %; a class that nobody has
    shows a dash.  Correct cells carry a frame, so that grey print tells them from the others.
    """
    up = TITLE_SIZE * LEADING + 4.0
    totals = [sum(row) for row in counts]
    sums = [catalogue.text("figure.count", count=total) for total in totals]
    wanted = max(
        *(text_width(name, LABEL_SIZE, Face.SEMIBOLD) for name in classes),
        *(text_width(text, LABEL_SIZE) for text in sums),
    )
    name_width = min(wanted + 2, max(_NAME_SHARE * width, 40.0))
    names = up + name_width + 8.0
    cell = min(_LARGEST_CELL, (width - names) / len(classes))
    edge = (width - names - cell * len(classes)) / 2
    left = edge + names
    columns = [wrap(name, cell - 4, LABEL_SIZE, Face.SEMIBOLD) for name in classes]
    header = max(len(lines) for lines in columns) * LABEL_SIZE * LEADING
    top = up + header + 4.0
    shapes: list[Shape] = []
    middle = left + cell * len(classes) / 2
    predicted = catalogue.text("figure.predicted")
    shapes.append(Text(middle, TITLE_SIZE + 1, predicted, TITLE_SIZE, style.ink, "middle"))
    side = catalogue.text("figure.actual")
    half = top + _CELL_HEIGHT * len(classes) / 2
    shapes.append(Text(edge + TITLE_SIZE + 1, half, side, TITLE_SIZE, style.ink, "middle", is_upright=True))
    for place, lines in enumerate(columns):
        x = left + (place + 0.5) * cell
        first = top - 4.0 - len(lines) * LABEL_SIZE * LEADING
        shapes += lines_of_text(lines, x, first, LABEL_SIZE, style.ink, "middle", Face.SEMIBOLD)
    for number, row in enumerate(counts):
        y = top + number * _CELL_HEIGHT
        lines = wrap(classes[number], name_width, LABEL_SIZE, Face.SEMIBOLD)
        first = y + _CELL_HEIGHT / 2 - (len(lines) + 1) * LABEL_SIZE * LEADING / 2
        right = left - 7.0
        shapes += lines_of_text(lines, right, first, LABEL_SIZE, style.ink, "end", Face.SEMIBOLD)
        below = first + len(lines) * LABEL_SIZE * LEADING
        shapes += lines_of_text([sums[number]], right, below, LABEL_SIZE, style.quiet, "end")
        for place, count in enumerate(row):
            share = count / totals[number] if totals[number] else None
            x = left + place * cell
            shapes += _cell(x, y, cell, count, share, catalogue, style, is_correct=place == number)
    return Drawing(width, top + _CELL_HEIGHT * len(classes) + 2.0, shapes, title or predicted)


def _cell(
    x: float,
    y: float,
    cell: float,
    count: int,
    share: float | None,
    catalogue: Catalogue,
    style: FigureStyle,
    *,
    is_correct: bool,
) -> list[Shape]:
    depth = _DEEPEST * (share or 0.0)
    tint = mixed(style.colour_of(0), style.ground, 0.06 + depth)
    ink = max(style.ink, style.ground, key=lambda colour: contrast(colour, tint))
    middle = y + _CELL_HEIGHT / 2
    wide = text_width(str(count), _COUNT_SIZE, Face.SEMIBOLD)
    size = _COUNT_SIZE * min(1.0, (cell - 8.0) / wide)
    text = "–" if share is None else catalogue.text("report.percent", value=f"{100 * share:.1f}")
    shapes: list[Shape] = [
        Rect(x + _GAP / 2, y + _GAP / 2, cell - _GAP, _CELL_HEIGHT - _GAP, tint),
        Text(x + cell / 2, middle + 1.0, str(count), size, ink, "middle", Face.SEMIBOLD),
        Text(x + cell / 2, middle + 6.0 + LABEL_SIZE * 2 * MIDDLE, text, LABEL_SIZE, ink, "middle"),
    ]
    if is_correct:
        shapes.append(
            Rect(
                x + 2.5,
                y + 2.5,
                cell - 5,
                _CELL_HEIGHT - 5,
                stroke=ink if share else style.edge,
                stroke_width=0.8,
            )
        )
    return shapes
