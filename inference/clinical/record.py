"""A clinical record: each value as typed, its canonical form, where it came from, or why it is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Final

from inference.release import Release

CanonicalValue = float | str


class Provenance(StrEnum):
    """Where a value came from."""

    TYPED = "typed"
    IMPORTED = "imported"
    DICOM = "dicom"
    DERIVED = "derived"
    MEASURED = "measured"


class MissingReason(StrEnum):
    """Why a value is not there; it is never filled in silently.

    ``NOT_APPLICABLE`` follows from other values (no ypTNM without preoperative chemotherapy); nobody chooses
    it.
    """

    NOT_RECORDED = "not_recorded"
    NOT_MEASURED = "not_measured"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


STATED_REASONS: Final = (MissingReason.NOT_RECORDED, MissingReason.NOT_MEASURED, MissingReason.UNKNOWN)
"""What a person or a file may give as the reason."""


@dataclass(frozen=True, slots=True)
class ClinicalValue:
    """One field: value and unit as typed, the canonical value, and its provenance.

    ``canonical`` is a number in the schema's unit, a code of its allowed values, or a day as ``YYYY-MM-DD``;
    None when missing.  ``confirmed_by`` names who took a measured proposal for true; ``outline`` is the hash
    of the mask that it was measured in.  ``released`` says who took it from a source that names another
    patient than the scan, and why.
    """

    field_id: str
    typed_value: str
    typed_unit: str
    canonical: CanonicalValue | None
    provenance: Provenance
    missing: MissingReason | None = None
    confirmed_by: str = ""
    outline: str = ""
    released: Release | None = None

    def __post_init__(self) -> None:
        if (self.canonical is None) != (self.missing is not None):
            raise ValueError("a value is either there or missing with a reason")
        if {self.provenance is Provenance.MEASURED, bool(self.confirmed_by), bool(self.outline)} == {
            True,
            False,
        }:
            raise ValueError(
                "a measured value, and only a measured value, names its outline and who confirmed it"
            )

    @classmethod
    def absent(cls, field_id: str, reason: MissingReason = MissingReason.NOT_RECORDED) -> ClinicalValue:
        """A field without a value."""
        return cls(field_id, "", "", None, Provenance.TYPED, reason)


@dataclass(frozen=True, slots=True)
class ClinicalRecord:
    """All fields of one study's form for one patient; every field of the schema is present."""

    study: str
    values: Mapping[str, ClinicalValue] = field(default_factory=dict)

    def canonical(self, field_id: str) -> CanonicalValue | None:
        """The canonical value of a field, or None when missing."""
        value = self.values.get(field_id)
        return None if value is None else value.canonical

    def with_value(self, value: ClinicalValue) -> ClinicalRecord:
        """A copy in which one field is replaced."""
        return ClinicalRecord(self.study, {**self.values, value.field_id: value})

    def sha256(self) -> str:
        """Hash of the canonical values, of who confirmed a measured one in which mask, and of releases."""
        lines = [
            f"{field_id}\x1f{value.canonical!r}\x1f{value.missing}"
            + (f"\x1f{value.confirmed_by}\x1f{value.outline}" if value.confirmed_by else "")
            + (f"\x1f{one.code}\x1f{one.by}\x1f{one.reason}" if (one := value.released) else "")
            for field_id, value in sorted(self.values.items())
        ]
        return sha256("\x1e".join([self.study, *lines]).encode()).hexdigest()
