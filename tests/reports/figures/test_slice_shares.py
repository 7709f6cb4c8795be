"""Bars of shares share one scale, hang below the line when negative, and can be pointed at."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inference.messages.catalogue import Catalogue
from inference.prediction import PredictionStatus
from reports.figures.drawing import Line, Rect, Text
from reports.figures.slice_shares import slice_shares, slice_under, strongest_slice
from reports.figures.style import PAPER
from tests.reports.assessments import SHARES, SLICES, prediction, silent

WIDTH = 250.0


def test_heights_are_proportional_and_a_negative_share_hangs_below_the_line(english: Catalogue) -> None:
    shapes = slice_shares(prediction("ccrt"), WIDTH, english).shapes
    bars = [shape for shape in shapes if isinstance(shape, Rect)]
    (zero,) = (shape.y1 for shape in shapes if isinstance(shape, Line))
    unit = bars[4].height / SHARES[4]
    assert [bar.height for bar in bars] == pytest.approx([abs(share) * unit for share in SHARES])
    for bar, share in zip(bars, SHARES, strict=True):
        edge = bar.y + bar.height if share > 0 else bar.y
        assert edge == pytest.approx(zero)


def test_the_strongest_slice_carries_accent_and_number(english: Catalogue) -> None:
    shown = prediction("ccrt")
    assert strongest_slice(shown) == SLICES[4]
    shapes = slice_shares(shown, WIDTH, english).shapes
    assert [shape.fill for shape in shapes if isinstance(shape, Rect)].index(PAPER.accent) == 4
    texts = [shape.text for shape in shapes if isinstance(shape, Text)]
    assert "6.1 points" in texts and str(SLICES[4] + 1) in texts


def test_a_deeper_fall_below_the_line_is_told_as_well(english: Catalogue) -> None:
    shown = replace(prediction("ccrt"), slice_shares=(0.01, -0.08, *([0.0] * (len(SLICES) - 2))))
    shapes = slice_shares(shown, WIDTH, english).shapes
    told = {shape.text: shape.y for shape in shapes if isinstance(shape, Text) and "points" in shape.text}
    assert set(told) == {"1.0 points", "\u22128.0 points"}
    lowest = max(shape.y + shape.height for shape in shapes if isinstance(shape, Rect))
    assert told["\u22128.0 points"] > lowest


def test_a_withheld_prediction_draws_nothing(english: Catalogue) -> None:
    assert not slice_shares(silent("ccrt", PredictionStatus.WITHHELD), WIDTH, english).shapes


def test_pointing_finds_the_slice_whose_bar_is_drawn_there(english: Catalogue) -> None:
    shown = prediction("ccrt")
    bars = [s for s in slice_shares(shown, WIDTH, english).shapes if isinstance(s, Rect)]
    assert [slice_under(shown, bar.x + bar.width / 2, WIDTH) for bar in bars] == list(SLICES)
    assert slice_under(shown, -1.0, WIDTH) is None
    assert slice_under(shown, WIDTH, WIDTH) is None
    assert slice_under(silent("ccrt", PredictionStatus.WITHHELD), 10.0, WIDTH) is None
