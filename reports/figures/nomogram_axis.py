"""One axis of a nomogram: its ticks, and labels that are staggered or thinned so that none touch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from reports.figures.axes import AXIS_WIDTH, LABEL_SIZE, LEADING
from reports.figures.drawing import Line, Rect, Shape, Text
from reports.figures.style import FigureStyle
from reports.typesetting import text_width

_TICK: Final = 3.0
_LINE: Final = LABEL_SIZE * LEADING
_GAP: Final = 4.0
_TIERS: Final = (1, -1, 2, -2, 3, -3)
"""Below the axis, above it, below the first row of labels, and so on."""


@dataclass(frozen=True, slots=True)
class Label:
    """A label and the tier in which it stands: 1, 2 … below the axis, −1, −2 … above; 0: not written."""

    text: str
    tick: float
    middle: float
    tier: int


@dataclass(frozen=True, slots=True)
class AxisRow:
    """The labels of an axis, and how many tiers stand above and below it."""

    labels: tuple[Label, ...]

    @property
    def above(self) -> float:
        """Room that is needed above the axis."""
        tiers = max((-label.tier for label in self.labels), default=0)
        return max(0, tiers) * _LINE + _TICK

    @property
    def below(self) -> float:
        """Room that is needed below the axis."""
        return max((label.tier for label in self.labels), default=0) * _LINE + _TICK + 1.0


def axis_row(
    texts: Sequence[str], ticks: Sequence[float], left: float, right: float, *, keeps_all: bool
) -> AxisRow:
    """Place the labels of ``ticks`` (points on the sheet) within [left, right].

    With ``keeps_all`` (levels of a factor) labels that would touch go into tiers above and below, and past
    six tiers they are left out; without, every second, third … is written.
    """
    order = sorted(range(len(ticks)), key=lambda place: ticks[place])
    spans = [_span(texts[place], ticks[place], left, right) for place in order]
    tiers = _staggered(spans) if keeps_all else _thinned(spans)
    return AxisRow(
        tuple(
            Label(texts[place], ticks[place], (start + end) / 2, tier)
            for place, (start, end), tier in zip(order, spans, tiers, strict=True)
        )
    )


def _span(text: str, tick: float, left: float, right: float) -> tuple[float, float]:
    half = text_width(text, LABEL_SIZE) / 2
    middle = min(max(tick, left + half), right - half)
    return middle - half, middle + half


def _staggered(spans: Sequence[tuple[float, float]]) -> list[int]:
    taken: dict[int, float] = {}
    chosen = []
    for start, end in spans:
        tier = next((t for t in _TIERS if t not in taken or start >= taken[t] + _GAP), 0)
        if tier:
            taken[tier] = end
        chosen.append(tier)
    return chosen


def _thinned(spans: Sequence[tuple[float, float]]) -> list[int]:
    for every in range(1, len(spans) + 1):
        if all(after[0] - before[1] >= _GAP for before, after in pairwise(spans[::every])):
            return [int(place % every == 0) for place in range(len(spans))]
    return []


def draw_axis(row: AxisRow, y: float, style: FigureStyle) -> list[Shape]:
    """The axis at ``y`` from its first tick to its last."""
    if not row.labels:
        return []
    first, last = row.labels[0].tick, row.labels[-1].tick
    shapes: list[Shape] = [Line(first, y, last, y, style.edge, AXIS_WIDTH)]
    for label in row.labels:
        down = -1.0 if label.tier < 0 else 1.0
        length = _TICK if label.tier else _TICK * 0.6
        shapes.append(Line(label.tick, y, label.tick, y + down * length, style.edge, AXIS_WIDTH))
        if not label.tier:
            continue
        if label.tier > 0:
            baseline = y + _TICK + label.tier * _LINE - 2.0
        else:
            baseline = y - _TICK + (label.tier + 1) * _LINE - 2.0
        if abs(label.tier) > 1:
            reach = baseline - LABEL_SIZE * 0.8 if label.tier > 0 else baseline + 2.0
            shapes.append(Line(label.tick, y + down * length, label.tick, reach, style.grid, AXIS_WIDTH))
        # The ground behind a label keeps lines that cross the figure out of its digits.
        wide = text_width(label.text, LABEL_SIZE) + 2.0
        behind = Rect(label.middle - wide / 2, baseline - LABEL_SIZE * 0.76, wide, LABEL_SIZE * 0.82)
        shapes.append(replace(behind, fill=style.ground))
        shapes.append(Text(label.middle, baseline, label.text, LABEL_SIZE, style.quiet, "middle"))
    return shapes
