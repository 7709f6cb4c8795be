"""Clinical values from a FHIR bundle: Patients and their Observations, by code or by a field's exact name.

Whatever else the bundle holds is listed, not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from inference.clinical.importing.fhir_codes import SNOMED, field_of_codes, field_of_words
from inference.clinical.importing.fhir_patients import resources_by_patient
from inference.clinical.importing.proposal import (
    ImportProposal,
    ProposedValue,
    RefusedValue,
    SourceEntry,
    proposal_of,
)
from inference.clinical.importing.reading import read_value
from inference.clinical.record import ClinicalValue, MissingReason
from inference.clinical.schema import FormSchema
from inference.errors import InputError
from inference.messages.message import Message

_VOID: Final = frozenset({"entered-in-error", "cancelled"})
_ABSENT: Final = {
    "not-performed": MissingReason.NOT_MEASURED,
    "not-asked": MissingReason.NOT_RECORDED,
    "unknown": MissingReason.UNKNOWN,
    "asked-unknown": MissingReason.UNKNOWN,
}
_IN_WORDS: Final = re.compile(r"\b(?:(?:yp|c|p)?[TNM][0-4][a-e]?|R[0-2])\b")
_KIND_OF_CONCEPT: Final = re.compile(r" \((?:qualifier value|finding|disorder|morphologic abnormality)\)$")
_STAGE_IN_WORDS: Final = re.compile(r"\b(?:yp)?(?:IV|I{1,3})[A-Ea-e]?\b")

Found = ProposedValue | RefusedValue


def read_bundle(
    form: FormSchema, document: Mapping[str, Any], on: date | None = None
) -> tuple[ImportProposal, ...]:
    """One proposal per patient of a bundle; ``on`` is the day on which an age counts, that of the scan.

    Raises
    ------
    InputError
        When the document is no bundle, or an observation is of none of its patients.
    """
    entries = document.get("entry")
    if document.get("resourceType") != "Bundle" or not isinstance(entries, list):
        raise InputError("error.import.not_a_bundle")
    proposals = []
    for names, resources in resources_by_patient(entries):
        found: list[Found] = []
        unknown: list[SourceEntry] = []
        for number, one in resources:
            place = Message("import.place.entry", {"entry": number})
            kind = str(one.get("resourceType", ""))
            if kind == "Patient":
                found += _of_patient(form, one, place, on)
            elif kind == "Observation":
                read = list(_of_observation(form, one, place))
                found += read
                if not read:
                    unknown.append(SourceEntry(place, _title(one), _value(one)[0]))
            else:
                unknown.append(SourceEntry(place, kind, ""))
        patient, *others = names or ("",)
        proposals.append(proposal_of(form.study, patient, found, unknown, others))
    return tuple(proposals)


def _of_patient(
    form: FormSchema, patient: Mapping[str, Any], place: Message, on: date | None
) -> Iterator[Found]:
    gender = str(patient.get("gender", ""))
    if gender:
        yield from read_value(form, form.field("sex"), SourceEntry(place, "Patient.gender", gender))
    born = str(patient.get("birthDate", ""))
    if not born:
        return
    # The day of birth itself is shown nowhere: it names the patient.
    entry = SourceEntry(place, "Patient.birthDate", "—")
    try:
        day = date.fromisoformat(born)
    except ValueError:
        yield RefusedValue("age", entry, Message("error.import.birth_date_in_part"))
        return
    if on is None:
        yield RefusedValue("age", entry, Message("error.import.age_needs_scan"))
        return
    years = on.year - day.year - ((on.month, on.day) < (day.month, day.day))
    yield from read_value(form, form.field("age"), SourceEntry(place, "Patient.birthDate", str(years)), "a")


def _of_observation(form: FormSchema, one: Mapping[str, Any], place: Message) -> Iterator[Found]:
    text, unit = _value(one)
    codings = _codings(one.get("code"))
    field = field_of_codes(form, codings, text)
    if field is None:
        named = field_of_words(form, codings, _names(one))
        if named is None:
            return
        field, unit = named.field, unit or named.unit
    entry = SourceEntry(place, _title(one), text)
    label = f"clinical.{field.id}"
    if one.get("status") in _VOID:
        reason = Message("error.import.void", {"field": label, "status": str(one.get("status"))})
        yield RefusedValue(field.id, entry, reason)
    elif not text:
        absent = [code for _, code in _codings(one.get("dataAbsentReason"))]
        reasons = [_ABSENT[code] for code in absent if code in _ABSENT]
        if reasons:
            yield ProposedValue(ClinicalValue.absent(field.id, reasons[0]), entry)
        else:
            yield RefusedValue(field.id, entry, Message("error.import.no_value", {"field": label}))
    else:
        yield from read_value(form, field, entry, unit)


def _value(one: Mapping[str, Any]) -> tuple[str, str]:
    """The value as text and its unit; a bound keeps its sign."""
    quantity = one.get("valueQuantity")
    if isinstance(quantity, Mapping):
        text = f"{quantity.get('comparator', '')}{quantity.get('value', '')}"
        return text, str(quantity.get("code") or quantity.get("unit") or "")
    concept = one.get("valueCodeableConcept")
    if isinstance(concept, Mapping):
        return _said(concept), ""
    if isinstance(one.get("valueBoolean"), bool):
        return ("yes" if one["valueBoolean"] else "no"), ""
    for name in ("valueString", "valueInteger"):
        if name in one:
            return str(one[name]), ""
    # A moment is read as its day, where it was.
    return str(one.get("valueDateTime", "")).partition("T")[0], ""


def _said(concept: Mapping[str, Any]) -> str:
    """The category that a concept means: its code where it is one, else the one category in its words."""
    codings = [one for one in concept.get("coding", ()) if isinstance(one, Mapping)]
    codes = [str(one.get("code", "")) for one in codings]
    words = [*(_display(one) for one in codings), str(concept.get("text", ""))]
    for code in codes:
        if _IN_WORDS.fullmatch(code) or _STAGE_IN_WORDS.fullmatch(code):
            return code
    for text in words:
        named = {*_IN_WORDS.findall(text)} or {*_STAGE_IN_WORDS.findall(text)}
        if len(named) == 1:
            return str(named.pop())
    return next((text for text in (*words, *codes) if text), "")


def _display(coding: Mapping[str, Any]) -> str:
    """The words of a coding, without what SNOMED CT adds to say which kind of concept it is."""
    words = str(coding.get("display", ""))
    return _KIND_OF_CONCEPT.sub("", words) if coding.get("system") == SNOMED else words


def _codings(concept: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(concept, Mapping) or not isinstance(concept.get("coding"), list):
        return ()
    return tuple(
        (str(one.get("system", "")), str(one.get("code", "")))
        for one in concept["coding"]
        if isinstance(one, Mapping)
    )


def _names(one: Mapping[str, Any]) -> list[str]:
    """What the source calls an observation, in words: its text, and the displays of its codes."""
    code = one.get("code")
    if not isinstance(code, Mapping):
        return []
    codings = code.get("coding")
    listed = codings if isinstance(codings, list) else []
    displays = [str(entry.get("display", "")) for entry in listed if isinstance(entry, Mapping)]
    return [name for name in (str(code.get("text", "")), *displays) if name]


def _title(one: Mapping[str, Any]) -> str:
    """What to list an observation under: its text, a display, or its code."""
    codes = [code for _, code in _codings(one.get("code"))]
    return next((name for name in (*_names(one), *codes) if name), "Observation")
