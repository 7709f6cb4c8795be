"""One specimen of every figure, from synthetic data: what the gallery shows and the tests examine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from inference.messages.catalogue import Catalogue
from inference.statistics.estimate import Estimate
from inference.statistics.outcomes import ClassData
from inference.statistics.reasons import NotEstimable, Reason
from reports.figures.confusion_matrix_plot import confusion_matrix_plot
from reports.figures.drawing import Drawing
from reports.figures.forest_plot import ForestRow, forest_plot
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


SPECIMENS: tuple[Specimen, ...] = (
    Specimen("forest", forest),
    Specimen("confusion-matrix", confusion),
    Specimen("scores-few", _distribution(80)),
    Specimen("scores-many", _distribution(1200)),
    Specimen("waterfall", waterfall),
)
