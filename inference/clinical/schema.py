"""The form of one study as data: fields with kind, unit, range, allowed values, meaning and source."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import resources
from typing import Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from inference.clinical.derivation_rules import DerivationRule, GradeAgreement
from inference.clinical.quantity import quantity
from inference.clinical.record import ClinicalRecord, ClinicalValue, Provenance
from inference.clinical.written_date import written_date
from inference.errors import InputError
from inference.pathways.studies import unknown_study

FieldGroup = Literal[
    "patient", "tumour", "findings", "staging", "pathology", "laboratory", "course", "eligibility"
]
EARLIEST_DAY: Final = date(1900, 1, 1)
LATEST_DAY: Final = date(2199, 12, 31)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class UnitChoice(_Part):
    """A unit the user may type in; canonical = typed × ``factor``; ``code`` is UCUM.

    A factor that is no power of ten names its ``source``.
    """

    code: str
    factor: float = Field(gt=0)
    source: str = ""

    @model_validator(mode="after")
    def _tells_where_its_factor_comes_from(self) -> UnitChoice:
        decades = math.log10(self.factor)
        if abs(decades - round(decades)) > 1e-9 and not self.source:
            raise ValueError(f"{self.code}: a factor that is no power of ten needs its source")
        return self


class Cut(_Part):
    """Where the paper divides a number, in the canonical unit; ``belongs`` is the side that ``at`` is on."""

    at: float
    belongs: Literal["above", "below"]


class FieldSchema(_Part):
    """One clinical field.

    The catalogue holds its label (``clinical.<id>``), its meaning (``….meaning``) and the names of
    its allowed values (``….<code>``).  The first unit is the canonical one.

    Parameters
    ----------
    group
        Under which heading of the form it stands (``clinical.group.<group>``).
    source
        The paper's table or section that the field comes from.
    edition
        Of the staging or grading, where the value is one.
    may_lie_ahead
        True for a day that may be planned.
    not_before
        Fields whose day cannot be later than this one's.
    applies_when
        Values of another field without which this one has no meaning.
    derived_from, rule
        The fields that the value follows from, and how (:mod:`inference.clinical.derivation`).
    may_be_typed
        True for a derived value that may also be stated; it must then agree.
    measured_as
        What of the tumour's mask may be proposed as its value.
    cut
        Where the paper's table divides a number.
    """

    id: str
    group: FieldGroup
    kind: Literal["number", "choice", "date"]
    source: str
    edition: str = ""
    units: tuple[UnitChoice, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    integer: bool = False
    choices: tuple[str, ...] = ()
    may_lie_ahead: bool = False
    not_before: tuple[str, ...] = ()
    required: bool = False
    applies_when: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    derived_from: tuple[str, ...] = ()
    rule: DerivationRule | None = None
    may_be_typed: bool = False
    measured_as: Literal["longest_axial_diameter"] | None = None
    cut: Cut | None = None

    @model_validator(mode="after")
    def _fits_its_kind(self) -> FieldSchema:
        if self.kind == "number" and (not self.units or self.minimum is None or self.maximum is None):
            raise ValueError(f"{self.id}: a number needs units and a range")
        if self.kind == "choice" and not self.choices:
            raise ValueError(f"{self.id}: a choice needs allowed values")
        if self.cut is not None and self.kind != "number":
            raise ValueError(f"{self.id}: only a number has a cut")
        if self.kind != "date" and (self.may_lie_ahead or self.not_before):
            raise ValueError(f"{self.id}: only a day lies ahead of another")
        if self.measured_as is not None and all(unit.code != "mm" for unit in self.units):
            raise ValueError(f"{self.id}: a measured length can be given in mm")
        if (self.rule is None) != (not self.derived_from) or (self.may_be_typed and self.rule is None):
            raise ValueError(f"{self.id}: a derived value names its fields and its rule")
        if self.rule is not None and set(self.rule.fields) != set(self.derived_from):
            raise ValueError(f"{self.id}: the rule reads other fields than those named")
        return self

    @property
    def named(self) -> tuple[str, ...]:
        """The other fields that it names."""
        return (*self.derived_from, *self.not_before, *self.applies_when)

    @property
    def is_typed(self) -> bool:
        """True when a person may state the value."""
        return self.rule is None or self.may_be_typed


class FormSchema(_Part):
    """All fields of a study, in the order of the form.

    ``alternatives`` are fields of which a patient has one at most, and any one serves for the others;
    ``agreements`` are values that must fit one another without following from each other.  ``treatment_day``
    names the field of the day on which the studied treatment starts.
    """

    schema_version: Literal[1]
    study: str
    fields: tuple[FieldSchema, ...]
    alternatives: tuple[tuple[str, ...], ...] = ()
    agreements: tuple[GradeAgreement, ...] = ()
    treatment_day: str | None = None

    @model_validator(mode="after")
    def _names_fields_that_it_has(self) -> FormSchema:
        ids = [field.id for field in self.fields]
        if len(set(ids)) != len(ids):
            raise ValueError("every field has its own id")
        named = {name for field in self.fields for name in field.named}
        named |= {name for group in self.alternatives for name in group}
        named |= {name for agreement in self.agreements for name in agreement.fields}
        named |= {self.treatment_day} if self.treatment_day else set()
        if not named <= set(ids):
            raise ValueError(f"unknown fields: {', '.join(sorted(named - set(ids)))}")
        return self

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
        raise unknown_study(study)
    return FormSchema.model_validate(yaml.safe_load(source.read_text(encoding="utf-8")))


def parse_value(
    field: FieldSchema, text: str, unit: str = "", provenance: Provenance = Provenance.TYPED
) -> ClinicalValue:
    """Turn what was typed into a value; an empty text is a missing value.

    Raises
    ------
    InputError
        When the text is not a number or a day, lies outside the range, or is not an allowed value; the
        fields name the clinical field, the value and what is allowed.
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
    if field.kind == "date":
        return _parse_date(field, label, text, provenance)
    return _parse_number(field, label, text, unit or field.units[0].code, provenance)


