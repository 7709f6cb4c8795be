"""Frames of one file as int16: compressed DICOM, NIfTI and NRRD.  Runs in the reader process."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inference.dicom.protocol import DecodeRequest, FrameAnswer, plain_path
from inference.dicom.records import FileKind
from inference.dicom.stored import to_int16


def import_decoders(kind: FileKind) -> None:
    """Import what files of this kind need, before the watchdog looks at the file itself."""
    if kind == "dicom":
        import pydicom
        import pydicom.pixels

        assert pydicom
        return
    from inference.dicom import research

    research.import_parsers()


def decode_frames(request: DecodeRequest, target: NDArray[np.int16]) -> list[FrameAnswer]:
    """Fill ``target`` (frame, row, column); one answer for each frame of the request, in its order."""
    path = plain_path(request.path)
    try:
        if request.kind == "dicom":
            failures = [_decode_dicom(path, frame, target[slot]) for slot, frame in enumerate(request.frames)]
        else:
            failures = _research_frames(path, request, target)
    except MemoryError:
        failures = ["memory"] * len(request.frames)
    except Exception:  # noqa: BLE001 - a decoder may fail in any way; the frame is then absent
        failures = ["decoder"] * len(request.frames)
    return [FrameAnswer(frame, failure) for frame, failure in zip(request.frames, failures, strict=True)]


def _research_frames(path: str, request: DecodeRequest, target: NDArray[np.int16]) -> list[str]:
    from inference.dicom.quantisation import quantised_planes
    from inference.dicom.research import open_nifti, open_nrrd

    image = open_nifti(path) if request.kind == "nifti" else open_nrrd(path)
    slots = {frame: slot for slot, frame in enumerate(request.frames)}
    missing = dict.fromkeys(range(len(request.frames)), "absent")
    for index, plane in quantised_planes(image):
        if index in slots:
            target[slots[index]] = plane
            missing[slots[index]] = ""
    return list(missing.values())


def _decode_dicom(path: str, frame: int, target: NDArray[np.int16]) -> str:
    import pydicom
    from pydicom.pixels import get_decoder

    dataset = pydicom.dcmread(path, force=True)
    decoder = get_decoder(dataset.file_meta.TransferSyntaxUID)
    array, properties = decoder.as_array(dataset, index=frame, raw=True)
    if array.shape != target.shape:
        return "shape"
    target[:] = to_int16(array, int(dataset.BitsStored), bool(properties["pixel_representation"]))
    return ""
