"""A clinical record as a JSON document: ``concilium.clinical``, version 1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inference.clinical.record import STATED_REASONS, ClinicalRecord, ClinicalValue, MissingReason, Provenance
from inference.clinical.schema import FieldSchema, FormSchema, parse_value
from inference.errors import InputError


def record_from_json(form: FormSchema, document: Mapping[str, Any]) -> ClinicalRecord:
    """Read a ``concilium.clinical`` document (version 1) into a record.

    Raises
    ------
    InputError
        For another kind of document, a newer version, another study, an unknown field or a bad value.
    """
    record = form.empty_record()
    for field_id, entry in check_document(form, document).items():
        field = form.field(str(field_id))
        if not isinstance(entry, dict):
            raise InputError("error.clinical.not_a_record")
        record = record.with_value(value_from_json(field, entry))
    return record


def check_document(form: FormSchema, document: Mapping[str, Any]) -> dict[str, Any]:
    """The entries of a ``concilium.clinical`` document, once it is one of this study.

    Raises
    ------
    InputError
        As :func:`record_from_json` for the document as a whole.
    """
    values = document.get("values")
    if document.get("schema") != "concilium.clinical" or not isinstance(values, dict):
        raise InputError("error.clinical.not_a_record")
    if document.get("schema_version") != 1:
        raise InputError("error.clinical.version", version=str(document.get("schema_version")))
    if document.get("study") != form.study:
        raise InputError("error.clinical.study", study=str(document.get("study")), expected=form.study)
    return values


def record_to_json(record: ClinicalRecord) -> dict[str, Any]:
    """The ``concilium.clinical`` document of a record: values and units as typed.

    What does not apply is left out: it follows from the others.
    """
    values: dict[str, Any] = {}
    for field_id, value in record.values.items():
        if value.missing is MissingReason.NOT_APPLICABLE:
            continue
        if value.missing is not None:
            values[field_id] = {"missing": value.missing.value}
        elif value.typed_unit:
            values[field_id] = {"value": value.typed_value, "unit": value.typed_unit}
        else:
            values[field_id] = {"value": value.typed_value}
    return {"schema": "concilium.clinical", "schema_version": 1, "study": record.study, "values": values}


def value_from_json(field: FieldSchema, entry: Mapping[str, Any]) -> ClinicalValue:
    """One entry of a document: a value with its unit, or the reason why there is none.

    Raises
    ------
    InputError
        For a value or a reason that is not allowed.
    """
    if "missing" in entry:
        reason = str(entry["missing"]).replace(" ", "_")
        if reason not in STATED_REASONS:
            allowed = ", ".join(STATED_REASONS)
            raise InputError(
                "error.clinical.not_allowed", field=f"clinical.{field.id}", value=reason, allowed=allowed
            )
        return ClinicalValue.absent(field.id, MissingReason(reason))
    return parse_value(field, str(entry.get("value", "")), str(entry.get("unit", "")), Provenance.IMPORTED)
