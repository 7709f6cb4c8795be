"""A waterfall: every patient's score against the threshold, sorted, by outcome."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from inference.messages.catalogue import Catalogue
from inference.statistics.outcomes import ClassData
from reports.figures.axes import LABEL_SIZE, TITLE_SIZE, grid, left_room, panel, sentence, y_axis
from reports.figures.clipping import Box
from reports.figures.drawing import Drawing, Line, Rect, Text
from reports.figures.legend import Entry, legend, legend_height
from reports.figures.marks import hatch
from reports.figures.scale import nice_ticks, tick_texts
from reports.figures.style import PAPER, FigureStyle, mixed

_HEIGHT: Final = 150.0
_HATCHED_FROM: Final = 2.2
_BELOW: Final = 18.0
_LEAST_REACH: Final = 0.02


def waterfall_plot(
    data: ClassData,
    *,
    width: float,
    catalogue: Catalogue,
    classes: Sequence[str],
    threshold: float,
    style: FigureStyle = PAPER,
    title: str = "",
) -> Drawing:
    """Bars from the threshold to each score, highest first; ``classes`` names positive, then negative.

    Full colour: the positive class.  Light and hatched: the negative class.  A bar above the line is called
    positive, so a light bar above it and a full one below it are the errors.
    """
    axis_title = catalogue.text("figure.score_against_threshold")
    positive, negative = style.colour_of(0), mixed(style.colour_of(1), style.ground, 0.4)
    entries = [
        Entry(classes[0], positive, mark="square", has_line=False),
        Entry(classes[1], negative, mark="square", has_line=False, hatching=style.colour_of(1)),
    ]
    gaps = data.scores - threshold
    reach = max(float(np.abs(gaps).max(initial=0.0)), _LEAST_REACH)
    low, high = (
        min(float(gaps.min(initial=0.0)), -0.1 * reach),
        max(float(gaps.max(initial=0.0)), 0.1 * reach),
    )
    ticks = nice_ticks(low, high, 5)
    labels = tick_texts(ticks)
    left = left_room(labels, axis_title) + 2.0
    top = legend_height(entries, width - left) + 5.0
    box = Box(left, top, width - 2.0, top + _HEIGHT)
    frame = panel(box, (0.0, max(1, len(data))), (low, high))
    shapes = legend(entries, left, 0.0, width - left, style)
    shapes += grid(frame, style, y_ticks=ticks)
    if not len(data):
        shapes += sentence(box, catalogue.text("figure.nobody"), style)
    order = np.lexsort((~data.is_positive, -data.scores))
    step = box.width / max(1, len(data))
    for place, row in enumerate(order):
        x, gap = box.left + place * step, float(gaps[row])
        bar = Box(x + 0.08 * step, frame.y(max(gap, 0.0)), x + 0.92 * step, frame.y(min(gap, 0.0)))
        fill = positive if data.is_positive[row] else negative
        shapes.append(Rect(bar.left, bar.top, bar.width, bar.height, fill))
        if not data.is_positive[row] and bar.width >= _HATCHED_FROM:
            shapes += hatch(bar, style.colour_of(1))
    shapes.append(Line(box.left, frame.y(0), box.right, frame.y(0), style.cutoff, 0.9))
    shapes += y_axis(frame, ticks, labels, axis_title, style)
    patients = catalogue.text("figure.patients_by_score", count=len(data))
    middle = (box.left + box.right) / 2
    shapes.append(Text(middle, box.bottom + LABEL_SIZE + 6, patients, TITLE_SIZE, style.ink, "middle"))
    return Drawing(width, box.bottom + _BELOW, shapes, title or axis_title)
