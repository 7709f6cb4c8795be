"""The cohorts of the CT studies as tables and forms: what training may read, and what only scoring may."""

from __future__ import annotations

import json
from collections.abc import Sequence

from models.csv_text import csv_text
from models.phantoms.ct_population import CtPatient, Population


def cohort_csv(population: Population, patients: Sequence[CtPatient]) -> bytes:
    """Clinical values and observed outcome, one row per patient; a value that is not there stays empty."""
    clinical = tuple(field.attribute for field in population.form)
    return _table(("patient_id", "cohort", *clinical, *population.observed), patients)


def truth_csv(population: Population, patients: Sequence[CtPatient]) -> bytes:
    """Latents, potential outcomes and what a perfect reader could know; never read by training."""
    return _table(("patient_id", *population.truth), patients)


def clinical_json(population: Population, patient: CtPatient) -> bytes:
    """The patient's values as a ``concilium.clinical`` form, version 1."""
    values: dict[str, dict[str, object]] = {}
    for field in population.form:
        value = getattr(patient, field.attribute)
        if value is None:
            values[field.id] = {"missing": "not_recorded"}
        elif field.unit is None:
            values[field.id] = {"value": value}
        else:
            values[field.id] = {"value": value, "unit": field.unit}
    values |= {name: {"value": value} for name, value in population.enrolment.items()}
    document = {
        "schema": "concilium.clinical",
        "schema_version": 1,
        "study": population.study,
        "values": values,
    }
    return (json.dumps(document, indent=2) + "\n").encode()


def _table(columns: Sequence[str], patients: Sequence[CtPatient]) -> bytes:
    rows = [[_cell(getattr(patient, column)) for column in columns] for patient in patients]
    return csv_text([columns, *rows]).encode()


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return int(value)
    return f"{value:.9g}" if isinstance(value, float) else value
