"""The tumour mask as a file for other systems: which formats there are, and the one way to write them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from inference.cases.identity import PatientIdentity
from inference.clock import Clock, IdSource
from inference.findings import Finding
from inference.masks.codecs.segment_to_write import SegmentToWrite
from inference.masks.layer import MaskLayer
from inference.scan import Stack


class MaskFormat(StrEnum):
    """Formats in which a mask can be written."""

    SEGMENTATION = "seg"
    STRUCTURE_SET = "rtstruct"
    NIFTI = "nifti"

    @property
    def suffix(self) -> str:
        """How its files end."""
        return ".nii.gz" if self is MaskFormat.NIFTI else ".dcm"


_NIFTI_SUFFIXES = (".nii.gz", ".nii")


def format_of(path: Path, preferred: MaskFormat = MaskFormat.SEGMENTATION) -> MaskFormat:
    """The format for a file's name; ``preferred`` decides between the two that end alike.

    A name that says ``rtstruct``, as this program proposes it, is a structure set.
    """
    name = path.name.lower()
    if name.endswith(_NIFTI_SUFFIXES):
        return MaskFormat.NIFTI
    if "rtstruct" in name:
        return MaskFormat.STRUCTURE_SET
    return MaskFormat.SEGMENTATION if preferred is MaskFormat.NIFTI else preferred


def write_mask(
    path: Path,
    mask: MaskLayer,
    stack: Stack,
    kind: MaskFormat,
    *,
    clock: Clock,
    ids: IdSource,
    patient: PatientIdentity | None = None,
) -> tuple[Finding, ...]:
    """Write ``mask`` and hold the file against it before this returns; what the user should be told.

    ``patient`` is who the user says it is, where the scan does not tell.

    Raises
    ------
    InputError
        When the mask is empty, or the scan lacks what the format must state.
    StorageError
        When the file cannot be written or reads back differently; nothing stays there then.
    """
    if kind is MaskFormat.NIFTI:
        from inference.masks.codecs.nifti import write_label_map

        write_label_map(path, mask.voxels, stack.geometry)
        return ()
    segments = [SegmentToWrite.of_layer(mask)]
    if kind is MaskFormat.STRUCTURE_SET:
        from inference.masks.codecs.structure_set import STRUCTURE_SET

        return STRUCTURE_SET.write(path, segments, stack, clock=clock, ids=ids, patient=patient)
    from inference.masks.codecs.seg import SEGMENTATION

    return SEGMENTATION.write(path, segments, stack, clock=clock, ids=ids, patient=patient)
