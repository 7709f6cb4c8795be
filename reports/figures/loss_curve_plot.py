"""Loss over epochs, a panel per network with its folds: the learning part in full lines, the validation part
dashed with the epoch that was kept marked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, isfinite
from typing import Final

from inference.messages.catalogue import Catalogue
from reports.figures.axes import (
    CURVE_WIDTH,
    LEADING,
    TITLE_SIZE,
    Panel,
    bottom_room,
    grid,
    left_room,
    lines_of_text,
    panel,
    sentence,
    x_axis,
    y_axis,
)
from reports.figures.clipping import Box, Point
from reports.figures.drawing import Drawing, Shape
from reports.figures.legend import Entry, legend, legend_height
from reports.figures.marks import mark
from reports.figures.scale import nice_ticks, tick_texts
from reports.figures.style import PAPER, FigureStyle, mixed
from reports.fonts import Face
from reports.typesetting import wrap

_HEIGHT_BY_COLUMNS: Final = {1: 190.0, 2: 140.0, 3: 104.0}
_GAP: Final = 14.0
_HEADROOM: Final = 0.06
_VALIDATION_DASH: Final = (4.0, 2.0)
_LATER_ROUND: Final = 0.55
_LEARNING: Final = 0.45
"""Strength of the learning part's colour where a validation part is to stand out."""


@dataclass(frozen=True, slots=True)
class LossSeries:
    """One run under its name: (epoch, loss) of the learning part and, where it validates, of the other."""

    name: str
    training: tuple[Point, ...]
    validation: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class LossPanel:
    """Runs of one network, with losses on one scale; a run alone needs no name besides the title."""

    title: str
    series: tuple[LossSeries, ...]


def loss_curve_plot(
    panels: Sequence[LossPanel],
    *,
    width: float,
    catalogue: Catalogue,
    style: FigureStyle = PAPER,
    title: str = "",
) -> Drawing:
    """Panels in the order given, up to three in a row; losses that are not numbers are left out.

    A name has one colour in all panels.
    """
    names = dict.fromkeys(each.name for one in panels for each in one.series if each.name)
    colours = {"": _colour(0, style)} | {name: _colour(place, style) for place, name in enumerate(names)}
    entries = [Entry(name, colours[name]) for name in names]
    if any(each.validation for one in panels for each in one.series):
        entries.append(Entry(catalogue.text("figure.loss_training"), style.edge))
        lowest = catalogue.text("figure.loss_validation")
        entries.append(Entry(lowest, style.edge, _VALIDATION_DASH, mark="circle"))
    columns = 2 if len(panels) == 4 else min(max(1, len(panels)), 3)
    across = (width - _GAP * (columns - 1)) / columns
    shapes: list[Shape] = legend(entries, 0.0, 0.0, width, style) if entries else []
    top = legend_height(entries, width) + 6.0 if entries else 0.0
    for row in range(ceil(len(panels) / columns)):
        bottoms = [top]
        own = panels[row * columns : (row + 1) * columns]
        lines = max(len(_title(one, across)) for one in own)
        for column, one in enumerate(own):
            left = column * (across + _GAP)
            frame = Box(left, top, left + across, top + _HEIGHT_BY_COLUMNS[columns])
            drawn, bottom = _panel(one, frame, lines, colours, catalogue, style)
            shapes += drawn
            bottoms.append(bottom)
        top = max(bottoms) + 6.0
    return Drawing(width, top, shapes, title or catalogue.text("figure.loss"))


def _panel(
    one: LossPanel,
    room: Box,
    lines: int,
    colours: Mapping[str, str],
    catalogue: Catalogue,
    style: FigureStyle,
) -> tuple[list[Shape], float]:
    """A titled panel whose plot is as high as ``room``, and where it ends below."""
    x_title, y_title = catalogue.text("figure.epoch"), catalogue.text("figure.loss")
    points = [p for each in one.series for p in (*each.training, *each.validation) if isfinite(p[1])]
    low, high = _limits([loss for _, loss in points])
    last = max((epoch for epoch, _ in points), default=1.0)
    y_ticks = nice_ticks(low, high, 5 if room.height > 120 else 4)
    labels = tick_texts(y_ticks)
    left = room.left + left_room(labels, y_title) + 2.0
    top = room.top + lines * TITLE_SIZE * LEADING + 3.0
    box = Box(left, top, room.right - 8.0, top + room.height)
    frame = panel(box, (0.0 if last < 2 else 1.0, max(last, 1.0)), (low, high))
    count = 8 if box.width > 250 else 4
    x_ticks = [tick for tick in nice_ticks(frame.x.low, last, count) if tick == int(tick) and tick >= 1]
    shapes: list[Shape] = lines_of_text(
        _title(one, room.width), left, room.top, TITLE_SIZE, style.ink, face=Face.SEMIBOLD
    )
    shapes += grid(frame, style, y_ticks=y_ticks)
    if not points:
        shapes += sentence(box, catalogue.text("figure.no_epoch"), style)
    for each in one.series:
        shapes += _run(each, frame, colours[each.name], style)
    shapes += y_axis(frame, y_ticks, labels, y_title, style)
    shapes += x_axis(frame, x_ticks, tick_texts(x_ticks), x_title, style)
    return shapes, box.bottom + bottom_room(x_title, box.width)


def _title(one: LossPanel, width: float) -> list[str]:
    return wrap(one.title, width - 40.0, TITLE_SIZE, Face.SEMIBOLD) if one.title else []


def _limits(losses: Sequence[float]) -> tuple[float, float]:
    """Room around the losses, never below zero where no loss is."""
    low, high = min(losses, default=0.0), max(losses, default=1.0)
    room = _HEADROOM * ((high - low) or max(abs(high), 1.0))
    return max(0.0, low - room) if low >= 0 else low - room, high + room


def _run(each: LossSeries, frame: Panel, colour: str, style: FigureStyle) -> list[Shape]:
    training = [point for point in each.training if isfinite(point[1])]
    validation = [point for point in each.validation if isfinite(point[1])]
    shapes: list[Shape] = []
    learning = mixed(colour, style.ground, _LEARNING) if validation else colour
    for points, tint, dash in ((training, learning, ()), (validation, colour, _VALIDATION_DASH)):
        if len(points) > 1:
            shapes += frame.curve(points, tint, CURVE_WIDTH, dash)
    if len(training) == 1:
        shapes.append(
            mark("ring", frame.x(training[0][0]), frame.y(training[0][1]), 4.0, colour, style.ground)
        )
    if validation:
        epoch, loss = min(validation, key=lambda point: point[1])
        shapes.append(mark("circle", frame.x(epoch), frame.y(loss), 5.0, colour, style.ground))
    return shapes


def _colour(place: int, style: FigureStyle) -> str:
    """Colours in turn; a second round is paler, dashes being taken."""
    colour = style.colour_of(place)
    return colour if place < len(style.series) else mixed(colour, style.ground, _LATER_ROUND)
