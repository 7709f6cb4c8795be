"""Clinical values from the application's own JSON, field by field, so that one bad value spoils no other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inference.clinical.importing.proposal import (
    ImportProposal,
    ProposedValue,
    RefusedValue,
    SourceEntry,
    proposal_of,
)
from inference.clinical.record_json import check_document, value_from_json
from inference.clinical.schema import FormSchema
from inference.errors import InputError
from inference.messages.message import Message


def read_document(form: FormSchema, document: Mapping[str, Any]) -> ImportProposal:
    """The proposal of a ``concilium.clinical`` document, whose ``patient``, if there, is the identifier.

    Raises
    ------
    InputError
        For another kind of document, a newer version, or another study.
    """
    values = check_document(form, document)
    ids = {field.id for field in form.fields}
    found: list[ProposedValue | RefusedValue] = []
    unknown = []
    for name, entry in values.items():
        told = entry if isinstance(entry, Mapping) else {"value": entry}
        text = str(told.get("value", told.get("missing", "")))
        source = SourceEntry(Message("import.place.field", {"name": str(name)}), str(name), text)
        if name not in ids:
            unknown.append(source)
            continue
        try:
            found.append(ProposedValue(value_from_json(form.field(name), told), source))
        except InputError as error:
            found.append(RefusedValue(name, source, error.message))
    patient = document.get("patient")
    return proposal_of(form.study, patient if isinstance(patient, str) else "", found, unknown)
