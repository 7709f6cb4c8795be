"""Masks written as DICOM SEG.  Source: PS3.3 A.51.

The headers that a segmentation refers to are made anew from the stack, whose every field was checked when
it was scanned; no foreign file is parsed here.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from inference.clock import Clock, IdSource
from inference.errors import InputError, StorageError
from inference.masks.codecs.imported import Code
from inference.masks.codecs.seg_reader import segment_number, source_uid
from inference.masks.layer import MaskLayer, MaskOrigin
from inference.scan import FrameSource, Plan, Stack
from inference.storage import write_atomically

if TYPE_CHECKING:
    import pydicom

MORPHOLOGY: Final[Code] = ("49755003", "SCT", "Morphologically Altered Structure")
PRIMARY_NEOPLASM: Final[Code] = ("86049000", "SCT", "Neoplasm, Primary")
_MANUFACTURER: Final = "Concilium"
_VERSION: Final = "1"
_LONGEST_LABEL: Final = 64


@dataclass(frozen=True, slots=True, eq=False)
class SegmentToWrite:
    """One segment: label, voxels (slice, row, column), codes, and who made it.

    ``algorithm`` names a model; empty means that a person drew it.
    """

    label: str
    voxels: NDArray[np.bool_]
    category: Code = MORPHOLOGY
    kind: Code = PRIMARY_NEOPLASM
    algorithm: str = ""
    was_edited: bool = False


def encode_segmentation(mask: MaskLayer, stack: Stack, plan: Plan, *, clock: Clock, ids: IdSource) -> bytes:
    """A SEG of one layer; see :func:`encode_segments`."""
    algorithm = mask.maker or mask.name if mask.origin is MaskOrigin.MODEL else ""
    segment = SegmentToWrite(mask.name, mask.voxels, algorithm=algorithm, was_edited=mask.is_edited)
    return encode_segments([segment], stack, plan, clock=clock, ids=ids)


def write_segmentation(
    path: Path, segments: Sequence[SegmentToWrite], stack: Stack, plan: Plan, *, clock: Clock, ids: IdSource
) -> None:
    """Write :func:`encode_segments` to ``path``, read it back and compare voxel by voxel.

    Raises
    ------
    InputError, StorageError
    """
    content = encode_segments(segments, stack, plan, clock=clock, ids=ids)
    write_atomically(path, content)
    if not _holds(path.read_bytes(), segments, stack):
        path.unlink()
        raise StorageError("intake.mask.differs", file=path.name)


def encode_segments(
    segments: Sequence[SegmentToWrite], stack: Stack, plan: Plan, *, clock: Clock, ids: IdSource
) -> bytes:
    """A binary DICOM SEG, Explicit VR Little Endian, that refers to the frames of ``stack``.

    Dates come from ``clock`` and identifiers from ``ids``: the same inputs give the same bytes.  The result
    is decoded again and compared before it is returned.

    Raises
    ------
    InputError
        When the patient is unknown, the stack has no DICOM identifiers, nothing is marked, or a mark lies
        on a slice that the stack lacks.
    StorageError
        When the file does not read back as it was given.
    """
    if not stack.identity.is_known:
        raise InputError("intake.mask.identity_unknown")
    present = [(index, frame) for index, frame in enumerate(stack.frames) if frame is not None]
    uids = (stack.study_uid, stack.series_uid, stack.frame_of_reference_uid)
    if not all(uids) or not all(frame.sop_uid for _, frame in present):
        raise InputError("intake.mask.no_uids")
    if not all(segment.voxels.any() for segment in segments) or not segments:
        raise InputError("intake.mask.nothing_to_write")
    slices = [index for index, _ in present]
    for segment in segments:
        if segment.voxels.shape != stack.geometry.shape:
            raise ValueError("a mask must be shaped as its stack")
        if segment.voxels.sum() != segment.voxels[slices].sum():
            raise InputError("intake.mask.on_missing_slice")
    dataset = _dataset(segments, stack, present, clock.now(), ids)
    stream = BytesIO()
    dataset.save_as(stream, enforce_file_format=True)
    content = stream.getvalue()
    if not _holds(content, segments, stack):
        raise StorageError("intake.mask.differs", file="SEG")
    return content


def _dataset(
    segments: Sequence[SegmentToWrite],
    stack: Stack,
    present: Sequence[tuple[int, FrameSource]],
    moment: datetime,
    ids: IdSource,
) -> pydicom.Dataset:
    from highdicom.seg import Segmentation, SegmentationTypeValues

    slices = [index for index, _ in present]
    pixels = np.stack([segment.voxels[slices] for segment in segments], axis=-1)
    with warnings.catch_warnings():
        # A name of one component is the patient's name all the same.
        warnings.filterwarnings("ignore", message=".*person name")
        dataset = Segmentation(
            source_images=[_source_header(stack, index, frame) for index, frame in present],
            pixel_array=pixels.astype(np.uint8),
            segmentation_type=SegmentationTypeValues.BINARY,
            segment_descriptions=[_description(n, segment) for n, segment in enumerate(segments, 1)],
            series_instance_uid=_new_uid(ids),
            series_number=9000 + (stack.acquisition.series_number or 0) % 1000,
            sop_instance_uid=_new_uid(ids),
            instance_number=1,
            manufacturer=_MANUFACTURER,
            manufacturer_model_name=_MANUFACTURER,
            software_versions=_VERSION,
            device_serial_number="0",
            content_label="SEGMENTATION",
            content_description="Tumour segmentation",
            series_description="Segmentation",
        )
    _make_repeatable(dataset, moment, _new_uid(ids))
    return dataset


def _description(number: int, segment: SegmentToWrite) -> Any:
    from highdicom import AlgorithmIdentificationSequence
    from highdicom.seg import SegmentAlgorithmTypeValues, SegmentDescription
    from highdicom.sr import CodedConcept
    from pydicom.sr.codedict import codes

    kind = SegmentAlgorithmTypeValues.MANUAL
    identification = None
    if segment.algorithm:
        edited, untouched = SegmentAlgorithmTypeValues.SEMIAUTOMATIC, SegmentAlgorithmTypeValues.AUTOMATIC
        kind = edited if segment.was_edited else untouched
        identification = AlgorithmIdentificationSequence(
            name=segment.algorithm[:_LONGEST_LABEL],
            family=codes.DCM.ArtificialIntelligence,
            version=_VERSION,
        )
    return SegmentDescription(
        segment_number=number,
        segment_label=(segment.label or f"Segment {number}")[:_LONGEST_LABEL],
        segmented_property_category=CodedConcept(*segment.category),
        segmented_property_type=CodedConcept(*segment.kind),
        algorithm_type=kind,
        algorithm_identification=identification,
    )


def _source_header(stack: Stack, index: int, frame: FrameSource) -> pydicom.Dataset:
    """What a segmentation copies from, and refers to in, one source image."""
    import pydicom

    identity, geometry, acquisition = stack.identity, stack.geometry, stack.acquisition
    assert identity.key is not None
    header = pydicom.Dataset()
    header.file_meta = pydicom.dataset.FileMetaDataset()
    header.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    header.SpecificCharacterSet = "ISO_IR 192"
    header.SOPClassUID = acquisition.sop_class_uid
    header.SOPInstanceUID = frame.sop_uid
    header.StudyInstanceUID, header.SeriesInstanceUID = stack.study_uid, stack.series_uid
    header.FrameOfReferenceUID = stack.frame_of_reference_uid
    header.Modality = acquisition.modality
    header.PatientID, header.PatientName = identity.key.id, identity.name
    if identity.key.issuer:
        header.IssuerOfPatientID = identity.key.issuer
    header.PatientBirthDate = identity.birth_date.replace("-", "")
    header.PatientSex = identity.sex
    header.StudyDate, header.StudyTime = acquisition.study_date.replace("-", ""), ""
    header.AccessionNumber = header.StudyID = header.ReferringPhysicianName = ""
    header.PositionReferenceIndicator = ""
    header.InstanceNumber = str(index + 1)
    header.Rows, header.Columns = stack.rows_columns
    direction = geometry.direction
    header.ImageOrientationPatient = [_decimal(v) for v in (*direction[:, 2], *direction[:, 1])]
    header.ImagePositionPatient = [_decimal(v) for v in geometry.index_to_lps((index, 0, 0))]
    header.PixelSpacing = [_decimal(v) for v in geometry.spacing_mm[1:]]
    header.SliceThickness = _decimal(acquisition.slice_thickness_mm or geometry.spacing_mm[0])
    header.BitsAllocated = header.BitsStored = 16
    header.SamplesPerPixel = 1
    return header


def _make_repeatable(dataset: pydicom.Dataset, moment: datetime, organisation_uid: str) -> None:
    """Replace the machine's time and randomness by those that were passed in."""
    date, time = moment.strftime("%Y%m%d"), moment.strftime("%H%M%S.%f")
    for keyword in ("InstanceCreationDate", "ContentDate", "SeriesDate"):
        if keyword in dataset:
            setattr(dataset, keyword, date)
    for keyword in ("InstanceCreationTime", "ContentTime", "SeriesTime"):
        if keyword in dataset:
            setattr(dataset, keyword, time)
    for item in (*dataset.DimensionOrganizationSequence, *dataset.DimensionIndexSequence):
        item.DimensionOrganizationUID = organisation_uid
    for equipment in dataset.get("ContributingEquipmentSequence", ()):
        equipment.ContributionDateTime = date + time
    dataset.SpecificCharacterSet = "ISO_IR 192"


def _holds(content: bytes, segments: Sequence[SegmentToWrite], stack: Stack) -> bool:
    """True when the file marks exactly the given voxels."""
    import pydicom
    from pydicom.pixels import iter_pixels

    dataset = pydicom.dcmread(BytesIO(content))
    slice_of = {frame.sop_uid: index for index, frame in enumerate(stack.frames) if frame is not None}
    found = [np.zeros(segment.voxels.shape, np.bool_) for segment in segments]
    shared = dataset.SharedFunctionalGroupsSequence[0]
    for group, plane in zip(dataset.PerFrameFunctionalGroupsSequence, iter_pixels(dataset), strict=True):
        number = segment_number(group, shared)
        source = source_uid(group, shared)
        found[number - 1][slice_of[source]] = plane > 0
    return all(
        np.array_equal(voxels, segment.voxels) for voxels, segment in zip(found, segments, strict=True)
    )


def _decimal(value: float) -> str:
    """A decimal string of at most 16 characters (PS3.5 6.2)."""
    from pydicom.valuerep import format_number_as_ds

    return format_number_as_ds(float(value))


def _new_uid(ids: IdSource) -> str:
    """A UUID as a UID (PS3.5 B.2)."""
    return f"2.25.{ids.new_id().int}"
