"""From readings to a recommendation, or to the reasons why there is none; pure and repeatable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from inference.assessment import Recommendation, RecommendationStatus, RuleOrigin
from inference.clinical.record import ClinicalRecord
from inference.clinical.schema import load_form
from inference.messages.message import LIST_MARK, FieldValue, Message
from inference.prediction import Fallback
from inference.rules.changes import would_change
from inference.rules.owed import doubts_let_pass
from inference.rules.performance import NOTHING_KNOWN, PackFacts
from inference.rules.reading import Reading
from inference.rules.rule_book import (
    NON_RESIDUAL,
    Doubt,
    Rule,
    RuleBook,
    RuleSet,
    Sentence,
    clinical_values,
    shown_value,
)
from inference.rules.rule_file import load_rule_book

_FALLBACKS: Final[Mapping[Fallback, Doubt]] = {
    Fallback.IMAGE_ONLY: "image_only",
    Fallback.CLINICAL_ONLY: "clinical_only",
    Fallback.FEWER_PHASES: "fewer_phases",
}


def ineligible(book: RuleBook, record: ClinicalRecord) -> tuple[Message, ...]:
    """Why nothing may be answered for this patient: unlike those studied, or a needed value is not known.

    Another missing value is no reason.
    """
    reasons: list[Message] = []
    for condition in book.eligible:
        value = record.canonical(condition.field)
        if value is not None and not condition.holds(value):
            fields = {"field": f"clinical.{condition.field}", "value": shown_value(condition.field, value)}
            fields["allowed"] = condition.named(condition.field)
            reasons.append(Message("rules.withheld.population", fields))
    for group in book.needs:
        if all(record.canonical(name) is None for name in group):
            asked = LIST_MARK.join(f"clinical.{name}" for name in group)
            reasons.append(Message("rules.withheld.needed", {"fields": asked}))
    return tuple(reasons)


def unchecked_eligibility(book: RuleBook, record: ClinicalRecord) -> tuple[Message, ...]:
    """The statement that missing values leave conditions open; none when all of them were checked."""
    open_ = [condition for condition in book.eligible if record.canonical(condition.field) is None]
    if not open_:
        return ()
    names = LIST_MARK.join(f"clinical.{condition.field}" for condition in open_)
    if len(open_) > 1:
        return (Message("statement.eligibility_unchecked.several", {"fields": names}),)
    fields = {"field": names, "allowed": open_[0].named(open_[0].field)}
    return (Message("statement.eligibility_unchecked", fields),)


def doubts(
    book: RuleBook, rule_set_id: str, readings: Sequence[Reading], record: ClinicalRecord
) -> tuple[Message, ...]:
    """Why the rule set withholds on these readings; no reason carries a number."""
    rule_set = book.rule_set(rule_set_id)
    placed = _placed(book, readings)
    reasons = [reason for reading in placed.values() for reason in _of_reading(rule_set, reading)]
    found = _applying(rule_set, placed, record)
    if found is None:
        asked = LIST_MARK.join(f"clinical.{name}" for name in rule_set.clinical_fields)
        reasons.append(Message("rules.withheld.no_rule", {"fields": asked}))
    elif (reason := found[1].withhold) is not None:
        reasons.append(Message(reason))
    return tuple(reasons)


def recommend(
    book: RuleBook,
    rule_set_id: str,
    readings: Sequence[Reading],
    record: ClinicalRecord,
    pack: PackFacts = NOTHING_KNOWN,
) -> Recommendation:
    """Find the rule for these readings, or withhold where the rule set doubts them.

    ``readings`` hold one for every reading that the book asks for: under its own name, or a score that may
    stand in for it.

    Raises
    ------
    InputError
        For an unknown rule set.
    ValueError
        When the readings are not those that the book asks for.
    """
    reasons = (*ineligible(book, record), *doubts(book, rule_set_id, readings, record))
    if reasons:
        return withhold(book, rule_set_id, reasons)
    rule_set = book.rule_set(rule_set_id)
    placed = _placed(book, readings)
    found = _applying(rule_set, placed, record)
    assert found is not None
    row, rule = found
    return Recommendation(
        status=RecommendationStatus.GIVEN,
        rule_set=rule_set.id,
        rule_version=rule_set.version,
        citation=book.citation,
        table=book.rows(rule_set),
        row=row,
        recommend=rule.recommend,
        reasons=tuple(_because(book, placed)),
        statements=(
            *_statements(rule, placed, record, pack),
            *unchecked_eligibility(book, record),
            *((passed,) if (passed := doubts_passed(book, rule_set)) is not None else ()),
            *((Message("statement.phantom"),) if pack.is_demonstration else ()),
        ),
        would_change=would_change(rule_set, load_form(book.study), placed, clinical_values(record)),
        strength=rule.strength,
        text=tuple(_spoken(sentence, record) for sentence in rule.text),
        not_considered=tuple(Message(name) for name in rule.not_considered),
        file=book.file,
        texts={name: dict(texts) for name, texts in book.texts.items()},
    )


def withhold(book: RuleBook, rule_set_id: str, reasons: Sequence[Message]) -> Recommendation:
    """No recommendation, with every reason; the table is shown without a marked row."""
    rule_set = book.rule_set(rule_set_id)
    return Recommendation(
        status=RecommendationStatus.WITHHELD,
        rule_set=rule_set.id,
        rule_version=rule_set.version,
        citation=book.citation,
        table=book.rows(rule_set),
        reasons=tuple(reasons),
        file=book.file,
        texts={name: dict(texts) for name, texts in book.texts.items()},
    )


def doubts_passed(book: RuleBook, rule_set: RuleSet) -> Message | None:
    """What a site's rule set answers although the project's cautious set would not, in a sentence."""
    if book.file.origin is RuleOrigin.PROJECT:
        return None
    passed = doubts_let_pass(rule_set, load_rule_book(book.study))
    named = LIST_MARK.join(f"doubt.{doubt}" for doubt in passed)
    return Message("statement.doubts_let_pass", {"doubts": named}) if passed else None


def _placed(book: RuleBook, readings: Sequence[Reading]) -> dict[str, Reading]:
    """The readings under the names by which the book asks for them."""
    placed: dict[str, Reading] = {}
    for asked in book.readings:
        names = {Fallback.NONE: asked.name, **asked.instead}
        fitting = [reading for reading in readings if reading.name == names.get(reading.fallback)]
        if len(fitting) != 1 or fitting[0].words != asked.words:
            raise ValueError(f"the rules of {book.study} ask for one reading of {asked.name}")
        placed[asked.name] = replace(fitting[0], margin=max(fitting[0].margin, asked.margin))
    if len(placed) != len(readings):
        raise ValueError(f"the rules of {book.study} ask for no other reading")
    return placed


def _applying(
    rule_set: RuleSet, placed: Mapping[str, Reading], record: ClinicalRecord
) -> tuple[int, Rule] | None:
    words = {name: reading.word for name, reading in placed.items()}
    return rule_set.rule_for(words, clinical_values(record))


def _of_reading(rule_set: RuleSet, reading: Reading) -> Iterator[Message]:
    found: dict[Doubt | None, bool] = {
        "borderline": reading.is_borderline,
        "folds_disagree": reading.folds_disagree,
        "sensitivity_crossed": reading.sensitivity_crossed,
        "guard_warned": reading.guard_warned,
        _FALLBACKS.get(reading.fallback): True,
    }
    for doubt in rule_set.withhold_when:
        if found.get(doubt, False):
            yield Message(f"rules.withheld.{doubt}", {"treatment": reading.label})


def _because(book: RuleBook, placed: Mapping[str, Reading]) -> Iterator[Message]:
    for reading in placed.values():
        yield Message(f"rules.because.{reading.word}", {"treatment": reading.label})
    reaching = [name for name in book.fewer_side_effects_first if placed[name].word == NON_RESIDUAL]
    if len(reaching) > 1:
        yield Message("rules.because.fewer_side_effects", {"treatment": placed[reaching[0]].label})


def _statements(
    rule: Rule, placed: Mapping[str, Reading], record: ClinicalRecord, pack: PackFacts
) -> Iterator[Message]:
    for sentence in rule.statements:
        yield _spoken(sentence, record)
    for reading in placed.values():
        if reading.fallback is not Fallback.NONE:
            fields = {"treatment": reading.label}
            yield Message(f"statement.fallback.{reading.fallback.value}", fields)
        yield from pack.of_score(reading.name)


def _spoken(sentence: Sentence, record: ClinicalRecord) -> Message:
    """The message with the patient's own values in its placeholders."""
    fields: dict[str, FieldValue] = {}
    for placeholder, names in sentence.fields.items():
        known = [(name, value) for name in names if (value := record.canonical(name)) is not None]
        name, value = known[0] if known else (names[0], None)
        fields[placeholder] = "rules.not_recorded" if value is None else shown_value(name, value)
        fields[f"{placeholder}_field"] = f"clinical.{name}"
    return Message(sentence.id, fields)
