"""The days of a record held against one another, against today, and against the patient's birth."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from inference.cases.identity import PatientIdentity
from inference.clinical.record import ClinicalRecord
from inference.clinical.schema import FieldSchema, FormSchema
from inference.errors import InputError
from inference.messages.message import Message


def day_of(record: ClinicalRecord, field_id: str) -> date | None:
    """The recorded day; None when it is missing."""
    value = record.canonical(field_id)
    return date.fromisoformat(value) if isinstance(value, str) else None


def birth_day(identity: PatientIdentity | None) -> date | None:
    """The day of birth in the scan's files; None where they do not tell it."""
    if identity is None:
        return None
    try:
        return date.fromisoformat(identity.birth_date)
    except ValueError:
        return None


def treatment_day(form: FormSchema, record: ClinicalRecord) -> date | None:
    """The day on which the studied treatment starts, as recorded: what scans are held against."""
    if record.study != form.study or form.treatment_day is None:
        return None
    return day_of(record, form.treatment_day)


def refuse_impossible_days(
    form: FormSchema, record: ClinicalRecord, *, today: date, born: date | None = None
) -> None:
    """Stop at the first day that cannot be: in the future, before birth, or before what it follows.

    Raises
    ------
    InputError
        Naming the field, its day and what it is held against.
    """
    for message in impossible_days(form, record, today=today, born=born):
        raise InputError(message.id, **message.fields)


def impossible_days(
    form: FormSchema, record: ClinicalRecord, *, today: date, born: date | None = None
) -> tuple[Message, ...]:
    """Every day of the record that cannot be, each as a sentence."""
    return tuple(
        message
        for field in form.fields
        if field.kind == "date" and (day := day_of(record, field.id)) is not None
        for message in _against(field, day, record, today, born)
    )


def _against(
    field: FieldSchema, day: date, record: ClinicalRecord, today: date, born: date | None
) -> Iterator[Message]:
    fields = {"field": f"clinical.{field.id}", "value": day.isoformat()}
    if day > today and not field.may_lie_ahead:
        yield Message("error.clinical.day_ahead", fields | {"today": today.isoformat()})
    if born is not None and day < born:
        yield Message("error.clinical.day_before_birth", fields)
    for name in field.not_before:
        other = day_of(record, name)
        if other is not None and day < other:
            held = {"other": f"clinical.{name}", "day": other.isoformat()}
            yield Message("error.clinical.day_before_other", fields | held)
