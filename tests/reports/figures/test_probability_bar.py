"""The bar puts scores, range and cut-off where they belong, and nothing there when they are withheld."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from inference.messages.catalogue import Catalogue
from inference.prediction import PredictionStatus
from reports.figures.drawing import Circle, Polygon, Rect, Text
from reports.figures.probability_bar import probability_bar
from reports.figures.style import PAPER, SCREEN_DARK, SCREEN_LIGHT, FigureStyle
from tests.reports.assessments import prediction, silent

WIDTH = 208.0
MARGIN = 4.0


def x_of(fraction: float) -> float:
    return MARGIN + fraction * (WIDTH - 2 * MARGIN)


def test_folds_mean_and_cutoff_stand_at_their_values(english: Catalogue) -> None:
    shown = prediction("ccrt")
    shapes = probability_bar(shown, WIDTH, english).shapes
    folds = sorted(shape.x for shape in shapes if isinstance(shape, Circle))
    assert folds == pytest.approx([x_of(score) for score in sorted(shown.fold_scores)])
    means = [s for s in shapes if isinstance(s, Rect) and s.fill == PAPER.accent]
    assert shown.score is not None
    assert [each.x + each.width / 2 for each in means] == pytest.approx([x_of(shown.score)])
    flags = [shape for shape in shapes if isinstance(shape, Polygon)]
    assert [flag.points[2][0] for flag in flags] == pytest.approx([x_of(shown.cutoff)])


def test_the_band_spans_the_folds(english: Catalogue) -> None:
    shown = prediction("ccrt")
    assert shown.low is not None and shown.high is not None
    (band,) = (
        s
        for s in probability_bar(shown, WIDTH, english).shapes
        if isinstance(s, Rect) and s.fill == PAPER.spread
    )
    assert band.x == pytest.approx(x_of(shown.low), abs=2.5)
    assert band.x + band.width == pytest.approx(x_of(shown.high), abs=2.5)


def test_a_withheld_prediction_leaves_only_scale_and_cutoff(english: Catalogue) -> None:
    drawing = probability_bar(silent("ccrt", PredictionStatus.WITHHELD), WIDTH, english)
    assert not [shape for shape in drawing.shapes if isinstance(shape, Circle)]
    assert {shape.fill for shape in drawing.shapes if isinstance(shape, Rect)} == {PAPER.track}
    assert drawing.title == "CCRT · withheld · cut-off 50 %"


@pytest.mark.parametrize("cutoff", [0.01, 0.5, 0.99])
def test_the_label_of_an_extreme_cutoff_stays_on_the_sheet(cutoff: float, chinese: Catalogue) -> None:
    shapes = probability_bar(replace(prediction("ccrt"), cutoff=cutoff), WIDTH, chinese).shapes
    label = next(s for s in shapes if isinstance(s, Text) and s.face.value.endswith("Regular") and s.y < 12)
    assert label.anchor == {0.01: "start", 0.5: "middle", 0.99: "end"}[cutoff]
    assert 0 <= label.x <= WIDTH


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(first: str, second: str) -> float:
    high, low = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("style", [PAPER, SCREEN_DARK, SCREEN_LIGHT], ids=["paper", "dark", "light"])
def test_text_and_verdicts_are_legible_on_their_ground(style: FigureStyle) -> None:
    for colour in (style.ink, style.quiet, style.fine, style.note, style.refused, style.cutoff):
        assert _contrast(colour, style.ground) >= 4.5, colour


@pytest.mark.parametrize("style", [PAPER, SCREEN_DARK, SCREEN_LIGHT], ids=["paper", "dark", "light"])
def test_track_spread_and_value_differ_in_grey(style: FigureStyle) -> None:
    greys = sorted(_luminance(colour) for colour in (style.track, style.spread, style.accent))
    assert all((high + 0.05) / (low + 0.05) > 1.3 for low, high in pairwise(greys))
