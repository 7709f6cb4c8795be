"""Values taken from a source that names another patient than the scan: by whose release, and what is said."""

from __future__ import annotations

from typing import Final

from inference.clinical.record import ClinicalRecord
from inference.dicom.verdicts import finding
from inference.findings import Finding
from inference.messages.message import LIST_MARK, Message
from inference.release import Release

OTHER_PATIENT: Final = "clinical.other_patient"
"""The code of the refusal that a named user lifts to take such values."""


def releases_of(record: ClinicalRecord) -> tuple[Release, ...]:
    """Every release by which values of the record were taken, each once, in the order of the form."""
    given = (value.released for value in record.values.values())
    return tuple(dict.fromkeys(one for one in given if one is not None))


def finding_of(record: ClinicalRecord, release: Release) -> Finding:
    """What was released, naming the fields and no patient."""
    fields = [name for name, value in record.values.items() if value.released == release]
    return finding(OTHER_PATIENT, fields=LIST_MARK.join(f"clinical.{name}" for name in fields))


def statements_of(record: ClinicalRecord) -> tuple[Message, ...]:
    """What must stand beside an answer that rests on such values."""
    return tuple(
        Message(
            "statement.other_patient",
            {**finding_of(record, one).fields, "by": one.by, "reason": one.reason},
        )
        for one in releases_of(record)
    )
