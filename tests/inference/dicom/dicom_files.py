"""DICOM files made to order for tests: a small CT or MR series with whatever is wrong about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian, MRImageStorage

from inference.dicom.intake import Intake
from inference.findings import Finding
from inference.scan import Stack

ROOT = "2.25.4711"
AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
Change = Callable[[Dataset, int], None]


def picture(index: int, rows: int = 12, columns: int = 10) -> NDArray[np.int16]:
    """A picture that names its slice: no two are alike, and none is symmetric."""
    row, column = np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij")
    return (index * 100 + row * 7 + column - 50).astype(np.int16)


def make_slice(
    index: int,
    *,
    modality: str = "CT",
    series: str = "1",
    position: Sequence[float] | None = None,
    orientation: Sequence[float] = AXIAL,
    spacing: tuple[float, float] = (0.8, 0.6),
    step_mm: float = 2.5,
    pixels: NDArray[np.generic] | None = None,
    patient_id: str = "P1",
    name: str = "Doe^Jane",
) -> Dataset:
    """One single-frame image, Explicit VR Little Endian, signed 16 bits."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = CTImageStorage if modality == "CT" else MRImageStorage
    meta.MediaStorageSOPInstanceUID = UID(f"{ROOT}.{series}.{index + 1}")
    dataset = Dataset()
    dataset.file_meta = meta
    dataset.SOPClassUID, dataset.SOPInstanceUID = (
        meta.MediaStorageSOPClassUID,
        meta.MediaStorageSOPInstanceUID,
    )
    dataset.PatientID, dataset.PatientName, dataset.PatientBirthDate = patient_id, name, "19610203"
    dataset.PatientSex = "F"
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = f"{ROOT}.9", f"{ROOT}.{series}"
    dataset.FrameOfReferenceUID = f"{ROOT}.8"
    dataset.StudyDate, dataset.Modality, dataset.SeriesDescription = "20240301", modality, "Made for a test"
    dataset.SeriesNumber, dataset.InstanceNumber = 3, index + 1
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    dataset.ImageOrientationPatient = [f"{value:.10g}" for value in orientation]
    where = (-20.0, -30.0, index * step_mm) if position is None else position
    dataset.ImagePositionPatient = [f"{value:.10g}" for value in where]
    dataset.PixelSpacing, dataset.SliceThickness = list(spacing), step_mm
    if modality == "CT":
        dataset.RescaleSlope, dataset.RescaleIntercept, dataset.RescaleType = 1, -1024, "HU"
    set_pixels(dataset, picture(index) if pixels is None else pixels)
    return dataset


def set_pixels(dataset: Dataset, pixels: NDArray[np.generic], bits_stored: int | None = None) -> None:
    """Native pixels of the array's own type."""
    bits = pixels.dtype.itemsize * 8
    dataset.Rows, dataset.Columns = pixels.shape
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored = bits, bits_stored or bits
    dataset.HighBit = dataset.BitsStored - 1
    dataset.PixelRepresentation = int(pixels.dtype.kind == "i")
    content = pixels.tobytes()
    dataset.PixelData = content + b"\0" * (len(content) % 2)
    dataset["PixelData"].VR = "OW" if bits == 16 else "OB"


def write_series(folder: Path, count: int, change: Change | None = None, **options: object) -> list[Path]:
    """``count`` slices as files ``000.dcm`` …; ``change`` may alter each before it is written."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for index in range(count):
        dataset = make_slice(index, **options)  # type: ignore[arg-type]
        if change is not None:
            change(dataset, index)
        paths.append(write(dataset, folder / f"{index:03d}.dcm"))
    return paths


def alter(**values: object) -> Change:
    """A change that sets tags by keyword; None deletes one."""

    def change(dataset: Dataset, index: int) -> None:
        for keyword, value in values.items():
            if value is None:
                delattr(dataset, keyword)
            else:
                setattr(dataset, keyword, value)

    return change


def write(dataset: pydicom.Dataset, path: Path) -> Path:
    """Write in the syntax that the meta header names."""
    dataset.save_as(path, enforce_file_format=True)
    return path


def codes(findings: Iterable[Finding]) -> set[str]:
    """The rules that were found to apply, without the name of the house."""
    return {finding.code.removeprefix("intake.") for finding in findings}


def only_stack(intake: Intake, folder: Path) -> Stack:
    """The stack of a source that holds one."""
    (stack,) = intake.scan(folder).stacks
    return stack
