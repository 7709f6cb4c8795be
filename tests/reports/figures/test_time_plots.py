"""Decision curves and AUC(t): values at their places, and what is missing or carried on is marked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inference.messages.catalogue import Catalogue
from inference.statistics.discrimination.time_dependent_auc import TimeDependentAuc
from inference.statistics.estimate import Estimate
from inference.statistics.reasons import NotEstimable, Reason
from inference.statistics.utility.decision_curve import decision_curve
from reports.figures.decision_curve_plot import DecisionSeries, decision_curve_plot
from reports.figures.drawing import Circle, Line, Text
from reports.figures.style import PAPER
from reports.figures.time_dependent_auc_plot import AucSeries, time_dependent_auc_plot
from tests.reports.figures.panels import curves, panel_of, texts

BLUE = PAPER.colour_of(0)
CURVE = decision_curve([0.1, 0.3, 0.6, 0.9], [0, 0, 1, 1], [0.0, 0.2, 0.4, 0.6])
NONE = NotEstimable(Reason.NO_EVENT_BY_HORIZON)


def test_net_benefit_stands_over_its_threshold(english: Catalogue) -> None:
    drawing = decision_curve_plot([DecisionSeries("m", CURVE)], width=360.0, catalogue=english)
    (line,) = curves(drawing, BLUE)
    panel = panel_of(drawing, (0.0, 0.6))
    assert [panel.value(*point)[0] for point in line.points] == pytest.approx([0.0, 0.2, 0.4, 0.6])
    zero = next(s for s in curves(drawing, PAPER.quiet)).points[0][1]
    heights = [zero - y for _, y in line.points]
    assert heights == pytest.approx([h / 0.5 * heights[0] for h in CURVE.net_benefit])


def test_curves_are_cut_a_little_below_zero(english: Catalogue) -> None:
    drawing = decision_curve_plot([DecisionSeries("m", CURVE)], width=360.0, catalogue=english)
    (everybody,) = curves(drawing, PAPER.edge)
    panel = panel_of(drawing)
    assert everybody.points[-1][1] == pytest.approx(panel.bottom)


def test_what_rests_on_carried_follow_up_is_pale_and_said(english: Catalogue) -> None:
    carried = replace(CURVE, is_extrapolated=np.array([False, False, False, True]))
    drawing = decision_curve_plot([DecisionSeries("m", carried)], width=360.0, catalogue=english)
    (line,) = curves(drawing, BLUE)
    assert len(line.points) == 3
    assert "pale: follow-up of those treated ends before the horizon" in texts(drawing)
    plain = decision_curve_plot([DecisionSeries("m", CURVE)], width=360.0, catalogue=english)
    assert "pale: follow-up of those treated ends before the horizon" not in texts(plain)


def test_without_a_model_there_is_a_sentence(english: Catalogue) -> None:
    assert "no patients" in texts(decision_curve_plot([], width=250.0, catalogue=english))


def auc(*estimates: Estimate | NotEstimable) -> TimeDependentAuc:
    times = tuple(12.0 * (place + 1) for place in range(len(estimates)))
    counts = tuple(3 * (place + 1) for place in range(len(estimates)))
    return TimeDependentAuc(times, estimates, counts, counts, counts)


def test_areas_stand_at_their_horizons_with_bars(english: Catalogue) -> None:
    shown = auc(NONE, Estimate(0.7, None, 0.6, 0.8), Estimate(0.8, None, 0.65, 1.0))
    drawing = time_dependent_auc_plot([AucSeries("m", shown)], width=360.0, catalogue=english)
    panel = panel_of(drawing, (0.0, 36 * 1.04), (0.4, 1.0))
    points = [s for s in drawing.shapes if isinstance(s, Circle) and s.y > panel.top]
    assert np.allclose([panel.value(p.x, p.y) for p in points], [(24, 0.7), (36, 0.8)])
    bars = [
        s
        for s in drawing.shapes
        if isinstance(s, Line) and s.stroke == BLUE and s.x1 == s.x2 and s.y1 > panel.top - 1
    ]
    ends = [sorted((panel.value(b.x1, b.y1)[1], panel.value(b.x1, b.y2)[1])) for b in bars]
    assert np.allclose(ends, [(0.6, 0.8), (0.65, 1.0)])
    assert "t = 12: not estimable: no event by the horizon" in texts(drawing)
    assert {"3", "6", "9"} <= set(texts(drawing))


def test_many_horizons_are_a_line_that_breaks_where_nothing_is_known(english: Catalogue) -> None:
    known = [Estimate(0.7, None, 0.6, 0.8)] * 6
    drawing = time_dependent_auc_plot(
        [AucSeries("m", auc(*known, NONE, *known))], width=360.0, catalogue=english
    )
    assert len(curves(drawing, BLUE)) == 2


def test_of_many_times_without_an_area_the_first_and_the_last_are_named(english: Catalogue) -> None:
    series = [
        AucSeries("a", auc(*[Estimate(0.7)] * 12)),
        AucSeries("b", auc(*[NotEstimable(Reason.CONSTANT_SCORES)] * 12)),
    ]
    drawing = time_dependent_auc_plot(series, width=300.0, catalogue=english)
    first, last = (f"{time:g}" for time in (series[1].auc.times[0], series[1].auc.times[-1]))
    assert f"b, t = {first} … {last}: not estimable: all scores are equal" in texts(drawing)


def test_cases_that_are_the_same_for_all_markers_stand_once(english: Catalogue) -> None:
    series = [AucSeries(name, auc(Estimate(0.7, None, 0.6, 0.8))) for name in ("a", "b")]
    drawing = time_dependent_auc_plot(series, width=360.0, catalogue=english)
    assert len([s for s in drawing.shapes if isinstance(s, Text) and s.text == "3"]) == 1
