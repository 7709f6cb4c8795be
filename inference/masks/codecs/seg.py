"""Masks written as DICOM SEG.  Source: PS3.3 A.51.

The headers that a segmentation refers to are made anew from the stack, whose every field was checked when
it was scanned; no foreign file is parsed here.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from inference.cases.identity import PatientIdentity
from inference.clock import Clock, IdSource
from inference.masks.codecs.mask_object import MaskObject
from inference.masks.codecs.references import ImageReference, ScanReference, new_uid
from inference.masks.codecs.rereading import holds_segments
from inference.masks.codecs.segment_to_write import SegmentToWrite
from inference.masks.layer import MaskLayer
from inference.scan import Stack

if TYPE_CHECKING:
    import pydicom

_MANUFACTURER: Final = "Concilium"
_VERSION: Final = "1"
_LONGEST_LABEL: Final = 64
_CT_IMAGE: Final = "1.2.840.10008.5.1.4.1.1.2"


def _is_whole(content: bytes, segments: Sequence[SegmentToWrite], stack: Stack) -> bool:
    """True when both readers find exactly the given voxels."""
    return holds_segments(content, segments, stack) and _holds_by_highdicom(content, segments, stack)


def _dataset(
    segments: Sequence[SegmentToWrite],
    stack: Stack,
    reference: ScanReference,
    moment: datetime,
    ids: IdSource,
) -> pydicom.Dataset:
    from highdicom.seg import Segmentation, SegmentationTypeValues

    slices = [image.slice_index for image in reference.images]
    pixels = np.stack([segment.voxels[slices] for segment in segments], axis=-1)
    with warnings.catch_warnings():
        # A name of one component is the patient's name all the same.
        warnings.filterwarnings("ignore", message=".*person name")
        dataset = Segmentation(
            source_images=[_source_header(stack, reference, n) for n in range(len(slices))],
            pixel_array=pixels.astype(np.uint8),
            segmentation_type=SegmentationTypeValues.BINARY,
            segment_descriptions=[_description(n, segment) for n, segment in enumerate(segments, 1)],
            series_instance_uid=new_uid(ids),
            series_number=9000 + (stack.acquisition.series_number or 0) % 1000,
            sop_instance_uid=new_uid(ids),
            instance_number=1,
            manufacturer=_MANUFACTURER,
            manufacturer_model_name=_MANUFACTURER,
            software_versions=_VERSION,
            device_serial_number="0",
            content_label="SEGMENTATION",
            content_description="Tumour segmentation",
            series_description="Segmentation",
        )
    _name_real_images(dataset, reference)
    for item, segment in zip(dataset.SegmentSequence, segments, strict=True):
        item.SegmentDescription = segment.provenance
    _make_repeatable(dataset, moment, new_uid(ids))
    return dataset


def _description(number: int, segment: SegmentToWrite) -> Any:
    from highdicom import AlgorithmIdentificationSequence
    from highdicom.seg import SegmentAlgorithmTypeValues, SegmentDescription
    from highdicom.sr import CodedConcept
    from pydicom.sr.codedict import codes

    identification = None
    if segment.algorithm_name:
        identification = AlgorithmIdentificationSequence(
            name=segment.algorithm_name[:_LONGEST_LABEL],
            family=codes.DCM.ArtificialIntelligence,
            version=_VERSION,
        )
    return SegmentDescription(
        segment_number=number,
        segment_label=(segment.label or f"Segment {number}")[:_LONGEST_LABEL],
        segmented_property_category=CodedConcept(*segment.category),
        segmented_property_type=CodedConcept(*segment.kind),
        algorithm_type=SegmentAlgorithmTypeValues(segment.algorithm_type),
        algorithm_identification=identification,
    )


def _source_header(stack: Stack, reference: ScanReference, number: int) -> pydicom.Dataset:
    """What a segmentation copies from one source image.

    Each stands for one slice under an identifier of its own; :func:`_name_real_images` puts the real ones
    in, which several slices may share.
    """
    import pydicom

    patient, geometry, acquisition = reference.patient, stack.geometry, stack.acquisition
    index = reference.images[number].slice_index
    assert patient.key is not None
    header = pydicom.Dataset()
    header.file_meta = pydicom.dataset.FileMetaDataset()
    header.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    header.SpecificCharacterSet = "ISO_IR 192"
    header.SOPClassUID, header.SOPInstanceUID = _CT_IMAGE, _stand_in(number)
    header.StudyInstanceUID, header.SeriesInstanceUID = reference.study_uid, reference.series_uid
    header.FrameOfReferenceUID = reference.frame_of_reference_uid
    header.Modality = acquisition.modality
    header.PatientID, header.PatientName = patient.key.id, patient.name
    if patient.key.issuer:
        header.IssuerOfPatientID = patient.key.issuer
    header.PatientBirthDate = patient.birth_date.replace("-", "")
    header.PatientSex = patient.sex
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


def _stand_in(number: int) -> str:
    return f"2.25.{number + 1}"


def _name_real_images(dataset: pydicom.Dataset, reference: ScanReference) -> None:
    """Replace the stand-ins by the images of the scan, with frame numbers where an object has several."""
    images = {_stand_in(number): image for number, image in enumerate(reference.images)}
    derivations = [
        derivation
        for group in dataset.PerFrameFunctionalGroupsSequence
        for derivation in group.get("DerivationImageSequence", ())
    ]
    sources = [item for one in derivations for item in one.SourceImageSequence]
    sources += dataset.get("SourceImageSequence", ())
    # Items are shared, among the frames of several segments and with the list of the series.
    for series in dataset.ReferencedSeriesSequence:
        uids = [images[item.ReferencedSOPInstanceUID].sop_uid for item in series.ReferencedInstanceSequence]
        series.ReferencedInstanceSequence = [
            ImageReference(0, uid, None).item(reference.sop_class_uid) for uid in dict.fromkeys(uids)
        ]
    for item in {id(item): item for item in sources}.values():
        item.update(images[item.ReferencedSOPInstanceUID].item(reference.sop_class_uid))


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


def _holds_by_highdicom(content: bytes, segments: Sequence[SegmentToWrite], stack: Stack) -> bool:
    """True when highdicom's reader finds the given voxels at the places of the stack."""
    from highdicom.seg import segread

    from inference.masks.codecs.seg_reader import frame_places

    dataset = segread(BytesIO(content))
    frames = dataset.get_stored_frames() > 0
    found = [np.zeros(segment.voxels.shape, np.bool_) for segment in segments]
    for (number, position), plane in zip(frame_places(dataset), frames, strict=True):
        slot = stack.geometry.lps_to_index(position)[0]
        found[number - 1][round(float(slot))] |= plane
    return all(
        np.array_equal(voxels, segment.voxels) for voxels, segment in zip(found, segments, strict=True)
    )


def _decimal(value: float) -> str:
    """A decimal string of at most 16 characters (PS3.5 6.2)."""
    from pydicom.valuerep import format_number_as_ds

    return format_number_as_ds(float(value))


SEGMENTATION: Final = MaskObject("SEG", _dataset, _is_whole)
"""Binary, Explicit VR Little Endian; read back by this program's reader and by highdicom's."""


def encode_segmentation(
    mask: MaskLayer, stack: Stack, *, clock: Clock, ids: IdSource, patient: PatientIdentity | None = None
) -> bytes:
    """A SEG of one layer; see :meth:`MaskObject.encode`."""
    content, _ = SEGMENTATION.encode(
        [SegmentToWrite.of_layer(mask)], stack, clock=clock, ids=ids, patient=patient
    )
    return content
