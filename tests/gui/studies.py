"""Generated studies on disk for tests of the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset

from tests.inference.dicom.dicom_files import make_slice
from tests.inference.synthetic_case import SHAPE, head_voxels

SPACING_MM = 5.0


def write_study(
    folder: Path,
    *,
    patient_id: str = "NPC-000001",
    name: str = "PHANTOM^NPC-000001",
    series: str = "1",
    without: tuple[int, ...] = (),
    change: Callable[[Dataset, int], None] | None = None,
) -> Path:
    """The synthetic head as an axial contrast-enhanced MR series; ``without`` leaves slices out."""
    folder.mkdir(parents=True, exist_ok=True)
    voxels = head_voxels()
    for index in range(SHAPE[0]):
        if index in without:
            continue
        dataset = make_slice(
            index,
            modality="MR",
            series=series,
            position=(-117.5, -117.5, -30.0 + SPACING_MM * index),
            spacing=(SPACING_MM, SPACING_MM),
            step_mm=SPACING_MM,
            pixels=np.ascontiguousarray(voxels[index]),
            patient_id=patient_id,
            name=name,
        )
        dataset.IssuerOfPatientID = "CONCILIUM"
        dataset.SeriesDescription = "Ax T1 +C"
        dataset.ContrastBolusAgent = "GADOLINIUM"
        dataset.BodyPartExamined = "HEADNECK"
        dataset.RepetitionTime, dataset.EchoTime = 600, 10
        if change is not None:
            change(dataset, index)
        dataset.save_as(folder / f"{series}-{index:03}.dcm", enforce_file_format=True)
    return folder
