"""The key: which pseudonym, days and UIDs stand for which patient, study and object."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from pydantic import TypeAdapter, ValidationError, with_config

from inference.dicom.records import STRICT

RandomBytes = Callable[[int], bytes]

VERSION: Final = 1
PREFIX: Final = "CONC"
_KEY_BYTES: Final = 32
_UID_BYTES: Final = 16
_MOST_DAYS: Final = 3650


@with_config(STRICT)
@dataclass(frozen=True, slots=True)
class PatientKey:
    """A patient as objects state one: issuer and id, or the folder where they state none."""

    issuer: str
    patient_id: str
    folder: str = ""


@with_config(STRICT)
@dataclass(frozen=True, slots=True)
class PatientEntry:
    """One patient: ``shift_days`` is a whole number of days, never 0, the same in every object."""

    key: PatientKey
    pseudonym: str
    shift_days: int
    birth_date: str = ""

    def __post_init__(self) -> None:
        if not 1 <= abs(self.shift_days) <= _MOST_DAYS:
            raise ValueError("shift out of range")


@with_config(STRICT)
@dataclass(frozen=True, slots=True)
class KeyDocument:
    """The key as it is kept."""

    version: int
    uid_key: str
    patients: tuple[PatientEntry, ...]
    uids: dict[str, str]


_DOCUMENTS: Final = TypeAdapter(KeyDocument)


@dataclass(slots=True)
class KeyMap:
    """The key as it grows during a run."""

    uid_key: bytes
    random: RandomBytes
    patients: dict[PatientKey, PatientEntry] = field(default_factory=dict)
    uids: dict[str, str] = field(default_factory=dict)

    @classmethod
    def fresh(cls, random: RandomBytes) -> KeyMap:
        """A key for patients that have none yet."""
        return cls(random(_KEY_BYTES), random)

    @classmethod
    def from_bytes(cls, content: bytes, random: RandomBytes) -> KeyMap:
        """A key that was kept.

        Raises
        ------
        ValueError
            When the bytes are no key, or one of another version.
        """
        try:
            document = _DOCUMENTS.validate_json(content, strict=True)
        except ValidationError as error:
            raise ValueError("no key") from error
        if document.version != VERSION or len(bytes.fromhex(document.uid_key)) != _KEY_BYTES:
            raise ValueError("another version")
        patients = {entry.key: entry for entry in document.patients}
        return cls(bytes.fromhex(document.uid_key), random, patients, dict(document.uids))

    def to_bytes(self) -> bytes:
        """The key as it is kept, before it is encrypted."""
        document = KeyDocument(VERSION, self.uid_key.hex(), tuple(self.patients.values()), self.uids)
        return _DOCUMENTS.dump_json(document)

    def patient(self, key: PatientKey, birth_date: str) -> PatientEntry | None:
        """The entry of a patient, a new one at first sight; None when the birth date contradicts it."""
        known = self.patients.get(key)
        if known is None:
            number = len(self.patients) + 1
            known = PatientEntry(key, f"{PREFIX}-{number:04d}", self._days(), birth_date)
            self.patients[key] = known
        elif not known.birth_date and birth_date:
            known = replace(known, birth_date=birth_date)
            self.patients[key] = known
        return known if not birth_date or birth_date == known.birth_date else None

    def uid(self, original: str) -> str:
        """The new UID of an old one: the same for equal ones, and not to be guessed without the key.

        Source of the form: PS3.5 B.2 (UUID-derived UIDs, root 2.25).
        """
        known = self.uids.get(original)
        if known is None:
            known = self.minted(f"uid:{original}")
            self.uids[original] = known
        return known

    def minted(self, name: str) -> str:
        """A UID for something that has none; equal names give equal ones."""
        digest = hmac.new(self.uid_key, name.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
        return f"2.25.{int.from_bytes(digest[:_UID_BYTES], 'big')}"

    def _days(self) -> int:
        """Up to ten years into the past, so that no date lies in the future."""
        span = 1 << 64
        return -(1 + int.from_bytes(self.random(8), "big") * _MOST_DAYS // span)
