"""A synthetic volume as a DICOM series, one file per slice: what all have in common, and MR."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from inference.geometry import Geometry
from models.phantoms.mr_scanner import MrScanner
from models.phantoms.npc_volume import PhantomVolume
from models.phantoms.synthetic_study import SYNTHETIC_COMMENT, SyntheticStudy, synthetic_uid

if TYPE_CHECKING:
    from pydicom.dataset import Dataset, FileDataset

_SERIES_NUMBER = 7


def mr_datasets(
    volume: PhantomVolume, study: SyntheticStudy, scanner: MrScanner, transfer_syntax: str | None = None
) -> list[FileDataset]:
    """One MR Image Storage dataset per slice, caudal to cranial, head first and supine.

    Explicit VR Little Endian unless ``transfer_syntax`` names another that pydicom can encode, such as
    JPEG 2000 lossless (1.2.840.10008.1.2.4.90).
    """
    low, high = np.percentile(volume.voxels, (1.0, 99.7))
    window = (round(float(0.5 * (low + high)), 1), round(float(high - low), 1))
    return compressed(
        [_mr_slice(volume, study, scanner, k, window) for k in range(volume.voxels.shape[0])], transfer_syntax
    )


def compressed(datasets: list[FileDataset], transfer_syntax: str | None) -> list[FileDataset]:
    """The datasets in another transfer syntax, where one is named."""
    if transfer_syntax is not None:
        for dataset in datasets:
            dataset.compress(transfer_syntax, generate_instance_uid=False)
    return datasets


def encoded(dataset: Dataset) -> bytes:
    """The DICOM file of a dataset as bytes."""
    buffer = BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def slice_header(study: SyntheticStudy, geometry: Geometry, index: int, sop_class_uid: str) -> FileDataset:
    """Identity, dates, place and grid of one slice of a head-first supine series; no pixels yet."""
    from pydicom.dataset import FileDataset, FileMetaDataset
    from pydicom.uid import UID, ExplicitVRLittleEndian

    sop_uid = UID(synthetic_uid(study.series_uid, index))
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = UID(sop_class_uid)
    meta.MediaStorageSOPInstanceUID = sop_uid
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.SOPClassUID, ds.SOPInstanceUID = UID(sop_class_uid), sop_uid
    ds.StudyDate = ds.SeriesDate = ds.AcquisitionDate = ds.ContentDate = study.study_date
    ds.StudyTime = study.study_time
    ds.SeriesTime = ds.AcquisitionTime = ds.ContentTime = study.series_time
    ds.AccessionNumber = study.accession_number
    ds.InstitutionName = "Concilium phantom hospital"
    ds.ReferringPhysicianName = ""
    ds.PatientName, ds.PatientID = study.patient_name, study.patient_id
    ds.IssuerOfPatientID = "CONCILIUM-PHANTOM"
    ds.PatientBirthDate, ds.PatientSex, ds.PatientAge = study.birth_date, study.sex, study.age
    ds.PatientComments = ds.ImageComments = SYNTHETIC_COMMENT
    ds.PatientPosition = "HFS"
    ds.StudyInstanceUID, ds.SeriesInstanceUID = study.study_uid, study.series_uid
    ds.StudyID, ds.AcquisitionNumber, ds.InstanceNumber = study.study_id, 1, index + 1
    _, row_mm, column_mm = geometry.spacing_mm
    position = [round(float(v), 6) for v in geometry.index_to_lps((index, 0, 0))]
    ds.ImagePositionPatient = position
    ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    ds.FrameOfReferenceUID = study.frame_of_reference_uid
    ds.PositionReferenceIndicator = ""
    ds.SliceLocation = position[2]
    ds.BurnedInAnnotation = "NO"
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.Rows, ds.Columns = geometry.shape[1:]
    ds.PixelSpacing = [row_mm, column_mm]
    return ds


def _mr_slice(
    volume: PhantomVolume, study: SyntheticStudy, scanner: MrScanner, index: int, window: tuple[float, float]
) -> FileDataset:
    from pydicom.uid import MRImageStorage

    ds = slice_header(study, volume.geometry, index, MRImageStorage)
    # DERIVED: no acquisition stands behind the pixels.
    ds.ImageType = ["DERIVED", "SECONDARY", "OTHER"]
    ds.Modality = "MR"
    ds.Manufacturer, ds.ManufacturerModelName = scanner.manufacturer, scanner.model
    ds.StudyDescription = "SYNTHETIC PHANTOM nasopharynx MR"
    ds.SeriesDescription = "Ax T1 +C"
    ds.SeriesNumber = _SERIES_NUMBER
    ds.ContrastBolusAgent = "Gadolinium-based (simulated)"
    ds.ContrastBolusRoute = "IV"
    ds.BodyPartExamined = "HEADNECK"
    ds.ScanningSequence, ds.SequenceVariant, ds.ScanOptions = "SE", "NONE", ""
    ds.MRAcquisitionType = "2D"
    ds.SequenceName = "se2d_phantom"
    ds.SliceThickness, ds.SpacingBetweenSlices = scanner.thickness_mm, scanner.step_mm
    ds.RepetitionTime, ds.EchoTime, ds.EchoTrainLength = scanner.repetition_ms, scanner.echo_ms, 1
    ds.MagneticFieldStrength, ds.FlipAngle = scanner.field_tesla, 90
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 16, 15, 1
    plane = volume.voxels[index]
    ds.SmallestImagePixelValue, ds.LargestImagePixelValue = int(plane.min()), int(plane.max())
    ds.WindowCenter, ds.WindowWidth = window
    ds.PixelData = np.ascontiguousarray(plane).astype("<i2").tobytes()
    return ds
