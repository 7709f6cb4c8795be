"""One specimen of every figure, from synthetic data: what the gallery shows and the tests examine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from inference.messages.catalogue import Catalogue
from inference.statistics.discrimination.classification import confusion_matrix
from inference.statistics.discrimination.delong import delong_auc
from inference.statistics.discrimination.precision_recall import precision_recall_curve
from inference.statistics.discrimination.roc import RocCurve, roc_curve
from inference.statistics.estimate import Estimate
from inference.statistics.outcomes import ClassData, SurvivalData
from inference.statistics.reasons import NotEstimable, Reason
from inference.statistics.survival.kaplan_meier import kaplan_meier
from reports.figures.confusion_matrix_plot import confusion_matrix_plot
from reports.figures.drawing import Drawing
from reports.figures.forest_plot import ForestRow, forest_plot
from reports.figures.kaplan_meier_plot import SurvivalGroup, kaplan_meier_plot
from reports.figures.precision_recall_plot import PrecisionRecallSeries, precision_recall_plot
from reports.figures.roc_plot import OperatingPoint, RocSeries, SensitivityBand, roc_plot
from reports.figures.score_distribution_plot import ScoreGroup, score_distribution_plot
from reports.figures.style import FigureStyle
from reports.figures.waterfall_plot import waterfall_plot

Make = Callable[[float, FigureStyle, Catalogue], Drawing]


@dataclass(frozen=True, slots=True)
class Specimen:
    """A figure by name; ``make`` draws it for a width, a style and a language."""

    name: str
    make: Make


def _words(catalogue: Catalogue, english: str, chinese: str) -> str:
    return chinese if catalogue.language == "zh_CN" else english


def _hazard_ratio(value: float, lower: float, upper: float) -> Estimate:
    return Estimate(value, None, lower, upper, method="wald")


def forest(width: float, style: FigureStyle, catalogue: Catalogue) -> Drawing:
    """Subgroups with counts, a reference level, an interval that leaves the axis, one without events."""

    def say(english: str, chinese: str) -> str:
        return _words(catalogue, english, chinese)

    dna = say(
        "Epstein–Barr virus DNA above 4000 copies/mL before treatment",
        "治疗前 EB 病毒 DNA 高于 4000 拷贝/mL",
    )
    age = say("Age, per 10 years", "年龄（每 10 岁）")
    everybody = say("All patients", "全部患者")
    t_category = say("T category", "T 分期")
    rows = (
        ForestRow(age, _hazard_ratio(1.18, 0.97, 1.44), ("212/700",), 212),
        ForestRow(t_category, is_heading=True),
        ForestRow("T1–2", None, (say("reference", "参照"),), is_indented=True),
        ForestRow("T3", _hazard_ratio(1.42, 1.01, 2.0), ("96/300",), 96, is_indented=True),
        ForestRow("T4", _hazard_ratio(2.31, 1.6, 3.33), ("71/160",), 71, is_indented=True),
        ForestRow(dna, _hazard_ratio(2.9, 0.8, 38.0), ("9/14",), 9),
        ForestRow(say("Keratinising histology", "角化型"), NotEstimable(Reason.NO_EVENTS), ("0/6",)),
        ForestRow(everybody, _hazard_ratio(1.61, 1.29, 2.01), ("212/700",), is_pooled=True),
    )
    return forest_plot(
        rows,
        width=width,
        catalogue=catalogue,
        style=style,
        axis_title=catalogue.text("figure.hazard_ratio"),
        column_titles=(say("Events/n", "事件/例数"),),
        estimate_title=say("HR (95 % CI)", "HR（95 % CI）"),
    )


def confusion(width: float, style: FigureStyle, catalogue: Catalogue) -> Drawing:
    """Two classes."""
    names = (
        _words(catalogue, "residual tumour", "肿瘤残留"),
        _words(catalogue, "no residual tumour", "无残留"),
    )
    return confusion_matrix_plot(((31, 7), (12, 84)), names, width=width, catalogue=catalogue, style=style)


def _scores(count: int, seed: int) -> ClassData:
    chance = np.random.default_rng(seed)
    is_positive = chance.random(count) < 0.35
    scores = 1 / (1 + np.exp(-chance.normal(np.where(is_positive, 0.7, -0.9), 1.1)))
    return ClassData(scores, is_positive)


def _distribution(count: int) -> Make:
    def make(width: float, style: FigureStyle, catalogue: Catalogue) -> Drawing:
        data = _scores(count, 3)
        names = (_words(catalogue, "residual", "残留"), _words(catalogue, "no residual", "无残留"))
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
    names = (_words(catalogue, "residual", "残留"), _words(catalogue, "no residual", "无残留"))
    return waterfall_plot(
        _scores(90, 5), width=width, catalogue=catalogue, style=style, classes=names, threshold=0.4
    )


def _survival(groups: int) -> Make:
    def make(width: float, style: FigureStyle, catalogue: Catalogue) -> Drawing:
        chance = np.random.default_rng(11)
        names = (
            _words(catalogue, "low risk", "低风险"),
            _words(catalogue, "high risk", "高风险"),
            _words(catalogue, "induction chemotherapy, then radiotherapy alone", "诱导化疗后单纯放疗"),
            _words(catalogue, "not treated", "未治疗"),
        )
        curves = []
        for name, scale in zip(names[:groups], (150.0, 45.0, 80.0, 14.0), strict=False):
            time, leaving = chance.exponential(scale, 180), chance.uniform(20, 72, 180)
            data = SurvivalData(np.minimum(time, leaving).round(1), time <= leaving)
            curves.append(SurvivalGroup(name, kaplan_meier(data)))
        if groups > 3:
            curves.append(SurvivalGroup("T4", NotEstimable(Reason.EMPTY_GROUP)))
        notes = (
            _words(catalogue, "log-rank ", "log-rank 检验 ") + catalogue.text("figure.p_below"),
            _words(catalogue, "HR 3.34 (2.41–4.63)", "HR 3.34（2.41–4.63）"),
        )
        return kaplan_meier_plot(
            curves,
            width=width,
            catalogue=catalogue,
            style=style,
            horizons=(36.0,),
            notes=notes if groups > 1 else (),
        )

    return make


def no_survival(width: float, style: FigureStyle, catalogue: Catalogue) -> Drawing:
    """Nobody to draw a curve of."""
    group = SurvivalGroup("T4", NotEstimable(Reason.EMPTY_GROUP))
    return kaplan_meier_plot([group], width=width, catalogue=catalogue, style=style)


def roc(width: float, style: FigureStyle, catalogue: Catalogue) -> Drawing:
    """Two models on the same patients, the band and the locked threshold of the first; a third without."""
    data = _scores(140, 3)
    blurred = ClassData(data.scores + np.random.default_rng(4).normal(0, 0.35, len(data)), data.is_positive)
    curve = roc_curve(data)
    assert isinstance(curve, RocCurve)
    specificity = np.linspace(0, 1, 41)
    middle = np.interp(specificity, curve.specificity, curve.sensitivity)
    reach = 0.22 * np.sqrt(middle * (1 - middle))
    matrix = confusion_matrix(data, 0.4)
    sensitivity, at = matrix.sensitivity, matrix.specificity
    assert isinstance(sensitivity, Estimate) and isinstance(at, Estimate)
    label = _words(catalogue, "threshold 0.40: Se 80 %, Sp 78 %", "阈值 0.40：灵敏度 80%，特异度 78%")
    names = (
        _words(catalogue, "images and clinic", "影像 + 临床"),
        _words(catalogue, "clinic alone", "仅临床"),
        _words(catalogue, "Epstein–Barr virus DNA", "EB 病毒 DNA"),
    )
    return roc_plot(
        (
            RocSeries(
                names[0],
                curve,
                delong_auc(data),
                SensitivityBand(specificity, middle - reach, middle + reach),
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
    data = _scores(140, 3)
    blurred = ClassData(data.scores + np.random.default_rng(4).normal(0, 0.35, len(data)), data.is_positive)
    names = (
        _words(catalogue, "images and clinic", "影像 + 临床"),
        _words(catalogue, "clinic alone", "仅临床"),
    )
    series = [
        PrecisionRecallSeries(name, precision_recall_curve(each))
        for name, each in zip(names, (data, blurred), strict=True)
    ]
    return precision_recall_plot(series, width=width, catalogue=catalogue, style=style)


SPECIMENS: tuple[Specimen, ...] = (
    Specimen("survival", _survival(2)),
    Specimen("survival-one", _survival(1)),
    Specimen("survival-many", _survival(4)),
    Specimen("survival-none", no_survival),
    Specimen("roc", roc),
    Specimen("precision-recall", precision_recall),
    Specimen("forest", forest),
    Specimen("confusion-matrix", confusion),
    Specimen("scores-few", _distribution(80)),
    Specimen("scores-many", _distribution(1200)),
    Specimen("waterfall", waterfall),
)
