"""A nomogram: points for each variable, their total, and what it foretells; one patient read off it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from inference.messages.catalogue import Catalogue
from inference.statistics.nomogram import Axis, Nomogram, PatientPoints
from inference.statistics.nomogram_model import Value
from inference.statistics.reasons import NotEstimable
from reports.figures.axes import LABEL_SIZE, LEADING, MIDDLE, lines_of_text, sentence
from reports.figures.clipping import Box
from reports.figures.drawing import Drawing, Line, Shape, Text
from reports.figures.kaplan_meier_plot import TimeUnit
from reports.figures.marks import Mark, arrow_head, mark
from reports.figures.nomogram_axis import AxisRow, axis_row, draw_axis
from reports.figures.scale import Scale, nice_ticks, number_text, tick_texts
from reports.figures.style import PAPER, FigureStyle
from reports.fonts import Face
from reports.typesetting import text_width, wrap
from reports.wording import percent

_NAME_SHARE: Final = 0.27
_NAME_GAP: Final = 10.0
_ROW_GAP: Final = 5.0
_READ_ROOM: Final = 34.0
_POINT: Final = 5.5
_LINE: Final = LABEL_SIZE * LEADING
_DROP_DASH: Final = (1.6, 1.6)


@dataclass(frozen=True, slots=True)
class _Row:
    """An axis with its name, its own scale, and the patient on it: place, value and what is read off."""

    names: list[str]
    axis: AxisRow
    scale: Scale
    patient: float | None = None
    value: tuple[str, ...] = ()
    reading: str = ""
    is_extrapolated: bool = False

    @property
    def texts(self) -> int:
        return len(self.names) + len(self.value)


@dataclass(frozen=True, slots=True)
class _Words:
    """Words for variables, their levels and the patient's values, each by the variable."""

    names: Mapping[str, str]
    levels: Mapping[str, Mapping[str, str]]
    own_values: Mapping[str, str]


def nomogram_plot(
    nomogram: Nomogram | NotEstimable,
    *,
    width: float,
    catalogue: Catalogue,
    style: FigureStyle = PAPER,
    patient: PatientPoints | None = None,
    names: Mapping[str, str] | None = None,
    level_names: Mapping[str, Mapping[str, str]] | None = None,
    own_values: Mapping[str, str] | None = None,
    unit: TimeUnit = "months",
    title: str = "",
) -> Drawing:
    """Points, the variables in their order, total points, and survival at each horizon or the probability.

    ``names`` and ``level_names`` give the words for variables and their levels, ``own_values`` the patient's
    value of a variable where it is written otherwise than on the axis.  ``patient`` is marked on
    every axis with a line up to the points and, from the total, down to the outcomes; what is read off
    stands at the right.  A value outside its axis has an open mark, at the edge of the plot at most.
    """
    if isinstance(nomogram, NotEstimable):
        words = sentence(Box(0, 0, width, 60), catalogue.render(nomogram.message), style)
        return Drawing(width, 60, words, title or catalogue.text("figure.points"))
    points = catalogue.text("figure.points")
    read = max(_READ_ROOM, text_width(points, LABEL_SIZE, Face.SEMIBOLD) + 8.0) if patient else 8.0
    name_width = _NAME_SHARE * width
    box = Box(name_width + _NAME_GAP, 0.0, width - read, 0.0)
    spoken = _Words(names or {}, level_names or {}, own_values or {})
    upper = _variables(nomogram, patient, box, name_width, catalogue, spoken)
    lower = _outcomes(nomogram, patient, box, name_width, catalogue, unit)
    rows = [*upper, *lower]
    heights = _heights(rows)
    shapes: list[Shape] = []
    if patient is not None:
        shapes += _drops(rows, heights, len(upper), box, style)
    for row, y in zip(rows, heights, strict=True):
        shapes += _texts(row, y, width, style)
        shapes += draw_axis(row.axis, y, style)
    if patient is not None:
        heading = Text(width, heights[0] + LABEL_SIZE * MIDDLE, points, LABEL_SIZE, style.quiet, "end")
        shapes.append(heading)
        for row, y in zip(rows, heights, strict=True):
            shapes += _mark(row, y, box, style)
    last = rows[-1]
    bottom = heights[-1] + max(last.axis.below, last.texts * _LINE / 2) + 2.0
    if any(row.is_extrapolated for row in rows):
        lines = wrap(catalogue.text("figure.outside_axis"), width, LABEL_SIZE)
        shapes += lines_of_text(lines, 0.0, bottom + 2.0, LABEL_SIZE, style.note)
        bottom += 2.0 + len(lines) * _LINE
    return Drawing(width, bottom, shapes, title or points)


