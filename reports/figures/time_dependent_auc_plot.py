"""AUC(t): discrimination at each horizon with its interval, the line of chance, and the cases behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from inference.messages.catalogue import Catalogue
from inference.statistics.discrimination.time_dependent_auc import TimeDependentAuc
from inference.statistics.estimate import Estimate
from reports.figures.axes import (
    LABEL_SIZE,
    LEADING,
    Panel,
    bottom_room,
    grid,
    left_room,
    lines_of_text,
    panel,
    x_axis,
    y_axis,
)
from reports.figures.clipping import Box, Point
from reports.figures.count_table import CountRow, count_table, names_room, table_height
from reports.figures.drawing import Drawing, Line, Polyline, Shape
from reports.figures.kaplan_meier_plot import TimeUnit
from reports.figures.legend import Entry, legend, legend_height
from reports.figures.marks import SERIES_MARKS, Mark, mark
from reports.figures.scale import month_ticks, nice_ticks, tick_texts
from reports.figures.style import PAPER, FigureStyle
from reports.typesetting import wrap

_LOWEST: Final = 120.0
_HIGHEST: Final = 180.0
_SHAPE: Final = 0.45
_MOST_BARS: Final = 8
_POINT: Final = 5.0
_CHANCE_DASH: Final = (1.2, 2.2)
_SHIFT: Final = 3.5
_TICK_ROOM: Final = 38.0
_TABLE_GAP: Final = 2.0


@dataclass(frozen=True, slots=True)
class AucSeries:
    """One marker under its name."""

    name: str
    auc: TimeDependentAuc


def time_dependent_auc_plot(
    series: Sequence[AucSeries],
    *,
    width: float,
    catalogue: Catalogue,
    style: FigureStyle = PAPER,
    unit: TimeUnit = "months",
    title: str = "",
) -> Drawing:
    """Up to 8 horizons: points with bars; more: lines with bands, broken where AUC(t) is not estimable.

    Why it is not is said below, once for each reason.  The table counts cases by the ticks of the axis,
    which are the horizons themselves where there are few.
    """
    y_title, x_title = catalogue.text("figure.auc_axis"), catalogue.text(f"figure.time.{unit}")
    times = sorted({time for each in series for time in each.auc.times})
    has_bars = len(times) <= _MOST_BARS
    entries = [
        Entry(s.name, style.colour_of(p), style.dash_of(p), _kind(p, has_bars), has_band=not has_bars)
        for p, s in enumerate(series)
    ]
    chance = Entry(catalogue.text("figure.chance"), style.quiet, _CHANCE_DASH)
    last = max(times, default=1.0)
    low = _floor(series)
    y_ticks = nice_ticks(low, 1.0, 5)
    labels = tick_texts(y_ticks)
    ticks = tuple(times) if has_bars and times else _ticks(last, unit, width)
    heading = catalogue.text("figure.cases")
    counts = [tuple(_cases(each.auc, tick) for tick in ticks) for each in series]
    if len(set(counts)) == 1:
        rows = [CountRow(counts[0])]
    else:
        rows = [CountRow(numbers, entry) for numbers, entry in zip(counts, entries, strict=True)]
    left = max(left_room(labels, y_title) + 2.0, names_room(rows, heading, width))
    top = legend_height([*entries, chance], width - left) + 5.0
    height = min(_HIGHEST, max(_LOWEST, _SHAPE * (width - left)))
    box = Box(left, top, width - 8.0, top + height)
    frame = panel(box, (0.0, last * (1.04 if has_bars else 1.0)), (low, 1.0))
    shapes: list[Shape] = legend([*entries, chance], left, 0.0, width - left, style)
    shapes += grid(frame, style, y_ticks=y_ticks)
    shapes += frame.curve([(0.0, 0.5), (frame.x.high, 0.5)], style.quiet, 0.9, _CHANCE_DASH)
    for place, (each, entry) in enumerate(zip(series, entries, strict=True)):
        shift = (place - (len(series) - 1) / 2) * _SHIFT if has_bars else 0.0
        shapes += (_bars if has_bars else _band)(each.auc, entry, frame, shift, style)
    shapes += y_axis(frame, y_ticks, labels, y_title, style)
    shapes += x_axis(frame, ticks, tick_texts(ticks), x_title, style)
    below = box.bottom + bottom_room(x_title, box.width)
    if rows:
        places = [frame.x(tick) for tick in ticks]
        shapes += count_table(rows, places, heading, box, below + _TABLE_GAP, width, style)
        below += _TABLE_GAP + table_height(rows, heading, box, width)
    lines = [line for words in _missing(series, catalogue) for line in wrap(words, width, LABEL_SIZE)]
    shapes += lines_of_text(lines, 0.0, below + 3.0, LABEL_SIZE, style.quiet)
    below += len(lines) * LABEL_SIZE * LEADING + (3.0 if lines else 0.0)
    return Drawing(width, below, shapes, title or y_title)


def _kind(place: int, has_bars: bool) -> Mark | None:
    return SERIES_MARKS[place % len(SERIES_MARKS)] if has_bars else None


def _floor(series: Sequence[AucSeries]) -> float:
    """The axis begins at 0.4, or at the tenth below the least limit."""
    limits = [
        one.value if one.lower is None else one.lower
        for each in series
        for one in each.auc.estimates
        if isinstance(one, Estimate)
    ]
    return max(0.0, min(0.4, int(10 * min(limits, default=0.4)) / 10))


def _ticks(last: float, unit: TimeUnit, width: float) -> tuple[float, ...]:
    count = max(2, min(8, int(width / _TICK_ROOM) - 2))
    return month_ticks(last, count) if unit == "months" else nice_ticks(0.0, last, count)


def _cases(auc: TimeDependentAuc, tick: float) -> int | None:
    return dict(zip(auc.times, auc.cases, strict=True)).get(tick)


def _bars(auc: TimeDependentAuc, entry: Entry, frame: Panel, shift: float, style: FigureStyle) -> list[Shape]:
    shapes: list[Shape] = []
    shown = [(t, one) for t, one in zip(auc.times, auc.estimates, strict=True) if isinstance(one, Estimate)]
    points = [(time, one.value) for time, one in shown]
    joined = [[(x + shift, y) for x, y in piece] for piece in frame.line(points)]
    for time, one in shown:
        x = frame.x(time) + shift
        if one.interval is not None:
            bottom, top = (frame.y(min(max(limit, frame.y.low), 1.0)) for limit in one.interval)
            shapes.append(Line(x, bottom, x, top, entry.colour, 1.0))
            shapes += [Line(x - 2, y, x + 2, y, entry.colour, 1.0) for y in (bottom, top)]
    shapes += [Polyline(tuple(piece), entry.colour, 1.3, entry.dash) for piece in joined]
    if entry.mark is not None:
        shapes += [
            mark(entry.mark, frame.x(time) + shift, frame.y(value), _POINT, entry.colour, style.ground)
            for time, value in points
        ]
    return shapes


def _band(auc: TimeDependentAuc, entry: Entry, frame: Panel, shift: float, style: FigureStyle) -> list[Shape]:
    shapes: list[Shape] = []
    pairs = zip(auc.times, auc.estimates, strict=True)
    for is_there, stretch in groupby(pairs, key=lambda pair: isinstance(pair[1], Estimate)):
        if not is_there:
            continue
        points = [(time, one) for time, one in stretch if isinstance(one, Estimate)]
        above: list[Point] = [(t, one.upper) for t, one in points if one.upper is not None]
        below: list[Point] = [(t, one.lower) for t, one in points if one.lower is not None]
        shapes += frame.area([*above, *reversed(below)], entry.colour)
        shapes += frame.curve([(t, one.value) for t, one in points], entry.colour, dash=entry.dash)
    return shapes


def _listed(times: Sequence[str], catalogue: Catalogue) -> str:
    """All of few times; of many the first and the last."""
    if len(times) <= _MOST_BARS:
        return catalogue.text("list.separator").join(times)
    return f"{times[0]} … {times[-1]}"


def _missing(series: Sequence[AucSeries], catalogue: Catalogue) -> list[str]:
    """For each reason the horizons that have no AUC(t), and whose, where it is not everybody's."""
    found: dict[tuple[str, str], list[str]] = {}
    for each in series:
        why: dict[str, list[str]] = {}
        for time, one in zip(each.auc.times, each.auc.estimates, strict=True):
            if not isinstance(one, Estimate):
                why.setdefault(catalogue.render(one.message), []).append(tick_texts([time])[0])
        for words, times in why.items():
            found.setdefault((words, _listed(times, catalogue)), []).append(each.name)
    texts = []
    for (words, horizons), names in found.items():
        if len(names) == len(series):
            texts.append(catalogue.text("figure.all_series", times=horizons, why=words))
        else:
            texts += [catalogue.text("figure.one_series", name=n, times=horizons, why=words) for n in names]
    return texts
