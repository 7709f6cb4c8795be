"""What each term adds to a model's linear predictor: bars to both sides of nothing."""

from __future__ import annotations

from typing import Final

from inference.clinical.quantity import quantity
from inference.clinical.schema import load_form
from inference.messages.catalogue import Catalogue
from inference.prediction import Contribution, Prediction
from reports.figures.axes import LABEL_SIZE, LEADING, MIDDLE
from reports.figures.drawing import Anchor, Drawing, Line, Rect, Shape, Text
from reports.figures.style import PAPER, FigureStyle
from reports.fonts import Face
from reports.typesetting import text_width, wrap
from reports.wording import text_or_code

_ROW: Final = 17.0
_BAR: Final = 9.0
_NAME_SHARE: Final = 0.42
_FIGURE_ROOM: Final = 30.0
_GAP: Final = 8.0


def contribution_bars(
    prediction: Prediction, study: str, width: float, catalogue: Catalogue, style: FigureStyle = PAPER
) -> Drawing:
    """One bar a term, the longest first; to the right of the line it raises the score.

    Full colour: raises.  Light: lowers.  Without contributions the drawing is empty.
    """
    title = catalogue.text("figure.contributions")
    terms = sorted(prediction.contributions, key=lambda term: -abs(term.amount))
    if not terms:
        return Drawing(width, 0.0, (), title)
    names = [term_text(term, study, catalogue) for term in terms]
    room = min(max(text_width(name, LABEL_SIZE) for name in names) + 2, _NAME_SHARE * width)
    left, right = room + _GAP + _FIGURE_ROOM, width - _FIGURE_ROOM
    lowest = min(0.0, *(term.amount for term in terms))
    highest = max(0.0, *(term.amount for term in terms))
    unit = (right - left) / ((highest - lowest) or 1.0)
    zero = left - lowest * unit
    shapes: list[Shape] = []
    top = 2.0
    for term, name in zip(terms, names, strict=True):
        lines = wrap(name, room, LABEL_SIZE)
        height = max(_ROW, len(lines) * LABEL_SIZE * LEADING + 4.0)
        middle = top + height / 2
        first = middle - (len(lines) - 1) * LABEL_SIZE * LEADING / 2 + LABEL_SIZE * MIDDLE
        for number, line in enumerate(lines):
            shapes.append(Text(0, first + number * LABEL_SIZE * LEADING, line, LABEL_SIZE, style.ink))
        length = abs(term.amount) * unit
        start = zero if term.amount >= 0 else zero - length
        colour = style.accent if term.amount >= 0 else style.spread
        shapes.append(Rect(start, middle - _BAR / 2, length, _BAR, fill=colour))
        x, anchor = _figure_place(term, zero, length)
        figure = f"{term.amount:+.2f}".replace("-", "\u2212")
        shapes.append(
            Text(x, middle + LABEL_SIZE * MIDDLE, figure, LABEL_SIZE, style.quiet, anchor, Face.SEMIBOLD)
        )
        top += height
    shapes.append(Line(zero, 0.0, zero, top, style.edge, 0.7))
    return Drawing(width, top + 2.0, shapes, title)


def term_text(term: Contribution, study: str, catalogue: Catalogue) -> str:
    """A field of the form or a score with the patient's value, e.g. ``Ki-67: 41 %``."""
    kind, _, field = term.term.partition(".")
    value = term.value
    if kind != "clinical":
        value = f"{float(value):.2f}".replace("-", "\u2212")
    elif _is_number(value):
        units = load_form(study).field(field).units
        value = catalogue.shown(quantity(f"{float(value):g}", units[0].code if units else ""))
    else:
        value = text_or_code(term.term, value, catalogue)
    return catalogue.text("figure.contribution", name=catalogue.text(f"{kind}.{field}"), value=value)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _figure_place(term: Contribution, zero: float, length: float) -> tuple[float, Anchor]:
    return (zero + length + 3, "start") if term.amount >= 0 else (zero - length - 3, "end")
