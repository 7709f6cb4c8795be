"""Any source of clinical values: a file or the clipboard, its kind told by its content."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from inference.clinical.importing.document import read_document
from inference.clinical.importing.fhir import read_bundle
from inference.clinical.importing.proposal import ImportProposal
from inference.clinical.importing.table import read_table
from inference.clinical.schema import FormSchema
from inference.errors import InputError
from inference.tables.csv_table import as_text, read_bytes


def read_import_file(form: FormSchema, path: Path, on: date | None = None) -> tuple[ImportProposal, ...]:
    """One proposal per patient of a CSV file, a ``concilium.clinical`` document or a FHIR bundle.

    Raises
    ------
    InputError
        When the file cannot be read, or is none of them.
    """
    return read_import(form, as_text(read_bytes(path)), on)


def read_import(form: FormSchema, text: str, on: date | None = None) -> tuple[ImportProposal, ...]:
    """As :func:`read_import_file`, from text; ``on`` is the day on which an age counts, that of the scan.

    Raises
    ------
    InputError
        When the text is none of the three.
    """
    if not text.lstrip().startswith("{"):
        return read_table(form, text)
    try:
        document: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError("error.import.not_json") from error
    if isinstance(document, dict) and document.get("resourceType") is not None:
        return read_bundle(form, document, on)
    if not isinstance(document, dict):
        raise InputError("error.clinical.not_a_record")
    return (read_document(form, document),)
