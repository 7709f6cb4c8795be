"""Where the patient's score lies among those of the training cohort, by outcome."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from inference.messages.catalogue import Catalogue
from inference.packs.study_models import Quantiles
from inference.prediction import Prediction
from reports.figures.axes import LABEL_SIZE, LEADING, MIDDLE, bottom_room, panel, x_axis
from reports.figures.clipping import Box
from reports.figures.drawing import Anchor, Drawing, Line, Polygon, Rect, Shape, Text
from reports.figures.scale import Scale, nice_ticks, tick_texts
from reports.figures.style import PAPER, FigureStyle, mixed
from reports.prediction_wording import cutoff_text, prediction_name, score_text
from reports.typesetting import wrap

_ROW: Final = 26.0
_BOX: Final = 10.0
_NAME_SHARE: Final = 0.3
_FLAG: Final = 13.0


def cohort_position(
    prediction: Prediction,
    quantiles: Sequence[Quantiles],
    *,
    width: float,
    catalogue: Catalogue,
    style: FigureStyle = PAPER,
) -> Drawing:
    """A row for each outcome of the cohort: box of quartiles, median, line from the 5 % to the 95 % quantile.

    The heavy upright is the patient, the dashed one the cut-off.
    """
    title = catalogue.text("figure.cohort_position")
    if not quantiles or prediction.score is None:
        return Drawing(width, 0.0, (), title)
    every = np.concatenate([one.values for one in quantiles])
    marks = [prediction.score, *([prediction.cutoff] if prediction.cutoff is not None else [])]
    low, high = min(float(every.min()), *marks), max(float(every.max()), *marks)
    slack = 0.04 * ((high - low) or 1.0)
    left = _NAME_SHARE * width
    box = Box(left, _FLAG, width - 10.0, _FLAG + _ROW * len(quantiles))
    frame = panel(box, (low - slack, high + slack), (0.0, 1.0))
    shapes: list[Shape] = []
    for place, one in enumerate(quantiles):
        middle = box.top + (place + 0.5) * _ROW
        # The first row is the outcome that is scored: its colour is that of risk, unless it is hoped for.
        number = len(quantiles) - place if prediction.higher_is == "better" else place + 1
        shapes += _row(one, frame.x, middle, left - 8.0, catalogue, style.colour_of(number), style)
    if prediction.cutoff is not None:
        x = frame.x(prediction.cutoff)
        shapes.append(Line(x, box.top, x, box.bottom, style.cutoff, 0.9, (2.0, 2.0)))
    x = frame.x(prediction.score)
    shapes.append(Line(x, box.top - 1, x, box.bottom, style.accent, 2.2))
    shapes.append(
        Polygon(((x - 3, box.top - 5), (x + 3, box.top - 5), (x, box.top - 0.5)), fill=style.accent)
    )
    patient = catalogue.text("figure.this_patient_at", value=score_text(prediction, catalogue))
    anchor: Anchor = "end" if x > (box.left + box.right) / 2 else "start"
    shift = -5.0 if anchor == "end" else 5.0
    shapes.append(Text(x + shift, box.top - 3, patient, LABEL_SIZE, style.ink, anchor))
    ticks = nice_ticks(frame.x.low, frame.x.high, 5)
    scale = 100 if prediction.scale == "probability" else 1
    name = prediction_name(prediction, catalogue)
    cutoff = cutoff_text(prediction, catalogue)
    unit = "percent" if prediction.scale == "probability" else "number"
    axis = catalogue.text(f"figure.score_of.{unit}", name=name) + (
        f" · {catalogue.text('report.cutoff', value=cutoff)}" if cutoff else ""
    )
    shapes += x_axis(frame, ticks, tick_texts(ticks, scale), axis, style)
    return Drawing(width, box.bottom + bottom_room(axis, box.width), shapes, title)


def _row(
    one: Quantiles,
    x_of: Scale,
    middle: float,
    room: float,
    catalogue: Catalogue,
    colour: str,
    style: FigureStyle,
) -> list[Shape]:
    shares = np.asarray(one.stated.probabilities)
    at = [x_of(float(np.interp(share, shares, one.values))) for share in (0.25, 0.5, 0.75)]
    ends = x_of(float(one.values[0])), x_of(float(one.values[-1]))
    outcome = catalogue.text(f"figure.outcome.{one.stated.outcome}")
    name = catalogue.text("figure.cohort_group", outcome=outcome, count=one.stated.patients)
    lines = wrap(name, room, LABEL_SIZE)
    first = middle - (len(lines) - 1) * LABEL_SIZE * LEADING / 2 + LABEL_SIZE * MIDDLE
    shapes: list[Shape] = [
        Text(0, first + number * LABEL_SIZE * LEADING, line, LABEL_SIZE, style.ink)
        for number, line in enumerate(lines)
    ]
    shapes.append(Line(ends[0], middle, ends[1], middle, colour, 1.0))
    ground = mixed(colour, style.ground, 0.35)
    shapes.append(Rect(at[0], middle - _BOX / 2, max(at[2] - at[0], 0.5), _BOX, ground, colour, 0.8))
    shapes.append(Line(at[1], middle - _BOX / 2, at[1], middle + _BOX / 2, colour, 1.6))
    return shapes
