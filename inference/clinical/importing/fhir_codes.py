"""Which field of a form an Observation's codes mean, read from ``fhir_codes.yaml``; and where words count."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from inference.clinical.importing.words import NamedField, named_field
from inference.clinical.schema import FieldSchema, FormSchema

LOINC: Final = "http://loinc.org"
SNOMED: Final = "http://snomed.info/sct"


class Concept(BaseModel):
    """``after_treatment`` is the field for a value whose prefix is yp; ``source`` is that of the codes."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    fields: tuple[str, ...] = Field(min_length=1)
    loinc: tuple[str, ...]
    snomed: tuple[str, ...]
    after_treatment: str | None = None
    source: str = ""


class FhirCodes(BaseModel):
    """All concepts that are read."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    schema_version: Literal[1]
    concepts: tuple[Concept, ...]


@cache
def load_fhir_codes() -> FhirCodes:
    """The table of this folder."""
    source = resources.files("inference.clinical.importing") / "fhir_codes.yaml"
    return FhirCodes.model_validate(yaml.safe_load(source.read_text(encoding="utf-8")))


def field_of_codes(form: FormSchema, codings: Iterable[tuple[str, str]], text: str) -> FieldSchema | None:
    """The form's field for (system, code) pairs; ``text`` is the value, whose prefix may matter."""
    known = {field.id: field for field in form.fields}
    for system, code in codings:
        for concept in load_fhir_codes().concepts:
            if code not in {LOINC: concept.loinc, SNOMED: concept.snomed}.get(system, ()):
                continue
            is_after = concept.after_treatment is not None and text.strip().lower().startswith("yp")
            names = (concept.after_treatment,) if is_after else concept.fields
            return next((known[name] for name in names if name in known), None)
    return None


def field_of_words(
    form: FormSchema, codings: Iterable[tuple[str, str]], names: Iterable[str]
) -> NamedField | None:
    """The field that a source names in its own way: by exactly the field's id or its label in any language.

    A code of LOINC or SNOMED CT counts before words: what it says beyond them (the specimen, the method) may
    be what sets it apart from the field.  None where the names mean several fields.
    """
    if any(system in (LOINC, SNOMED) for system, _ in codings):
        return None
    meant = {one.field.id: one for name in names if (one := named_field(form, name)) is not None}
    return next(iter(meant.values())) if len(meant) == 1 else None
