"""Many groups, long names, little room, hardly any data: still on the sheet, still readable."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from inference.messages.catalogue import Catalogue
from inference.statistics.calibration.groups import CalibrationGroup
from inference.statistics.discrimination.roc import roc_curve
from inference.statistics.estimate import Estimate
from inference.statistics.outcomes import ClassData, SurvivalData
from inference.statistics.reasons import NotEstimable, Reason
from inference.statistics.survival.kaplan_meier import kaplan_meier
from reports.figures.calibration_plot import calibration_plot
from reports.figures.confusion_matrix_plot import confusion_matrix_plot
from reports.figures.drawing import Drawing
from reports.figures.forest_plot import ForestRow, forest_plot
from reports.figures.kaplan_meier_plot import SurvivalGroup, kaplan_meier_plot
from reports.figures.roc_plot import RocSeries, roc_plot
from reports.figures.score_distribution_plot import ScoreGroup, score_distribution_plot
from reports.figures.style import PAPER
from reports.figures.waterfall_plot import waterfall_plot
from tests.reports.figures.boxes import outside, touching
from tools.figure_specimens import SPECIMENS, Specimen

LONG = "patients who had induction chemotherapy and then concurrent chemoradiotherapy, group"
Make = Callable[[float, Catalogue], Drawing]


def eight_groups(width: float, catalogue: Catalogue) -> Drawing:
    chance = np.random.default_rng(1)
    groups = []
    for number in range(8):
        time = chance.exponential(20 + 15 * number, 40)
        data = SurvivalData(np.minimum(time, 200), time < 200)
        groups.append(SurvivalGroup(f"{LONG} {number}", kaplan_meier(data)))
    return kaplan_meier_plot(groups, width=width, catalogue=catalogue, notes=(LONG, LONG), horizons=(60.0,))


def short_names(width: float, catalogue: Catalogue) -> Drawing:
    data = SurvivalData(np.array([5.0, 8.0, 9.0]), np.array([1, 0, 1]))
    groups = [SurvivalGroup(f"G{number}", kaplan_meier(data)) for number in range(12)]
    return kaplan_meier_plot(groups, width=width, catalogue=catalogue, unit="years")


def one_patient(width: float, catalogue: Catalogue) -> Drawing:
    curve = kaplan_meier(SurvivalData(np.array([0.0]), np.array([1])))
    return kaplan_meier_plot([SurvivalGroup("a", curve)], width=width, catalogue=catalogue, unit="days")


def nobody_had_it(width: float, catalogue: Catalogue) -> Drawing:
    curve = kaplan_meier(SurvivalData(np.array([3.0, 2500.0]), np.array([0, 0])))
    return kaplan_meier_plot([SurvivalGroup("a", curve)], width=width, catalogue=catalogue, unit="days")


def seven_curves(width: float, catalogue: Catalogue) -> Drawing:
    chance = np.random.default_rng(2)
    data = ClassData(chance.normal(size=30), np.arange(30) % 2 == 1)
    series = [RocSeries(f"{LONG} {n}", roc_curve(data), Estimate(0.5, None, 0.3, 0.7)) for n in range(7)]
    return roc_plot(series, width=width, catalogue=catalogue)


def thirty_rows(width: float, catalogue: Catalogue) -> Drawing:
    estimates: list[Estimate | NotEstimable] = [
        Estimate(0.0002, None, 0.00001, 900.0),
        NotEstimable(Reason.EXPECTED_TOO_FEW),
        Estimate(1.0),
    ]
    rows = [ForestRow(f"{LONG} {n}", estimates[n % 3], ("12/3456",), n + 1) for n in range(30)]
    return forest_plot(
        rows, width=width, catalogue=catalogue, axis_title=LONG, column_titles=("n",), estimate_title="HR"
    )


def equal_estimates(width: float, catalogue: Catalogue) -> Drawing:
    rows = [ForestRow("a", Estimate(0.0, None, 0.0, 0.0))]
    return forest_plot(
        rows, width=width, catalogue=catalogue, axis_title="difference", null_value=0.0, is_log=False
    )


def four_classes(width: float, catalogue: Catalogue) -> Drawing:
    counts = ((12345, 0, 1, 2), (0, 0, 0, 0), (1, 2, 3, 4), (9, 9, 9, 99999))
    classes = ("complete response", "partial response", "stable disease", "progressive disease")
    return confusion_matrix_plot(counts, classes, width=width, catalogue=catalogue)


def one_score(width: float, catalogue: Catalogue) -> Drawing:
    groups = [ScoreGroup(f"{LONG} {n}", np.full(200 if n else 1, 0.5)) for n in range(5)]
    return score_distribution_plot(
        groups, width=width, catalogue=catalogue, limits=None, threshold=0.5, threshold_label="cut-off 50 %"
    )


def scores_beyond(width: float, catalogue: Catalogue) -> Drawing:
    groups = [ScoreGroup("a", np.array([-3.0, 0.5, 7.0])), ScoreGroup("b", np.linspace(-3, 7, 300))]
    return score_distribution_plot(groups, width=width, catalogue=catalogue, threshold=12.0)


def thousand_bars(width: float, catalogue: Catalogue) -> Drawing:
    chance = np.random.default_rng(3)
    data = ClassData(chance.normal(size=1000) * 1000, chance.random(1000) < 0.5)
    return waterfall_plot(data, width=width, catalogue=catalogue, classes=(LONG, LONG), threshold=0.0)


def equal_scores(width: float, catalogue: Catalogue) -> Drawing:
    data = ClassData(np.full(3, 0.5), np.array([1, 0, 1]))
    return waterfall_plot(data, width=width, catalogue=catalogue, classes=("a", "b"), threshold=0.5)


def small_risks(width: float, catalogue: Catalogue) -> Drawing:
    groups = [CalibrationGroup(9, 0.02 * n, Estimate(0.03 * n, None, 0.0, 0.9)) for n in range(1, 6)]
    return calibration_plot(
        groups, width=width, catalogue=catalogue, until=0.12, notes=(LONG,), predictions=np.array([0.01])
    )


def no_calibration(width: float, catalogue: Catalogue) -> Drawing:
    return calibration_plot([], width=width, catalogue=catalogue, smooth=NotEstimable(Reason.TOO_FEW_ROWS))


CASES = (
    eight_groups,
    short_names,
    one_patient,
    nobody_had_it,
    seven_curves,
    thirty_rows,
    equal_estimates,
    four_classes,
    one_score,
    scores_beyond,
    thousand_bars,
    equal_scores,
    small_risks,
    no_calibration,
)


@pytest.mark.parametrize("width", [220.0, 250.0, 511.0])
@pytest.mark.parametrize("make", CASES, ids=lambda make: make.__name__)
def test_hard_cases_stay_on_the_sheet_and_readable(
    make: Make, width: float, english: Catalogue, chinese: Catalogue
) -> None:
    for catalogue in (english, chinese):
        drawing = make(width, catalogue)
        assert not outside(drawing)
        assert not touching(drawing)


NEEDS_ROOM = ("forest", "nomogram", "nomogram-patient")


@pytest.mark.parametrize(
    "specimen", [each for each in SPECIMENS if each.name not in NEEDS_ROOM], ids=lambda each: each.name
)
def test_three_figures_fit_beside_each_other_on_a_page(
    specimen: Specimen, english: Catalogue, chinese: Catalogue
) -> None:
    for catalogue in (english, chinese):
        for width in (160.0, 200.0):
            drawing = specimen.make(width, PAPER, catalogue)
            assert not outside(drawing)
            assert not touching(drawing)
