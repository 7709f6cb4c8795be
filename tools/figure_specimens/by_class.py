"""Specimens of figures whose outcome is one of two classes."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from inference.messages.catalogue import Catalogue
from inference.statistics.calibration.binary_curve import binary_calibration_groups
from inference.statistics.calibration.groups import CalibrationGroup
from inference.statistics.calibration.smooth import SmoothCalibration, smooth_calibration
from inference.statistics.discrimination.classification import confusion_matrix
from inference.statistics.discrimination.delong import delong_auc
from inference.statistics.discrimination.precision_recall import precision_recall_curve
from inference.statistics.discrimination.roc import roc_curve
from inference.statistics.discrimination.roc_band import RocBand, roc_band
from inference.statistics.estimate import Estimate
from inference.statistics.outcomes import ClassData
from inference.statistics.reasons import NotEstimable, Reason
from inference.statistics.utility.decision_curve import decision_curve
from reports.figures.calibration_plot import calibration_plot
from reports.figures.confusion_matrix_plot import confusion_matrix_plot
from reports.figures.decision_curve_plot import DecisionSeries, decision_curve_plot
from reports.figures.drawing import Drawing
from reports.figures.precision_recall_plot import PrecisionRecallSeries, precision_recall_plot
from reports.figures.roc_plot import OperatingPoint, RocSeries, roc_plot
from reports.figures.score_distribution_plot import ScoreGroup, score_distribution_plot
from reports.figures.style import FigureStyle
from reports.figures.waterfall_plot import waterfall_plot
from tools.figure_specimens.specimen import Make, model_names, scores_of, words


def distribution_of(count: int) -> Make:
    def make(width: float, style: FigureStyle, catalogue: Catalogue) -> Drawing:
        data = scores_of(count, 3)
        names = (words(catalogue, "residual", "残留"), words(catalogue, "no residual", "无残留"))
        groups = [
            ScoreGroup(n, data.scores[data.is_positive == p]) for n, p in zip(names, (1, 0), strict=True)
        ]
        return score_distribution_plot(
            groups,
            width=width,
            catalogue=catalogue,
            style=style,
            threshold=0.4,
            threshold_label=catalogue.text("report.cutoff", value="40 %"),
        )

    return make


def waterfall(width: float, style: FigureStyle, catalogue: Catalogue) -> Drawing:
    """Ninety patients."""
    names = (words(catalogue, "residual", "残留"), words(catalogue, "no residual", "无残留"))
    return waterfall_plot(
        scores_of(90, 5), width=width, catalogue=catalogue, style=style, classes=names, threshold=0.4
    )


def confusion(width: float, style: FigureStyle, catalogue: Catalogue) -> Drawing:
    """Two classes."""
    names = (
        words(catalogue, "residual tumour", "肿瘤残留"),
        words(catalogue, "no residual tumour", "无残留"),
    )
    return confusion_matrix_plot(((31, 7), (12, 84)), names, width=width, catalogue=catalogue, style=style)


@cache
def _band() -> RocBand | None:
    band = roc_band(scores_of(140, 3), generator=np.random.default_rng(3), draws=200)
    return None if isinstance(band, NotEstimable) else band


def roc(width: float, style: FigureStyle, catalogue: Catalogue) -> Drawing:
    """Two models on the same patients, the band and the locked threshold of the first; a third without."""
    data = scores_of(140, 3)
    blurred = ClassData(data.scores + np.random.default_rng(4).normal(0, 0.35, len(data)), data.is_positive)
    matrix = confusion_matrix(data, 0.4)
    sensitivity, at = matrix.sensitivity, matrix.specificity
    assert isinstance(sensitivity, Estimate) and isinstance(at, Estimate)
    shares = f"{100 * sensitivity.value:.0f} %", f"{100 * at.value:.0f} %"
    label = words(catalogue, "threshold 0.40: Se {} Sp {}", "阈值 0.40：灵敏度 {} 特异度 {}").format(*shares)
    names = (*model_names(catalogue), words(catalogue, "Epstein–Barr virus DNA", "EB 病毒 DNA"))
    return roc_plot(
        (
            RocSeries(
                names[0],
                roc_curve(data),
                delong_auc(data),
                _band(),
                OperatingPoint(sensitivity.value, at.value, label),
            ),
            RocSeries(names[1], roc_curve(blurred), delong_auc(blurred)),
            RocSeries(names[2], NotEstimable(Reason.CONSTANT_SCORES)),
        ),
        width=width,
        catalogue=catalogue,
        style=style,
    )


def precision_recall(width: float, style: FigureStyle, catalogue: Catalogue) -> Drawing:
    """Two models on the same patients."""
    data = scores_of(140, 3)
    blurred = ClassData(data.scores + np.random.default_rng(4).normal(0, 0.35, len(data)), data.is_positive)
    names = model_names(catalogue)
    series = [
        PrecisionRecallSeries(name, precision_recall_curve(each))
        for name, each in zip(names, (data, blurred), strict=True)
    ]
    return precision_recall_plot(series, width=width, catalogue=catalogue, style=style)


@cache
def _smoothed() -> SmoothCalibration | NotEstimable:
    return smooth_calibration(scores_of(240, 8), generator=np.random.default_rng(8), draws=60)


def calibration(width: float, style: FigureStyle, catalogue: Catalogue) -> Drawing:
    """Five groups, a sixth that nobody followed, a smooth curve, and the predictions."""
    data = scores_of(240, 8)
    groups = binary_calibration_groups(data, groups=5)
    assert not isinstance(groups, NotEstimable)
    unseen = CalibrationGroup(7, 0.97, NotEstimable(Reason.NOBODY_FOLLOWED_TO_HORIZON))
    return calibration_plot(
        (*groups, unseen),
        width=width,
        catalogue=catalogue,
        style=style,
        smooth=_smoothed(),
        predictions=data.scores,
        is_positive=data.is_positive,
        notes=(words(catalogue, "slope 0.91 (0.70–1.12)", "斜率 0.91（0.70–1.12）"), "ICI 0.04"),
    )


def decision(width: float, style: FigureStyle, catalogue: Catalogue) -> Drawing:
    """Two models, the first pale where follow-up ends."""
    data, thresholds = scores_of(300, 9), np.linspace(0.0, 0.8, 81)
    first = decision_curve(data.scores, data.is_positive, thresholds)
    first = replace(first, is_extrapolated=thresholds > 0.62)
    second = decision_curve(0.7 * data.scores + 0.1, data.is_positive, thresholds)
    series = [DecisionSeries(n, c) for n, c in zip(model_names(catalogue), (first, second), strict=True)]
    return decision_curve_plot(series, width=width, catalogue=catalogue, style=style)
