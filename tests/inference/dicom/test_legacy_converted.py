"""Legacy-converted enhanced objects as highdicom writes them, and places as highdicom reads them."""

from __future__ import annotations

from pathlib import Path

import highdicom
import numpy as np
import pytest
from highdicom.legacy import LegacyConvertedEnhancedCTImage, LegacyConvertedEnhancedMRImage

from inference.dicom.intake import Intake
from inference.findings import Verdict, worst_answer, worst_view
from tests.inference.dicom.dicom_files import ROOT, codes, make_slice, picture

TILTED = (0.6, 0.8, 0.0, 0.0, 0.0, -1.0)
NORMAL = np.array([-0.8, 0.6, 0.0])


@pytest.mark.parametrize("modality", ["CT", "MR"])
def test_a_converted_series_is_the_stack_that_it_was(intake: Intake, tmp_path: Path, modality: str) -> None:
    slices = []
    for index in range(6):
        dataset = make_slice(
            index,
            modality=modality,
            orientation=TILTED,
            position=tuple(np.array([10.0, -20.0, 30.0]) + 2.5 * index * NORMAL),
            pixels=picture(index).astype(np.uint16) if modality == "MR" else None,
        )
        dataset.PatientPosition, dataset.AcquisitionNumber = "HFS", 1
        dataset.StudyTime = dataset.ContentTime = dataset.AcquisitionTime = "101112"
        dataset.ContentDate = dataset.AcquisitionDate = "20240301"
        dataset.StudyID, dataset.AccessionNumber, dataset.ReferringPhysicianName = "1", "2", ""
        dataset.Manufacturer, dataset.PositionReferenceIndicator = "Nobody", ""
        dataset.BurnedInAnnotation, dataset.LossyImageCompression = "NO", "00"
        if modality == "MR":
            dataset.EchoTime, dataset.RepetitionTime, dataset.ScanningSequence = 12, 500, "SE"
        slices.append(dataset)
    convert = LegacyConvertedEnhancedCTImage if modality == "CT" else LegacyConvertedEnhancedMRImage
    converted = convert(
        legacy_datasets=slices[::-1],
        series_instance_uid=f"{ROOT}.77",
        series_number=9,
        sop_instance_uid=f"{ROOT}.78",
        instance_number=1,
    )
    path = tmp_path / "a.dcm"
    converted.save_as(path)
    plan = intake.scan(path)
    (stack,) = plan.stacks
    assert codes(stack.findings) <= {"derived"} and worst_view(stack.findings) is Verdict.FINE
    assert worst_answer(stack.findings) < Verdict.REFUSED
    volume = intake.load(plan, stack)
    assert stack.slice_count == 6 and stack.geometry.spacing_mm == pytest.approx((2.5, 0.8, 0.6))
    peer = highdicom.imread(path).get_volume(rtol=1e-3)
    theirs = peer.affine[:3]
    by_place = {tuple(np.round(theirs @ (k, 0, 0, 1), 3)): peer.array[k] for k in range(6)}
    for index in range(6):
        place = tuple(np.round(stack.geometry.index_to_lps((index, 0, 0)), 3))
        assert np.array_equal(volume.slab(index, index + 1)[0], by_place[place])
    # Steps of row and column; theirs may count slices the other way.
    assert np.abs(stack.geometry.affine[:3, 1:3]) == pytest.approx(np.abs(theirs[:, 1:3]), abs=1e-6)
