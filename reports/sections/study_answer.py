"""The answer of a study's pack: the score that answers, the others beside it, and what explains it."""

from __future__ import annotations

from collections.abc import Sequence

from inference.assessment import Assessment
from inference.findings import Verdict
from inference.messages.catalogue import Catalogue
from inference.prediction import Prediction, PredictionStatus
from inference.predictors.explanation import StudyExplanation
from reports.figures.cohort_position import cohort_position
from reports.figures.contribution_bars import contribution_bars
from reports.figures.predicted_survival import curve_title, predicted_survival
from reports.figures.probability_bar import probability_bar
from reports.figures.style import PAPER
from reports.figures.verdict_mark import class_mark, verdict_mark
from reports.nomogram_words import nomogram_drawing
from reports.paper.blocks import Block, Card, Columns, Gap, Mark, Picture, Row, Stack, TextBlock
from reports.paper.flow import Section
from reports.paper.sheet import (
    BODY_STRONG,
    FIGURE,
    FINE_PRINT,
    LABEL,
    LEAD,
    QUIET,
    SMALL,
    SMALL_STRONG,
)
from reports.prediction_wording import (
    borderline_flag,
    calibrated_text,
    cutoff_text,
    explanation_remark,
    fallback_text,
    fold_range,
    horizons_of,
    interval_remark,
    is_unfavourable,
    outcome_and_direction,
    outcome_text,
    prediction_name,
    score_text,
    status_word,
    survival_text,
    verdict_word,
)
from reports.wording import text_or_code

_TINT = "#f4f6f8"
_BESIDE_SHARES = {"beside": 3.4, "score": 2.0, "cutoff": 2.0, "folds": 2.6, "class": 3.4}


def study_section(assessment: Assessment, catalogue: Catalogue) -> Section:
    """The answering score in a card of its own, the others as a table below."""
    answer, *beside = assessment.predictions
    study = assessment.study
    blocks: list[Block] = [Gap(3), _answer(answer, study, catalogue)]
    if beside:
        blocks += [Gap(6), *_beside(beside, study, catalogue)]
    if covered := interval_remark(assessment.predictions, study, catalogue):
        blocks += [Gap(3), TextBlock(covered, FINE_PRINT)]
    remark = outcome_and_direction(answer, catalogue)
    return Section(catalogue.text("report.section.answer"), blocks, remark)


def _answer(prediction: Prediction, study: str, catalogue: Catalogue) -> Block:
    long_name = text_or_code(f"score.{prediction.model}", "long", catalogue)
    head: list[Block] = [
        TextBlock(prediction_name(prediction, catalogue), LEAD),
        TextBlock(long_name, FINE_PRINT),
    ]
    if prediction.status is not PredictionStatus.ANSWERED:
        word = TextBlock(status_word(prediction, catalogue), LEAD.coloured(PAPER.refused))
        line = Columns([Mark(verdict_mark(Verdict.REFUSED, 10), LEAD), word], (1, 16), 4.0)
        return Card(Stack([*head, Gap(3), line]), _TINT)
    mark = Mark(class_mark(is_unfavourable(prediction), 9.0), BODY_STRONG)
    verdict = Columns([mark, TextBlock(verdict_word(prediction, catalogue), BODY_STRONG)], (1, 14), 3.0)
    left: list[Block] = [*head, Gap(2), verdict]
    foretold = [survival_text(prediction, month, catalogue) for month in horizons_of(prediction, study)]
    left += [TextBlock(text, BODY_STRONG) for text in foretold]
    if fallback := fallback_text(prediction, catalogue):
        left.append(TextBlock(fallback, SMALL))
    right: list[Block] = [TextBlock(score_text(prediction, catalogue), FIGURE)]
    if prediction.scale == "probability":
        right.append(Picture(lambda width: probability_bar(prediction, width, catalogue)))
    else:
        right.append(TextBlock(catalogue.text("report.answer.log_hazard"), FINE_PRINT))
        right.append(
            TextBlock(catalogue.text("report.cutoff", value=cutoff_text(prediction, catalogue)), SMALL)
        )
    if prediction.fold_scores:
        right.append(TextBlock(fold_range(prediction, catalogue), QUIET))
    if calibrated := calibrated_text(prediction, catalogue):
        right.append(TextBlock(calibrated, SMALL_STRONG))
    flags = (
        (prediction.is_borderline, borderline_flag(prediction)),
        (prediction.folds_disagree, "report.flag.folds_disagree"),
    )
    for is_so, name in flags:
        if is_so:
            flag = TextBlock(catalogue.text(name), SMALL_STRONG.coloured(PAPER.note))
            right.append(Columns([Mark(verdict_mark(Verdict.NOTE, 8), SMALL_STRONG), flag], (1, 19), 3.0))
    return Card(Columns([Stack(left), Stack(right)], (1.0, 1.0), 18.0), _TINT)


