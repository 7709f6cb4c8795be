"""Why, in lines for a terminal: what each term adds, where the patient stands, what small changes do."""

from __future__ import annotations

from collections.abc import Sequence

from inference.assessment import Assessment
from inference.messages.catalogue import Catalogue
from inference.prediction import Prediction, PredictionStatus
from inference.predictors.cohort_position import cohort_positions
from inference.predictors.explanation import StudyExplanation
from inference.statistics.reasons import NotEstimable
from reports.figures.contribution_bars import term_text
from reports.prediction_wording import (
    horizons_of,
    interval_remark,
    prediction_name,
    survival_text,
    variation_range,
    variation_score,
)
from reports.wording import slice_number

_INDENT = "  "


def explained_lines(
    assessment: Assessment, explanation: StudyExplanation | None, catalogue: Catalogue
) -> list[str]:
    """Empty where nothing is answered."""
    answered = [one for one in assessment.predictions if one.status is PredictionStatus.ANSWERED]
    lines: list[str] = []
    for prediction in answered:
        lines += _contributions(prediction, assessment.study, catalogue)
        lines += _slices(prediction, catalogue)
    lines += _survival(answered, assessment.study, catalogue)
    if explanation is not None and answered:
        lines += _position(answered[0], explanation, catalogue)
        lines += _points(explanation, catalogue)
    for prediction in answered:
        lines += _variations(prediction, catalogue)
    return lines


def _contributions(prediction: Prediction, study: str, catalogue: Catalogue) -> list[str]:
    if not prediction.contributions:
        return []
    heading = f"{prediction_name(prediction, catalogue)} · {catalogue.text('figure.contributions')}"
    terms = sorted(prediction.contributions, key=lambda term: -abs(term.amount))
    told = (f"{_INDENT}{_signed(one.amount)}  {term_text(one, study, catalogue)}" for one in terms)
    return [heading, *told]


def _survival(answered: Sequence[Prediction], study: str, catalogue: Catalogue) -> list[str]:
    """Where a survival has an interval: each, and what the interval covers."""
    covered = interval_remark(answered, study, catalogue)
    if not covered:
        return []
    lines = []
    for one in answered:
        told = [survival_text(one, month, catalogue) for month in horizons_of(one, study)]
        lines += [f"{_INDENT}{prediction_name(one, catalogue)}: {' · '.join(told)}"] if told else []
    return [catalogue.text("figure.predicted_survival"), *lines, _INDENT + covered]


def _slices(prediction: Prediction, catalogue: Catalogue) -> list[str]:
    if not prediction.slice_shares:
        return []
    shares = zip(prediction.slices, prediction.slice_shares, strict=True)
    told = [f"{slice_number(index)}: {_signed(100 * share)}" for index, share in shares]
    heading = f"{prediction_name(prediction, catalogue)} · {catalogue.text('report.section.shares')}"
    return [heading, _INDENT + ", ".join(told)]


def _position(prediction: Prediction, explanation: StudyExplanation, catalogue: Catalogue) -> list[str]:
    assert prediction.score is not None
    lines = [catalogue.text("figure.cohort_position")] if explanation.quantiles else []
    for one in cohort_positions(explanation.quantiles, prediction.model, prediction.score):
        name = "below" if one.is_below else "above" if one.is_above else "share"
        outcome = catalogue.text(f"figure.outcome.{one.outcome}")
        group = catalogue.text("figure.cohort_group", outcome=outcome, count=one.patients)
        share = f"{100 * one.share:.0f}"
        lines.append(_INDENT + catalogue.text(f"report.position.{name}", group=group, share=share))
    return lines


def _points(explanation: StudyExplanation, catalogue: Catalogue) -> list[str]:
    drawn = explanation.nomogram
    if drawn is None or isinstance(drawn, NotEstimable):
        return []
    total = f"{drawn.patient.total:.0f}"
    return [
        catalogue.text("report.section.nomogram"),
        _INDENT + catalogue.text("report.points.total", total=total),
    ]


def _variations(prediction: Prediction, catalogue: Catalogue) -> list[str]:
    if not prediction.variations:
        return []
    heading = catalogue.text(
        "report.variations.summary",
        name=prediction_name(prediction, catalogue),
        range=variation_range(prediction, catalogue),
        count=len(prediction.variations),
        crossing=sum(one.crosses for one in prediction.variations),
    )
    lines = [f"{catalogue.text('report.section.variations')} · {heading}"]
    for one in prediction.variations:
        mark = "!" if one.crosses else " "
        score = variation_score(prediction, one, catalogue)
        lines.append(f"{_INDENT}{mark} {catalogue.render(one.change)} \u2192 {score}")
    return lines


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "\u2212")
