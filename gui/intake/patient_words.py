"""A patient in one line of words."""

from __future__ import annotations

from gui.session import Session
from inference.cases.identity import PatientIdentity
from reports.wording import person_name


def describe_patient(session: Session, patient: PatientIdentity | None) -> str:
    """Name, sex, birth date and identifier in one line; "identity unknown" where the file is silent."""
    if patient is None:
        return ""
    parts = [name] if (name := person_name(patient.name)) else []
    if patient.sex:
        known = f"gui.sex.{patient.sex.lower()}"
        parts.append(session.tr(known) if session.catalogue.has(known) else patient.sex)
    if patient.birth_date:
        parts.append(patient.birth_date)
    if patient.key is not None:
        parts.append(f"ID {patient.key.id}")
    return " · ".join(parts) if parts else session.tr("gui.patient.unknown")