def _beside(predictions: Sequence[Prediction], study: str, catalogue: Catalogue) -> list[Block]:
    have_folds = any(_folds(one, catalogue) for one in predictions)
    heads = [name for name in _BESIDE_SHARES if name != "folds" or have_folds]
    shares = [_BESIDE_SHARES[name] for name in heads]
    first: list[Block] = [TextBlock(catalogue.text(f"report.beside.{name}"), LABEL) for name in heads]
    rows: list[Block] = [Row(Columns(first, shares, 6.0), 1.5, inset=2.0)]
    for one in predictions:
        outcome = outcome_text(one, catalogue) if one.outcome != predictions[0].outcome else ""
        name: list[Block] = [TextBlock(prediction_name(one, catalogue), SMALL_STRONG)]
        if outcome:
            name.append(TextBlock(outcome, FINE_PRINT))
        said = verdict_word(one, catalogue) if one.is_positive is not None else ""
        foretold = [survival_text(one, month, catalogue) for month in horizons_of(one, study)]
        last = " · ".join(text for text in (said, *foretold, calibrated_text(one, catalogue)) if text)
        texts = [score_text(one, catalogue), cutoff_text(one, catalogue), last]
        if have_folds:
            texts.insert(2, _folds(one, catalogue))
        cells: list[Block] = [Stack(name), *(TextBlock(text, SMALL) for text in texts)]
        rows.append(Row(Columns(cells, shares, 6.0), 1.8, inset=2.0))
    return rows


def _folds(prediction: Prediction, catalogue: Catalogue) -> str:
    return fold_range(prediction, catalogue) if len(prediction.fold_scores) > 1 else ""


def explanation_sections(
    assessment: Assessment, explanation: StudyExplanation | None, catalogue: Catalogue
) -> list[Section]:
    """Why: contributions and the patient among the cohort side by side, survival, the nomogram."""
    answer = assessment.predictions[0]
    if explanation is None or answer.status is not PredictionStatus.ANSWERED:
        return []
    quantiles, groups, drawn = explanation.quantiles, explanation.groups, explanation.nomogram
    left = Picture(lambda width: contribution_bars(answer, assessment.study, width, catalogue))
    right = Picture(lambda width: cohort_position(answer, quantiles, width=width, catalogue=catalogue))
    pictures: list[Block] = [Gap(3)]
    if answer.contributions and quantiles:
        pictures.append(Columns([left, right], (1.0, 1.0), 22.0))
    elif answer.contributions or quantiles:
        pictures.append(left if answer.contributions else right)
    sections: list[Section] = []
    if len(pictures) > 1:
        remark = explanation_remark(answer, has_cohort=bool(quantiles), catalogue=catalogue)
        sections.append(Section(catalogue.text("report.section.explanation"), [Stack(pictures)], remark))
    if (foretold := explanation.survival_of(assessment.predictions)) is not None:
        horizons = horizons_of(foretold, assessment.study)
        curve = Picture(
            lambda width: predicted_survival(
                foretold, groups, width=width, catalogue=catalogue, horizons=horizons
            )
        )
        remark = catalogue.text("report.survival.remark")
        title = curve_title(foretold, catalogue)
        if foretold is not answer:
            title = f"{title} · {prediction_name(foretold, catalogue)}"
        sections.append(Section(title, [Stack([Gap(3), curve])], remark))
    if drawn is not None:
        nomogram = Picture(lambda width: nomogram_drawing(drawn, assessment.study, width, catalogue))
        sections.append(
            Section(
                catalogue.text("report.section.nomogram"),
                [Stack([Gap(3), nomogram])],
                catalogue.text("report.nomogram.remark"),
            )
        )
    return sections
