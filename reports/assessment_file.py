"""``assessment.json``: the canonical Assessment with its hash, whose case it is, and when it was written."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from inference.assessment import READABLE_VERSIONS, SCHEMA, Assessment
from inference.cases.identity import CaseIdentity, PatientIdentity, PatientKey
from inference.errors import InputError
from inference.storage import write_atomically

LARGEST_FILE_BYTES: Final = 16 * 1024**2


@dataclass(frozen=True, slots=True, eq=False)
class AssessmentFile:
    """What such a file says; ``assessment`` is the document of the published schema.

    The hash was checked against the document; who the case is about and the time stand outside of it.
    """

    assessment: Mapping[str, Any]
    content_sha256: str
    identity: CaseIdentity
    created_at: datetime


def encode_assessment(assessment: Assessment, identity: CaseIdentity, created_at: datetime) -> bytes:
    """The file as indented UTF-8 JSON; the hash is that of the canonical, compact form."""
    patient = identity.patient
    document = {
        "assessment": assessment.to_document(),
        "content_sha256": assessment.content_sha256(),
        "case": {
            "id": str(identity.case_id),
            "patient": {
                "id": patient.key.id if patient.key else None,
                "issuer": patient.key.issuer if patient.key else None,
                "name": patient.name,
                "birth_date": patient.birth_date,
                "sex": patient.sex,
            },
        },
        "created_at": created_at.isoformat(),
    }
    text = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()


def write_assessment(
    assessment: Assessment, identity: CaseIdentity, created_at: datetime, path: Path
) -> None:
    """Write the file whole or not at all.

    Raises
    ------
    StorageError
        When the place cannot be written.
    """
    write_atomically(path, encode_assessment(assessment, identity, created_at))


def read_assessment(path: Path) -> AssessmentFile:
    """Read a file back and check its hash.

    Raises
    ------
    InputError
        When the file is missing, too large, no such file, of a newer version, or altered after it was
        written.
    """
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise InputError("report.assessment_file.not_one", file=path.name)
        content = path.read_bytes()
    except OSError as error:
        raise InputError("report.assessment_file.unreadable", file=path.name) from error
    return decode_assessment(content, path.name)


def decode_assessment(content: bytes, name: str) -> AssessmentFile:
    """As :func:`read_assessment`, for bytes; ``name`` is what an error calls them."""
    try:
        document = json.loads(content)
        assessment, case = document["assessment"], document["case"]
        kind, version = assessment["schema"], assessment["schema_version"]
        read = AssessmentFile(
            assessment,
            document["content_sha256"],
            _identity(case),
            datetime.fromisoformat(document["created_at"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError("report.assessment_file.not_one", file=name) from error
    if kind != SCHEMA:
        raise InputError("report.assessment_file.not_one", file=name)
    if version not in READABLE_VERSIONS:
        raise InputError("report.assessment_file.version", file=name, version=str(version))
    if _sha256(assessment) != read.content_sha256:
        raise InputError("report.assessment_file.altered", file=name)
    return read


def _sha256(document: Mapping[str, Any]) -> str:
    try:
        canonical = json.dumps(
            document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        )
        return hashlib.sha256(canonical.encode()).hexdigest()
    except ValueError:
        return ""


def _identity(case: Mapping[str, Any]) -> CaseIdentity:
    patient = case["patient"]
    key = PatientKey(str(patient["issuer"]), str(patient["id"])) if patient["id"] is not None else None
    known = PatientIdentity(key, str(patient["name"]), str(patient["birth_date"]), str(patient["sex"]))
    return CaseIdentity(uuid.UUID(case["id"]), known)
