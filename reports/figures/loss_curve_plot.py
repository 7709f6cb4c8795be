"""Loss over epochs: the learning part in full lines, the validation part dashed, its lowest point marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Final

from inference.messages.catalogue import Catalogue
from reports.figures.axes import (
    CURVE_WIDTH,
    Panel,
    bottom_room,
    grid,
    left_room,
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

_HEIGHT: Final = 190.0
_HEADROOM: Final = 0.06
_VALIDATION_DASH: Final = (4.0, 2.0)
_LATER_ROUND: Final = 0.55


@dataclass(frozen=True, slots=True)
class LossSeries:
    """One run under its name: (epoch, loss) of the learning part and, where it validates, of the other."""

    name: str
    training: tuple[Point, ...]
    validation: tuple[Point, ...] = ()


def loss_curve_plot(
    series: Sequence[LossSeries],
    *,
    width: float,
    catalogue: Catalogue,
    style: FigureStyle = PAPER,
    title: str = "",
) -> Drawing:
    """Runs in the order given; losses that are not numbers are left out."""
    x_title, y_title = catalogue.text("figure.epoch"), catalogue.text("figure.loss")
    entries = [Entry(each.name, _colour(place, style)) for place, each in enumerate(series)]
    if any(each.validation for each in series):
        entries.append(Entry(catalogue.text("figure.loss_training"), style.edge))
        lowest = catalogue.text("figure.loss_validation")
        entries.append(Entry(lowest, style.edge, _VALIDATION_DASH, mark="circle"))
    points = [point for each in series for point in (*each.training, *each.validation) if isfinite(point[1])]
    losses = [loss for _, loss in points]
    low, high = min(losses, default=0.0), max(losses, default=1.0)
    room = _HEADROOM * ((high - low) or max(abs(high), 1.0))
    low = max(0.0, low - room) if low >= 0 else low - room
    last = max((epoch for epoch, _ in points), default=1.0)
    y_ticks = nice_ticks(low, high + room, 5)
    labels = tick_texts(y_ticks)
    left = left_room(labels, y_title) + 2.0
    top = legend_height(entries, width - left - 8.0) + 6.0
    box = Box(left, top, width - 8.0, top + _HEIGHT)
    frame = panel(box, (0.0 if last < 2 else 1.0, max(last, 1.0)), (low, high + room))
    x_ticks = [tick for tick in nice_ticks(frame.x.low, last, 8) if tick == int(tick) and tick >= 1]
    shapes: list[Shape] = legend(entries, left, 0.0, width - left - 8.0, style)
    shapes += grid(frame, style, y_ticks=y_ticks)
    if not points:
        shapes += sentence(box, catalogue.text("figure.no_epoch"), style)
    for place, each in enumerate(series):
        shapes += _run(each, frame, _colour(place, style), style)
    shapes += y_axis(frame, y_ticks, labels, y_title, style)
    shapes += x_axis(frame, x_ticks, tick_texts(x_ticks), x_title, style)
    return Drawing(width, box.bottom + bottom_room(x_title, box.width), shapes, title or y_title)


def _run(each: LossSeries, frame: Panel, colour: str, style: FigureStyle) -> list[Shape]:
    training = [point for point in each.training if isfinite(point[1])]
    validation = [point for point in each.validation if isfinite(point[1])]
    shapes: list[Shape] = []
    for points, dash in ((training, ()), (validation, _VALIDATION_DASH)):
        if len(points) > 1:
            shapes += frame.curve(points, colour, CURVE_WIDTH, dash)
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
