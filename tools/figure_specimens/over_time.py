"""Specimens of figures whose outcome comes with time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from inference.messages.catalogue import Catalogue
from inference.statistics.design import Factor, Numeric
from inference.statistics.discrimination.time_dependent_auc import TimeDependentAuc
from inference.statistics.estimate import Estimate
from inference.statistics.nomogram import Nomogram, nomogram
from inference.statistics.nomogram_model import BaselineSurvival, NomogramModel
from inference.statistics.outcomes import SurvivalData
from inference.statistics.reasons import NotEstimable, Reason
from inference.statistics.survival.kaplan_meier import kaplan_meier
from reports.figures.drawing import Drawing
from reports.figures.forest_plot import ForestRow, forest_plot
from reports.figures.kaplan_meier_plot import SurvivalGroup, kaplan_meier_plot
from reports.figures.nomogram_plot import nomogram_plot
from reports.figures.style import FigureStyle
from reports.figures.time_dependent_auc_plot import AucSeries, time_dependent_auc_plot
from tools.figure_specimens.specimen import Make, model_names, words


def _hazard_ratio(value: float, lower: float, upper: float) -> Estimate:
    return Estimate(value, None, lower, upper, method="wald")


def forest(width: float, style: FigureStyle, catalogue: Catalogue) -> Drawing:
    """Subgroups with counts, a reference level, an interval that leaves the axis, one without events."""

    def say(english: str, chinese: str) -> str:
        return words(catalogue, english, chinese)

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


def survival_of(groups: int) -> Make:
    def make(width: float, style: FigureStyle, catalogue: Catalogue) -> Drawing:
        chance = np.random.default_rng(11)
        names = (
            words(catalogue, "low risk", "低风险"),
            words(catalogue, "high risk", "高风险"),
            words(catalogue, "induction chemotherapy, then radiotherapy alone", "诱导化疗后单纯放疗"),
            words(catalogue, "not treated", "未治疗"),
        )
        curves = []
        for name, scale in zip(names[:groups], (150.0, 45.0, 80.0, 14.0), strict=False):
            time, leaving = chance.exponential(scale, 180), chance.uniform(20, 72, 180)
            data = SurvivalData(np.minimum(time, leaving).round(1), time <= leaving)
            curves.append(SurvivalGroup(name, kaplan_meier(data)))
        if groups > 3:
            curves.append(SurvivalGroup("T4", NotEstimable(Reason.EMPTY_GROUP)))
        notes = (
            words(catalogue, "log-rank ", "log-rank 检验 ") + catalogue.text("figure.p_below"),
            words(catalogue, "HR 3.34 (2.41–4.63)", "HR 3.34（2.41–4.63）"),
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


def auc_over_time(horizons: Sequence[float]) -> Make:
    def make(width: float, style: FigureStyle, catalogue: Catalogue) -> Drawing:
        series = []
        for name, level in zip(model_names(catalogue), (0.82, 0.68), strict=True):
            estimates = [_auc_at(time, level) for time in horizons]
            cases = tuple(int(180 * (1 - np.exp(-time / 60))) for time in horizons)
            counts = tuple(180 - case for case in cases)
            auc = TimeDependentAuc(tuple(horizons), tuple(estimates), cases, counts, counts)
            series.append(AucSeries(name, auc))
        return time_dependent_auc_plot(series, width=width, catalogue=catalogue, style=style)

    return make


def _auc_at(time: float, level: float) -> Estimate | NotEstimable:
    if time < 3:
        return NotEstimable(Reason.NO_EVENT_BY_HORIZON)
    value = level - 0.08 * np.sin(time / 15)
    reach = 0.04 + 0.3 / time
    return Estimate(float(value), None, float(value - reach), float(value + reach), method="wald")


def nomogram_of(has_patient: bool) -> Make:
    def make(width: float, style: FigureStyle, catalogue: Catalogue) -> Drawing:
        levels = ("T1", "T2", "T3", "T4")
        terms = (
            Numeric("age"),
            Factor("sex", ("female", "male")),
            Factor("t", levels),
            Numeric("ldh"),
            Numeric("score"),
        )
        coefficients = (0.021, 0.31, 0.12, 0.55, 1.02, 0.0026, 2.4)
        model = NomogramModel(
            terms, coefficients, -3.2, BaselineSurvival((12.0, 36.0, 60.0), (0.95, 0.84, 0.74))
        )
        axes = {
            "age": tuple(range(20, 90, 5)),
            "ldh": (100, 150, 200, 250, 300, 350, 400),
            "score": (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1),
        }
        laid = nomogram(model, axes)
        assert isinstance(laid, Nomogram)
        values: dict[str, float | str] = {"age": 62.0, "sex": "male", "t": "T3", "ldh": 436.0, "score": 0.64}
        names = {
            "age": words(catalogue, "Age (years)", "年龄（岁）"),
            "sex": words(catalogue, "Sex", "性别"),
            "t": words(catalogue, "T category", "T 分期"),
            "ldh": words(catalogue, "Lactate dehydrogenase (U/L)", "乳酸脱氢酶（U/L）"),
            "score": words(catalogue, "Image score", "影像评分"),
        }
        sexes = {"female": words(catalogue, "female", "女"), "male": words(catalogue, "male", "男")}
        return nomogram_plot(
            laid,
            width=width,
            catalogue=catalogue,
            style=style,
            patient=laid.points_of(values) if has_patient else None,
            names=names,
            level_names={"sex": sexes},
        )

    return make
