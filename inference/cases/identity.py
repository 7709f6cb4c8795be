"""Who a case is about: an own UUID, and the patient's key apart from every DICOM UID."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

PHANTOM_NAME_PREFIX = "PHANTOM^"


class SubjectKind(StrEnum):
    """What kind of subject the scan shows, as far as the file tells."""

    PHANTOM = "phantom"
    PATIENT = "patient"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PatientKey:
    """Identifier with its issuer, (0010,0020) and (0010,0021); both as written, stripped."""

    issuer: str
    id: str


@dataclass(frozen=True, slots=True)
class PatientIdentity:
    """What a source says about the person; every part may be empty, and "unknown" is lawful.

    ``is_deidentified`` says that the source calls the identity removed: what it names is not the patient's.

    ``birth_date`` is ``YYYY-MM-DD`` or empty; ``sex`` is ``M``, ``F``, ``O`` or empty; ``name`` is the
    DICOM person name as written (``Family^Given``).
    """

    key: PatientKey | None = None
    name: str = ""
    birth_date: str = ""
    sex: str = ""
    is_deidentified: bool = field(default=False, compare=False)

    @property
    def is_known(self) -> bool:
        """True when an identifier and a name or birth date are there: two identifiers for a report."""
        return self.key is not None and bool(self.name or self.birth_date)

    @property
    def subject_kind(self) -> SubjectKind:
        """Phantom, patient or unknown."""
        if self.name.startswith(PHANTOM_NAME_PREFIX):
            return SubjectKind.PHANTOM
        return SubjectKind.PATIENT if self.key is not None or self.name else SubjectKind.UNKNOWN

    def is_same_person_as(self, other: PatientIdentity) -> bool:
        """True when both are one person by key and birth date, or by name where neither has a key."""
        if self.key is None or other.key is None:
            return self.key is other.key and self.name == other.name
        return (self.key, self.birth_date) == (other.key, other.birth_date)

    def key_sha256(self) -> str | None:
        """Hash of issuer and identifier, to link results of one patient without naming them."""
        if self.key is None:
            return None
        return sha256(f"{self.key.issuer}\x1f{self.key.id}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class CaseIdentity:
    """One patient at one board: the case's own UUID, and who it is about."""

    case_id: uuid.UUID
    patient: PatientIdentity