def _variables(
    nomogram: Nomogram,
    patient: PatientPoints | None,
    box: Box,
    name_width: float,
    catalogue: Catalogue,
    words: _Words,
) -> list[_Row]:
    most = max(max(place.points for place in axis.marks) for axis in nomogram.axes)
    scale = Scale(0.0, most, box.left + 4.0, box.right - 4.0)
    ticks = nice_ticks(0.0, most, 10)
    heading = wrap(catalogue.text("figure.points"), name_width, LABEL_SIZE, Face.SEMIBOLD)
    rows = [_Row(heading, _axis(tick_texts(ticks), ticks, scale, box), scale)]
    for place, axis in enumerate(nomogram.axes):
        levels = words.levels.get(axis.name, {})
        texts = _mark_texts(axis, levels)
        places = [each.points for each in axis.marks]
        laid = _axis(texts, places, scale, box, keeps_all=axis.is_factor)
        shown = wrap(words.names.get(axis.name, axis.name), name_width, LABEL_SIZE, Face.SEMIBOLD)
        if patient is None:
            rows.append(_Row(shown, laid, scale))
            continue
        own = patient.variables[place]
        written = words.own_values.get(axis.name) or _value_text(own.value, levels)
        value = tuple(wrap(written, name_width, LABEL_SIZE))
        reading = number_text(own.points, 0)
        rows.append(_Row(shown, laid, scale, own.points, value, reading, own.is_extrapolated))
    return rows


def _outcomes(
    nomogram: Nomogram,
    patient: PatientPoints | None,
    box: Box,
    name_width: float,
    catalogue: Catalogue,
    unit: TimeUnit,
) -> list[_Row]:
    ticks = nomogram.total_points_axis
    scale = Scale(ticks[0], ticks[-1], box.left + 4.0, box.right - 4.0)
    total = None if patient is None else patient.total
    heading = wrap(catalogue.text("figure.total_points"), name_width, LABEL_SIZE, Face.SEMIBOLD)
    reading = "" if total is None else number_text(total, 0)
    rows = [_Row(heading, _axis(tick_texts(ticks), ticks, scale, box), scale, total, (), reading)]
    for place, axis in enumerate(nomogram.outcome_axes):
        values = [100 * float(each.value) for each in axis.marks]
        places = [each.points for each in axis.marks]
        name = catalogue.text("figure.probability")
        if axis.horizon is not None:
            horizon = tick_texts([axis.horizon])[0]
            name = catalogue.text(f"figure.survival_at.{unit}", horizon=horizon)
        lines = wrap(name, name_width, LABEL_SIZE, Face.SEMIBOLD)
        reading = ""
        if patient is not None:
            reading = percent(patient.outcomes[place], catalogue)
        texts = [tick_texts([value])[0] for value in values]
        rows.append(_Row(lines, _axis(texts, places, scale, box), scale, total, (), reading))
    return rows


def _axis(
    texts: Sequence[str], places: Sequence[float], scale: Scale, box: Box, *, keeps_all: bool = False
) -> AxisRow:
    inside = [(text, scale(p)) for text, p in zip(texts, places, strict=True) if scale.holds(p)]
    return axis_row([t for t, _ in inside], [x for _, x in inside], box.left, box.right, keeps_all=keeps_all)


def _mark_texts(axis: Axis, words: Mapping[str, str]) -> list[str]:
    if axis.is_factor:
        return [_value_text(each.value, words) for each in axis.marks]
    return list(tick_texts([float(each.value) for each in axis.marks]))


def _value_text(value: Value, words: Mapping[str, str]) -> str:
    if isinstance(value, str):
        return words.get(value, value)
    return tick_texts([round(value, 4)])[0]


def _heights(rows: Sequence[_Row]) -> list[float]:
    """Where each axis stands: names are centred on their axes."""
    heights: list[float] = []
    bottom = 0.0
    for row in rows:
        half = row.texts * _LINE / 2
        y = bottom + max(row.axis.above, half)
        heights.append(y)
        bottom = y + max(row.axis.below, half) + _ROW_GAP
    return heights


def _place(row: _Row, box: Box) -> float:
    assert row.patient is not None
    return min(max(row.scale(row.patient), box.left), box.right)


def _drops(
    rows: Sequence[_Row], heights: Sequence[float], outcomes_from: int, box: Box, style: FigureStyle
) -> list[Shape]:
    """Lines from each value up to the points, and from the total down to the last outcome."""
    colour = style.spread
    shapes: list[Shape] = [
        Line(_place(row, box), heights[0], _place(row, box), y, colour, 0.8, _DROP_DASH)
        for row, y in list(zip(rows, heights, strict=True))[1:outcomes_from]
    ]
    x = _place(rows[outcomes_from], box)
    shapes.append(Line(x, heights[outcomes_from], x, heights[-1], colour, 0.8, _DROP_DASH))
    return shapes


def _texts(row: _Row, y: float, width: float, style: FigureStyle) -> list[Shape]:
    top = y - row.texts * _LINE / 2
    below = top + len(row.names) * _LINE
    shapes = lines_of_text(row.names, 0.0, top, LABEL_SIZE, style.ink, face=Face.SEMIBOLD)
    shapes += lines_of_text(row.value, 0.0, below, LABEL_SIZE, style.accent)
    if row.reading:
        baseline = y + LABEL_SIZE * MIDDLE
        face = Face.REGULAR if row.value else Face.SEMIBOLD
        shapes.append(Text(width, baseline, row.reading, LABEL_SIZE, style.accent, "end", face))
    return shapes


def _mark(row: _Row, y: float, box: Box, style: FigureStyle) -> list[Shape]:
    if row.patient is None:
        return []
    x, wanted = _place(row, box), row.scale(row.patient)
    if abs(wanted - x) > 0.01:
        return [arrow_head(x, y, _POINT, style.accent, points_right=wanted > x)]
    kind: Mark = "ring" if row.is_extrapolated else "diamond"
    return [mark(kind, x, y, _POINT, style.accent, style.ground)]
