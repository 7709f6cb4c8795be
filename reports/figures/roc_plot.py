"""ROC curves with their areas, a band, the diagonal of chance and the point of a locked threshold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from inference.messages.catalogue import Catalogue
from inference.statistics.discrimination.roc import RocCurve
from inference.statistics.discrimination.roc_band import RocBand
from inference.statistics.estimate import Estimate
from inference.statistics.reasons import NotEstimable
from reports.figures.axes import sentence
from reports.figures.clipping import Point
from reports.figures.drawing import Drawing, Shape
from reports.figures.legend import Entry
from reports.figures.marks import SERIES_MARKS, Mark, mark
from reports.figures.scale import estimate_text
from reports.figures.style import PAPER, FigureStyle
from reports.figures.unit_square import Caption, unit_square

_POINT = 6.0
_CHANCE_DASH = (1.2, 2.2)


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """Where a threshold puts a classifier, in words for the legend."""

    sensitivity: float
    specificity: float
    label: str


@dataclass(frozen=True, slots=True, eq=False)
class RocSeries:
    """One classifier: its curve, its area as it was estimated, and what else is to be shown."""

    name: str
    curve: RocCurve | NotEstimable
    area: Estimate | NotEstimable | None = None
    band: RocBand | None = None
    point: OperatingPoint | None = None


def roc_plot(
    series: Sequence[RocSeries],
    *,
    width: float,
    catalogue: Catalogue,
    style: FigureStyle = PAPER,
    title: str = "",
) -> Drawing:
    """Sensitivity against 1 − specificity, both in per cent, in a square."""
    captions = [_caption(place, each, catalogue, style) for place, each in enumerate(series)]
    chance = Entry(catalogue.text("figure.chance"), style.quiet, _CHANCE_DASH)
    captions.append(Caption(chance))
    x_title = catalogue.text("figure.one_minus_specificity")
    y_title = catalogue.text("figure.sensitivity")
    diagonal = ((0.0, 0.0), (1.0, 1.0))
    lines = [diagonal, *(_points(each.curve) for each in series if isinstance(each.curve, RocCurve))]
    lines += [_area(each.band) for each in series if each.band is not None]
    square = unit_square(captions, width, x_title, y_title, style, curves=lines)
    frame = square.frame
    shapes: list[Shape] = [*square.ground]
    shapes += frame.curve(diagonal, style.quiet, 0.9, _CHANCE_DASH)
    shown = [(p, each, each.curve) for p, each in enumerate(series) if isinstance(each.curve, RocCurve)]
    for place, each, _ in shown:
        if each.band is not None:
            shapes += frame.area(_area(each.band), style.colour_of(place))
    for place, _, curve in shown:
        shapes += frame.curve(_points(curve), style.colour_of(place), dash=style.dash_of(place))
    for place, each, _ in shown:
        if each.point is not None:
            x, y = frame.x(1 - each.point.specificity), frame.y(each.point.sensitivity)
            shapes.append(mark(_kind(place), x, y, _POINT, style.colour_of(place), style.ground))
    if not shown:
        shapes += sentence(frame.box, _why(series, catalogue), style)
    return Drawing(width, square.height, [*shapes, *square.axes], title or y_title)


def _kind(place: int) -> Mark:
    return SERIES_MARKS[place % len(SERIES_MARKS)]


def _points(curve: RocCurve) -> tuple[Point, ...]:
    return tuple(zip((1 - curve.specificity).tolist(), curve.sensitivity.tolist(), strict=True))


def _area(band: RocBand) -> tuple[Point, ...]:
    x = (1 - band.specificity).tolist()
    above, below = zip(x, band.upper.tolist(), strict=True), zip(x, band.lower.tolist(), strict=True)
    return (*above, *reversed(list(below)))


def _caption(place: int, each: RocSeries, catalogue: Catalogue, style: FigureStyle) -> Caption:
    entry = Entry(
        each.name,
        style.colour_of(place),
        style.dash_of(place),
        mark=_kind(place) if each.point else None,
        has_band=each.band is not None,
    )
    lines: list[str] = []
    if isinstance(each.curve, NotEstimable):
        lines.append(catalogue.render(each.curve.message))
    elif isinstance(each.area, Estimate):
        lines.append(catalogue.text("figure.auc", value=estimate_text(each.area, catalogue)))
    elif each.area is not None:
        lines.append(estimate_text(each.area, catalogue))
    if each.point is not None and not isinstance(each.curve, NotEstimable):
        lines.append(each.point.label)
    return Caption(entry, tuple(lines))


def _why(series: Sequence[RocSeries], catalogue: Catalogue) -> str:
    reasons = [catalogue.render(s.curve.message) for s in series if isinstance(s.curve, NotEstimable)]
    return reasons[0] if reasons else catalogue.text("figure.nobody")
