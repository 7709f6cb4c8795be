"""The form of one study as data: fields with kind, unit, range, allowed values, meaning and source."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from inference.clinical.record import (
    ClinicalRecord,
    ClinicalValue,
    MissingReason,
    Provenance,
)
from inference.errors import InputError


class UnitChoice(BaseModel):
    """A unit the user may type in; canonical = typed × ``factor``; ``code`` is UCUM."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    code: str
    factor: float = Field(gt=0)


class FieldSchema(BaseModel):
    """One clinical field.

    The catalogue holds its label (``clinical.<id>``), its meaning (``….meaning``) and the names of
    its allowed values (``….<code>``).  The first unit is the canonical one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: str
    kind: Literal["number", "choice"]
    source: str
    units: tuple[UnitChoice, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    integer: bool = False
    choices: tuple[str, ...] = ()
    required: bool = False
    derived_from: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _fits_its_kind(self) -> FieldSchema:
        if self.kind == "number" and (not self.units or self.minimum is None or self.maximum is None):
            raise ValueError(f"{self.id}: a number needs units and a range")
        if self.kind == "choice" and not self.choices:
            raise ValueError(f"{self.id}: a choice needs allowed values")
        return self


class FormSchema(BaseModel):
    """All fields of a study, in the order of the form."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    schema_version: Literal[1]
    study: str
    staging: str
    fields: tuple[FieldSchema, ...]

    def field(self, field_id: str) -> FieldSchema:
        """The field called ``field_id``.

        Raises
        ------
        InputError
            When the form has no such field.
        """
        for candidate in self.fields:
            if candidate.id == field_id:
                return candidate
        raise InputError(
            "error.clinical.unknown_field", field=field_id, allowed=", ".join(f.id for f in self.fields)
        )

    def empty_record(self) -> ClinicalRecord:
        """A record in which every field is missing: not recorded."""
        return ClinicalRecord(self.study, {field.id: ClinicalValue.absent(field.id) for field in self.fields})


@cache
def load_form(study: str) -> FormSchema:
    """The form of ``study``, from ``inference/clinical/forms/<study>.yaml``."""
    source = resources.files("inference.clinical") / "forms" / f"{study}.yaml"
    if not source.is_file():
        raise InputError("error.study.unknown", study=study)
    return FormSchema.model_validate(yaml.safe_load(source.read_text(encoding="utf-8")))


def parse_value(
    field: FieldSchema, text: str, unit: str = "", provenance: Provenance = Provenance.TYPED
) -> ClinicalValue:
    """Turn what was typed into a value; an empty text is a missing value.

    Raises
    ------
    InputError
        When the text is not a number, lies outside the range, or is not an allowed value; the fields name
        the clinical field, the value and what is allowed.
    """
    label = f"clinical.{field.id}"
    text = text.strip()
    if not text:
        return ClinicalValue.absent(field.id)
    if field.kind == "choice":
        if text not in field.choices:
            raise InputError(
                "error.clinical.not_allowed", field=label, value=text, allowed=", ".join(field.choices)
            )
        return ClinicalValue(field.id, text, "", text, provenance)
    return _parse_number(field, label, text, unit or field.units[0].code, provenance)


def _parse_number(
    field: FieldSchema, label: str, text: str, unit: str, provenance: Provenance
) -> ClinicalValue:
    choice = next((known for known in field.units if known.code == unit), None)
    if choice is None:
        allowed = ", ".join(known.code for known in field.units)
        raise InputError("error.clinical.unit", field=label, unit=unit, allowed=allowed)
    try:
        # Python alone reads 5_2 as 52; a slip of the keyboard is no number here.
        number = float(text.replace("_", "?"))
    except ValueError as error:
        raise InputError("error.clinical.not_a_number", field=label, value=text) from error
    canonical = number * choice.factor
    assert field.minimum is not None and field.maximum is not None
    if not field.minimum <= canonical <= field.maximum or (field.integer and canonical != int(canonical)):
        raise InputError(
            "error.clinical.out_of_range",
            field=label,
            value=text,
            unit=unit,
            minimum=f"{field.minimum / choice.factor:g}",
            maximum=f"{field.maximum / choice.factor:g}",
        )
    return ClinicalValue(field.id, text, unit, canonical, provenance)


def record_from_json(form: FormSchema, document: Mapping[str, Any]) -> ClinicalRecord:
    """Read a ``concilium.clinical`` document (version 1) into a record.

    Raises
    ------
    InputError
        For another kind of document, a newer version, another study, an unknown field or a bad value.
    """
    if document.get("schema") != "concilium.clinical" or not isinstance(document.get("values"), dict):
        raise InputError("error.clinical.not_a_record")
    if document.get("schema_version") != 1:
        raise InputError("error.clinical.version", version=str(document.get("schema_version")))
    if document.get("study") != form.study:
        raise InputError("error.clinical.study", study=str(document.get("study")), expected=form.study)
    record = form.empty_record()
    for field_id, entry in document["values"].items():
        field = form.field(str(field_id))
        if not isinstance(entry, dict):
            raise InputError("error.clinical.not_a_record")
        record = record.with_value(_value_from_json(field, entry))
    return record


def record_to_json(record: ClinicalRecord) -> dict[str, Any]:
    """The ``concilium.clinical`` document of a record: values and units as typed."""
    values: dict[str, Any] = {}
    for field_id, value in record.values.items():
        if value.missing is not None:
            values[field_id] = {"missing": value.missing.value}
        elif value.typed_unit:
            values[field_id] = {"value": value.typed_value, "unit": value.typed_unit}
        else:
            values[field_id] = {"value": value.typed_value}
    return {"schema": "concilium.clinical", "schema_version": 1, "study": record.study, "values": values}


def _value_from_json(field: FieldSchema, entry: Mapping[str, Any]) -> ClinicalValue:
    if "missing" in entry:
        reason = str(entry["missing"]).replace(" ", "_")
        if reason not in set(MissingReason):
            allowed = ", ".join(MissingReason)
            raise InputError(
                "error.clinical.not_allowed", field=f"clinical.{field.id}", value=reason, allowed=allowed
            )
        return ClinicalValue.absent(field.id, MissingReason(reason))
    return parse_value(field, str(entry.get("value", "")), str(entry.get("unit", "")), Provenance.IMPORTED)