def _parse_date(field: FieldSchema, label: str, text: str, provenance: Provenance) -> ClinicalValue:
    day = written_date(text)
    if day is None:
        raise InputError("error.clinical.not_a_date", field=label, value=text)
    if not EARLIEST_DAY <= day <= LATEST_DAY:
        raise InputError(
            "error.clinical.date_out_of_range",
            field=label,
            value=text,
            minimum=EARLIEST_DAY.isoformat(),
            maximum=LATEST_DAY.isoformat(),
        )
    return ClinicalValue(field.id, text, "", day.isoformat(), provenance)


def _parse_number(
    field: FieldSchema, label: str, text: str, unit: str, provenance: Provenance
) -> ClinicalValue:
    choice = next((known for known in field.units if known.code == unit), None)
    if choice is None:
        allowed = ", ".join(known.code for known in field.units)
        raise InputError("error.clinical.unit", field=label, unit=unit, allowed=allowed)
    assert field.minimum is not None and field.maximum is not None
    minimum, maximum = _shown(field.minimum / choice.factor), _shown(field.maximum / choice.factor)
    limits = {"field": label, "minimum": minimum, "maximum": quantity(maximum, unit)}
    try:
        # Python alone reads 5_2 as 52; a slip of the keyboard is no number here.
        number = float(unicodedata.normalize("NFKC", text).replace("_", "?"))
    except ValueError as error:
        raise InputError("error.clinical.not_a_number", value=text, **limits) from error
    canonical = number * choice.factor
    if not field.minimum <= canonical <= field.maximum:
        raise InputError("error.clinical.out_of_range", value=quantity(text, unit), **limits)
    if field.integer and canonical != int(canonical):
        raise InputError("error.clinical.not_whole", value=text, **limits)
    return ClinicalValue(field.id, text, unit, canonical, provenance)


def _shown(number: float) -> str:
    """Six digits at most, written out: 100,000,000 rather than 1e+08."""
    return f"{float(f'{number:.6g}'):,.10g}"
