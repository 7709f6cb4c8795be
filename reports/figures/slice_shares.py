"""How far the score falls without each slice: bars in anatomical order, below the line where it rises."""

from __future__ import annotations

from inference.messages.catalogue import Catalogue
from inference.prediction import Prediction, PredictionStatus
from reports.figures.drawing import Anchor, Drawing, Line, Rect, Shape, Text
from reports.figures.style import PAPER, FigureStyle
from reports.fonts import Face
from reports.prediction_wording import prediction_name
from reports.wording import slice_number

HEIGHT = 56.0
_LABEL_SIZE = 6.5
_TOP = 10.0
_LABEL_ROOM = 12.0
_BELOW = 8.0
_FILLED = 0.7
_NARROWEST_LABEL = 12.0


def slice_shares(
    prediction: Prediction, width: float, catalogue: Catalogue, style: FigureStyle = PAPER
) -> Drawing:
    """Bars of ``prediction.slice_shares`` over slice numbers, ``width`` × 56 points.

    All bars share one scale whose zero is the line; the slice with the largest share carries the accent and
    its share in percentage points, and so does the deepest bar where it is the longer one.
    Empty when the prediction is not answered.
    """
    title = catalogue.text("report.shares.title", treatment=prediction_name(prediction, catalogue))
    shares = dict(zip(prediction.slices, prediction.slice_shares, strict=False))
    if prediction.status is not PredictionStatus.ANSWERED or not shares:
        return Drawing(width, HEIGHT, (), title)
    highest, lowest = max(0.0, *shares.values()), min(0.0, *shares.values())
    has_deepest = -lowest > highest
    room = HEIGHT - _TOP - _LABEL_ROOM - has_deepest * _BELOW
    scale = room / ((highest - lowest) or 1.0)
    zero = _TOP + highest * scale
    step = width / len(shares)
    strongest = strongest_slice(prediction)
    shapes: list[Shape] = []
    for place, (index, share) in enumerate(shares.items()):
        middle = (place + 0.5) * step
        colour = style.accent if index == strongest else style.spread
        top = zero - max(0.0, share) * scale
        bar_width = min(step * _FILLED, 18.0)
        shapes.append(Rect(middle - bar_width / 2, top, bar_width, abs(share) * scale, fill=colour))
        is_deepest = has_deepest and share == lowest
        if index == strongest or is_deepest:
            points = catalogue.text("report.points", value=f"{100 * share:.1f}".replace("-", "−"))
            anchor: Anchor = "start" if place == 0 else "end" if place == len(shares) - 1 else "middle"
            x = {"start": middle - bar_width / 2, "end": middle + bar_width / 2, "middle": middle}[anchor]
            y = zero - lowest * scale + _BELOW if is_deepest else top - 3
            shapes.append(Text(x, y, points, _LABEL_SIZE, style.ink, anchor, Face.SEMIBOLD))
        if step >= _NARROWEST_LABEL or index == strongest or place in (0, len(shares) - 1):
            face = Face.SEMIBOLD if index == strongest else Face.REGULAR
            label = str(slice_number(index))
            shapes.append(Text(middle, HEIGHT - 2, label, _LABEL_SIZE, style.quiet, "middle", face))
    shapes.append(Line(0, zero, width, zero, style.quiet, 0.6))
    return Drawing(width, HEIGHT, shapes, title)


def strongest_slice(prediction: Prediction) -> int | None:
    """The slice without which the score falls furthest; None when there are no shares."""
    if not prediction.slice_shares:
        return None
    place = max(range(len(prediction.slice_shares)), key=prediction.slice_shares.__getitem__)
    return prediction.slices[place]


def slice_under(prediction: Prediction, x: float, width: float) -> int | None:
    """The slice whose bar stands at ``x`` of a figure ``width`` wide; None beside all bars."""
    if not prediction.slice_shares or not 0 <= x < width:
        return None
    return prediction.slices[int(x / width * len(prediction.slice_shares))]
