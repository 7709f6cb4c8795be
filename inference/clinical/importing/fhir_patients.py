"""Whose a resource of a FHIR bundle is: every observation is of one Patient, or the bundle is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from inference.errors import InputError

Resource = tuple[int, Mapping[str, Any]]
_PATIENT_IN_PATH: Final = re.compile(r"(?:^|/)(Patient/[^/]+)(?:/_history/[^/]+)?$")


def resources_by_patient(entries: Sequence[object]) -> list[tuple[tuple[str, ...], list[Resource]]]:
    """What each patient is called, with his resources and their places, counted from 1.

    The identifiers of the Patient come first, then its id, which is the server's own.  Without a Patient
    resource all are taken for one patient's, as long as they name no two.

    Raises
    ------
    InputError
        ``error.import.subject`` for an observation that names a patient who is not in the bundle, or none
        where there are several.
    """
    present = [
        (number, entry, entry["resource"])
        for number, entry in enumerate(entries, start=1)
        if isinstance(entry, Mapping) and isinstance(entry.get("resource"), Mapping)
    ]
    patients = [
        (number, entry, one) for number, entry, one in present if one.get("resourceType") == "Patient"
    ]
    groups = [(_called(one), [(number, one)]) for number, _, one in patients]
    names = [_names(entry, one) for _, entry, one in patients]
    if not groups:
        subjects = [_subject(one) for _, _, one in present]
        subject = next((one for one in subjects if one), "")
        told = subject.removeprefix("Patient/") if subject.startswith("Patient/") else ""
        groups = [((told,) if told else (), [])]
        names = [{subject}]
    for number, _, one in present:
        if one.get("resourceType") == "Patient":
            continue
        owner = _owner(_subject(one), names)
        if owner is not None:
            groups[owner][1].append((number, one))
        elif one.get("resourceType") == "Observation":
            raise InputError("error.import.subject", entry=number)
    return groups


def _called(patient: Mapping[str, Any]) -> tuple[str, ...]:
    """The identifiers of a Patient, each once, and its id."""
    listed = patient.get("identifier")
    identifiers = [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []
    names = [*(str(one.get("value", "")).strip() for one in identifiers), str(patient.get("id", ""))]
    return tuple(dict.fromkeys(name for name in names if name))


def _owner(subject: str, names: Sequence[set[str]]) -> int | None:
    """The place of the patient; a single one who bears no name, or of whom nothing is said, is the owner."""
    if len(names) == 1 and (not subject or not names[0]):
        return 0
    places = [place for place, known in enumerate(names) if subject in known]
    return places[0] if len(places) == 1 else None


def _names(entry: Mapping[str, Any], patient: Mapping[str, Any]) -> set[str]:
    """Under what a reference may mean the patient."""
    own = f"Patient/{patient['id']}" if patient.get("id") else ""
    return {name for name in (own, _reference(str(entry.get("fullUrl", "")))) if name}


def _subject(resource: Mapping[str, Any]) -> str:
    subject = resource.get("subject")
    return _reference(str(subject.get("reference", ""))) if isinstance(subject, Mapping) else ""


def _reference(text: str) -> str:
    """``Patient/ID`` of any address of it, without server and version; another reference as it stands."""
    found = _PATIENT_IN_PATH.search(text)
    return found[1] if found else text
