"""CT series as a scanner would export them, for measuring: one file a slice, native or JPEG 2000."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian, JPEG2000Lossless

_ROOT = "2.25.271828"


def write_native(folder: Path, slices: int, side: int) -> None:
    """``slices`` files ``00000.dcm`` … of side × side signed 16-bit pixels, 1 mm apart."""
    folder.mkdir(parents=True)
    for index in range(slices):
        _slice(index, _pixels(index, side)).save_as(folder / f"{index:05d}.dcm", enforce_file_format=True)


def write_compressed(folder: Path, slices: int, side: int) -> None:
    """As :func:`write_native`, JPEG 2000 lossless."""
    folder.mkdir(parents=True)
    for index in range(slices):
        dataset = _slice(index, _pixels(index, side))
        dataset.compress(JPEG2000Lossless, generate_instance_uid=False)
        dataset.save_as(folder / f"{index:05d}.dcm", enforce_file_format=True)


def _pixels(index: int, side: int) -> NDArray[np.int16]:
    """A body with organs and noise, in stored values (HU + 1024)."""
    random = np.random.default_rng(index)
    row, column = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j]
    body = (row / 0.75) ** 2 + (column / 0.9) ** 2 < 1
    organ = (row + 0.1) ** 2 + (column - 0.3) ** 2 < 0.1 + 0.0002 * (index % 100)
    hu = np.where(body, 40, -1000) + np.where(organ & body, 60, 0)
    noise = random.normal(0, 12, (side, side)) * body
    return (hu + noise + 1024).astype(np.int16)


def _slice(index: int, pixels: NDArray[np.int16]) -> Dataset:
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = UID(f"{_ROOT}.1.{index + 1}")
    dataset = Dataset()
    dataset.file_meta = meta
    dataset.SOPClassUID, dataset.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
    dataset.PatientName, dataset.PatientID, dataset.PatientSex = "PHANTOM^Bench", "BENCH-1", "O"
    dataset.PatientBirthDate = "19700101"
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = f"{_ROOT}.2", f"{_ROOT}.1"
    dataset.FrameOfReferenceUID, dataset.Modality = f"{_ROOT}.3", "CT"
    dataset.StudyDate = dataset.SeriesDate = dataset.AcquisitionDate = "20260301"
    dataset.StudyTime = dataset.SeriesTime = dataset.AcquisitionTime = "101500"
    dataset.Manufacturer, dataset.ManufacturerModelName = "Generated", "Bench"
    dataset.SeriesDescription, dataset.ProtocolName = "Abdomen portal venous", "Abdomen"
    dataset.BodyPartExamined, dataset.ContrastBolusAgent = "ABDOMEN", "yes"
    dataset.SeriesNumber, dataset.InstanceNumber, dataset.AcquisitionNumber = 3, index + 1, 1
    dataset.ImageType, dataset.PatientPosition = ["ORIGINAL", "PRIMARY", "AXIAL"], "HFS"
    dataset.KVP, dataset.ConvolutionKernel, dataset.SliceThickness = "120", "B30f", "1"
    dataset.ImagePositionPatient = [-250, -250, index]
    dataset.ImageOrientationPatient, dataset.PixelSpacing = [1, 0, 0, 0, 1, 0], [0.9765625, 0.9765625]
    dataset.SliceLocation = index
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.Rows, dataset.Columns = pixels.shape
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 16, 15, 1
    dataset.WindowCenter, dataset.WindowWidth = 40, 400
    dataset.RescaleIntercept, dataset.RescaleSlope, dataset.RescaleType = -1024, 1, "HU"
    dataset.PixelData = pixels.tobytes()
    dataset["PixelData"].VR = "OW"
    return dataset
