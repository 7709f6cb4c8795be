"""From predictions to a recommendation, or to the reasons why there is none; pure and repeatable."""

from __future__ import annotations

from collections.abc import Sequence

from inference.assessment import Recommendation, RecommendationStatus
from inference.clinical.record import ClinicalRecord
from inference.messages.message import FieldValue, Message
from inference.predictors.treatment_score import TreatmentScore
from inference.rules.rule_book import NON_RESIDUAL, RESIDUAL, Predicted, RuleBook, RuleSet

_MOST_DECIMALS = 3


def ineligible(book: RuleBook, record: ClinicalRecord) -> tuple[Message, ...]:
    """Why the studied patients were not like this one; a missing value is no reason."""
    reasons: list[Message] = []
    for condition in book.eligible:
        value = record.canonical(condition.field)
        if value is not None and value not in condition.allowed:
            fields = {"field": f"clinical.{condition.field}", "value": str(value)}
            fields["allowed"] = ", ".join(condition.allowed)
            reasons.append(Message("rules.withheld.population", fields))
    return tuple(reasons)


def unchecked_eligibility(book: RuleBook, record: ClinicalRecord) -> tuple[Message, ...]:
    """One statement per condition that a missing value leaves open."""
    return tuple(
        Message(
            "statement.eligibility_unchecked",
            {"field": f"clinical.{condition.field}", "allowed": ", ".join(condition.allowed)},
        )
        for condition in book.eligible
        if record.canonical(condition.field) is None
    )


def doubts(book: RuleBook, rule_set_id: str, scores: Sequence[TreatmentScore]) -> tuple[Message, ...]:
    """Why the rule set withholds on these predictions; no reason carries a number."""
    rule_set = book.rule_set(rule_set_id)
    reasons: list[Message] = []
    for score in scores:
        fields = {"treatment": f"treatment.{score.treatment}"}
        if "borderline" in rule_set.withhold_when and score.is_borderline:
            reasons.append(Message("rules.withheld.borderline", fields))
        if "folds_disagree" in rule_set.withhold_when and score.folds_disagree:
            reasons.append(Message("rules.withheld.folds_disagree", fields))
    if _predicted(scores) in rule_set.implausible:
        reasons.append(Message("rules.withheld.implausible"))
    return tuple(reasons)


def recommend(
    book: RuleBook, rule_set_id: str, scores: Sequence[TreatmentScore], record: ClinicalRecord
) -> Recommendation:
    """Read the table for these predictions, or withhold where the rule set doubts them."""
    reasons = doubts(book, rule_set_id, scores)
    if reasons:
        return withhold(book, rule_set_id, reasons)
    rule_set = book.rule_set(rule_set_id)
    row = book.row_for(_predicted(scores))
    statements = tuple(Message(statement) for statement in rule_set.statements.get(row.recommend, ()))
    return Recommendation(
        status=RecommendationStatus.GIVEN,
        rule_set=rule_set.id,
        rule_version=rule_set.version,
        citation=book.citation,
        table=book.rows,
        row=row.row,
        recommend=row.recommend,
        reasons=_because(book, scores),
        statements=statements + unchecked_eligibility(book, record),
        would_change=_would_change(book, rule_set, scores),
    )


def withhold(book: RuleBook, rule_set_id: str, reasons: Sequence[Message]) -> Recommendation:
    """No recommendation, with every reason; the table is shown without a marked row."""
    rule_set = book.rule_set(rule_set_id)
    return Recommendation(
        status=RecommendationStatus.WITHHELD,
        rule_set=rule_set.id,
        rule_version=rule_set.version,
        citation=book.citation,
        table=book.rows,
        reasons=tuple(reasons),
    )


def _predicted(scores: Sequence[TreatmentScore]) -> dict[str, Predicted]:
    return {score.treatment: _class(score.is_positive) for score in scores}


def _class(is_positive: bool) -> Predicted:
    return RESIDUAL if is_positive else NON_RESIDUAL


def _because(book: RuleBook, scores: Sequence[TreatmentScore]) -> tuple[Message, ...]:
    predicted = _predicted(scores)
    reasons = [
        Message(f"rules.because.{predicted[name]}", {"treatment": f"treatment.{name}"})
        for name in book.fewer_side_effects_first
    ]
    reaching = [name for name in book.fewer_side_effects_first if predicted[name] == NON_RESIDUAL]
    if len(reaching) > 1:
        fields = {"treatment": f"treatment.{reaching[0]}"}
        reasons.append(Message("rules.because.fewer_side_effects", fields))
    return tuple(reasons)


def _would_change(book: RuleBook, rule_set: RuleSet, scores: Sequence[TreatmentScore]) -> tuple[Message, ...]:
    """For each treatment whose crossing of its cut-off leads elsewhere: to what, and from which score."""
    predicted = _predicted(scores)
    now = book.row_for(predicted).recommend
    changes: list[Message] = []
    for score in scores:
        other = {**predicted, score.treatment: _class(not score.is_positive)}
        then = book.row_for(other).recommend
        is_withheld = other in rule_set.implausible
        if then == now and not is_withheld:
            continue
        message_id = "rules.would_change" if not is_withheld else "rules.would_withhold"
        direction = "falls_below" if score.is_positive else "reaches"
        changes.append(
            Message(
                f"{message_id}.{direction}",
                {
                    "recommend": f"recommend.{then}.short",
                    "treatment": f"treatment.{score.treatment}",
                    **_apart(score),
                },
            )
        )
    return tuple(changes)


def _apart(score: TreatmentScore) -> dict[str, FieldValue]:
    """Cut-off and score in percent, with as many decimals as tell them apart."""
    cutoff, mean = 100 * score.threshold.value, 100 * score.score
    for decimals in range(_MOST_DECIMALS):
        if f"{cutoff:.{decimals}f}" != f"{mean:.{decimals}f}":
            break
    else:
        decimals = 0 if cutoff == mean else _MOST_DECIMALS
    return {"cutoff": f"{cutoff:.{decimals}f}", "score": f"{mean:.{decimals}f}"}
