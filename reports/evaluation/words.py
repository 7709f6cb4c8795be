"""How the names and numbers of an evaluation are written, on paper and in the terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from inference.evaluation.evaluation import CohortEvaluation, Evaluation
from inference.evaluation.predictions import COHORT_ORDER, TRAINING
from inference.messages.catalogue import Catalogue
from inference.statistics.cautions import Caution, CautionCode
from inference.statistics.estimate import Estimate
from inference.statistics.reasons import NotEstimable
from reports.figures.scale import estimate_text, number_text
from reports.wording import text_or_code

DECIMALS: Final = 3
"""Of areas, C-indices and Brier scores."""

RATIO_DECIMALS: Final = 2
"""Of ratios, slopes and times."""


def model_name(name: str, catalogue: Catalogue) -> str:
    """The model as its columns name it; a model without a name is called the model."""
    return text_or_code("evaluate.model", name, catalogue)


def cohort_name(name: str, catalogue: Catalogue) -> str:
    """The cohort in words, or as the table names it."""
    return text_or_code("evaluate.cohort", name, catalogue)


def p_text(p_value: float | NotEstimable, catalogue: Catalogue) -> str:
    """``P = 0.032`` or ``P < 0.001``, or why there is none."""
    if isinstance(p_value, NotEstimable):
        return catalogue.render(p_value.message)
    if p_value < 0.001:
        return catalogue.text("figure.p_below")
    return catalogue.text("figure.p", value=f"{p_value:.3f}")


def interval_text(value: Estimate | NotEstimable, catalogue: Catalogue, decimals: int = DECIMALS) -> str:
    """The number with its interval, named as one: ``0.86 (95 % CI 0.80–0.92)``; or why there is none."""
    if isinstance(value, NotEstimable) or value.interval is None:
        return estimate_text(value, catalogue, decimals)
    low, high = (number_text(limit, decimals) for limit in value.interval)
    return catalogue.text(
        "evaluate.estimate",
        value=number_text(value.value, decimals),
        level=f"{100 * value.level:g}",
        low=low,
        high=high,
    )


def time_text(value: float, unit: str, catalogue: Catalogue) -> str:
    """A time in the unit of the table, e.g. ``36 months``; the bare number where no unit was named."""
    return catalogue.text(f"evaluate.time.{unit or 'unstated'}", value=f"{value:g}")


def threshold_text(value: float) -> str:
    """A threshold with four significant figures and a true minus."""
    return f"{value:.4g}".replace("-", "−")


def flag_texts(flags: Iterable[str], catalogue: Catalogue) -> tuple[str, ...]:
    """The cautions that belong to a number."""
    return tuple(catalogue.text(f"statistics.flag.{flag}") for flag in flags)


def caution_text(caution: Caution, evaluation: Evaluation, catalogue: Catalogue) -> str:
    """The sentence of a caution, in words that fit several models, and classes that are no events."""
    if caution.code is CautionCode.CUT_CHOSEN_ON_SAME_DATA:
        return catalogue.text("evaluate.caution.cut")
    if caution.code is CautionCode.FEW_EVENTS and evaluation.kind == "binary":
        return catalogue.text("evaluate.caution.small_class", **caution.fields)
    return catalogue.render(caution.message)


def headline_numbers(cohort: CohortEvaluation) -> tuple[tuple[str, Estimate | NotEstimable], ...]:
    """Each model with the number that stands for it: the AUC for classes, Harrell's C for times."""
    return (
        *((each.model, each.auc) for each in cohort.classes),
        *((each.model, each.c_index) for each in cohort.times),
    )


def judged_cohort(evaluation: Evaluation) -> CohortEvaluation:
    """The cohort that says most about other patients: external, internal, any other, training last."""
    by_name = {cohort.name: cohort for cohort in evaluation.cohorts}
    wanted = [name for name in reversed(COHORT_ORDER) if name != TRAINING]
    others = [name for name in by_name if name not in COHORT_ORDER]
    return next(by_name[name] for name in (*wanted, *others, TRAINING) if name in by_name)


def is_answered(evaluation: Evaluation) -> bool:
    """False where no model has its number in any cohort."""
    return any(
        isinstance(number, Estimate)
        for cohort in evaluation.cohorts
        for _, number in headline_numbers(cohort)
    )


def measure_word(evaluation: Evaluation, catalogue: Catalogue) -> str:
    """What the headline number is called."""
    return catalogue.text(f"evaluate.measure.{evaluation.kind}")


def banner_text(evaluation: Evaluation, catalogue: Catalogue) -> str:
    """What every page says of its own standing."""
    parts = [catalogue.text("evaluate.banner.synthetic")] if evaluation.is_synthetic else []
    return " · ".join([*parts, catalogue.text("report.banner.research")])


def summary_lines(evaluation: Evaluation, catalogue: Catalogue) -> list[str]:
    """The evaluation in a few lines for a terminal: every cohort, every model, every caution."""
    measure = measure_word(evaluation, catalogue)
    lines = [banner_text(evaluation, catalogue)]
    for cohort in evaluation.cohorts:
        flow = cohort.flow
        lines.append(
            catalogue.text(
                f"evaluate.summary.{evaluation.kind}",
                cohort=cohort_name(cohort.name, catalogue),
                patients=flow.patients,
                events=flow.events,
            )
        )
        for name, number in headline_numbers(cohort):
            value = interval_text(number, catalogue)
            model = model_name(name, catalogue)
            lines.append(catalogue.text("evaluate.summary.model", model=model, measure=measure, value=value))
        lines += [f"  {caution_text(caution, evaluation, catalogue)}" for caution in cohort.cautions]
    return lines
