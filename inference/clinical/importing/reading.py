"""One value of a source, read for one field: taken, or refused with the reason."""

from __future__ import annotations

from collections.abc import Iterator

from inference.clinical.importing.proposal import ProposedValue, RefusedValue, SourceEntry
from inference.clinical.importing.words import choices_meant, missing_reason
from inference.clinical.importing.written_number import read_number
from inference.clinical.quantity import NO_UNIT, unit_id
from inference.clinical.record import ClinicalValue, Provenance
from inference.clinical.schema import FieldSchema, FormSchema, parse_value
from inference.errors import InputError
from inference.messages.message import LIST_MARK, Message

Read = ProposedValue | RefusedValue


def read_value(form: FormSchema, field: FieldSchema, entry: SourceEntry, unit: str = "") -> Iterator[Read]:
    """What ``entry`` says of ``field``; ``unit`` as written beside it, empty where none is.

    Several values where one text stands for several fields (T4a).
    """
    meant = choices_meant(form, field, entry.text) if field.kind == "choice" else ()
    if meant:
        for one, code in meant:
            yield ProposedValue(parse_value(one, code, provenance=Provenance.IMPORTED), entry)
        return
    reason = missing_reason(entry.text)
    if reason is not None:
        yield ProposedValue(ClinicalValue.absent(field.id, reason), entry)
        return
    try:
        yield _number(field, entry, unit) if field.kind == "number" else _text(field, entry)
    except InputError as error:
        yield RefusedValue(field.id, entry, error.message)


def _text(field: FieldSchema, entry: SourceEntry) -> ProposedValue:
    if field.kind == "choice":
        allowed = LIST_MARK.join(f"clinical.{field.id}.{code}" for code in field.choices)
        label = f"clinical.{field.id}"
        raise InputError("error.clinical.not_allowed", field=label, value=entry.text, allowed=allowed)
    return ProposedValue(parse_value(field, entry.text, provenance=Provenance.IMPORTED), entry)


def _number(field: FieldSchema, entry: SourceEntry, unit: str) -> ProposedValue:
    written = read_number(field, entry.text, unit)
    code = written.unit or field.units[0].code
    notes: list[Message] = []
    if written.had_decimal_comma:
        notes.append(Message("import.note.decimal_comma", {"value": entry.text, "read": written.number}))
    if not written.unit and field.units[0].code != NO_UNIT:
        notes.append(Message("import.note.unit_assumed", {"unit": unit_id(code)}))
    return ProposedValue(parse_value(field, written.number, code, Provenance.IMPORTED), entry, tuple(notes))
