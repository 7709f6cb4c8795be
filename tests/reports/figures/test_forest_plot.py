"""Marks stand at their ratios, long intervals end in arrows, and what is missing is said."""

from __future__ import annotations

import math

import pytest

from inference.messages.catalogue import Catalogue
from inference.statistics.estimate import Estimate
from inference.statistics.reasons import NotEstimable, Reason
from reports.figures.drawing import Drawing, Line, Polygon, Rect, Text
from reports.figures.forest_plot import ForestRow, forest_plot
from reports.figures.style import PAPER
from tests.reports.figures.panels import texts

BLUE = PAPER.colour_of(0)


def drawn(rows: list[ForestRow], catalogue: Catalogue, **options: object) -> Drawing:
    return forest_plot(rows, width=400.0, catalogue=catalogue, axis_title="HR", **options)  # type: ignore[arg-type]


def place(drawing: Drawing, label: str) -> float:
    return next(s.x for s in drawing.shapes if isinstance(s, Text) and s.text == label)


def marks(drawing: Drawing) -> list[Rect]:
    return [s for s in drawing.shapes if isinstance(s, Rect) and s.fill == BLUE]


def test_marks_and_whiskers_stand_on_a_logarithmic_scale(english: Catalogue) -> None:
    drawing = drawn([ForestRow("a", Estimate(2.0, None, 1.0, 4.0))], english)
    one, two = place(drawing, "1"), place(drawing, "2")
    (mark,) = marks(drawing)
    assert mark.x + mark.width / 2 == pytest.approx(two)
    whisker = next(s for s in drawing.shapes if isinstance(s, Line) and s.stroke == BLUE and s.y1 == s.y2)
    assert whisker.x1 == pytest.approx(one)
    assert whisker.x2 == pytest.approx(one + (two - one) * math.log(4) / math.log(2))
    null = next(s for s in drawing.shapes if isinstance(s, Line) and s.dash)
    assert null.x1 == pytest.approx(one)


def test_an_interval_that_leaves_the_axis_ends_in_an_arrow(english: Catalogue) -> None:
    drawing = drawn([ForestRow("a", Estimate(2.0, None, 0.001, 900.0))], english)
    arrows = [s for s in drawing.shapes if isinstance(s, Polygon) and s.fill == BLUE]
    axis = next(
        s
        for s in drawing.shapes
        if isinstance(s, Line) and s.stroke == PAPER.edge and s.x2 - s.x1 > 50 and not s.dash and s.y1 > 12
    )
    assert sorted(arrow.points[0][0] for arrow in arrows) == pytest.approx([axis.x1, axis.x2])
    assert "2.00 (0.00–900.00)" in texts(drawing)


def test_weights_set_the_area_of_marks(english: Catalogue) -> None:
    rows = [
        ForestRow(name, Estimate(1.5, None, 1.0, 2.0), (), weight)
        for name, weight in (("a", 400), ("b", 100))
    ]
    large, small = marks(drawn(rows, english))
    assert large.width == pytest.approx(2 * small.width, rel=0.01)


def test_a_pooled_effect_is_a_diamond_over_its_interval(english: Catalogue) -> None:
    drawing = drawn([ForestRow("all", Estimate(2.0, None, 1.0, 4.0), is_pooled=True)], english)
    (diamond,) = (s for s in drawing.shapes if isinstance(s, Polygon))
    assert diamond.points[0][0] == pytest.approx(place(drawing, "1"))
    assert diamond.points[1][0] == pytest.approx(place(drawing, "2"))
    assert not marks(drawing)


def test_what_is_not_estimable_says_so_in_its_row(english: Catalogue) -> None:
    rows = [ForestRow("a", Estimate(1.2, None, 1.0, 1.4)), ForestRow("b", NotEstimable(Reason.SEPARATION))]
    drawing = drawn(rows, english)
    assert "not estimable: the outcome is perfectly separated" in " ".join(texts(drawing))
    assert len(marks(drawing)) == 1


