"""Masks written as DICOM RT Structure Set.  Source: PS3.3 A.19, C.8.8.5, C.8.8.6, C.8.8.8.

Contours run half-way between marked and unmarked voxel centres, in the planes of the stack; filling them
gives the mask again, voxel by voxel.  A hole is joined to its outline by a bridge ("keyhole").
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from inference.clock import IdSource
from inference.masks.codecs.mask_object import MaskObject
from inference.masks.codecs.references import ScanReference, new_uid
from inference.masks.codecs.rereading import holds_segments
from inference.masks.codecs.segment_to_write import SegmentToWrite
from inference.masks.codecs.tracing import trace_polygons
from inference.scan import Stack

if TYPE_CHECKING:
    import pydicom
    from pydicom.dataelem import RawDataElement

_MANUFACTURER: Final = "Concilium"
_VERSION: Final = "1"
_LONGEST_NAME: Final = 64
_LONGEST_LABEL: Final = 16
_CONTOUR_DATA: Final = 0x30060050
_STUDY_CLASS: Final = "1.2.840.10008.3.1.2.3.1"
_COLOURS: Final = (
    (220, 60, 60),
    (60, 140, 220),
    (80, 180, 90),
    (230, 170, 50),
    (160, 90, 200),
    (60, 180, 180),
)


def _dataset(
    segments: Sequence[SegmentToWrite],
    stack: Stack,
    reference: ScanReference,
    moment: datetime,
    ids: IdSource,
) -> pydicom.Dataset:
    import pydicom
    from pydicom.uid import ImplicitVRLittleEndian, RTStructureSetStorage

    date, time = moment.strftime("%Y%m%d"), moment.strftime("%H%M%S.%f")
    patient, acquisition = reference.patient, stack.acquisition
    assert patient.key is not None
    dataset = pydicom.Dataset()
    dataset.file_meta = pydicom.dataset.FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.InstanceCreationDate, dataset.InstanceCreationTime = date, time
    dataset.SOPClassUID, dataset.SOPInstanceUID = RTStructureSetStorage, new_uid(ids)
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.StudyDate, dataset.StudyTime = acquisition.study_date.replace("-", ""), ""
    dataset.StructureSetDate, dataset.StructureSetTime = date, time
    dataset.AccessionNumber = dataset.StudyID = dataset.ReferringPhysicianName = ""
    dataset.Modality, dataset.Manufacturer = "RTSTRUCT", _MANUFACTURER
    dataset.ManufacturerModelName, dataset.SoftwareVersions = _MANUFACTURER, _VERSION
    dataset.DeviceSerialNumber, dataset.OperatorsName = "0", ""
    dataset.SeriesDescription, dataset.SeriesNumber = (
        "Contours",
        9000 + (acquisition.series_number or 0) % 1000,
    )
    dataset.PatientName, dataset.PatientID = patient.name, patient.key.id
    if patient.key.issuer:
        dataset.IssuerOfPatientID = patient.key.issuer
    dataset.PatientBirthDate, dataset.PatientSex = patient.birth_date.replace("-", ""), patient.sex
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = reference.study_uid, new_uid(ids)
    dataset.FrameOfReferenceUID, dataset.PositionReferenceIndicator = reference.frame_of_reference_uid, ""
    dataset.InstanceNumber, dataset.StructureSetLabel = 1, "Tumour"[:_LONGEST_LABEL]
    dataset.ApprovalStatus = "UNAPPROVED"
    dataset.ReferencedFrameOfReferenceSequence = [_frame_of_reference(reference)]
    numbered = list(enumerate(segments, 1))
    dataset.StructureSetROISequence = [_region(n, one, reference) for n, one in numbered]
    dataset.ROIContourSequence = [_contours(n, one, stack, reference) for n, one in numbered]
    dataset.RTROIObservationsSequence = [_observation(n, one) for n, one in numbered]
    _keep_encoded(dataset)
    return dataset


def _frame_of_reference(reference: ScanReference) -> pydicom.Dataset:
    """The frame of reference with the study, the series and every image."""
    import pydicom

    frame, study, series = pydicom.Dataset(), pydicom.Dataset(), pydicom.Dataset()
    series.SeriesInstanceUID = reference.series_uid
    series.ContourImageSequence = [image.item(reference.sop_class_uid) for image in reference.images]
    study.ReferencedSOPClassUID, study.ReferencedSOPInstanceUID = _STUDY_CLASS, reference.study_uid
    study.RTReferencedSeriesSequence = [series]
    frame.FrameOfReferenceUID = reference.frame_of_reference_uid
    frame.RTReferencedStudySequence = [study]
    return frame


def _region(number: int, segment: SegmentToWrite, reference: ScanReference) -> pydicom.Dataset:
    import pydicom

    region = pydicom.Dataset()
    region.ROINumber, region.ROIName = number, (segment.label or f"Structure {number}")[:_LONGEST_NAME]
    region.ReferencedFrameOfReferenceUID = reference.frame_of_reference_uid
    region.ROIDescription = segment.provenance
    region.ROIGenerationAlgorithm = segment.algorithm_type
    if segment.algorithm_name:
        region.ROIGenerationDescription = segment.algorithm_name[:_LONGEST_NAME]
    return region


def _observation(number: int, segment: SegmentToWrite) -> pydicom.Dataset:
    import pydicom

    observation = pydicom.Dataset()
    observation.ObservationNumber = observation.ReferencedROINumber = number
    value, scheme, meaning = segment.kind
    code = pydicom.Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, scheme, meaning
    observation.RTROIIdentificationCodeSequence = [code]
    observation.RTROIInterpretedType, observation.ROIInterpreter = "GTV", ""
    return observation


def _contours(
    number: int, segment: SegmentToWrite, stack: Stack, reference: ScanReference
) -> pydicom.Dataset:
    """Every contour of a region, slice after slice, with the image on which it lies."""
    import pydicom

    lines = pydicom.Dataset()
    lines.ReferencedROINumber = number
    lines.ROIDisplayColor = list(_COLOURS[(number - 1) % len(_COLOURS)])
    items: list[pydicom.Dataset] = []
    for image in reference.images:
        index = image.slice_index
        for polygon in trace_polygons(segment.voxels[index]):
            corners = np.column_stack([np.full(len(polygon), float(index)), polygon])
            item = pydicom.Dataset()
            item.ContourImageSequence = [image.item(reference.sop_class_uid)]
            item.ContourGeometricType, item.NumberOfContourPoints = "CLOSED_PLANAR", len(polygon)
            item.ContourNumber = len(items) + 1
            item[_CONTOUR_DATA] = _coordinates(stack.geometry.index_to_lps(corners))
            _keep_encoded(item)
            items.append(item)
    lines.ContourSequence = items
    _keep_encoded(lines)
    return lines


def _keep_encoded(dataset: pydicom.Dataset) -> None:
    """Let pydicom write what is encoded already as it stands, instead of taking it apart first."""
    from pydicom.charset import convert_encodings, default_encoding

    named = dataset.get("SpecificCharacterSet")
    encodings = convert_encodings(named) if named else default_encoding
    dataset.set_original_encoding(True, True, encodings)


def _coordinates(points: NDArray[np.float64]) -> RawDataElement:
    """Contour Data, to a millionth of a millimetre, within the 16 characters of a decimal string.

    Encoded here: one object for each number would take a hundred times as long.
    """
    from pydicom.dataelem import RawDataElement
    from pydicom.tag import Tag

    content = "\\".join([f"{value:.6f}" for value in points.reshape(-1).tolist()]).encode("ascii")
    content += b" " * (len(content) % 2)
    return RawDataElement(Tag(_CONTOUR_DATA), "DS", len(content), content, 0, True, True)


STRUCTURE_SET: Final = MaskObject("RTSTRUCT", _dataset, holds_segments)
"""Implicit VR Little Endian: explicit VR could not hold the coordinates of a long contour (64 kB)."""
