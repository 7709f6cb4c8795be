"""Whose mask goes out, and under which identifiers: entered, minted and told, or refused."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset

from inference.cases.identity import PatientIdentity, PatientKey
from inference.clock import FixedClock, SeededIds
from inference.dicom.intake import Intake
from inference.errors import InputError
from inference.findings import Verdict
from inference.masks.codecs.exporting import MaskFormat, format_of, write_mask
from inference.masks.layer import MaskLayer, MaskOrigin
from inference.scan import FrameSource, Plan, Series, Stack
from tests.inference.dicom.dicom_files import write_series
from tests.inference.masks.codecs.test_orientations import CT_ACQUISITION, case_on, chiral_mask, turned
from tests.inference.synthetic_case import PATIENT

CLOCK = FixedClock(datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC))
ENTERED = PatientIdentity(PatientKey("", "E1"), "Entered^By Hand", "1950-01-02", "M")
UIDS = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "FrameOfReferenceUID")
DICOM_FORMATS = [MaskFormat.SEGMENTATION, MaskFormat.STRUCTURE_SET]


def odd_layer(stack: Stack) -> MaskLayer:
    voxels = np.random.default_rng(0).random(stack.geometry.shape) < 0.2
    return MaskLayer("mask.tumour", MaskOrigin.HUMAN, voxels, stack.geometry)


def nameless(dataset: Dataset, index: int) -> None:
    """No patient and no identifier, as some research exports leave a file."""
    dataset.PatientID = dataset.PatientName = dataset.PatientBirthDate = ""
    for keyword in UIDS:
        setattr(dataset, keyword, "")


@pytest.fixture
def bare(intake: Intake, tmp_path: Path) -> tuple[Plan, Stack]:
    write_series(tmp_path / "scan", 5)
    for index, path in enumerate(sorted((tmp_path / "scan").iterdir())):
        dataset = pydicom.dcmread(path)
        nameless(dataset, index)
        dataset.save_as(path)
    plan = intake.scan(tmp_path / "scan")
    return plan, plan.stacks[0]


@pytest.mark.parametrize("kind", DICOM_FORMATS)
def test_nothing_goes_out_before_an_identity_is_entered(
    bare: tuple[Plan, Stack], tmp_path: Path, kind: MaskFormat
) -> None:
    _plan, stack = bare
    for patient in (None, PatientIdentity(), PatientIdentity(PatientKey("", "E1"))):
        with pytest.raises(InputError, match=r"intake\.mask\.identity_unknown"):
            write_mask(
                tmp_path / "out.dcm",
                odd_layer(stack),
                stack,
                kind,
                clock=CLOCK,
                ids=SeededIds(1),
                patient=patient,
            )
    assert not (tmp_path / "out.dcm").exists()


@pytest.mark.parametrize("kind", DICOM_FORMATS)
def test_identifiers_that_a_scan_lacks_are_minted_and_told(
    intake: Intake, bare: tuple[Plan, Stack], tmp_path: Path, kind: MaskFormat
) -> None:
    plan, stack = bare
    layer = odd_layer(stack)
    told = write_mask(
        tmp_path / "out.dcm", layer, stack, kind, clock=CLOCK, ids=SeededIds(1), patient=ENTERED
    )
    (minted,) = told
    assert (minted.code, minted.view, minted.answer) == ("intake.uids_minted", Verdict.NOTE, Verdict.NOTE)
    assert set(str(minted.fields["tags"]).split(", ")) == set(UIDS)
    dataset = pydicom.dcmread(tmp_path / "out.dcm")
    assert (dataset.PatientID, dataset.PatientName) == ("E1", "Entered^By Hand")
    assert all(str(dataset[keyword].value).startswith("2.25.") for keyword in UIDS)
    read = intake.read_mask(tmp_path / "out.dcm", plan, stack)
    assert np.array_equal(read.voxels, layer.voxels)
    assert "intake.mask_frame_of_reference_absent" in {finding.code for finding in read.findings}


@pytest.mark.parametrize("kind", DICOM_FORMATS)
def test_a_scan_that_says_who_it_is_keeps_its_own_identity(
    intake: Intake, tmp_path: Path, kind: MaskFormat
) -> None:
    write_series(tmp_path / "scan", 4)
    plan = intake.scan(tmp_path / "scan")
    (stack,) = plan.stacks
    told = write_mask(
        tmp_path / "out.dcm",
        odd_layer(stack),
        stack,
        kind,
        clock=CLOCK,
        ids=SeededIds(1),
        patient=ENTERED,
    )
    assert told == () and pydicom.dcmread(tmp_path / "out.dcm").PatientID == "P1"


@pytest.mark.parametrize("kind", DICOM_FORMATS)
def test_a_research_image_is_written_as_nifti_only(
    intake: Intake, tmp_path: Path, shared_data: Path, kind: MaskFormat
) -> None:
    plan = intake.scan(shared_data / "nifti_ct_mr_with_labels" / "example_ct_sm.nii.gz")
    (stack,) = plan.stacks
    options = {"clock": CLOCK, "ids": SeededIds(1), "patient": ENTERED}
    with pytest.raises(InputError, match=r"intake\.mask\.no_uids"):
        write_mask(tmp_path / "out.dcm", odd_layer(stack), stack, kind, **options)
    write_mask(tmp_path / "out.nii.gz", odd_layer(stack), stack, MaskFormat.NIFTI, **options)
    assert np.array_equal(
        intake.read_mask(tmp_path / "out.nii.gz", plan, stack).voxels, odd_layer(stack).voxels
    )


@pytest.mark.parametrize("kind", DICOM_FORMATS)
def test_a_real_scan_without_identity_gets_its_mask_once_it_is_entered(
    intake: Intake, shared_data: Path, tmp_path: Path, kind: MaskFormat
) -> None:
    plan = intake.scan(shared_data / "ct_abdomen_contrast")
    stack = max(plan.stacks, key=lambda one: one.slice_count)
    voxels = np.zeros(stack.geometry.shape, bool)
    voxels[3:8, 200:240, 180:260] = True
    layer = MaskLayer("mask.tumour", MaskOrigin.HUMAN, voxels, stack.geometry)
    options = {"clock": CLOCK, "ids": SeededIds(1)}
    with pytest.raises(InputError, match=r"intake\.mask\.identity_unknown"):
        write_mask(tmp_path / "out.dcm", layer, stack, kind, **options)
    (minted,) = write_mask(tmp_path / "out.dcm", layer, stack, kind, patient=ENTERED, **options)
    assert minted.code == "intake.uids_minted"
    assert np.array_equal(intake.read_mask(tmp_path / "out.dcm", plan, stack).voxels, voxels)


def multi_frame_case() -> tuple[Plan, Stack]:
    """All slices in one enhanced object, in reverse order of its frames."""
    made = case_on(turned((2, 1, 0), (1, 1, 1))).stack
    count = made.geometry.shape[0]
    frames = tuple(
        FrameSource(0, count - 1 - index, "1.2.3.77", 1, True, 0, 0, 16, 16, True, 1.0, 0.0)
        for index in range(count)
    )
    stack = Stack(
        "multi",
        PATIENT,
        made.study_uid,
        made.series_uid,
        made.frame_of_reference_uid,
        made.geometry,
        frames,
        CT_ACQUISITION.__class__(modality="CT", sop_class_uid="1.2.840.10008.5.1.4.1.1.2.1"),
        made.rows_columns,
    )
    return Plan("", (), (Series(stack.series_uid, "", "CT", (stack,)),)), stack


@pytest.mark.parametrize("kind", DICOM_FORMATS)
def test_frames_of_one_object_are_named_by_number(intake: Intake, tmp_path: Path, kind: MaskFormat) -> None:
    plan, stack = multi_frame_case()
    layer = MaskLayer("mask.tumour", MaskOrigin.HUMAN, chiral_mask(), stack.geometry)
    write_mask(tmp_path / "out.dcm", layer, stack, kind, clock=CLOCK, ids=SeededIds(1))
    read = intake.read_mask(tmp_path / "out.dcm", plan, stack)
    assert np.array_equal(read.voxels, chiral_mask()) and read.findings == ()
    dataset = pydicom.dcmread(tmp_path / "out.dcm")
    named: dict[int, set[tuple[str, str, int]]] = {}
    if kind is MaskFormat.SEGMENTATION:
        for group in dataset.PerFrameFunctionalGroupsSequence:
            source = group.DerivationImageSequence[0].SourceImageSequence[0]
            index = round((group.PlanePositionSequence[0].ImagePositionPatient[2] + 78.9) / 3)
            named.setdefault(index, set()).add(reference_of(source))
        series = dataset.ReferencedSeriesSequence[0]
        assert [item.ReferencedSOPInstanceUID for item in series.ReferencedInstanceSequence] == ["1.2.3.77"]
    else:
        for contour in dataset.ROIContourSequence[0].ContourSequence:
            index = round((float(contour.ContourData[2]) + 78.9) / 3)
            named.setdefault(index, set()).add(reference_of(contour.ContourImageSequence[0]))
    expected = {index: {("1.2.840.10008.5.1.4.1.1.2.1", "1.2.3.77", 5 - index)} for index in range(1, 5)}
    assert named == expected
    program = shutil.which("dciodvfy")
    if program is not None:
        told = subprocess.run(
            [program, "-new", str(tmp_path / "out.dcm")], capture_output=True, text=True, check=False
        )
        assert not [line for line in told.stderr.splitlines() if line.startswith("Error")]


def reference_of(item: Dataset) -> tuple[str, str, int]:
    return item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID, int(item.ReferencedFrameNumber)


def test_the_format_follows_the_name() -> None:
    assert format_of(Path("a.NII.GZ")) is MaskFormat.NIFTI
    assert format_of(Path("a.nii")) is MaskFormat.NIFTI
    assert format_of(Path("a.dcm")) is MaskFormat.SEGMENTATION
    assert format_of(Path("A-RTSTRUCT.dcm")) is MaskFormat.STRUCTURE_SET
    assert format_of(Path("a.dcm"), MaskFormat.STRUCTURE_SET) is MaskFormat.STRUCTURE_SET
