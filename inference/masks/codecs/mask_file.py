"""Mask files as planes in a buffer: the side of the codecs that runs in the reader process."""

from __future__ import annotations

from inference.dicom.protocol import MaskAnswer

_RESEARCH = (".nii", ".nii.gz", ".nrrd", ".nhdr")


def read_mask_file(path: str, buffer: memoryview) -> MaskAnswer:
    """Fill ``buffer`` with the planes of a mask file (uint16) and say what they are.

    A refusal is an answer too: ``refused`` holds the id of its message.
    """
    if path.lower().endswith(_RESEARCH):
        from inference.masks.codecs.label_map import read_label_map

        return read_label_map(path, buffer)
    from inference.masks.codecs.seg_reader import read_segmentation

    return read_segmentation(path, buffer)
