"""A phase of a synthetic abdomen as a DICOM CT series, with the true label as DICOM SEG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from inference.meaning.opinion import Phase
from models.phantoms.abdomen.abdomen_volume import NODES, TUMOUR, AbdomenVolume
from models.phantoms.abdomen.acquisition import LOWEST_HU
from models.phantoms.abdomen.ct_scanner import CtScanner
from models.phantoms.abdomen.parameters import PancreaticTumour
from models.phantoms.abdomen.parameters import Tumour as AnyTumour
from models.phantoms.dicom_segmentation import (
    PRIMARY_KIND,
    SECONDARY_KIND,
    TruthSegment,
    truth_segmentation,
)
from models.phantoms.dicom_series import compressed, slice_header
from models.phantoms.synthetic_study import Person, SyntheticStudy, clock

if TYPE_CHECKING:
    from pydicom.dataset import Dataset, FileDataset

FOLDERS = {Phase.UNENHANCED: "unenhanced", Phase.ARTERIAL: "arterial", Phase.PORTAL_VENOUS: "portal-venous"}
_WORDS = {
    Phase.UNENHANCED: "Abdomen unenhanced",
    Phase.ARTERIAL: "Abdomen arterial phase",
    Phase.PORTAL_VENOUS: "Abdomen portal venous phase",
}
_SERIES_NUMBERS = {Phase.UNENHANCED: 2, Phase.ARTERIAL: 3, Phase.PORTAL_VENOUS: 4}
# Seconds from the start of the examination to the plain scan and to the injection.
_PLAIN_AFTER_S, _INJECTION_AFTER_S = 120, 300
_CONTRAST_ML, _CONTRAST_ML_PER_S = 90.0, 3.0
_WINDOW_HU = 40, 350


@dataclass(frozen=True, slots=True)
class CtSeries:
    """Headers of one phase: its series, and when contrast was injected (empty where none was)."""

    phase: Phase
    study: SyntheticStudy
    injected_at: str

    @classmethod
    def of(cls, study: str, patient: Person, size: int, phase: Phase, scanner: CtScanner) -> CtSeries:
        """The series of a phase at the scanner's delay."""
        delay = {Phase.ARTERIAL: scanner.arterial_s, Phase.PORTAL_VENOUS: scanner.portal_venous_s}.get(phase)
        after = _PLAIN_AFTER_S if delay is None else _INJECTION_AFTER_S + round(delay)
        series = SyntheticStudy.of_series(study, patient, size, FOLDERS[phase], after)
        start = int(series.study_time[:2]) * 3600 + int(series.study_time[2:4]) * 60
        injected = "" if delay is None else clock(start + _INJECTION_AFTER_S)
        return cls(phase, series, injected)


def ct_datasets(
    volume: AbdomenVolume, series: CtSeries, scanner: CtScanner, transfer_syntax: str | None = None
) -> list[FileDataset]:
    """One CT Image Storage dataset per slice, caudal to cranial, head first and supine.

    Explicit VR Little Endian unless ``transfer_syntax`` names another that pydicom can encode.
    """
    return compressed(
        [_slice(volume, series, scanner, k) for k in range(volume.voxels.shape[0])], transfer_syntax
    )


def ct_truth(
    volume: AbdomenVolume, series: CtSeries, images: Sequence[Dataset], tumour: AnyTumour
) -> Dataset:
    """The tumour and, where there are any, the enlarged nodes as a binary SEG."""
    place = ("69695003", "Stomach structure")
    if isinstance(tumour, PancreaticTumour):
        place = ("15776009", "Pancreatic structure")
    segments = (
        TruthSegment(TUMOUR, "Primary tumour", PRIMARY_KIND, place),
        TruthSegment(NODES, "Regional lymph nodes", SECONDARY_KIND, ("59441001", "Structure of lymph node")),
    )
    return truth_segmentation(volume, series.study, images, segments)


def _slice(volume: AbdomenVolume, series: CtSeries, scanner: CtScanner, index: int) -> FileDataset:
    from pydicom.uid import CTImageStorage

    ds = slice_header(series.study, volume.geometry, index, CTImageStorage)
    # DERIVED: no acquisition stands behind the pixels.
    ds.ImageType = ["DERIVED", "SECONDARY", "AXIAL"]
    ds.Modality = "CT"
    ds.Manufacturer, ds.ManufacturerModelName = scanner.manufacturer, scanner.model
    ds.StudyDescription = "SYNTHETIC PHANTOM abdomen CT"
    ds.SeriesDescription = _WORDS[series.phase]
    ds.SeriesNumber = _SERIES_NUMBERS[series.phase]
    ds.BodyPartExamined = "ABDOMEN"
    ds.KVP = scanner.tube_kvp
    ds.Exposure = scanner.tube_mas
    ds.ConvolutionKernel = scanner.kernel
    ds.SliceThickness, ds.SpacingBetweenSlices = scanner.thickness_mm, scanner.step_mm
    ds.ReconstructionDiameter = scanner.field_mm
    ds.GantryDetectorTilt = 0
    if series.injected_at:
        ds.ContrastBolusAgent = "Iodine-based (simulated)"
        ds.ContrastBolusRoute = "IV"
        ds.ContrastBolusVolume = _CONTRAST_ML
        ds.ContrastBolusStartTime = series.injected_at
        ds.ContrastFlowRate = _CONTRAST_ML_PER_S
        ds.ContrastFlowDuration = _CONTRAST_ML / _CONTRAST_ML_PER_S
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = LOWEST_HU, 1, "HU"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    ds.WindowCenter, ds.WindowWidth = _WINDOW_HU
    stored = volume.voxels[index] - np.int16(LOWEST_HU)
    ds.PixelData = np.ascontiguousarray(stored).astype("<u2").tobytes()
    return ds
