"""DICOM SEG as planes in a buffer; runs in the reader process.  Source: PS3.3 A.51, C.8.20."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from inference.dicom.headers.technique_tags import iso_date
from inference.dicom.readers.protocol import MaskAnswer, MaskFrame, MaskSegment

Vector = tuple[float, float, float]

_SAME: Final = 1e-4
_DEFLATED_FRAMES: Final = "1.2.840.10008.1.2.8.1"


def read_segmentation(dataset: Any, buffer: memoryview, threshold: float = 0.5) -> MaskAnswer:
    """The frames of a parsed segmentation: one bit a pixel, or label numbers of a label map.

    A voxel of a fractional segmentation counts from ``threshold`` of the largest value on.
    """
    import pydicom

    rows, columns = int(dataset.Rows), int(dataset.Columns)
    groups = list(dataset.get("PerFrameFunctionalGroupsSequence") or ())
    kind = str(dataset.get("SegmentationType", "BINARY"))
    are_bits = kind != "LABELMAP"
    plane_bytes = (rows * columns + 7) // 8 if are_bits else rows * columns * 2
    if plane_bytes * len(groups) > len(buffer):
        return MaskAnswer(refused="intake.mask.too_large")
    shared = (dataset.get("SharedFunctionalGroupsSequence") or [pydicom.Dataset()])[0]
    orientations = {_floats(_orientation(group, shared), 6) for group in groups}
    spacings = {_floats(_measures(group, shared).get("PixelSpacing"), 2) for group in groups}
    if not groups or None in orientations | spacings:
        return MaskAnswer(refused="intake.mask.no_grid")
    if not (_are_alike(orientations) and _are_alike(spacings)):
        return MaskAnswer(refused="intake.mask.several_orientations")
    orientation, spacing = next(iter(orientations)), next(iter(spacings))
    assert orientation is not None and spacing is not None
    along_row, along_column = np.array(orientation[:3]), np.array(orientation[3:])
    is_fractional = kind == "FRACTIONAL"
    least = int(dataset.get("MaximumFractionalValue", 1)) * threshold if is_fractional else 0.5
    target = np.frombuffer(buffer, np.uint8, plane_bytes * len(groups)).reshape(len(groups), plane_bytes)
    read = 0
    for plane in _planes(dataset, rows * columns, len(groups)):
        if are_bits:
            target[read] = np.packbits(plane >= least)
        else:
            target[read] = plane.astype(np.uint16).reshape(-1).view(np.uint8)
        read += 1
    if read != len(groups):
        return MaskAnswer(refused="intake.mask.unreadable")
    frames = []
    for group in groups:
        position = _position(group, shared)
        if position is None:
            return MaskAnswer(refused="intake.mask.no_grid")
        number = segment_number(group, shared) if are_bits else 0
        frames.append(MaskFrame(number, position, source_uid(group, shared)))
    measures = _measures(groups[0], shared)
    step = measures.get("SpacingBetweenSlices") or measures.get("SliceThickness")
    normal = np.cross(along_row, along_column)
    return MaskAnswer(
        rows=rows,
        columns=columns,
        row_step=_vector(along_column * spacing[0]),
        column_step=_vector(along_row * spacing[1]),
        slice_step=_vector(normal * float(step)) if step else None,
        frames=tuple(frames),
        segments=tuple(_segment(item) for item in dataset.SegmentSequence),
        frame_of_reference_uid=str(dataset.get("FrameOfReferenceUID", "") or ""),
        patient_id=str(dataset.get("PatientID", "") or "").strip(),
        birth_date=iso_date(str(dataset.get("PatientBirthDate", "") or "").strip()),
        is_dicom=True,
        are_bits=are_bits,
        is_fractional=is_fractional,
    )


def _planes(dataset: Any, pixels: int, count: int) -> Iterator[Any]:
    """Frames in the order of the file; native bits are unpacked here, wherever a frame begins in a byte."""
    from pydicom.pixels import iter_pixels

    syntax = dataset.file_meta.TransferSyntaxUID
    if syntax == _DEFLATED_FRAMES:
        yield from _inflated(dataset, pixels, count)
        return
    if int(dataset.BitsAllocated) != 1 or syntax.is_encapsulated:
        yield from iter_pixels(dataset, raw=True)
        return
    content = np.frombuffer(dataset.PixelData, np.uint8)
    if not syntax.is_little_endian and dataset["PixelData"].VR == "OW":
        content = content[: len(content) // 2 * 2].reshape(-1, 2)[:, ::-1].reshape(-1)
    for index in range(count):
        first, beyond = index * pixels, (index + 1) * pixels
        if beyond > len(content) * 8:
            return
        bits = np.unpackbits(content[first // 8 : (beyond + 7) // 8], bitorder="little")
        yield bits[first % 8 : first % 8 + pixels]


def _inflated(dataset: Any, pixels: int, count: int) -> Iterator[Any]:
    """Frames that are deflated one by one (PS3.5 10.20); a frame that swells beyond its size is cut off."""
    from pydicom.encaps import generate_frames

    allocated = int(dataset.BitsAllocated)
    size = (pixels * allocated + 7) // 8
    for frame in generate_frames(dataset.PixelData, number_of_frames=count):
        content = zlib.decompressobj(-zlib.MAX_WBITS).decompress(frame, size)
        if len(content) < size:
            return
        if allocated == 1:
            yield np.unpackbits(np.frombuffer(content, np.uint8), count=pixels, bitorder="little")
        else:
            yield np.frombuffer(content, f"<u{allocated // 8}", pixels)


def _are_alike(values: set[tuple[float, ...] | None]) -> bool:
    """True when all are one, but for the decimals of a file."""
    array = np.array([value for value in values if value is not None])
    return bool(np.ptp(array, axis=0).max() <= _SAME)


def _macro(group: Any, shared: Any, keyword: str) -> Any:
    """The first item of a functional group: of the frame, else of all frames."""
    import pydicom

    items = group.get(keyword) or shared.get(keyword)
    return items[0] if items else pydicom.Dataset()


def _orientation(group: Any, shared: Any) -> Any:
    return _macro(group, shared, "PlaneOrientationSequence").get("ImageOrientationPatient")


def _measures(group: Any, shared: Any) -> Any:
    return _macro(group, shared, "PixelMeasuresSequence")


def _position(group: Any, shared: Any) -> Vector | None:
    values = _floats(_macro(group, shared, "PlanePositionSequence").get("ImagePositionPatient"), 3)
    return None if values is None else (values[0], values[1], values[2])


def segment_number(group: Any, shared: Any) -> int:
    """Which segment a frame belongs to."""
    identification = _macro(group, shared, "SegmentIdentificationSequence")
    return int(identification.get("ReferencedSegmentNumber", 1))


def source_uid(group: Any, shared: Any) -> str:
    """SOP UID of the picture that a frame was drawn on; empty when it is not said."""
    for derivation in group.get("DerivationImageSequence") or shared.get("DerivationImageSequence") or ():
        for source in derivation.get("SourceImageSequence") or ():
            return str(source.get("ReferencedSOPInstanceUID", ""))
    return ""


def _segment(item: Any) -> MaskSegment:
    return MaskSegment(
        number=int(item.SegmentNumber),
        label=str(item.get("SegmentLabel", ""))[:64],
        category=_code(item.get("SegmentedPropertyCategoryCodeSequence")),
        kind=_code(item.get("SegmentedPropertyTypeCodeSequence")),
        algorithm_type=str(item.get("SegmentAlgorithmType", ""))[:16],
    )


def _code(sequence: Any) -> tuple[str, str, str]:
    if not sequence:
        return "", "", ""
    item = sequence[0]
    value, scheme, meaning = (
        str(item.get(keyword, ""))[:64] for keyword in ("CodeValue", "CodingSchemeDesignator", "CodeMeaning")
    )
    return value, scheme, meaning


def _floats(values: Any, count: int) -> tuple[float, ...] | None:
    if values is None or len(values) != count:
        return None
    return tuple(float(value) for value in values)


def _vector(values: Any) -> Vector:
    x, y, z = (float(value) for value in values)
    return x, y, z


def frame_places(dataset: Any) -> list[tuple[int, Vector]]:
    """Segment number and position (LPS mm of the first pixel) of every frame.

    Raises
    ------
    ValueError
        When a frame has no position.
    """
    shared = dataset.SharedFunctionalGroupsSequence[0]
    places = []
    for group in dataset.PerFrameFunctionalGroupsSequence:
        position = _position(group, shared)
        if position is None:
            raise ValueError("a frame without a position")
        places.append((segment_number(group, shared), position))
    return places
