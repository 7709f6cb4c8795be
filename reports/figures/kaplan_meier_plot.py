"""Kaplan–Meier curves with bands, censored patients, horizons, and who was at risk under the axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from inference.messages.catalogue import Catalogue
from inference.statistics.outcomes import Floats
from inference.statistics.reasons import NotEstimable
from inference.statistics.survival.kaplan_meier import KaplanMeier
from reports.figures.axes import (
    CURVE_WIDTH,
    LABEL_SIZE,
    LEADING,
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
from reports.figures.clipping import Box, Point, steps
from reports.figures.count_table import CountRow, count_table, names_room, table_height
from reports.figures.drawing import Circle, Drawing, Line, Shape
from reports.figures.legend import Entry, direct_labels, labels_room, legend, legend_height
from reports.figures.notes import note_lines, notes_corner, notes_in
from reports.figures.scale import month_ticks, nice_ticks, tick_texts
from reports.figures.style import PAPER, FigureStyle
from reports.typesetting import wrap

TimeUnit = Literal["months", "years", "days", "weeks", "unstated"]

_LOWEST: Final = 130.0
_HIGHEST: Final = 210.0
_SHAPE: Final = 0.52
_CENSOR_TICK: Final = 2.4
_TICK_ROOM: Final = 38.0
_TABLE_GAP: Final = 2.0
_FEW: Final = 3
_BAND: Final = 0.16
_PALE_BAND: Final = 0.08


@dataclass(frozen=True, slots=True, eq=False)
class SurvivalGroup:
    """A curve under its name."""

    name: str
    curve: KaplanMeier | NotEstimable


def kaplan_meier_plot(
    groups: Sequence[SurvivalGroup],
    *,
    width: float,
    catalogue: Catalogue,
    style: FigureStyle = PAPER,
    unit: TimeUnit = "months",
    until: float | None = None,
    horizons: Sequence[float] = (),
    notes: Sequence[str] = (),
    y_title: str = "",
    title: str = "",
) -> Drawing:
    """Survival in per cent over time, ``width`` points wide, all groups on one axis.

    Each curve ends at its last time, or at ``until``; upright ticks mark censored patients.  ``horizons``
    are dashed, with a point on each curve.  ``notes`` (tests, hazard ratios) stand in a free corner, or above
    the plot where there is none.  The table counts those at risk, with time ≥ t.
    """
    y_title = y_title or catalogue.text("figure.survival")
    shown = [(place, each.name, each.curve) for place, each in enumerate(groups)]
    curves = [(p, name, curve) for p, name, curve in shown if isinstance(curve, KaplanMeier)]
    missing = [
        f"{name}: {catalogue.render(curve.message)}"
        for _, name, curve in shown
        if isinstance(curve, NotEstimable)
    ]
    last = until or max((float(curve.table.time[-1]) for *_, curve in curves), default=0.0) or 1.0
    entries = [_entry(place, name, style) for place, name, _ in curves]
    ticks = _ticks(last, unit, width)
    rows = _rows(curves, entries, ticks)
    heading = catalogue.text("figure.at_risk")
    x_title = catalogue.text(f"figure.time.{unit}")
    y_ticks = (0.0, 0.25, 0.5, 0.75, 1.0)
    labels = tick_texts(y_ticks, 100)
    left = max(left_room(labels, y_title) + 2.0, names_room(rows, heading, width))
    beside = labels_room(entries, width) if len(entries) > 1 else 0.0
    right = beside or 8.0
    has_legend = len(entries) > 1 and not beside
    top = 5.0 + (legend_height(entries, width - left) + 2.0 if has_legend else 0.0)
    height = min(_HIGHEST, max(_LOWEST, _SHAPE * (width - left - right)))
    box = Box(left, top, width - right, top + height)
    frame = panel(box, (0.0, last), (0.0, 1.0))
    lines = note_lines([*notes, *missing], box)
    corner = notes_corner(lines, box, _obstacles(curves, frame, last, horizons)) if lines and curves else None
    above = wrap_all([*notes, *missing], width - left) if lines and curves and corner is None else []
    if above:
        box = Box(left, top + len(above) * LABEL_SIZE * LEADING + 3.0, box.right, 0.0)
        box = Box(box.left, box.top, box.right, box.top + height)
        frame = panel(box, (0.0, last), (0.0, 1.0))
    shapes: list[Shape] = legend(entries, left, 0.0, width - left, style) if has_legend else []
    shapes += lines_of_text(above, left, top, LABEL_SIZE, style.ink)
    shapes += grid(frame, style, y_ticks=y_ticks)
    shapes += [
        Line(frame.x(h), box.top, frame.x(h), box.bottom, style.quiet, 0.7, (2.0, 2.0))
        for h in horizons
        if frame.x.holds(h)
    ]
    opacity = _BAND if len(curves) <= _FEW else _PALE_BAND
    for (_, _, curve), entry in zip(curves, entries, strict=True):
        for area in _bands(curve):
            shapes += frame.area(area, entry.colour, opacity)
    for (_, _, curve), entry in zip(curves, entries, strict=True):
        shapes += _curve(curve, entry, frame, last, horizons, style)
    if not curves:
        words = " ".join(missing) or catalogue.text("figure.nobody")
        shapes += sentence(box, words, style)
    elif corner is not None:
        shapes += notes_in(lines, corner, style)
    shapes += y_axis(frame, y_ticks, labels, y_title, style)
    shapes += x_axis(frame, ticks, tick_texts(ticks), x_title, style)
    if beside:
        ends = [frame.y(float(curve.curve.at(last))) for *_, curve in curves]
        shapes += direct_labels(entries, ends, box.right, (box.top + 4, box.bottom - 4), style)
    below = box.bottom + bottom_room(x_title, box.width)
    if rows:
        places = [frame.x(tick) for tick in ticks]
        shapes += count_table(rows, places, heading, box, below + _TABLE_GAP, width, style)
        below += _TABLE_GAP + table_height(rows, heading, box, width)
    return Drawing(width, below, shapes, title or y_title)


def wrap_all(notes: Sequence[str], width: float) -> list[str]:
    """Every note broken into lines of ``width``."""
    return [line for note in notes for line in wrap(note, width, LABEL_SIZE)]


def _entry(place: int, name: str, style: FigureStyle) -> Entry:
    return Entry(name, style.colour_of(place), style.dash_of(place))


def _ticks(last: float, unit: TimeUnit, width: float) -> tuple[float, ...]:
    count = max(2, min(8, int(width / _TICK_ROOM) - 2))
    return month_ticks(last, count) if unit == "months" else nice_ticks(0.0, last, count)


def _rows(
    curves: Sequence[tuple[int, str, KaplanMeier]], entries: Sequence[Entry], ticks: Sequence[float]
) -> list[CountRow]:
    has_names = len(curves) > 1
    return [
        CountRow(tuple(int(n) for n in curve.at(ticks).at_risk), entry if has_names else None)
        for (_, _, curve), entry in zip(curves, entries, strict=True)
    ]


def _corners(curve: KaplanMeier, last: float) -> tuple[Point, ...]:
    end = min(last, float(curve.table.time[-1]))
    return steps(curve.table.time.tolist(), curve.survival.tolist(), (0.0, 1.0), end)


def _curve(
    curve: KaplanMeier,
    entry: Entry,
    frame: Panel,
    last: float,
    horizons: Sequence[float],
    style: FigureStyle,
) -> list[Shape]:
    shapes = frame.curve(_corners(curve, last), entry.colour, CURVE_WIDTH, entry.dash)
    is_censored = (curve.table.censored > 0) & (curve.table.time <= last)
    for time, survival in zip(curve.table.time[is_censored], curve.survival[is_censored], strict=True):
        x, y = frame.x(float(time)), frame.y(float(survival))
        up, down = max(y - _CENSOR_TICK, frame.box.top), min(y + _CENSOR_TICK, frame.box.bottom)
        shapes.append(Line(x, up, x, down, entry.colour, 0.8))
    for horizon in horizons:
        if horizon <= min(last, float(curve.table.time[-1])):
            x, y = frame.x(horizon), frame.y(float(curve.curve.at(horizon)))
            shapes.append(Circle(x, y, 2.4, fill=style.ground, stroke=entry.colour, stroke_width=1.1))
    return shapes


def _obstacles(
    curves: Sequence[tuple[int, str, KaplanMeier]], frame: Panel, last: float, horizons: Sequence[float]
) -> list[tuple[Point, ...]]:
    """What notes must not lie on: curves, the edges of their bands, horizons."""
    lines = [_corners(curve, last) for *_, curve in curves]
    lines += [area for *_, curve in curves for area in _bands(curve)]
    lines += [((horizon, 0.0), (horizon, 1.0)) for horizon in horizons]
    return [piece for line in lines for piece in frame.line(line)]


def _bands(curve: KaplanMeier) -> list[tuple[Point, ...]]:
    """Areas between the limits, one for each stretch of times at which there are limits."""
    time = curve.table.time
    has_limits = ~(np.isnan(curve.lower) | np.isnan(curve.upper))
    edges = np.flatnonzero(np.diff(np.concatenate([[0], has_limits.astype(int), [0]])))
    areas = []
    for start, stop in edges.reshape(-1, 2):
        end = float(time[min(stop, len(time) - 1)])
        areas.append(_between(time[start:stop], curve.lower[start:stop], curve.upper[start:stop], end))
    return areas


def _between(time: Floats, lower: Floats, upper: Floats, end: float) -> tuple[Point, ...]:
    first = float(time[0])
    above = steps(time[1:].tolist(), upper[1:].tolist(), (first, float(upper[0])), end)
    below = steps(time[1:].tolist(), lower[1:].tolist(), (first, float(lower[0])), end)
    return above + below[::-1]
