"""RT Structure Set as contours in a buffer; runs in the reader process.  Source: PS3.3 C.8.8.5, C.8.8.6."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from inference.dicom.headers.technique_tags import iso_date
from inference.dicom.readers.protocol import ContourTable, MaskAnswer, MaskSegment

_CLOSED: Final = frozenset({"CLOSED_PLANAR", "CLOSEDPLANAR_XOR", "CLOSED_PLANAR_XOR"})
_FEWEST_POINTS: Final = 3
_MOST_REFERENCES: Final = 16_384
_LONGEST_NAME: Final = 64
_NO_CODE: Final = ("", "", "")

Code = tuple[str, str, str]


@dataclass(frozen=True, slots=True, eq=False)
class _Contour:
    segment: int
    source_sop_uid: str
    points: NDArray[np.float64]


def read_structure_set(dataset: Any, buffer: memoryview) -> MaskAnswer:
    """The closed planar contours of every region of interest of a parsed structure set."""
    regions = {int(item.ROINumber): item for item in dataset.get("StructureSetROISequence") or ()}
    kept: list[_Contour] = []
    colours: dict[int, tuple[int, int, int] | None] = {}
    ignored = 0
    for item in dataset.get("ROIContourSequence") or ():
        number = int(item.get("ReferencedROINumber", -1))
        if number not in regions:
            continue
        colours[number] = _colour(item)
        for contour in item.get("ContourSequence") or ():
            points = _points(contour)
            is_closed = str(contour.get("ContourGeometricType", "")) in _CLOSED
            if not is_closed or len(points) < _FEWEST_POINTS:
                ignored += 1
                continue
            kept.append(_Contour(number, _image(contour), points))
    observed = dataset.get("RTROIObservationsSequence") or ()
    meanings = {int(item.get("ReferencedROINumber", -1)): _meaning(item) for item in observed}
    frames = list(dataset.get("ReferencedFrameOfReferenceSequence") or ())
    frame_uids = {str(frame.get("FrameOfReferenceUID", "") or "") for frame in frames} - {""}
    sources = {
        uid: index
        for index, uid in enumerate(dict.fromkeys(one.source_sop_uid for one in kept if one.source_sop_uid))
    }
    if not _fill(buffer, kept, sources):
        return MaskAnswer(refused="intake.mask.too_large")
    return MaskAnswer(
        outlines=ContourTable(
            contours=len(kept),
            points=sum(len(one.points) for one in kept),
            ignored=ignored,
            source_sop_uids=tuple(sources),
            referenced_sop_uids=tuple(_referenced(frames)),
        ),
        segments=tuple(
            _segment(item, colours.get(number), meanings.get(number, _NO_CODE))
            for number, item in regions.items()
        ),
        frame_of_reference_uid=frame_uids.pop() if len(frame_uids) == 1 else "",
        patient_id=str(dataset.get("PatientID", "") or "").strip(),
        birth_date=iso_date(str(dataset.get("PatientBirthDate", "") or "").strip()),
    )


def _fill(buffer: memoryview, contours: list[_Contour], sources: dict[str, int]) -> bool:
    """Write table and points; False when they do not fit."""
    count = len(contours)
    points = sum(len(one.points) for one in contours)
    if count * 24 + points * 24 > len(buffer) or len(sources) > _MOST_REFERENCES:
        return False
    table = np.frombuffer(buffer, np.int64, count * 3).reshape(count, 3)
    target = np.frombuffer(buffer, np.float64, points * 3, count * 24).reshape(points, 3)
    begin = 0
    for row, one in zip(table, contours, strict=True):
        row[:] = one.segment, len(one.points), sources.get(one.source_sop_uid, -1)
        target[begin : begin + len(one.points)] = one.points
        begin += len(one.points)
    return True


def _points(contour: Any) -> NDArray[np.float64]:
    """(n, 3) LPS mm, straight from the decimal strings; a number that is none is an error."""
    element = contour.get_item("ContourData")
    if element is None or not element.value:
        return np.empty((0, 3))
    value = element.value
    text = value if isinstance(value, bytes) else "\\".join(str(one) for one in value).encode()
    numbers = np.array([float(part) for part in text.rstrip(b" \0").split(b"\\")])
    # Python reads 1_000 as a number; PS3.5 6.2 does not.
    if b"_" in text or not np.isfinite(numbers).all():
        raise ValueError("a coordinate is not a finite number")
    return numbers.reshape(-1, 3)


def _image(contour: Any) -> str:
    """SOP UID of the picture on which a contour was drawn; empty when it is not said."""
    for item in contour.get("ContourImageSequence") or ():
        return str(item.get("ReferencedSOPInstanceUID", "") or "")
    return ""


def _referenced(frames: list[Any]) -> list[str]:
    """The images that the structure set as a whole refers to, as far as they can be carried."""
    return list(dict.fromkeys(_referenced_images(frames)))[:_MOST_REFERENCES]


def _referenced_images(frames: list[Any]) -> Iterator[str]:
    for frame in frames:
        for study in frame.get("RTReferencedStudySequence") or ():
            for series in study.get("RTReferencedSeriesSequence") or ():
                for image in series.get("ContourImageSequence") or ():
                    uid = str(image.get("ReferencedSOPInstanceUID", "") or "")
                    if uid:
                        yield uid


def _colour(item: Any) -> tuple[int, int, int] | None:
    values = item.get("ROIDisplayColor")
    if values is None or len(values) != 3:
        return None
    red, green, blue = (min(255, max(0, int(value))) for value in values)
    return red, green, blue


def _meaning(observation: Any) -> Code:
    """The code of a region; where it has none, its interpreted type (GTV, ORGAN …) as a meaning."""
    for item in observation.get("RTROIIdentificationCodeSequence") or ():
        value, scheme, meaning = (
            str(item.get(keyword, "") or "")[:_LONGEST_NAME]
            for keyword in ("CodeValue", "CodingSchemeDesignator", "CodeMeaning")
        )
        return value, scheme, meaning
    return "", "", str(observation.get("RTROIInterpretedType", "") or "")[:16]


def _segment(item: Any, colour: tuple[int, int, int] | None, kind: Code) -> MaskSegment:
    return MaskSegment(
        number=int(item.ROINumber),
        label=str(item.get("ROIName", "") or "")[:_LONGEST_NAME],
        kind=kind,
        algorithm_type=str(item.get("ROIGenerationAlgorithm", "") or "")[:16],
        colour=colour,
        frame_of_reference_uid=str(item.get("ReferencedFrameOfReferenceUID", "") or "")[:64],
    )
