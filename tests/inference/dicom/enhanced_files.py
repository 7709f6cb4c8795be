"""Enhanced multi-frame objects made to order for tests, by the attributes of PS3.3 C.7.6.16."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import UID, EnhancedCTImageStorage, EnhancedMRImageStorage

from tests.inference.dicom.dicom_files import ROOT, make_slice, picture, write

FrameChange = Callable[[Dataset, int], None]


def group(item: Dataset, name: str, **values: object) -> None:
    """Put one functional group with one item of ``values`` into the item of shared or per-frame groups."""
    inner = Dataset()
    for keyword, value in values.items():
        setattr(inner, keyword, value)
    setattr(item, name, Items([inner]))


def make_enhanced(
    positions: Sequence[Sequence[float]],
    *,
    modality: str = "MR",
    instance: int = 1,
    change: FrameChange | None = None,
    pixels: NDArray[np.generic] | None = None,
) -> Dataset:
    """One object with a frame at each position; frame ``k`` shows ``picture(k)``."""
    frames = np.stack([picture(k) for k in range(len(positions))]) if pixels is None else pixels
    dataset = make_slice(0, modality=modality, pixels=frames[0])
    sop_class = EnhancedCTImageStorage if modality == "CT" else EnhancedMRImageStorage
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = sop_class
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = UID(f"{ROOT}.5.{instance}")
    for keyword in (
        "ImageOrientationPatient",
        "ImagePositionPatient",
        "PixelSpacing",
        "SliceThickness",
        "RescaleSlope",
        "RescaleIntercept",
        "RescaleType",
    ):
        if keyword in dataset:
            delattr(dataset, keyword)
    shared = Dataset()
    group(shared, "PlaneOrientationSequence", ImageOrientationPatient=[1, 0, 0, 0, 1, 0])
    group(shared, "PixelMeasuresSequence", PixelSpacing=[0.8, 0.6], SliceThickness=2.5)
    if modality == "CT":
        group(
            shared,
            "PixelValueTransformationSequence",
            RescaleSlope=1,
            RescaleIntercept=-1024,
            RescaleType="HU",
        )
    dataset.SharedFunctionalGroupsSequence = Items([shared])
    items = []
    for index, position in enumerate(positions):
        item = Dataset()
        group(item, "PlanePositionSequence", ImagePositionPatient=[float(value) for value in position])
        if change is not None:
            change(item, index)
        items.append(item)
    dataset.PerFrameFunctionalGroupsSequence = Items(items)
    dataset.NumberOfFrames = len(positions)
    dataset.PixelData = frames.tobytes()
    return dataset


def write_enhanced(path: Path, positions: Sequence[Sequence[float]], **options: object) -> Path:
    """:func:`make_enhanced`, written to ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return write(make_enhanced(positions, **options), path)  # type: ignore[arg-type]


def along_z(count: int, step_mm: float = 2.5) -> list[tuple[float, float, float]]:
    """Positions of an axial stack."""
    return [(-20.0, -30.0, index * step_mm) for index in range(count)]
