"""What a written mask says about its scan: patient, identifiers and images; minted where it has none."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from inference.cases.identity import PatientIdentity
from inference.clock import IdSource
from inference.dicom.verdicts import finding
from inference.errors import InputError
from inference.findings import Finding
from inference.scan import FrameSource, Stack

if TYPE_CHECKING:
    import pydicom

_CLASS_BY_MODALITY: Final = MappingProxyType(
    {"CT": "1.2.840.10008.5.1.4.1.1.2", "MR": "1.2.840.10008.5.1.4.1.1.4"}
)
"""What an image without SOP Class UID is, where it states its modality."""


@dataclass(frozen=True, slots=True)
class ImageReference:
    """One image of a scan: slice, SOP UID, and the frame (from 1) where the object has several."""

    slice_index: int
    sop_uid: str
    frame_number: int | None

    def item(self, sop_class_uid: str) -> pydicom.Dataset:
        """As an item of a sequence of references (PS3.3 10.3)."""
        import pydicom

        item = pydicom.Dataset()
        item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = sop_class_uid, self.sop_uid
        if self.frame_number is not None:
            item.ReferencedFrameNumber = self.frame_number
        return item


@dataclass(frozen=True, slots=True)
class ScanReference:
    """Patient and identifiers under which a mask of a scan is written; ``images`` are the slices present."""

    patient: PatientIdentity
    study_uid: str
    series_uid: str
    frame_of_reference_uid: str
    sop_class_uid: str
    images: tuple[ImageReference, ...]
    findings: tuple[Finding, ...] = ()


def refer_to(stack: Stack, patient: PatientIdentity | None, ids: IdSource) -> ScanReference:
    """What a mask of ``stack`` refers to.

    ``patient`` is who the user says it is, where the scan does not tell.  Identifiers that the scan lacks
    are minted, and a finding says so.

    Raises
    ------
    InputError
        When the patient is unknown, or the scan is no DICOM object to which one could refer.
    """
    known = stack.identity if stack.identity.is_known else patient
    if known is None or not known.is_known:
        raise InputError("intake.mask.identity_unknown")
    if not can_be_referred_to(stack):
        raise InputError("intake.mask.no_uids")
    present = [(index, frame) for index, frame in enumerate(stack.frames) if frame is not None]
    numbers = _frame_numbers([frame for _, frame in present])
    return ScanReference(
        patient=known,
        study_uid=stack.study_uid or new_uid(ids),
        series_uid=stack.series_uid or new_uid(ids),
        frame_of_reference_uid=stack.frame_of_reference_uid or new_uid(ids),
        sop_class_uid=_sop_class(stack),
        images=tuple(
            ImageReference(index, frame.sop_uid or new_uid(ids), number)
            for (index, frame), number in zip(present, numbers, strict=True)
        ),
        findings=what_is_minted(stack),
    )


def can_be_referred_to(stack: Stack) -> bool:
    """True for DICOM images whose kind is known; their identifiers may be missing."""
    frames = [frame for frame in stack.frames if frame is not None]
    return bool(_sop_class(stack)) and all(frame.kind == "dicom" for frame in frames)


def what_is_minted(stack: Stack) -> tuple[Finding, ...]:
    """A finding that names the identifiers that a stack lacks; nothing where all are there."""
    lacking = {
        "StudyInstanceUID": not stack.study_uid,
        "SeriesInstanceUID": not stack.series_uid,
        "SOPInstanceUID": any(frame is not None and not frame.sop_uid for frame in stack.frames),
        "FrameOfReferenceUID": not stack.frame_of_reference_uid,
    }
    tags = ", ".join(keyword for keyword, is_lacking in lacking.items() if is_lacking)
    return (finding("intake.uids_minted", tags=tags),) if tags else ()


def _sop_class(stack: Stack) -> str:
    acquisition = stack.acquisition
    return acquisition.sop_class_uid or _CLASS_BY_MODALITY.get(acquisition.modality, "")


def new_uid(ids: IdSource) -> str:
    """A UUID as a UID (PS3.5 B.2)."""
    return f"2.25.{ids.new_id().int}"


def _frame_numbers(frames: list[FrameSource]) -> list[int | None]:
    """Frame numbers, from 1, for objects of several frames; None for single ones, mosaics among them."""
    shared = Counter(frame.file for frame in frames)
    return [
        frame.frame + 1 if not frame.tiles_across and (frame.frame > 0 or shared[frame.file] > 1) else None
        for frame in frames
    ]
