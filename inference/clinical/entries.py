"""A clinical record as an Assessment lists it: the fields of the form, missing ones with their reason."""

from __future__ import annotations

from inference.assessment import ClinicalEntry
from inference.clinical.derivation_rules import BodyMassIndex
from inference.clinical.record import ClinicalRecord, MissingReason
from inference.clinical.schema import FormSchema
from inference.errors import InputError


def clinical_entries(form: FormSchema, record: ClinicalRecord) -> tuple[ClinicalEntry, ...]:
    """One entry per field, in the form's order: canonical value as text with its unit.

    Height and weight only help to enter the body mass index: where that is stated, they are not missing.

    Raises
    ------
    InputError
        When the record belongs to another study.
    """
    if record.study != form.study:
        raise InputError("error.clinical.study", study=record.study, expected=form.study)
    entries: list[ClinicalEntry] = []
    not_needed = _not_needed(form, record)
    for field in form.fields:
        if field.id in not_needed:
            continue
        value = record.values.get(field.id)
        unit = field.units[0].code if field.units else ""
        if value is None or value.canonical is None:
            reason = value.missing if value is not None and value.missing else MissingReason.NOT_RECORDED
            entries.append(ClinicalEntry(field.id, "", unit, "", reason.value))
            continue
        text = value.canonical if isinstance(value.canonical, str) else f"{value.canonical:.12g}"
        entries.append(ClinicalEntry(field.id, text, unit, value.provenance.value))
    return tuple(entries)


def _not_needed(form: FormSchema, record: ClinicalRecord) -> frozenset[str]:
    """Absent fields that only serve another, which is there without them."""
    return frozenset(
        name
        for field in form.fields
        if isinstance(field.rule, BodyMassIndex) and record.canonical(field.id) is not None
        for name in field.rule.fields
        if record.canonical(name) is None
    )
