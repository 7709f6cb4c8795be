"""Bars add up, are told apart without colour, and keep within their width."""

from __future__ import annotations

from reports.figures.drawing import Line, Rect, Text, to_svg
from reports.figures.style import PAPER
from reports.figures.verdict_bars import VerdictBar, VerdictWords, verdict_bars

WORDS = VerdictWords("correct", "wrong", "cannot be judged", "{count} rest on untested predictions")
WIDTH = 500.0


def bars(*each: VerdictBar) -> list[object]:
    return list(verdict_bars(each, WORDS, WIDTH).shapes)


def test_lengths_are_shares_of_one_length() -> None:
    shapes = bars(VerdictBar("Physicians", 39, 26, 20))
    filled = [s for s in shapes if isinstance(s, Rect) and s.fill == PAPER.accent and s.height > 15]
    assert [round(s.width / (WIDTH - 82) * 85) for s in filled] == [39]


def test_counts_and_the_bracket_are_printed() -> None:
    drawing = verdict_bars([VerdictBar("Model", 58, 11, 16, 32, 26)], WORDS, WIDTH)
    texts = [shape.text for shape in drawing.shapes if isinstance(shape, Text)]
    assert {"58", "11", "16", "26 rest on untested predictions"} <= set(texts)
    assert drawing.title == "Model: correct 58, wrong 11, cannot be judged 16"
    assert "clip" not in to_svg(drawing)


def test_everything_stays_within_the_width() -> None:
    for bar in (
        VerdictBar("A", 1, 1, 400, 0, 1),
        VerdictBar("A", 0, 3, 0, 0, 3),
        VerdictBar("A", 400, 1, 1, 400, 1),
    ):
        drawing = verdict_bars([bar], WORDS, WIDTH)
        for shape in drawing.shapes:
            if isinstance(shape, Line):
                assert min(shape.x1, shape.x2) >= -1e-9 and max(shape.x1, shape.x2) <= WIDTH + 1e-9
                assert min(shape.y1, shape.y2) >= 0 and max(shape.y1, shape.y2) <= drawing.height
            if isinstance(shape, Rect):
                assert shape.x >= 0 and shape.x + shape.width <= WIDTH + 1e-9


def test_nobody_is_an_empty_line_with_its_name() -> None:
    shapes = bars(VerdictBar("Physicians", 0, 0, 0))
    assert not [s for s in shapes if isinstance(s, Rect) and s.height > 15]
