"""The patient's predicted survival, on the curves of the training cohort's two risk groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from inference.messages.catalogue import Catalogue
from inference.packs.study_models import SurvivalCurve
from inference.prediction import Prediction, SurvivalEstimate
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
from reports.figures.clipping import Box, Point, steps
from reports.figures.drawing import Circle, Drawing, Line, Shape
from reports.figures.legend import Entry, legend, legend_height
from reports.figures.scale import month_ticks, tick_texts
from reports.figures.style import PAPER, FigureStyle

_HEIGHT: Final = 120.0
_Y_TICKS: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
_PATIENT_WIDTH: Final = 2.0
_BAND: Final = 0.14
_BAR_WIDTH: Final = 1.2
_CAP: Final = 3.0
_RECURRENCE: Final = "recurrence"
"""Groups of gastric relapse are followed for survival, those of recurrence for recurrence itself."""
_START: Final[Point] = (0.0, 1.0)


def curve_title(prediction: Prediction, catalogue: Catalogue) -> str:
    """What its curves are of: the patient's survival too where it foretells it, else the groups' alone."""
    if prediction.survival:
        return catalogue.text("figure.predicted_survival")
    of = "recurrence" if prediction.outcome == _RECURRENCE else "survival"
    return catalogue.text(f"figure.risk_groups.{of}")


def predicted_survival(
    prediction: Prediction,
    groups: Sequence[SurvivalCurve],
    *,
    width: float,
    catalogue: Catalogue,
    horizons: Sequence[float] = (),
    style: FigureStyle = PAPER,
) -> Drawing:
    """Share free of the event over months.

    Heavy line: the patient as predicted, where the model foretells a curve, with points at ``horizons``, and
    bars where it tells 95 % intervals there.
    Thin lines with bands: Kaplan–Meier of the training cohort's groups, the patient's own named as such.
    """
    title = curve_title(prediction, catalogue)
    own = "high" if prediction.is_positive else "low"
    entries = [
        Entry(
            _group_name(group, own, catalogue),
            style.colour_of(place + 1),
            style.dash_of(place + 1),
            has_band=True,
        )
        for place, group in enumerate(groups)
    ]
    told = [one for one in prediction.survival if one.time_months in horizons]
    bars = [one for one in told if isinstance(one, SurvivalEstimate)]
    if prediction.survival:
        name = "figure.this_patient_interval" if bars else "figure.this_patient"
        entries.insert(0, Entry(catalogue.text(name), style.accent))
    x_title = catalogue.text("figure.time.months")
    is_recurrence = prediction.outcome == _RECURRENCE
    y_title = catalogue.text("figure.free_of_recurrence" if is_recurrence else "figure.survival")
    labels = tick_texts(_Y_TICKS, 100)
    left = left_room(labels, y_title) + 2.0
    top = legend_height(entries, width - left) + 4.0 if entries else 4.0
    box = Box(left, top, width - 8.0, top + _HEIGHT)
    ends = [group.stated.times_months[-1] for group in groups]
    ends += [prediction.survival[-1].time_months] if prediction.survival else []
    last = max(ends, default=1.0)
    frame = panel(box, (0.0, last), (0.0, 1.0))
    shapes: list[Shape] = [*legend(entries, left, 0.0, width - left, style)]
    shapes += grid(frame, style, y_ticks=_Y_TICKS)
    shapes += [
        Line(frame.x(h), box.top, frame.x(h), box.bottom, style.quiet, 0.7, (2.0, 2.0))
        for h in horizons
        if frame.x.holds(h)
    ]
    for place, group in enumerate(groups):
        times = group.stated.times_months
        colour = style.colour_of(place + 1)
        upper, lower, curve = (
            steps(times, [float(value) for value in values], _START, times[-1])
            for values in (group.high, group.low, group.survival)
        )
        shapes += frame.area([*upper, *reversed(lower)], colour, _BAND)
        shapes += frame.curve(curve, colour, CURVE_WIDTH, style.dash_of(place + 1))
    if prediction.survival:
        months = [one.time_months for one in prediction.survival]
        foretold = steps(months, [one.probability for one in prediction.survival], _START, months[-1])
        shapes += frame.curve(foretold, style.accent, _PATIENT_WIDTH)
        for one in bars:
            shapes += _bar(frame, one, style)
        shapes += [
            Circle(frame.x(one.time_months), frame.y(one.probability), 2.4, fill=style.accent) for one in told
        ]
    if not entries:
        shapes += sentence(box, catalogue.text("figure.nobody"), style)
    ticks = month_ticks(last, 6)
    shapes += y_axis(frame, _Y_TICKS, labels, y_title, style)
    shapes += x_axis(frame, ticks, tick_texts(ticks), x_title, style)
    return Drawing(width, box.bottom + bottom_room(x_title, box.width), shapes, title)


def _bar(frame: Panel, point: SurvivalEstimate, style: FigureStyle) -> list[Shape]:
    """An upright bar with caps; one at the frame's edge has its caps within."""
    x, low, high = frame.x(point.time_months), frame.y(point.low), frame.y(point.high)
    left, right = max(x - _CAP, frame.box.left), min(x + _CAP, frame.box.right)
    ends = [(x, low, x, high), (left, low, right, low), (left, high, right, high)]
    return [Line(*end, style.accent, _BAR_WIDTH) for end in ends]


def _group_name(group: SurvivalCurve, own: str, catalogue: Catalogue) -> str:
    stated = group.stated
    mine = "_own" if stated.group == own else ""
    return catalogue.text(f"figure.group.{stated.group}{mine}", patients=stated.patients)
