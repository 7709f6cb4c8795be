"""Figures of two classes put values at their places, and a sentence where there are none."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from inference.messages.catalogue import Catalogue
from inference.statistics.calibration.groups import CalibrationGroup
from inference.statistics.discrimination.delong import delong_auc
from inference.statistics.discrimination.precision_recall import precision_recall_curve
from inference.statistics.discrimination.roc import roc_curve
from inference.statistics.estimate import Estimate
from inference.statistics.outcomes import ClassData
from inference.statistics.reasons import NotEstimable, Reason
from reports.figures.calibration_plot import calibration_plot
from reports.figures.confusion_matrix_plot import confusion_matrix_plot
from reports.figures.drawing import Circle, Line, Polygon, Rect, Text
from reports.figures.precision_recall_plot import PrecisionRecallSeries, precision_recall_plot
from reports.figures.roc_plot import OperatingPoint, RocSeries, roc_plot
from reports.figures.score_distribution_plot import ScoreGroup, score_distribution_plot
from reports.figures.style import PAPER, contrast
from reports.figures.waterfall_plot import waterfall_plot
from tests.reports.figures.panels import curves, panel_of, texts

BLUE, ORANGE = PAPER.colour_of(0), PAPER.colour_of(1)
DATA = ClassData(np.array([0.1, 0.4, 0.35, 0.8]), np.array([0, 0, 1, 1]))


def test_the_roc_curve_runs_through_its_points(english: Catalogue) -> None:
    series = RocSeries("m", roc_curve(DATA), delong_auc(DATA), point=OperatingPoint(0.5, 1.0, "at 0.6"))
    drawing = roc_plot([series], width=300.0, catalogue=english)
    panel = panel_of(drawing)
    (curve,) = curves(drawing, BLUE)
    values = [panel.value(x, y) for x, y in curve.points]
    assert np.allclose(values, [(1, 1), (0.5, 1), (0.5, 0.5), (0, 0.5), (0, 0)])
    points = [s for s in drawing.shapes if isinstance(s, Circle) and s.radius == 3.0]
    assert [panel.value(point.x, point.y) for point in points] == [pytest.approx((0.0, 0.5))]
    assert any(text.startswith("AUC 0.75 (") for text in texts(drawing)) and "at 0.6" in texts(drawing)


def test_names_stand_in_the_free_corner_of_a_narrow_square(english: Catalogue) -> None:
    chance = np.random.default_rng(6)
    data = ClassData(np.concatenate([chance.normal(2, 1, 40), chance.normal(0, 1, 60)]), np.arange(100) < 40)
    for names, is_inside in ((("image", "clinic"), True), (("image",) * 9, False)):
        series = [RocSeries(name, roc_curve(data), delong_auc(data)) for name in names]
        drawing = roc_plot(series, width=250.0, catalogue=english)
        panel = panel_of(drawing)
        places = [s.y for s in drawing.shapes if isinstance(s, Text) and s.text == "image"]
        assert all((y > panel.top) == is_inside for y in places)


def test_a_roc_curve_that_cannot_be_had_says_why(english: Catalogue) -> None:
    series = [RocSeries("m", NotEstimable(Reason.ONE_CLASS))]
    drawing = roc_plot(series, width=300.0, catalogue=english)
    assert texts(drawing).count("not estimable: all patients have the same outcome") >= 1
    assert not curves(drawing, BLUE)


def test_precision_is_not_interpolated(english: Catalogue) -> None:
    series = [PrecisionRecallSeries("m", precision_recall_curve(DATA))]
    drawing = precision_recall_plot(series, width=300.0, catalogue=english)
    panel = panel_of(drawing)
    (curve,) = curves(drawing, BLUE)
    values = [panel.value(x, y) for x, y in curve.points]
    assert all(
        a[0] == pytest.approx(b[0], abs=1e-6) or a[1] == pytest.approx(b[1], abs=1e-6)
        for a, b in pairwise(values)
    )
    area = sum((b[0] - a[0]) * a[1] for a, b in pairwise(values) if b[0] > a[0] + 1e-9)
    curve_data = precision_recall_curve(DATA)
    assert not isinstance(curve_data, NotEstimable)
    assert area == pytest.approx(curve_data.average_precision.value)
    (line,) = curves(drawing, PAPER.quiet)
    assert panel.value(*line.points[0])[1] == pytest.approx(0.5)


def test_calibration_groups_stand_at_prediction_and_observation(english: Catalogue) -> None:
    groups = [
        CalibrationGroup(10, 0.2, Estimate(0.3, None, 0.1, 0.6)),
        CalibrationGroup(5, 0.7, NotEstimable(Reason.NOBODY_FOLLOWED_TO_HORIZON)),
    ]
    predictions, outcome = np.array([0.1, 0.1, 0.5, 0.9]), np.array([False, True, False, True])
    drawing = calibration_plot(
        groups,
        width=300.0,
        catalogue=english,
        predictions=predictions,
        is_positive=outcome,
        notes=("ICI 0.1",),
    )
    panel = panel_of(drawing)
    (point,) = (s for s in drawing.shapes if isinstance(s, Circle) and s.radius == 2.75)
    assert panel.value(point.x, point.y) == pytest.approx((0.2, 0.3))
    bars = [s for s in drawing.shapes if isinstance(s, Line) and s.stroke == BLUE and s.x1 == s.x2]
    limits = sorted(panel.value(bars[0].x1, y)[1] for y in (bars[0].y1, bars[0].y2))
    assert limits == pytest.approx([0.1, 0.6])
    assert "n = 5: not estimable: nobody was followed to the horizon" in " ".join(texts(drawing))
    histogram = [s for s in drawing.shapes if isinstance(s, Rect) and s.y > panel.bottom]
    places = sorted(panel.value(bar.x + bar.width / 2, 0)[0] for bar in histogram)
    assert places == pytest.approx([0.1, 0.1, 0.5, 0.9], abs=0.011)


def test_cells_hold_counts_and_shares_of_their_row(english: Catalogue) -> None:
    drawing = confusion_matrix_plot(((30, 10), (0, 0)), ("ill", "well"), width=300.0, catalogue=english)
    words = texts(drawing)
    assert {"30", "10", "75.0 %", "25.0 %", "n = 40", "n = 0"} <= set(words)
    assert words.count("–") == 2
    cells = [s for s in drawing.shapes if isinstance(s, Rect) and s.fill]
    for cell in cells:
        assert cell.fill is not None
        assert max(contrast(cell.fill, PAPER.ink), contrast(cell.fill, PAPER.ground)) >= 4.5


def test_scores_stand_at_their_values_and_quartiles_are_boxed(english: Catalogue) -> None:
    groups = [ScoreGroup("ill", np.array([0.2, 0.4, 0.6, 0.8])), ScoreGroup("well", np.array([]))]
    drawing = score_distribution_plot(
        groups, width=360.0, catalogue=english, threshold=0.5, threshold_label="cut-off"
    )
    axis = next(s for s in drawing.shapes if isinstance(s, Line) and s.y1 == s.y2 and s.stroke == PAPER.edge)

    def value(x: float) -> float:
        return (x - axis.x1) / (axis.x2 - axis.x1)

    points = sorted(value(s.points[0][0]) for s in drawing.shapes if isinstance(s, Polygon))
    assert points == pytest.approx([0.2, 0.4, 0.6, 0.8])
    (box,) = (s for s in drawing.shapes if isinstance(s, Rect))
    assert (value(box.x), value(box.x + box.width)) == pytest.approx((0.35, 0.65))
    cut = next(s for s in drawing.shapes if isinstance(s, Line) and s.stroke == PAPER.cutoff)
    assert value(cut.x1) == pytest.approx(0.5)
    assert {"n = 4", "n = 0", "cut-off"} <= set(texts(drawing))


def test_without_scores_the_plot_says_so(english: Catalogue) -> None:
    for groups in ([], [ScoreGroup("ill", np.array([]))]):
        assert "no patients" in texts(score_distribution_plot(groups, width=250.0, catalogue=english))


def test_bars_of_a_waterfall_run_from_the_threshold_highest_first(english: Catalogue) -> None:
    drawing = waterfall_plot(DATA, width=300.0, catalogue=english, classes=("ill", "well"), threshold=0.38)
    zero = next(s.y1 for s in drawing.shapes if isinstance(s, Line) and s.stroke == PAPER.cutoff)
    bars = [s for s in drawing.shapes if isinstance(s, Rect) and s.y + s.height > 20]
    gaps = [(zero - bar.y) or -bar.height for bar in bars]
    unit = gaps[0] / 0.42
    assert [gap / unit for gap in gaps] == pytest.approx([0.42, 0.02, -0.03, -0.28])
    assert [bar.fill == BLUE for bar in bars] == [True, False, True, False]


def test_a_waterfall_of_nobody_says_so(english: Catalogue) -> None:
    empty = ClassData(np.array([]), np.array([]))
    drawing = waterfall_plot(empty, width=250.0, catalogue=english, classes=("a", "b"), threshold=0.5)
    assert "no patients" in texts(drawing)
