"""Calibration: what was observed against what was predicted, in groups and smoothed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

import numpy as np

from inference.messages.catalogue import Catalogue
from inference.statistics.calibration.groups import CalibrationGroup
from inference.statistics.estimate import Estimate
from inference.statistics.outcomes import Bools, Floats
from inference.statistics.reasons import NotEstimable
from reports.figures.axes import Panel, sentence
from reports.figures.clipping import Box, Point
from reports.figures.drawing import Drawing, Line, Rect, Shape
from reports.figures.legend import Entry
from reports.figures.marks import mark
from reports.figures.style import PAPER, FigureStyle, mixed
from reports.figures.unit_square import Caption, unit_square

_STRIP: Final = 34.0
_STRIP_GAP: Final = 5.0
_BINS: Final = 50
_POINT: Final = 5.5
_IDEAL_DASH: Final = (1.2, 2.2)


class SmoothCurve(Protocol):
    """A smooth calibration curve: all arrays (m,), ``predicted`` ascending."""

    @property
    def predicted(self) -> Floats:
        """What was predicted."""

    @property
    def observed(self) -> Floats:
        """What was observed there."""

    @property
    def lower(self) -> Floats:
        """Lower limits."""

    @property
    def upper(self) -> Floats:
        """Upper limits."""


def calibration_plot(
    groups: Sequence[CalibrationGroup],
    *,
    width: float,
    catalogue: Catalogue,
    style: FigureStyle = PAPER,
    smooth: SmoothCurve | NotEstimable | None = None,
    predictions: Floats | None = None,
    is_positive: Bools | None = None,
    until: float = 1.0,
    x_title: str = "",
    y_title: str = "",
    notes: Sequence[str] = (),
    title: str = "",
) -> Drawing:
    """A square from 0 to ``until`` with the line of perfect calibration.

    Below it a histogram of ``predictions`` (n,) in 50 bins; with ``is_positive`` (n,) those with the outcome
    stand above its line and the others hang below.  ``notes`` (slope, O:E, ICI) follow the legend.
    """
    x_title = x_title or catalogue.text("figure.predicted_probability")
    y_title = y_title or catalogue.text("figure.observed_proportion")
    colour, smoothed = style.colour_of(0), style.colour_of(1)
    captions: list[Caption] = []
    if groups:
        name = catalogue.text("figure.calibration_groups")
        sentences = [
            f"n = {each.count}: {catalogue.render(each.observed.message)}"
            for each in groups
            if isinstance(each.observed, NotEstimable)
        ]
        captions.append(Caption(Entry(name, colour, mark="circle", has_line=False), tuple(sentences)))
    if smooth is not None:
        name = catalogue.text("figure.smooth_calibration")
        why = (catalogue.render(smooth.message),) if isinstance(smooth, NotEstimable) else ()
        captions.append(Caption(Entry(name, smoothed, style.dash_of(1), has_band=not why), why))
    ideal = Entry(catalogue.text("figure.perfect_calibration"), style.quiet, _IDEAL_DASH)
    captions.append(Caption(ideal))
    if predictions is not None and len(predictions):
        text_id = "figure.predictions" if is_positive is None else "figure.predictions_by_outcome"
        name = catalogue.text(text_id, count=len(predictions))
        captions.append(Caption(Entry(name, style.edge, mark="square", has_line=False)))
    captions += [Caption(Entry(note, style.ink, has_line=False)) for note in notes]
    strip = _STRIP + _STRIP_GAP if predictions is not None and len(predictions) else 0.0
    lines = _lines(groups, smooth, until)
    square = unit_square(captions, width, x_title, y_title, style, until=until, strip=strip, curves=lines)
    frame = square.frame
    shapes: list[Shape] = [*square.ground]
    shapes += frame.curve(((0.0, 0.0), (until, until)), style.quiet, 0.9, _IDEAL_DASH)
    if smooth is not None and not isinstance(smooth, NotEstimable):
        shapes += _smooth(smooth, frame, smoothed, style)
    for each in groups:
        shapes += _group(each, frame, colour, style)
    if not groups and (smooth is None or isinstance(smooth, NotEstimable)):
        why_not = smooth.message if isinstance(smooth, NotEstimable) else None
        words = catalogue.render(why_not) if why_not else catalogue.text("figure.nobody")
        shapes += sentence(frame.box, words, style)
    if predictions is not None and strip:
        box = Box(frame.box.left, frame.box.bottom + _STRIP_GAP, frame.box.right, frame.box.bottom + strip)
        shapes += _histogram(predictions, is_positive, frame, box, style)
    return Drawing(width, square.height, [*shapes, *square.axes], title or y_title)


def _lines(
    groups: Sequence[CalibrationGroup], smooth: SmoothCurve | NotEstimable | None, until: float
) -> list[Sequence[Point]]:
    """What captions must not lie on."""
    lines: list[Sequence[Point]] = [((0.0, 0.0), (until, until))]
    for each in groups:
        if isinstance(each.observed, Estimate):
            low, high = each.observed.interval or (each.observed.value, each.observed.value)
            lines.append(((each.predicted, low), (each.predicted, high)))
    if smooth is not None and not isinstance(smooth, NotEstimable):
        x = smooth.predicted.tolist()
        for y in (smooth.observed, smooth.lower, smooth.upper):
            has_value = [(at, value) for at, value in zip(x, y.tolist(), strict=True) if value == value]
            lines.append(has_value)
    return lines


def _smooth(smooth: SmoothCurve, frame: Panel, colour: str, style: FigureStyle) -> list[Shape]:
    x = smooth.predicted.tolist()
    has_limits = np.isfinite(smooth.lower) & np.isfinite(smooth.upper)
    inside = smooth.predicted[has_limits].tolist()
    above = list(zip(inside, smooth.upper[has_limits].tolist(), strict=True))
    below = list(zip(inside, smooth.lower[has_limits].tolist(), strict=True))
    shapes = frame.area([*above, *reversed(below)], colour)
    return shapes + frame.curve(
        list(zip(x, smooth.observed.tolist(), strict=True)), colour, dash=style.dash_of(1)
    )


def _group(each: CalibrationGroup, frame: Panel, colour: str, style: FigureStyle) -> list[Shape]:
    if not isinstance(each.observed, Estimate):
        return []
    shapes: list[Shape] = []
    x = each.predicted
    if each.observed.interval is not None:
        low, high = each.observed.interval
        for piece in frame.line(((x, low), (x, high))):
            (left, bottom), (_, top) = piece[0], piece[-1]
            shapes.append(Line(left, bottom, left, top, colour, 1.0))
            caps = [y for y, limit in ((bottom, low), (top, high)) if frame.y.holds(limit)]
            shapes += [Line(left - 2, y, left + 2, y, colour, 1.0) for y in caps]
    at = frame.x(x), frame.y(each.observed.value)
    if frame.box.holds(*at):
        shapes.append(mark("circle", *at, _POINT, colour, style.ground))
    return shapes


def _histogram(
    predictions: Floats,
    is_positive: Bools | None,
    frame: Panel,
    box: Box,
    style: FigureStyle,
) -> list[Shape]:
    above = np.ones(len(predictions), dtype=bool) if is_positive is None else is_positive
    limits = (frame.x.low, frame.x.high)
    up, edges = np.histogram(predictions[above], bins=_BINS, range=limits)
    down, _ = np.histogram(predictions[~above], bins=_BINS, range=limits)
    tallest = max(int(up.max()) + int(down.max()), 1)
    floor = box.top + box.height * int(up.max()) / tallest
    unit = box.height / tallest
    full, pale = style.edge, mixed(style.edge, style.ground, 0.45)
    shapes: list[Shape] = []
    for start, end, over, under in zip(edges, edges[1:], up, down, strict=False):
        x = frame.x(float(start)) + 0.3
        wide = frame.x(float(end)) - x - 0.3
        if over:
            shapes.append(Rect(x, floor - over * unit, wide, over * unit, full))
        if under:
            shapes.append(Rect(x, floor, wide, under * unit, pale))
    shapes.append(Line(box.left, floor, box.right, floor, style.edge, 0.5))
    return shapes
