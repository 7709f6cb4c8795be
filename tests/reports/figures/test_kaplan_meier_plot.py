"""Steps fall where events happened; bands, ticks, horizons and numbers at risk stand at their times."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from inference.messages.catalogue import Catalogue
from inference.statistics.outcomes import SurvivalData
from inference.statistics.reasons import NotEstimable, Reason
from inference.statistics.survival.kaplan_meier import kaplan_meier
from reports.figures.drawing import Circle, Drawing, Line, Polygon, Polyline, Text
from reports.figures.kaplan_meier_plot import SurvivalGroup, TimeUnit, kaplan_meier_plot
from reports.figures.style import PAPER
from tests.reports.figures.panels import panel_of

# Four of five alive after 2, two of three of those after 3, one censored at 2.5, the rest at 12.
TIME, EVENT = np.array([2.0, 2.5, 3.0, 12.0, 12.0]), np.array([1, 0, 1, 0, 0])


def drawn(catalogue: Catalogue, **options: object) -> Drawing:
    group = SurvivalGroup("all", kaplan_meier(SurvivalData(TIME, EVENT)))
    return kaplan_meier_plot([group], width=360.0, catalogue=catalogue, **options)  # type: ignore[arg-type]


def scales(drawing: Drawing) -> tuple[float, float, float, float]:
    """Left, right, top and bottom of the panel."""
    panel = panel_of(drawing)
    return panel.left, panel.right, panel.top, panel.bottom


def test_the_curve_steps_at_its_events(english: Catalogue) -> None:
    drawing = drawn(english)
    left, right, top, bottom = scales(drawing)
    (curve,) = (s for s in drawing.shapes if isinstance(s, Polyline) and s.stroke == PAPER.colour_of(0))
    values = [(12 * (x - left) / (right - left), (bottom - y) / (bottom - top)) for x, y in curve.points]
    heights = 4 / 5, 4 / 5 * 2 / 3
    corners = [(0, 1), (2, 1), (2, heights[0]), (3, heights[0]), (3, heights[1]), (12, heights[1])]
    seen = [point for place, point in enumerate(values) if place == 0 or point != values[place - 1]]
    for corner in corners:
        assert any(point == pytest.approx(corner, abs=1e-6) for point in seen)
    assert {round(height, 6) for _, height in seen} == {1.0, round(heights[0], 6), round(heights[1], 6)}


def test_censored_patients_have_a_tick_on_the_curve(english: Catalogue) -> None:
    drawing = drawn(english)
    left, right, top, bottom = scales(drawing)
    ticks = [
        s for s in drawing.shapes if isinstance(s, Line) and s.stroke == PAPER.colour_of(0) and s.x1 == s.x2
    ]
    assert [12 * (tick.x1 - left) / (right - left) for tick in ticks] == pytest.approx([2.5, 12])
    assert (bottom - (ticks[0].y1 + ticks[0].y2) / 2) / (bottom - top) == pytest.approx(0.8)


def test_the_band_lies_within_the_panel_and_around_the_curve(english: Catalogue) -> None:
    drawing = drawn(english)
    left, right, top, bottom = scales(drawing)
    (band,) = (s for s in drawing.shapes if isinstance(s, Polygon))
    assert min(x for x, _ in band.points) == pytest.approx(left + 2 / 12 * (right - left))
    assert all(top - 0.01 <= y <= bottom + 0.01 for _, y in band.points)
    assert band.fill_opacity < 1


def test_numbers_at_risk_stand_under_their_ticks(english: Catalogue) -> None:
    drawing = drawn(english)
    left, right, _, bottom = scales(drawing)
    texts = [s for s in drawing.shapes if isinstance(s, Text)]
    ticks = [s for s in texts if s.anchor == "middle" and s.fill == PAPER.quiet and s.y > bottom]
    numbers = [s for s in texts if s.anchor == "middle" and s.fill == PAPER.ink and s.text.isdigit()]
    assert [tick.x for tick in ticks] == pytest.approx([number.x for number in numbers])
    months = [12 * (tick.x - left) / (right - left) for tick in ticks]
    assert [float(tick.text) for tick in ticks] == pytest.approx(months)
    risk = {tick.text: number.text for tick, number in zip(ticks, numbers, strict=True)}
    assert risk["0"] == "5" and risk["2"] == "5" and risk["4"] == "2" and risk["12"] == "2"


def test_a_horizon_is_marked_on_the_curve(english: Catalogue) -> None:
    drawing = drawn(english, horizons=(6.0, 50.0))
    left, right, top, bottom = scales(drawing)
    (point,) = (s for s in drawing.shapes if isinstance(s, Circle))
    assert point.x == pytest.approx((left + right) / 2)
    assert (bottom - point.y) / (bottom - top) == pytest.approx(8 / 15)


def test_the_curve_can_be_ended_early(english: Catalogue) -> None:
    drawing = drawn(english, until=6.0)
    _, right, _, _ = scales(drawing)
    (curve,) = (s for s in drawing.shapes if isinstance(s, Polyline) and s.stroke == PAPER.colour_of(0))
    assert max(x for x, _ in curve.points) == pytest.approx(right)


def test_notes_are_shown_once_and_a_missing_group_says_why(english: Catalogue) -> None:
    groups = [
        SurvivalGroup("all", kaplan_meier(SurvivalData(TIME, EVENT))),
        SurvivalGroup("nobody", NotEstimable(Reason.EMPTY_GROUP)),
    ]
    drawing = kaplan_meier_plot(groups, width=360.0, catalogue=english, notes=("log-rank P = 0.03",))
    texts = [s.text for s in drawing.shapes if isinstance(s, Text)]
    assert texts.count("log-rank P = 0.03") == 1
    assert "nobody: not estimable: a group is empty" in texts


def test_without_any_group_the_plot_says_so(english: Catalogue) -> None:
    drawing = kaplan_meier_plot([], width=250.0, catalogue=english)
    assert "no patients" in [s.text for s in drawing.shapes if isinstance(s, Text)]


@pytest.mark.parametrize("unit", get_args(TimeUnit))
def test_every_unit_of_time_has_its_words(unit: TimeUnit, english: Catalogue, chinese: Catalogue) -> None:
    for catalogue in (english, chinese):
        assert catalogue.has(f"figure.time.{unit}") and catalogue.has(f"figure.survival_at.{unit}")
