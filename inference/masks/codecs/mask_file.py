"""Mask files in a buffer: the side of the codecs that runs in the reader process."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from inference.dicom.readers.protocol import MaskAnswer
from inference.dicom.records import Remark
from inference.dicom.syntaxes import SEGMENTATIONS, STRUCTURE_SET

if TYPE_CHECKING:
    from inference.dicom.headers.elements import Header


def read_mask_file(path: str, buffer: memoryview, threshold: float = 0.5) -> MaskAnswer:
    """Fill ``buffer`` with the planes or contours of a mask file and say what they are.

    A refusal is an answer too: ``refused`` holds the id of its message.
    """
    from inference.dicom.research.opening import is_research

    if is_research(path):
        from inference.masks.codecs.label_map import read_label_map

        return read_label_map(path, buffer)
    import pydicom

    header = _bounded_header(path)
    dataset = pydicom.dcmread(path, force=True)
    if header.has_preamble and not header.syntax_was_guessed:
        return read_dicom_mask(dataset, buffer, threshold)
    dataset.file_meta.TransferSyntaxUID = pydicom.uid.UID(header.syntax_uid)
    answer = read_dicom_mask(dataset, buffer, threshold)
    worked_out = Remark("intake.no_preamble", {"count": 1, "file": os.path.basename(path)})  # noqa: PTH119
    return replace(answer, remarks=(*answer.remarks, worked_out))


def _bounded_header(path: str) -> Header:
    """Walk the header within bounds before a parser without any: nesting, lengths, deflated bombs.

    Raises
    ------
    NotDicomError, MalformedError, SyntaxMismatchError
    """
    from inference.dicom.headers.elements import read_header

    with open(path, "rb") as stream:  # noqa: PTH123 - the path is a plain string
        size = stream.seek(0, 2)
        stream.seek(0)
        return read_header(stream, size, ())


def read_dicom_mask(dataset: Any, buffer: memoryview, threshold: float = 0.5) -> MaskAnswer:
    """As :func:`read_mask_file`, for an object that was parsed: segmentation or structure set."""
    sop_class = str(dataset.get("SOPClassUID", ""))
    if sop_class in SEGMENTATIONS:
        from inference.masks.codecs.seg_reader import read_segmentation

        return read_segmentation(dataset, buffer, threshold)
    if sop_class == STRUCTURE_SET:
        from inference.masks.codecs.structure_set_reader import read_structure_set

        return read_structure_set(dataset, buffer)
    return MaskAnswer(refused="intake.mask.unreadable")
