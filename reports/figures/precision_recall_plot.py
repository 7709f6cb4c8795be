"""Precision against recall, in steps, with the prevalence that a score without information reaches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from inference.messages.catalogue import Catalogue
from inference.statistics.discrimination.precision_recall import PrecisionRecallCurve
from inference.statistics.reasons import NotEstimable
from reports.figures.axes import sentence
from reports.figures.clipping import Point
from reports.figures.drawing import Drawing, Shape
from reports.figures.legend import Entry
from reports.figures.scale import estimate_text, number_text
from reports.figures.style import PAPER, FigureStyle
from reports.figures.unit_square import Caption, unit_square

_PREVALENCE_DASH: Final = (1.2, 2.2)


@dataclass(frozen=True, slots=True, eq=False)
class PrecisionRecallSeries:
    """One classifier under its name."""

    name: str
    curve: PrecisionRecallCurve | NotEstimable


def precision_recall_plot(
    series: Sequence[PrecisionRecallSeries],
    *,
    width: float,
    catalogue: Catalogue,
    style: FigureStyle = PAPER,
    title: str = "",
) -> Drawing:
    """Both axes in per cent; nothing is interpolated: precision holds from one recall up to the next."""
    shown = [(p, s.curve) for p, s in enumerate(series) if isinstance(s.curve, PrecisionRecallCurve)]
    captions = [_caption(place, each, catalogue, style) for place, each in enumerate(series)]
    prevalences = sorted({curve.prevalence for _, curve in shown})
    if prevalences:
        shares = [number_text(100 * prevalence, 1) for prevalence in prevalences]
        values = "–".join(dict.fromkeys((shares[0], shares[-1])))
        share = catalogue.text("report.percent", value=values)
        text = catalogue.text("figure.prevalence", value=share)
        captions.append(Caption(Entry(text, style.quiet, _PREVALENCE_DASH)))
    x_title, y_title = catalogue.text("figure.recall"), catalogue.text("figure.precision")
    lines: list[Sequence[Point]] = [_steps(curve) for _, curve in shown]
    lines += [((0.0, prevalence), (1.0, prevalence)) for prevalence in prevalences]
    square = unit_square(captions, width, x_title, y_title, style, curves=lines)
    frame = square.frame
    shapes: list[Shape] = [*square.ground]
    for prevalence in prevalences:
        shapes += frame.curve(((0.0, prevalence), (1.0, prevalence)), style.quiet, 0.9, _PREVALENCE_DASH)
    for place, curve in shown:
        shapes += frame.curve(_steps(curve), style.colour_of(place), dash=style.dash_of(place))
    if not shown:
        reasons = [catalogue.render(s.curve.message) for s in series if isinstance(s.curve, NotEstimable)]
        shapes += sentence(frame.box, reasons[0] if reasons else catalogue.text("figure.nobody"), style)
    return Drawing(width, square.height, [*shapes, *square.axes], title or y_title)


def _steps(curve: PrecisionRecallCurve) -> list[Point]:
    """The line whose area is the average precision, by ascending recall."""
    points: list[Point] = []
    reached = 0.0
    for recall, precision in zip(curve.recall[::-1].tolist(), curve.precision[::-1].tolist(), strict=True):
        points += [(reached, precision), (recall, precision)]
        reached = recall
    return points


def _caption(place: int, each: PrecisionRecallSeries, catalogue: Catalogue, style: FigureStyle) -> Caption:
    entry = Entry(each.name, style.colour_of(place), style.dash_of(place))
    if isinstance(each.curve, NotEstimable):
        return Caption(entry, (catalogue.render(each.curve.message),))
    value = estimate_text(each.curve.average_precision, catalogue)
    return Caption(entry, (catalogue.text("figure.average_precision", value=value),))
