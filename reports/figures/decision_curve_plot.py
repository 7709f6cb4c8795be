"""Decision curves: net benefit over threshold probabilities, beside treating all and treating none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from inference.messages.catalogue import Catalogue
from inference.statistics.outcomes import Bools
from inference.statistics.utility.decision_curve import DecisionCurve
from reports.figures.axes import CURVE_WIDTH, bottom_room, grid, left_room, panel, sentence, x_axis, y_axis
from reports.figures.clipping import Box, Point
from reports.figures.drawing import Drawing, Shape
from reports.figures.legend import Entry, legend, legend_height
from reports.figures.scale import nice_ticks, tick_texts
from reports.figures.style import PAPER, FigureStyle, mixed

_LOWEST: Final = 130.0
_HIGHEST: Final = 210.0
_SHAPE: Final = 0.5
_HEADROOM: Final = 1.12
_BELOW_ZERO: Final = 0.28
_ALL_DASH: Final = (1.2, 2.2)
_NONE_DASH: Final = (8.0, 3.0, 1.2, 3.0, 1.2, 3.0)
_PALE: Final = 0.4


@dataclass(frozen=True, slots=True, eq=False)
class DecisionSeries:
    """One model under its name."""

    name: str
    curve: DecisionCurve


def decision_curve_plot(
    series: Sequence[DecisionSeries],
    *,
    width: float,
    catalogue: Catalogue,
    style: FigureStyle = PAPER,
    title: str = "",
) -> Drawing:
    """Net benefit per patient; treating none is the line at 0, treating all that of the first curve.

    The axis ends a little below 0: curves that fall further are cut there.  Where follow-up of the treated
    ends before the horizon a curve is pale.
    """
    y_title = catalogue.text("figure.net_benefit")
    x_title = catalogue.text("figure.threshold_probability")
    entries = [Entry(s.name, style.colour_of(p), style.dash_of(p)) for p, s in enumerate(series)]
    entries.append(Entry(catalogue.text("figure.treat_all"), style.edge, _ALL_DASH))
    entries.append(Entry(catalogue.text("figure.treat_none"), style.quiet, _NONE_DASH))
    if any(each.curve.is_extrapolated.any() for each in series):
        pale = mixed(style.colour_of(0), style.ground, _PALE)
        entries.append(Entry(catalogue.text("figure.follow_up_ends"), pale))
    thresholds = [t for each in series for t in each.curve.thresholds.tolist()]
    benefits = [b for each in series for b in (*each.curve.net_benefit, *each.curve.treat_all)]
    most = max(max(map(float, benefits), default=0.0), 0.01)
    limits = (min(thresholds, default=0.0), max(thresholds, default=1.0))
    low, high = -_BELOW_ZERO * most, most * _HEADROOM
    y_ticks = nice_ticks(low, high, 5)
    labels = tick_texts(y_ticks)
    left = left_room(labels, y_title) + 2.0
    top = legend_height(entries, width - left) + 5.0
    height = min(_HIGHEST, max(_LOWEST, _SHAPE * (width - left)))
    box = Box(left, top, width - 8.0, top + height)
    frame = panel(box, limits, (low, high))
    x_ticks = nice_ticks(*limits, max(2, min(10, int(box.width / 30))))
    shapes: list[Shape] = legend(entries, left, 0.0, width - left, style)
    shapes += grid(frame, style, y_ticks=y_ticks)
    shapes += frame.curve([(limits[0], 0.0), (limits[1], 0.0)], style.quiet, 0.9, _NONE_DASH)
    if series:
        shapes += frame.curve(_points(series[0].curve, all_treated=True), style.edge, 1.0, _ALL_DASH)
    else:
        shapes += sentence(box, catalogue.text("figure.nobody"), style)
    for each, entry in zip(series, entries, strict=False):
        points = _points(each.curve)
        for start, stop, is_pale in _stretches(each.curve.is_extrapolated):
            colour = mixed(entry.colour, style.ground, _PALE) if is_pale else entry.colour
            shapes += frame.curve(points[start : stop + 1], colour, CURVE_WIDTH, entry.dash)
    shapes += y_axis(frame, y_ticks, labels, y_title, style)
    shapes += x_axis(frame, x_ticks, tick_texts(x_ticks, 100), x_title, style)
    return Drawing(width, box.bottom + bottom_room(x_title, box.width), shapes, title or y_title)


def _points(curve: DecisionCurve, *, all_treated: bool = False) -> list[Point]:
    values = curve.treat_all if all_treated else curve.net_benefit
    return list(zip(curve.thresholds.tolist(), values.tolist(), strict=True))


def _stretches(is_pale: Bools) -> list[tuple[int, int, bool]]:
    """First and last place of each stretch of one kind; neighbours meet, and the joint is pale."""
    if len(is_pale) < 2:
        return []
    between = is_pale[:-1] | is_pale[1:]
    starts = [0, *(np.flatnonzero(np.diff(between.astype(int))) + 1).tolist()]
    stops = [*starts[1:], len(between)]
    return [(start, stop, bool(between[start])) for start, stop in zip(starts, stops, strict=True)]
