"""Whether a mask file and a stack belong together: patient, frame of reference, and images referred to."""

from __future__ import annotations

from collections.abc import Collection

from inference.cases.identity import PatientIdentity
from inference.dicom.readers.protocol import MaskAnswer
from inference.dicom.verdicts import finding
from inference.findings import Finding
from inference.masks.codecs.refusal import MaskRefusedError
from inference.scan import Stack


def refuse_strangers(answer: MaskAnswer, stack: Stack, file: str) -> None:
    """Stop at another patient or another frame of reference.

    Raises
    ------
    MaskRefusedError
    """
    if _is_of_another(answer, stack.identity):
        raise MaskRefusedError("intake.mask.other_patient", file=file)
    if is_elsewhere(answer.frame_of_reference_uid, stack):
        raise MaskRefusedError("intake.mask.other_frame_of_reference", file=file)


def _is_of_another(answer: MaskAnswer, patient: PatientIdentity) -> bool:
    """True when both name a patient, and identifiers or dates of birth differ."""
    if answer.birth_date and patient.birth_date and answer.birth_date != patient.birth_date:
        return True
    return bool(answer.patient_id and patient.key is not None and answer.patient_id != patient.key.id)


def is_elsewhere(frame_of_reference_uid: str, stack: Stack) -> bool:
    """True when both name a frame of reference, and not the same."""
    ours = stack.frame_of_reference_uid
    return bool(frame_of_reference_uid and ours and frame_of_reference_uid != ours)


def is_unlinked(frame_of_reference_uid: str, stack: Stack) -> bool:
    """True when one of both does not say in which frame of reference it lies."""
    return not (frame_of_reference_uid and stack.frame_of_reference_uid)


def sop_uids(stack: Stack) -> frozenset[str]:
    """The identifiers of the images of a stack, as far as they have any."""
    return frozenset(frame.sop_uid for frame in stack.frames if frame is not None and frame.sop_uid)


def about_references(named: Collection[str], stack: Stack) -> list[Finding]:
    """A note when a mask names images, and none of them is in the stack."""
    if named and sop_uids(stack).isdisjoint(named):
        return [finding("intake.mask_other_images")]
    return []
