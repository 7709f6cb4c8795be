"""RT structure sets made to order for tests, with pydicom alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ImplicitVRLittleEndian, RTStructureSetStorage

from inference.scan import Stack


@dataclass
class Contour:
    """Points in LPS mm (n, 3), what kind of line they make, and the image they name (empty: none)."""

    points: ArrayLike
    image: str = ""
    kind: str = "CLOSED_PLANAR"


@dataclass
class Region:
    """A region of interest."""

    name: str
    contours: Sequence[Contour] = ()
    colour: tuple[int, int, int] | None = (255, 0, 0)
    frame_of_reference_uid: str | None = None
    algorithm: str = "MANUAL"
    extra: dict[str, str] = field(default_factory=dict)


def structure_set(stack: Stack, regions: Sequence[Region], *, patient_id: str = "P1") -> Dataset:
    """A structure set in the stack's frame of reference that names all its images as a whole."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ImplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = RTStructureSetStorage
    meta.MediaStorageSOPInstanceUID = "2.25.77"
    dataset = Dataset()
    dataset.file_meta = meta
    dataset.SOPClassUID, dataset.SOPInstanceUID = RTStructureSetStorage, "2.25.77"
    dataset.Modality, dataset.PatientID = "RTSTRUCT", patient_id
    dataset.SpecificCharacterSet = "ISO_IR 192"
    frame = Dataset()
    frame.FrameOfReferenceUID = stack.frame_of_reference_uid
    study, series = Dataset(), Dataset()
    series.ContourImageSequence = [named(one.sop_uid) for one in stack.frames if one is not None]
    study.RTReferencedSeriesSequence = [series]
    frame.RTReferencedStudySequence = [study]
    dataset.ReferencedFrameOfReferenceSequence = [frame]
    dataset.StructureSetROISequence = []
    dataset.ROIContourSequence = []
    for number, region in enumerate(regions, 1):
        roi = Dataset()
        roi.ROINumber, roi.ROIName, roi.ROIGenerationAlgorithm = number, region.name, region.algorithm
        uid = region.frame_of_reference_uid
        roi.ReferencedFrameOfReferenceUID = stack.frame_of_reference_uid if uid is None else uid
        dataset.StructureSetROISequence.append(roi)
        lines = Dataset()
        lines.ReferencedROINumber = number
        if region.colour is not None:
            lines.ROIDisplayColor = list(region.colour)
        lines.ContourSequence = [contour_item(contour) for contour in region.contours]
        dataset.ROIContourSequence.append(lines)
    return dataset


def contour_item(contour: Contour) -> Dataset:
    """One item of the Contour Sequence."""
    item = Dataset()
    if contour.image:
        item.ContourImageSequence = [named(contour.image)]
    points = np.asarray(contour.points, dtype=np.float64)
    item.ContourGeometricType, item.NumberOfContourPoints = contour.kind, len(points)
    item.ContourData = [f"{value:.6f}" for value in points.reshape(-1)]
    return item


def named(uid: str) -> Dataset:
    """A reference to an image."""
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = "1.2.840.10008.5.1.4.1.1.2", uid
    return item


def outline(stack: Stack, index: float, corners: ArrayLike) -> np.ndarray:
    """Points (n, 3) in LPS mm of (row, column) corners in pixels on a slice."""
    pixels = np.asarray(corners, dtype=np.float64)
    return stack.geometry.index_to_lps(np.column_stack([np.full(len(pixels), index), pixels]))


def rectangle(top: float, left: float, bottom: float, right: float) -> list[tuple[float, float]]:
    """The outline that holds the pixels [top, bottom) × [left, right): half a pixel around their centres."""
    return [
        (top - 0.5, left - 0.5),
        (top - 0.5, right - 0.5),
        (bottom - 0.5, right - 0.5),
        (bottom - 0.5, left - 0.5),
    ]


def save(dataset: Dataset, path: Path) -> Path:
    """Write it."""
    dataset.save_as(path, enforce_file_format=True)
    return path
