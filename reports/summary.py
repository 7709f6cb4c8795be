"""The answer in one block of lines for a terminal."""

from __future__ import annotations

from inference.assessment import Assessment, RecommendationStatus
from inference.cases.identity import PatientIdentity
from inference.clinical.record import MissingReason
from inference.findings import Verdict
from inference.messages.catalogue import Catalogue
from inference.prediction import Prediction, PredictionStatus
from reports.paper.patient_frame import banner_text
from reports.prediction_wording import (
    calibrated_text,
    cutoff_text,
    fallback_text,
    fold_range,
    horizons_of,
    outcome_text,
    prediction_name,
    score_text,
    survival_text,
    verdict_word,
)
from reports.sections.recommendation import rules_line, spoken_statements
from reports.wording import (
    all_reasons,
    clinical_label,
    guard_word,
    identity_line,
    not_considered_line,
    recommendation_name,
    rule_file_line,
    short_hash,
    strength_line,
    text_or_code,
)

_INDENT = "  "


def summary_lines(assessment: Assessment, identity: PatientIdentity, catalogue: Catalogue) -> list[str]:
    """Patient, pack, input check, each treatment or the reasons why none is answered, recommendation."""
    text = catalogue.text
    pack = f"{assessment.pack.id} {assessment.pack.version}"
    state = text_or_code("pack.state", assessment.pack.state, catalogue)
    kind = text(f"report.subject.{assessment.subject}")
    who = identity_line(identity, catalogue)
    lines = [
        text(f"report.study.{assessment.study}"),
        f"! {banner_text(assessment, catalogue)}",
        _field(text("report.patient"), " · ".join(part for part in (kind, who) if part), catalogue),
        _field(text("report.pack.name"), f"{pack} · {state}", catalogue),
        _field(text("report.section.guard"), _guard(assessment, catalogue), catalogue),
        *_guard_lines(assessment, catalogue),
    ]
    missing = [
        clinical_label(entry, catalogue)
        for entry in assessment.clinical
        if entry.missing not in ("", MissingReason.NOT_APPLICABLE)
    ]
    if missing:
        names = text("report.list_separator").join(missing)
        lines.append(f"{_INDENT}{text('report.clinical.missing', names=names)}")
    for outcome in dict.fromkeys(outcome_text(each, catalogue) for each in assessment.predictions):
        lines.append(_field(outcome, "", catalogue).rstrip())
        lines += [
            f"{_INDENT}{_prediction(each, assessment.study, catalogue)}"
            for each in assessment.predictions
            if outcome_text(each, catalogue) == outcome
        ]
    lines += _recommendation(assessment, catalogue)
    lines.append(_field("SHA-256", short_hash(assessment.content_sha256()), catalogue))
    return lines


def _field(label: str, value: str, catalogue: Catalogue) -> str:
    return catalogue.text("report.summary.field", label=label, value=value)


def _noted(value: str, note: str, catalogue: Catalogue) -> str:
    return catalogue.text("report.summary.noted", value=value, note=note)


def _guard(assessment: Assessment, catalogue: Catalogue) -> str:
    checks = catalogue.text("report.summary.checks", count=len(assessment.guard))
    return _noted(guard_word(assessment.guard_verdict, catalogue), checks, catalogue)


def _guard_lines(assessment: Assessment, catalogue: Catalogue) -> list[str]:
    """The lines that do not simply fit."""
    lines = []
    for line in assessment.guard:
        if line.verdict is not Verdict.FINE:
            allowed = _field(
                catalogue.text("report.guard.allowed"), catalogue.render(line.allowed), catalogue
            )
            measured = _noted(catalogue.render(line.measured), allowed, catalogue)
            check = _field(catalogue.text(line.name), measured, catalogue)
            lines.append(_INDENT + _field(guard_word(line.verdict, catalogue), check, catalogue))
    return lines


def _prediction(prediction: Prediction, study: str, catalogue: Catalogue) -> str:
    name = prediction_name(prediction, catalogue)
    verdict = verdict_word(prediction, catalogue)
    if prediction.status is not PredictionStatus.ANSWERED:
        return _field(name, verdict, catalogue)
    cutoff = cutoff_text(prediction, catalogue)
    beside = (fold_range(prediction, catalogue), cutoff and catalogue.text("report.cutoff", value=cutoff))
    spread = catalogue.text("report.list_separator").join(part for part in beside if part)
    score = score_text(prediction, catalogue)
    parts = [_field(name, _noted(score, spread, catalogue) if spread else score, catalogue)]
    parts += [verdict] if prediction.is_positive is not None else []
    parts.append(calibrated_text(prediction, catalogue))
    if not prediction.treatment:
        months = horizons_of(prediction, study)
        parts += [survival_text(prediction, month, catalogue) for month in months]
        parts.append(fallback_text(prediction, catalogue))
    return " · ".join(part for part in parts if part)


def _recommendation(assessment: Assessment, catalogue: Catalogue) -> list[str]:
    recommendation = assessment.recommendation
    catalogue = catalogue.with_texts(recommendation.texts)
    rules = rules_line(recommendation, catalogue)
    if recommendation.status is RecommendationStatus.GIVEN and recommendation.recommend is not None:
        name = _noted(recommendation_name(recommendation.recommend, catalogue), rules, catalogue)
        head = _field(catalogue.text("report.section.recommendation"), name, catalogue)
        spoken = (*spoken_statements(recommendation), *recommendation.would_change)
        said = [strength_line(recommendation, catalogue), *map(catalogue.render, spoken)]
        said += [not_considered_line(recommendation, catalogue), rule_file_line(recommendation, catalogue)]
        return [head, *(f"{_INDENT}{line}" for line in said if line)]
    head = _noted(catalogue.text("report.section.withheld"), rules, catalogue)
    return [head, *(f"{_INDENT}- {catalogue.render(each)}" for each in all_reasons(assessment))]
