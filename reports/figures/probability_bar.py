"""The probability of one prediction: fold scores, their range, their mean and the cut-off on one scale."""

from __future__ import annotations

from collections.abc import Callable

from inference.messages.catalogue import Catalogue
from inference.prediction import Prediction, PredictionStatus
from reports.figures.drawing import Anchor, Circle, Drawing, Line, Polygon, Rect, Shape, Text
from reports.figures.style import PAPER, FigureStyle
from reports.fonts import Face
from reports.prediction_wording import cutoff_text, fold_range, prediction_name, score_text, verdict_word

HEIGHT = 40.0
_MARGIN = 4.0
_BAR_TOP = 14.0
_BAR_HEIGHT = 9.0
_LABEL_SIZE = 7.0
_EDGE = 0.2
_TICKS: tuple[tuple[float, Anchor], ...] = ((0.0, "start"), (0.5, "middle"), (1.0, "end"))

XOf = Callable[[float], float]


def probability_bar(
    prediction: Prediction, width: float, catalogue: Catalogue, style: FigureStyle = PAPER
) -> Drawing:
    """A scale from 0 to 100 %, ``width`` × 40 points.

    Ring: one fold.  Band: smallest to largest fold.  Thick line: the mean, which is the score.  Flag from
    above: the cut-off.  A prediction that is not answered shows the scale and its cut-off, and no value; one
    of a model without folds has no ring and no band.
    """
    span = width - 2 * _MARGIN

    def x_of(fraction: float) -> float:
        return _MARGIN + span * min(1.0, max(0.0, fraction))

    shapes: list[Shape] = [
        Rect(_MARGIN, _BAR_TOP, span, _BAR_HEIGHT, fill=style.track, radius=_BAR_HEIGHT / 2),
        *_scale(x_of, catalogue, style),
    ]
    answered = prediction.status is PredictionStatus.ANSWERED and prediction.score is not None
    if answered:
        shapes += _values(prediction, x_of, style)
    shapes += _cutoff(prediction, x_of, catalogue, style)
    return Drawing(width, HEIGHT, shapes, _title(prediction, catalogue))


def _scale(x_of: XOf, catalogue: Catalogue, style: FigureStyle) -> list[Shape]:
    baseline = _BAR_TOP + _BAR_HEIGHT + 11
    shapes: list[Shape] = []
    for fraction, anchor in _TICKS:
        x = x_of(fraction)
        inside = min(max(x, x_of(0) + 0.25), x_of(1) - 0.25)
        shapes.append(Line(inside, _BAR_TOP + _BAR_HEIGHT + 1, inside, baseline - 7, style.quiet, 0.5))
        label = catalogue.text("report.percent", value=f"{100 * fraction:.0f}")
        shapes.append(Text(x, baseline, label, _LABEL_SIZE - 0.5, style.quiet, anchor))
    return shapes


def _values(prediction: Prediction, x_of: XOf, style: FigureStyle) -> list[Shape]:
    assert prediction.score is not None
    mean, middle = x_of(prediction.score), _BAR_TOP + _BAR_HEIGHT / 2
    shapes: list[Shape] = []
    if prediction.low is not None and prediction.high is not None:
        left, right = min(x_of(prediction.low), mean) - 2, max(x_of(prediction.high), mean) + 2
        shapes.append(
            Rect(left, _BAR_TOP, right - left, _BAR_HEIGHT, fill=style.spread, radius=_BAR_HEIGHT / 2)
        )
    shapes += [
        Circle(x_of(score), middle, 1.7, fill=style.ground, stroke=style.accent, stroke_width=0.8)
        for score in prediction.fold_scores
    ]
    shapes.append(Rect(mean - 1.4, _BAR_TOP - 2, 2.8, _BAR_HEIGHT + 4, fill=style.accent, radius=1.2))
    return shapes


def _cutoff(prediction: Prediction, x_of: XOf, catalogue: Catalogue, style: FigureStyle) -> list[Shape]:
    if prediction.cutoff is None:
        return []
    x = x_of(prediction.cutoff)
    top = _BAR_TOP - 4
    anchor: Anchor = (
        "start" if prediction.cutoff < _EDGE else "end" if prediction.cutoff > 1 - _EDGE else "middle"
    )
    shift = {"start": -3.0, "end": 3.0, "middle": 0.0}[anchor]
    label = catalogue.text("report.cutoff", value=cutoff_text(prediction, catalogue))
    return [
        Line(x, top, x, _BAR_TOP + _BAR_HEIGHT + 3, style.cutoff, 0.9),
        Polygon(((x - 2.8, top - 2), (x + 2.8, top - 2), (x, top + 2.2)), fill=style.cutoff),
        Text(x + shift, top - 4, label, _LABEL_SIZE, style.ink, anchor, Face.REGULAR),
    ]


def _title(prediction: Prediction, catalogue: Catalogue) -> str:
    cutoff = cutoff_text(prediction, catalogue)
    parts = (
        prediction_name(prediction, catalogue),
        score_text(prediction, catalogue),
        fold_range(prediction, catalogue),
        catalogue.text("report.cutoff", value=cutoff) if cutoff else "",
        verdict_word(prediction, catalogue),
    )
    return " · ".join(dict.fromkeys(part for part in parts if part))
