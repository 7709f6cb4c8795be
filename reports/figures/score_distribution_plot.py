"""Scores of each class: every patient as a point or, where there are many, bars, above a box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from inference.messages.catalogue import Catalogue
from inference.statistics.outcomes import Floats
from reports.figures.axes import (
    LABEL_SIZE,
    LEADING,
    Panel,
    bottom_room,
    grid,
    lines_of_text,
    panel,
    sentence,
    x_axis,
)
from reports.figures.clipping import Box
from reports.figures.drawing import Anchor, Drawing, Line, Rect, Shape, Text
from reports.figures.marks import Mark, mark
from reports.figures.scale import nice_ticks, tick_texts
from reports.figures.style import PAPER, FigureStyle, mixed
from reports.fonts import Face
from reports.typesetting import text_width, wrap

_ROW: Final = 58.0
_BOX: Final = 8.0
_POINT: Final = 3.8
_NAME_SHARE: Final = 0.28
_MOST_POINTS: Final = 160
_BINS: Final = 30
_MARKS: Final[tuple[Mark, ...]] = ("diamond", "ring", "triangle", "square")


@dataclass(frozen=True, slots=True, eq=False)
class ScoreGroup:
    """The scores (n,) of one class, under its name."""

    name: str
    scores: Floats


def score_distribution_plot(
    groups: Sequence[ScoreGroup],
    *,
    width: float,
    catalogue: Catalogue,
    style: FigureStyle = PAPER,
    axis_title: str = "",
    limits: tuple[float, float] | None = (0.0, 1.0),
    threshold: float | None = None,
    threshold_label: str = "",
    title: str = "",
) -> Drawing:
    """One row for each group on one scale; ``limits`` None takes the range of the scores.

    Box: quartiles (type 7) and median; whiskers: smallest and largest score.  Above it one point a patient,
    stacked where scores lie together; for more than 160 patients in a group, bars of 30 bins to one scale.
    The dashed line is the threshold.
    """
    axis_title = axis_title or catalogue.text("figure.score")
    names = [(group.name, catalogue.text("figure.count", count=len(group.scores))) for group in groups]
    wanted = max((_name_width(name) for name in names), default=0.0)
    left = min(wanted + 2, _NAME_SHARE * width) + 8.0
    top = LABEL_SIZE * LEADING + 5.0 if threshold_label else 4.0
    lines = [wrap(name, left - 8.0, LABEL_SIZE, Face.SEMIBOLD) for name, _ in names]
    rows = [max(_ROW, (len(each) + 2) * LABEL_SIZE * LEADING) for each in lines]
    box = Box(left, top, width - 8.0, top + (sum(rows) or _ROW))
    height = box.bottom + bottom_room(axis_title, box.width)
    scores = np.concatenate([group.scores for group in groups]) if groups else np.empty(0)
    if not scores.size:
        empty = catalogue.text("figure.nobody")
        return Drawing(width, height, sentence(box, empty, style), title or axis_title)
    low, high = limits if limits is not None else _range(scores)
    frame = panel(box, (low, high), (0, 1))
    ticks = nice_ticks(low, high, max(2, min(6, int(box.width / 34))))
    shapes = grid(frame, style, x_ticks=ticks)
    shapes += x_axis(frame, ticks, tick_texts(ticks), axis_title, style)
    tallest = _tallest(groups, low, high)
    bottom = box.top
    for number, group in enumerate(groups):
        middle = bottom + rows[number] / 2
        bottom += rows[number]
        shapes += _row(group, number, frame, bottom, tallest, style)
        shapes += _names(lines[number], names[number][1], middle, style)
    if threshold is not None and frame.x.holds(threshold):
        shapes += _threshold(frame, threshold, threshold_label, style)
    return Drawing(width, height, shapes, title or axis_title)


def _name_width(name: Sequence[str]) -> float:
    return max(text_width(name[0], LABEL_SIZE, Face.SEMIBOLD), text_width(name[1], LABEL_SIZE))


def _range(scores: Floats) -> tuple[float, float]:
    low, high = float(scores.min()), float(scores.max())
    room = 0.04 * ((high - low) or 1.0)
    return low - room, high + room


def _binned(scores: Floats, low: float, high: float) -> tuple[Floats, Floats]:
    counts, edges = np.histogram(scores, bins=_BINS, range=(low, high))
    return counts.astype(float), edges


def _tallest(groups: Sequence[ScoreGroup], low: float, high: float) -> float:
    """The largest share of a group in one bin: bars of all groups are to one scale."""
    return max(
        (_binned(g.scores, low, high)[0].max() / len(g.scores) for g in groups if len(g.scores)), default=1.0
    )


def _names(lines: Sequence[str], count: str, middle: float, style: FigureStyle) -> list[Shape]:
    first = middle - (len(lines) + 1) * LABEL_SIZE * LEADING / 2
    below = first + len(lines) * LABEL_SIZE * LEADING
    return [
        *lines_of_text(lines, 0.0, first, LABEL_SIZE, style.ink, face=Face.SEMIBOLD),
        *lines_of_text([count], 0.0, below, LABEL_SIZE, style.quiet),
    ]


def _row(
    group: ScoreGroup, number: int, frame: Panel, bottom: float, tallest: float, style: FigureStyle
) -> list[Shape]:
    if not len(group.scores):
        return []
    colour = style.colour_of(number)
    tint = mixed(colour, style.ground, 0.25)
    middle = bottom - _BOX / 2 - 4.0
    floor, ceiling = middle - _BOX / 2 - 4.0, bottom - _ROW + 4.0
    least, first, median, third, most = (
        frame.x(min(max(float(q), frame.x.low), frame.x.high))
        for q in np.quantile(group.scores, (0, 0.25, 0.5, 0.75, 1))
    )
    shapes: list[Shape] = [
        Line(least, middle, first, middle, colour, 0.9),
        Line(third, middle, most, middle, colour, 0.9),
        Rect(first, middle - _BOX / 2, third - first, _BOX, tint, colour, 0.9),
        Line(median, middle - _BOX / 2, median, middle + _BOX / 2, colour, 1.8),
    ]
    if len(group.scores) > _MOST_POINTS:
        return shapes + _bars(group, frame, floor, ceiling, tallest, tint, colour)
    return shapes + _points(group, number, frame, floor, ceiling, colour, style)


def _bars(
    group: ScoreGroup, frame: Panel, floor: float, ceiling: float, tallest: float, tint: str, colour: str
) -> list[Shape]:
    counts, edges = _binned(group.scores, frame.x.low, frame.x.high)
    shapes: list[Shape] = []
    for count, start, end in zip(counts, edges, edges[1:], strict=False):
        if count:
            height = (floor - ceiling) * count / len(group.scores) / tallest
            x = frame.x(float(start))
            shapes.append(Rect(x, floor - height, frame.x(float(end)) - x, height, tint, colour, 0.6))
    return shapes


def _points(
    group: ScoreGroup,
    number: int,
    frame: Panel,
    floor: float,
    ceiling: float,
    colour: str,
    style: FigureStyle,
) -> list[Shape]:
    """Points stacked from the floor in columns one point wide; tall columns are pressed together."""
    columns: dict[int, list[float]] = {}
    for score in sorted(float(score) for score in group.scores):
        x = frame.x(min(max(score, frame.x.low), frame.x.high))
        columns.setdefault(round((x - frame.box.left) / _POINT), []).append(x)
    tallest = max(len(column) for column in columns.values())
    step = min(_POINT * 1.05, (floor - ceiling - _POINT) / max(1, tallest - 1))
    kind = _MARKS[number % len(_MARKS)]
    return [
        mark(kind, x, floor - _POINT / 2 - level * step, _POINT, colour, style.ground)
        for column in columns.values()
        for level, x in enumerate(column)
    ]


def _threshold(frame: Panel, threshold: float, label: str, style: FigureStyle) -> list[Shape]:
    x, box = frame.x(threshold), frame.box
    shapes: list[Shape] = [Line(x, box.top, x, box.bottom, style.cutoff, 0.9, (3.0, 2.0))]
    if label:
        half = text_width(label, LABEL_SIZE) / 2
        anchor: Anchor = "start" if x - half < 0 else "end" if x + half > box.right + 8 else "middle"
        shapes.append(Text(x, box.top - 4.0, label, LABEL_SIZE, style.ink, anchor))
    return shapes