def test_an_estimate_without_interval_has_a_mark_alone(english: Catalogue) -> None:
    drawing = drawn([ForestRow("a", Estimate(2.0))], english)
    assert len(marks(drawing)) == 1 and "2.00" in texts(drawing)


def test_differences_stand_on_a_plain_scale(english: Catalogue) -> None:
    rows = [ForestRow("a", Estimate(-0.5, None, -1.0, 0.0)), ForestRow("b", Estimate(0.5, None, 0.0, 1.0))]
    drawing = drawn(rows, english, null_value=0.0, is_log=False)
    first, second = (mark.x + mark.width / 2 for mark in marks(drawing))
    null = next(s for s in drawing.shapes if isinstance(s, Line) and s.dash)
    assert (first + second) / 2 == pytest.approx(null.x1)
    assert "−0.50 (−1.00 to 0.00)" in texts(drawing)


def test_given_limits_are_those_of_the_axis(english: Catalogue) -> None:
    row = ForestRow("a", Estimate(0.7, None, 0.2, 0.9))
    drawing = drawn([row], english, null_value=0.5, is_log=False, limits=(0.4, 1.0))
    null = next(s for s in drawing.shapes if isinstance(s, Line) and s.dash)
    (one,) = marks(drawing)
    axis = next(s for s in drawing.shapes if isinstance(s, Line) and s.y1 == s.y2 and s.x1 < null.x1 < s.x2)
    assert axis.x1 + (axis.x2 - axis.x1) / 6 == pytest.approx(null.x1)
    assert axis.x1 + (axis.x2 - axis.x1) / 2 == pytest.approx(one.x + one.width / 2)
    assert any(isinstance(s, Polygon) for s in drawing.shapes)


BEYOND = {
    "value and part of the interval": Estimate(0.3, None, 0.2, 0.6),
    "all of the interval, below": Estimate(0.1, None, 0.05, 0.2),
    "all of the interval, above": Estimate(7.0, None, 3.0, 9.0),
    "value without an interval": Estimate(9.0),
    "more than the axis": Estimate(1.0, None, 0.01, 30.0),
    "zero": Estimate(0.0, None, 0.0, 1.0),
}


@pytest.mark.parametrize("is_pooled", [False, True])
@pytest.mark.parametrize("case", BEYOND)
def test_what_lies_beyond_the_limits_ends_in_an_arrow_at_the_edge(
    case: str, is_pooled: bool, english: Catalogue
) -> None:
    one = BEYOND[case]
    drawing = drawn([ForestRow("a", one, is_pooled=is_pooled)], english, limits=(0.5, 2.0), null_value=3.0)
    axis = next(s for s in drawing.shapes if isinstance(s, Line) and s.stroke == PAPER.edge and s.x2 > s.x1)
    assert not any(isinstance(s, Line) and s.dash for s in drawing.shapes)
    polygons = [s for s in drawing.shapes if isinstance(s, Polygon)]
    lines = [s for s in drawing.shapes if isinstance(s, Line) and s.stroke == BLUE]
    places = [x for s in polygons for x, _ in s.points] + [x for s in lines for x in (s.x1, s.x2)]
    assert axis.x1 - 0.01 <= min(places) and max(places) <= axis.x2 + 0.01
    tips = {s.points[0][0] for s in polygons if len(s.points) == 3}
    least, most = one.lower, one.upper
    lowest = one.value if least is None else least
    highest = one.value if most is None else most
    beyond = {axis.x1} if lowest < 0.5 else set()
    assert sorted(tips) == pytest.approx(sorted(beyond | ({axis.x2} if highest > 2.0 else set())))
    assert len(marks(drawing)) == (not is_pooled and 0.5 <= one.value <= 2.0)


def test_without_rows_there_is_an_axis(english: Catalogue) -> None:
    assert "HR" in texts(drawn([], english))
