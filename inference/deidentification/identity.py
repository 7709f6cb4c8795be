"""Who an object says its patient is, and the words by which that patient could be found again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from pydicom.dataset import Dataset

from inference.deidentification.raw_item import RawItem

_SEPARATORS: Final = re.compile(rb"[\^=\\ ,;/_\0]+")
_SHORTEST_WORD: Final = 4
_FEWEST_LETTERS: Final = 3
_NAMING: Final = frozenset(
    {
        0x00100020,
        0x00101000,
        0x00101001,
        0x00101005,
        0x00101060,
        0x00080050,
        0x00080080,
        0x00380010,
        0x00200010,
    }
)
"""Identifiers, further names, accession number, institution, admission, study."""


@dataclass(frozen=True, slots=True)
class Identity:
    """As the object states it; every text may be empty."""

    patient_id: str
    issuer: str
    birth_date: str
    study_uid: str
    series_uid: str
    sop_uid: str
    sop_class_uid: str


def identity_of(dataset: Dataset) -> Identity:
    """The identity at the top level of an object."""
    return Identity(
        patient_id=_text(dataset, "PatientID"),
        issuer=_text(dataset, "IssuerOfPatientID"),
        birth_date=_text(dataset, "PatientBirthDate"),
        study_uid=_text(dataset, "StudyInstanceUID"),
        series_uid=_text(dataset, "SeriesInstanceUID"),
        sop_uid=_text(dataset, "SOPInstanceUID"),
        sop_class_uid=_text(dataset, "SOPClassUID"),
    )


def identity_words(content: RawItem) -> frozenset[bytes]:
    """Parts of every person name and identifier, as stored, that are long enough not to occur by chance."""
    words: set[bytes] = set()
    _collect(content, words)
    return frozenset(
        word for word in words if len(word) >= _SHORTEST_WORD and len(set(word)) >= _FEWEST_LETTERS
    )


def _collect(item: RawItem, words: set[bytes]) -> None:
    for tag, found in item.items():
        if not isinstance(found.value, bytes):
            for nested in found.value:
                _collect(nested, words)
        elif found.vr == "PN" or tag in _NAMING:
            for word in _SEPARATORS.split(found.value):
                words.update((word.strip(), word.strip().upper()))


def _text(dataset: Dataset, keyword: str) -> str:
    value = dataset.get(keyword)
    return "" if value is None else str(value).strip(" \0")[:1024]
