"""The first page: one number for each model and cohort, what it means in words, and what to beware of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from inference.evaluation.evaluation import CohortEvaluation, Evaluation
from inference.evaluation.predictions import TRAINING
from inference.messages.catalogue import Catalogue
from inference.statistics.estimate import Estimate
from inference.statistics.reasons import NotEstimable
from reports.evaluation.multiples import Pane, multiples
from reports.evaluation.words import (
    DECIMALS,
    caution_text,
    cohort_name,
    flag_texts,
    headline_numbers,
    interval_text,
    judged_cohort,
    measure_word,
    model_name,
)
from reports.figures.drawing import Drawing
from reports.figures.forest_plot import ForestRow, forest_plot
from reports.figures.scale import number_text
from reports.figures.style import PAPER
from reports.paper.blocks import Block, Card, Gap, Stack, TextBlock
from reports.paper.flow import Section
from reports.paper.sheet import BODY, BODY_STRONG, FINE_PRINT, HEADLINE_SMALL, NOTE_TINT
from reports.wording import percent_figure

_CHANCE: Final = 0.5
_MOST_NAMED: Final = 3
_MOST_ROWS: Final = 26


def overview_section(evaluation: Evaluation, catalogue: Catalogue) -> Section:
    """Headline, meaning, forest plots; what belongs to single numbers stands below them."""
    words: list[Block] = [
        Gap(3),
        TextBlock(headline(evaluation, catalogue), HEADLINE_SMALL),
        Gap(4),
        *(TextBlock(sentence, BODY) for sentence in meaning(evaluation, catalogue)),
    ]
    panes = [_forest_pane(part, evaluation, catalogue) for part in _parts(evaluation)]
    blocks: list[Block] = [
        Stack(words),
        *multiples(panes, 1),
        *(TextBlock(line, FINE_PRINT) for line in _flags(evaluation, catalogue)),
    ]
    remark = catalogue.text(f"evaluate.overview.remark.{evaluation.kind}")
    return Section(catalogue.text("evaluate.section.overview"), blocks, remark)


def headline(evaluation: Evaluation, catalogue: Catalogue) -> str:
    """The numbers of the cohort that says most about other patients."""
    cohort = judged_cohort(evaluation)
    rows = headline_numbers(cohort)
    values = [number for _, number in rows if isinstance(number, Estimate)]
    measure = measure_word(evaluation, catalogue)
    if not values:
        numbers = catalogue.text("evaluate.headline.none", measure=measure)
    elif len(rows) == 1:
        numbers = catalogue.text(
            "evaluate.headline.alone", measure=measure, value=interval_text(values[0], catalogue)
        )
    elif len(rows) <= _MOST_NAMED:
        numbers = catalogue.text("evaluate.headline.list", measure=measure, values=_list(rows, catalogue))
    else:
        ordered = sorted(value.value for value in values)
        numbers = catalogue.text(
            "evaluate.headline.range",
            measure=measure,
            low=number_text(ordered[0], DECIMALS),
            high=number_text(ordered[-1], DECIMALS),
            count=len(values),
        )
    return catalogue.text(
        f"evaluate.headline.{evaluation.kind}",
        cohort=cohort_name(cohort.name, catalogue),
        patients=cohort.flow.patients,
        events=cohort.flow.events,
        numbers=numbers,
    )


def _list(rows: tuple[tuple[str, Estimate | NotEstimable], ...], catalogue: Catalogue) -> str:
    separator = catalogue.text("list.separator")
    return separator.join(
        catalogue.text(
            "evaluate.headline.one",
            model=model_name(name, catalogue),
            value=interval_text(number, catalogue),
        )
        for name, number in rows
    )


def meaning(evaluation: Evaluation, catalogue: Catalogue) -> list[str]:
    """What the headline says of patients, and which models these patients do not tell from chance."""
    rows = headline_numbers(judged_cohort(evaluation))
    known = [(name, number) for name, number in rows if isinstance(number, Estimate)]
    if not known:
        return []
    name, first = known[0]
    sentences = [
        catalogue.text(
            f"evaluate.meaning.{evaluation.kind}",
            model=model_name(name, catalogue),
            share=percent_figure(first.value),
        )
    ]
    unclear = [model_name(each, catalogue) for each, number in known if _holds_chance(number)]
    if unclear:
        names = catalogue.text("list.separator").join(unclear)
        sentences.append(catalogue.text("evaluate.meaning.chance", models=names))
    below = [model_name(each, catalogue) for each, number in known if _is_below_chance(number)]
    if below:
        names = catalogue.text("list.separator").join(below)
        sentences.append(catalogue.text("evaluate.meaning.below", models=names))
    return sentences


def _holds_chance(number: Estimate) -> bool:
    return number.interval is not None and number.interval[0] <= _CHANCE <= number.interval[1]


def _is_below_chance(number: Estimate) -> bool:
    return number.interval is not None and number.interval[1] < _CHANCE


def _parts(evaluation: Evaluation) -> list[list[CohortEvaluation]]:
    """The cohorts, parted into plots of not too many rows."""
    at_once = max(1, _MOST_ROWS // (1 + len(evaluation.predictions.models)))
    cohorts = list(evaluation.cohorts)
    return [cohorts[first : first + at_once] for first in range(0, len(cohorts), at_once)]


def _forest_pane(cohorts: list[CohortEvaluation], evaluation: Evaluation, catalogue: Catalogue) -> Pane:
    return Pane("", lambda width: forest(cohorts, evaluation, width, catalogue))


def forest(
    cohorts: Sequence[CohortEvaluation], evaluation: Evaluation, width: float, catalogue: Catalogue
) -> Drawing:
    """Cohorts with their models, chance dashed; the axis is the same for all cohorts of the table."""
    rows: list[ForestRow] = []
    for cohort in cohorts:
        flow = cohort.flow
        cells = (str(flow.patients), str(flow.events))
        rows.append(ForestRow(cohort_name(cohort.name, catalogue), cells=cells, is_heading=True))
        rows += [
            ForestRow(model_name(name, catalogue), number, is_indented=True)
            for name, number in headline_numbers(cohort)
        ]
    measure = measure_word(evaluation, catalogue)
    return forest_plot(
        rows,
        width=width,
        catalogue=catalogue,
        axis_title=measure,
        column_titles=(
            catalogue.text("evaluate.column.patients"),
            catalogue.text(f"evaluate.column.events.{evaluation.kind}"),
        ),
        estimate_title=catalogue.text("evaluate.column.estimate", measure=measure),
        null_value=_CHANCE,
        is_log=False,
        decimals=DECIMALS,
        limits=(_axis_start(evaluation), 1.0),
    )


def _axis_start(evaluation: Evaluation) -> float:
    """0.4, or the tenth below the lowest limit of an interval."""
    numbers = [number for cohort in evaluation.cohorts for _, number in headline_numbers(cohort)]
    lows = [one.lower if one.lower is not None else one.value for one in numbers if isinstance(one, Estimate)]
    return max(0.0, min(0.4, math.floor(10 * min(lows, default=0.4)) / 10))


def _flags(evaluation: Evaluation, catalogue: Catalogue) -> list[str]:
    """What belongs to single numbers: each flag once, with the cohorts and models that carry it."""
    where: dict[str, dict[str, list[str]]] = {}
    for cohort in evaluation.cohorts:
        for name, number in headline_numbers(cohort):
            for flag in number.flags if isinstance(number, Estimate) else ():
                carriers = where.setdefault(flag, {}).setdefault(cohort.name, [])
                carriers.append(name)
    return [
        catalogue.text(
            "evaluate.flag",
            where="; ".join(_carriers(cohort, names, catalogue) for cohort, names in carriers.items()),
            flag=flag_texts([flag], catalogue)[0],
        )
        for flag, carriers in where.items()
    ]


def _carriers(cohort: str, models: list[str], catalogue: Catalogue) -> str:
    return catalogue.text(
        "evaluate.flag.where", cohort=cohort_name(cohort, catalogue), models=_names(models, catalogue)
    )


def cautions_section(evaluation: Evaluation, catalogue: Catalogue) -> Section:
    """What to beware of, for the whole table and then by cohort."""
    sentences = [*_whole(evaluation, catalogue), *_of_cohorts(evaluation, catalogue)]
    rows: list[Block] = [TextBlock(sentence, BODY, bullet=True) for sentence in sentences]
    if not rows:
        rows = [TextBlock(catalogue.text("evaluate.caution.none"), BODY_STRONG)]
    card = Card(Stack(rows), NOTE_TINT, PAPER.note)
    return Section(catalogue.text("evaluate.section.cautions"), [Stack([Gap(3), card])])


def _whole(evaluation: Evaluation, catalogue: Catalogue) -> list[str]:
    names = [cohort.name for cohort in evaluation.cohorts]
    models = evaluation.predictions.models
    found = []
    if evaluation.is_synthetic:
        found.append(catalogue.text("evaluate.caution.synthetic"))
    if TRAINING not in names:
        found.append(catalogue.text("evaluate.caution.no_training"))
    elif _is_out_of_fold(evaluation):
        found.append(catalogue.text("evaluate.caution.out_of_fold"))
    elif len(names) == 1:
        found.append(catalogue.text("evaluate.caution.training_only"))
    else:
        found.append(catalogue.text("evaluate.caution.apparent"))
    if evaluation.kind == "binary":
        unscaled = [one.name for one in models if not one.is_probability]
        text_id = "evaluate.caution.no_probability"
    else:
        unscaled = [one.name for one in models if not one.survival]
        text_id = "evaluate.caution.no_survival"
    if unscaled:
        found.append(catalogue.text(text_id, models=_names(unscaled, catalogue)))
    unlocked = [name for name, threshold in evaluation.thresholds.items() if threshold is None]
    if unlocked:
        found.append(catalogue.text("evaluate.caution.no_threshold", models=_names(unlocked, catalogue)))
    return found


def _is_out_of_fold(evaluation: Evaluation) -> bool:
    predictions = evaluation.predictions
    return bool((predictions.folds[predictions.rows_of(TRAINING)] != "").all())


def _names(models: list[str], catalogue: Catalogue) -> str:
    return catalogue.text("list.separator").join(model_name(name, catalogue) for name in models)


def _of_cohorts(evaluation: Evaluation, catalogue: Catalogue) -> list[str]:
    """Each caution once, with the cohorts that it concerns."""
    cohorts: dict[str, list[str]] = {}
    for cohort in evaluation.cohorts:
        for caution in cohort.cautions:
            sentence = caution_text(caution, evaluation, catalogue)
            cohorts.setdefault(sentence, []).append(cohort_name(cohort.name, catalogue))
    return [
        catalogue.text(
            "evaluate.caution.of_cohorts",
            cohorts=catalogue.text("list.separator").join(names),
            caution=sentence,
        )
        for sentence, names in cohorts.items()
    ]
