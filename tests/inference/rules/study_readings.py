"""Readings of every study at a chosen distance from the cut-off, and records with chosen values."""

from __future__ import annotations

from collections.abc import Mapping

from inference.clinical.record import ClinicalRecord
from inference.clinical.schema import load_form, parse_value
from inference.prediction import Fallback
from inference.rules.reading import Reading
from inference.rules.rule_book import BookReading, RuleBook
from inference.rules.rule_file import load_rule_book

STUDIES = ("npc-residual", "lagc-response", "gc-recurrence", "pnen-recurrence", "gnen-os")
CUTOFF = 0.43

MARGINS = {study: load_rule_book(study).readings[0].margin for study in STUDIES}


def _without_margins(book: RuleBook) -> RuleBook:
    """The project's rules, but for the nearness to a cut-off that they doubt."""
    plain = tuple(one.model_copy(update={"margin": 0.0}) for one in book.readings)
    return book.model_copy(update={"readings": plain})


BOOKS = {study: _without_margins(load_rule_book(study)) for study in STUDIES}


def reading(asked: BookReading, score: float, **more: object) -> Reading:
    """One score under the book's own name, or under the score that stands in."""
    fallback = more.get("fallback", Fallback.NONE)
    plain = {
        "name": asked.name if fallback is Fallback.NONE else asked.instead[fallback],  # type: ignore[index]
        "kind": asked.kind,
        "score": score,
        "cutoff": CUTOFF,
        "words": asked.words,
    }
    return Reading(**(plain | more))  # type: ignore[arg-type]


def readings(book: RuleBook, *scores: float, **more: object) -> list[Reading]:
    """One reading per score, in the book's order."""
    return [reading(asked, score, **more) for asked, score in zip(book.readings, scores, strict=True)]


def record_of(study: str, values: Mapping[str, str] | None = None) -> ClinicalRecord:
    """A patient like those studied, with these values or with those that the study needs."""
    form, book = load_form(study), BOOKS[study]
    needed = {group[0]: form.field(group[0]).choices[0] for group in book.needs}
    record = form.empty_record()
    for condition in book.eligible:
        value = condition.allowed[0] if condition.allowed else f"{condition.at_least:g}"
        record = record.with_value(parse_value(form.field(condition.field), value))
    for name, value in (needed if values is None else values).items():
        record = record.with_value(parse_value(form.field(name), value))
    return record
