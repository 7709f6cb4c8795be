"""What is never passed through unseen: reports, documents, screen shots, whatever nobody can vouch for."""

from __future__ import annotations

from typing import Final

from pydicom.dataset import Dataset
from pydicom.uid import UID

from inference.deidentification.profile import Family
from inference.dicom.syntaxes import SEGMENTATIONS, STRUCTURE_SET

COVERED: Final = {
    "1.2.840.10008.5.1.4.1.1.2": Family.CLASSIC,
    "1.2.840.10008.5.1.4.1.1.4": Family.CLASSIC,
    "1.2.840.10008.5.1.4.1.1.128": Family.PET,
    "1.2.840.10008.5.1.4.1.1.2.1": Family.ENHANCED,
    "1.2.840.10008.5.1.4.1.1.2.2": Family.ENHANCED,
    "1.2.840.10008.5.1.4.1.1.4.1": Family.ENHANCED,
    "1.2.840.10008.5.1.4.1.1.4.4": Family.ENHANCED,
    "1.2.840.10008.5.1.4.1.1.130": Family.ENHANCED,
    "1.2.840.10008.5.1.4.1.1.128.1": Family.ENHANCED,
    **dict.fromkeys(SEGMENTATIONS, Family.SEG),
    STRUCTURE_SET: Family.RTSTRUCT,
}
"""CT, MR and PET in their classic, enhanced and legacy converted forms, segmentations, structure sets."""

_HELD_PREFIXES: Final = {
    "1.2.840.10008.5.1.4.1.1.88.": "report",
    "1.2.840.10008.5.1.4.1.1.104.": "document",
    "1.2.840.10008.5.1.4.1.1.7": "secondary_capture",
    "1.2.840.10008.5.1.4.1.1.11.": "presentation",
}
_SCREEN_WORDS: Final = ("SCREEN", "CAPTURE", "DOSE_INFO", "DOSE INFO", "PROTOCOL")
_GREY: Final = frozenset({"MONOCHROME1", "MONOCHROME2"})
REASONS: Final = frozenset(
    {
        "not_dicom", "malformed", "syntax_mismatch", "syntax_unknown", "too_large", "unreadable", "changed",
        "reader_too_slow", "reader_died", "class_unknown", "report", "document", "secondary_capture",
        "presentation", "burned_in", "screen_shot", "colour", "no_place", "no_pixels", "pixel_extent",
        "hidden_bits", "identity_in_pixels", "identity_conflict", "not_verified",
    }
)  # fmt: skip
"""Why a file may be held back; the texts are ``deid.held.<reason>``."""


class HeldBackError(Exception):
    """A file that a human has to look at; ``reason`` is one of :data:`REASONS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        assert reason in REASONS
        self.reason = reason


def family_of(dataset: Dataset, sop_class: str, syntax: str) -> Family:
    """The family of an object that may pass by what its header says.

    Raises
    ------
    HeldBackError
    """
    for prefix, reason in _HELD_PREFIXES.items():
        if sop_class.startswith(prefix):
            raise HeldBackError(reason)
    family = COVERED.get(sop_class)
    if family is None:
        raise HeldBackError("class_unknown")
    if not _is_known_syntax(syntax):
        raise HeldBackError("syntax_unknown")
    if family in (Family.CLASSIC, Family.PET, Family.ENHANCED):
        _hold_back_pictures_of_text(dataset, family)
    return family


def _hold_back_pictures_of_text(dataset: Dataset, family: Family) -> None:
    if _text(dataset, "BurnedInAnnotation").upper() not in ("", "NO"):
        raise HeldBackError("burned_in")
    if _text(dataset, "ConversionType") or "SecondaryCaptureDeviceID" in dataset:
        raise HeldBackError("secondary_capture")
    image_type = _text(dataset, "ImageType").upper()
    if any(word in image_type for word in _SCREEN_WORDS):
        raise HeldBackError("screen_shot")
    if _text(dataset, "PhotometricInterpretation") not in _GREY:
        raise HeldBackError("colour")
    has_place = "ImagePositionPatient" in dataset and "ImageOrientationPatient" in dataset
    if family is not Family.ENHANCED and not has_place:
        raise HeldBackError("no_place")


def _is_known_syntax(syntax: str) -> bool:
    uid = UID(syntax)
    return uid.is_transfer_syntax and not uid.is_private and "JPIP" not in uid.name and "MPEG" not in uid.name


def _text(dataset: Dataset, keyword: str) -> str:
    value = dataset.get(keyword)
    if value is None:
        return ""
    return value if isinstance(value, str) else "\\".join(map(str, value))
