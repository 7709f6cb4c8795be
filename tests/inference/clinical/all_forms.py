"""The five forms, and records filled from short texts."""

import pytest
from _pytest.mark.structures import ParameterSet

from inference.clinical.derivation import derive
from inference.clinical.record import ClinicalRecord, Provenance
from inference.clinical.schema import load_form, parse_value

STUDIES = ("npc-residual", "lagc-response", "gc-recurrence", "pnen-recurrence", "gnen-os")
FORMS = tuple(load_form(study) for study in STUDIES)
FIELDS = tuple((form.study, field) for form in FORMS for field in form.fields)
FIELD_IDS = tuple(f"{study}-{field.id}" for study, field in FIELDS)


def of_kind(kind: str) -> list[ParameterSet]:
    """The fields of one kind, each once, as parameters with an id."""
    return [
        pytest.param(field, id=name)
        for name, (_, field) in zip(FIELD_IDS, FIELDS, strict=True)
        if field.kind == kind
    ]


def filled(study: str, provenance: Provenance = Provenance.TYPED, **values: str) -> ClinicalRecord:
    """A record with these texts, nothing derived; ``"170 cm"`` holds a unit."""
    form = load_form(study)
    record = form.empty_record()
    for field_id, text in values.items():
        field = form.field(field_id)
        number, _, unit = text.partition(" ") if field.kind == "number" else (text, "", "")
        record = record.with_value(parse_value(field, number, unit, provenance))
    return record


def settled(study: str, **values: str) -> ClinicalRecord:
    """The same with everything derived."""
    return derive(load_form(study), filled(study, **values))
