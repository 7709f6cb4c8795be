"""The questions held against a record: met, not met, or open; an unmet one refuses, releasable by name."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from inference.clinical.days import day_of, treatment_day
from inference.clinical.eligibility.questions import (
    Condition,
    Conditions,
    Limits,
    Question,
    SeenFor,
    StudyEligibility,
    load_eligibility,
)
from inference.clinical.quantity import quantity
from inference.clinical.record import CanonicalValue, ClinicalRecord
from inference.clinical.schema import FormSchema, load_form
from inference.dicom.verdicts import finding
from inference.findings import Finding, Verdict
from inference.inputs.study_inputs import load_study_inputs
from inference.messages.message import LIST_MARK, Message
from inference.release import Release, release_of

UNKNOWN: Final = "eligibility.unknown"


class Answer(StrEnum):
    """How a question ends."""

    MET = "met"
    NOT_MET = "not_met"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class EligibilityLine:
    """One question: what is recorded, what is required, how it ends, and the refusal where it is not met.

    ``said`` are ids of the catalogue or texts, joined by ``LIST_MARK``.
    """

    question: Question
    answer: Answer
    said: str
    finding: Finding | None = None

    @property
    def asked(self) -> Message:
        """The question."""
        return Message(f"eligibility.{self.question.id}.asked")

    @property
    def required(self) -> Message:
        """What the study required."""
        return Message(f"eligibility.{self.question.id}.required")

    @property
    def statement(self) -> Message:
        """What stands beside an answer while the question is open."""
        fields = {"question": self.asked.id, "required": self.required.id}
        return Message("statement.eligibility_open", fields)


@dataclass(frozen=True, slots=True)
class Eligibility:
    """All lines of a study for one patient, and what is said beside them."""

    citation: str
    lines: tuple[EligibilityLine, ...]
    notes: tuple[Message, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The refusals; they join those of the scan, so that releases find them."""
        return tuple(line.finding for line in self.lines if line.finding is not None)

    def barriers(self, releases: Iterable[Release]) -> tuple[Message, ...]:
        """Why there is no answer: every refusal that nobody released."""
        given = tuple(releases)
        return tuple(one.message for one in self.findings if release_of(one, given) is None)

    def released(self, releases: Iterable[Release]) -> tuple[Message, ...]:
        """What stands beside an answer: each question not met, and who released it for which reason."""
        given = tuple(releases)
        return tuple(
            Message(
                "statement.eligibility_released",
                {"question": line.asked.id, "answer": line.said, "by": release.by, "reason": release.reason},
            )
            for line in self.lines
            if line.finding is not None and (release := release_of(line.finding, given)) is not None
        )

    @property
    def statements(self) -> tuple[Message, ...]:
        """What stands beside an answer: the open questions in one sentence, and the notes."""
        open_lines = [line for line in self.lines if line.answer is Answer.OPEN]
        if len(open_lines) < 2:
            return (*(line.statement for line in open_lines), *self.notes)
        required = LIST_MARK.join(line.required.id for line in open_lines)
        return (Message("statement.eligibility_open.several", {"required": required}), *self.notes)


def eligibility_of(record: ClinicalRecord, scanned: date | None) -> Eligibility:
    """Hold the questions of the record's study against it; ``scanned`` is the day of the scan.

    Raises
    ------
    InputError
        For a study that has no questions.
    """
    return evaluate(load_eligibility(record.study), record, scanned)


def evaluate(study: StudyEligibility, record: ClinicalRecord, scanned: date | None) -> Eligibility:
    """As :func:`eligibility_of`, with the questions given."""
    form = load_form(study.study)
    lines = tuple(
        _scan_line(question, form, record, scanned)
        if question.scan_in_time
        else _form_line(question, form, record)
        for question in study.questions
    )
    notes = tuple(Message(note.message) for note in study.notes if _all_hold(note.when, record) is True)
    return Eligibility(study.citation, lines, notes)


def _form_line(question: Question, form: FormSchema, record: ClinicalRecord) -> EligibilityLine:
    told = [_said(name, form, record) for name in question.fields]
    said = UNKNOWN if set(told) == {UNKNOWN} else LIST_MARK.join(told)
    if question.known:
        is_known = any(record.canonical(name) is not None for name in question.known)
        holds: bool | None = True if is_known else None
        recorded = [name for name in question.known if record.canonical(name) is not None]
        said = LIST_MARK.join(_said(name, form, record) for name in recorded) or UNKNOWN
    else:
        holds = _any_holds(question.met_when, record)
        if holds and question.seen_for is not None and _was_lost_too_soon(question.seen_for, record):
            holds = None
    if holds is None:
        return EligibilityLine(question, Answer.OPEN, said)
    if holds:
        return EligibilityLine(question, Answer.MET, said)
    refusal = Finding(
        f"eligibility.{question.id}", Verdict.FINE, Verdict.REFUSED, {"answer": said}, releasable=True
    )
    return EligibilityLine(question, Answer.NOT_MET, said, refusal)


def _scan_line(
    question: Question, form: FormSchema, record: ClinicalRecord, scanned: date | None
) -> EligibilityLine:
    treatment = treatment_day(form, record)
    known = [day.isoformat() for day in (scanned, treatment) if day is not None]
    if scanned is None or treatment is None:
        return EligibilityLine(question, Answer.OPEN, LIST_MARK.join(known) or UNKNOWN)
    said = LIST_MARK.join(known)
    days, limit = (treatment - scanned).days, load_study_inputs(form.study).dates.before_treatment_days
    refusal = None
    if days < 0:
        refusal = finding("inputs.after_treatment", days=-days, date=scanned.isoformat())
    elif limit is not None and days > limit:
        refusal = finding("inputs.too_long_before", days=days, limit=limit, date=scanned.isoformat())
    return EligibilityLine(question, Answer.NOT_MET if refusal else Answer.MET, said, refusal)


def _any_holds(entries: Iterable[Conditions], record: ClinicalRecord) -> bool | None:
    """True when one entry holds, False when each fails whatever is still unknown, None otherwise."""
    results = [_all_hold(conditions, record) for conditions in entries]
    if True in results:
        return True
    return None if None in results else False


def _all_hold(conditions: Conditions, record: ClinicalRecord) -> bool | None:
    results = [_holds(condition, record.canonical(name)) for name, condition in conditions.items()]
    if False in results:
        return False
    return None if None in results else True


def _holds(condition: Condition, value: CanonicalValue | None) -> bool | None:
    if value is None:
        return None
    if not isinstance(condition, Limits):
        return value in condition
    assert isinstance(value, float)
    above = condition.minimum is None or value >= condition.minimum
    return above and (condition.maximum is None or value <= condition.maximum)


def _was_lost_too_soon(rule: SeenFor, record: ClinicalRecord) -> bool:
    """True when the patient was last seen before the time that the question asks for."""
    start, seen = day_of(record, rule.start), day_of(record, rule.seen)
    return start is not None and seen is not None and seen < months_later(start, rule.months)


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _said(field_id: str, form: FormSchema, record: ClinicalRecord) -> str:
    value = record.canonical(field_id)
    if value is None:
        return UNKNOWN
    field = form.field(field_id)
    if field.kind == "choice":
        return f"clinical.{field_id}.{value}"
    return quantity(f"{value:.6g}", field.units[0].code) if isinstance(value, float) else value
