"""What belongs together and what does not: gaps, tilt, phases, duplicates, patients."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import SecondaryCaptureImageStorage

from inference.dicom.intake import Intake
from inference.dicom.select import choose_stack
from inference.errors import InputError
from inference.findings import Verdict, worst_answer
from tests.inference.dicom.dicom_files import (
    alter,
    codes,
    make_slice,
    only_stack,
    picture,
    write,
    write_series,
)


def test_a_missing_slice_is_a_gap_that_a_user_may_release(intake: Intake, tmp_path: Path) -> None:
    paths = write_series(tmp_path, 30)
    paths[11].unlink()
    paths[12].unlink()
    plan = intake.scan(tmp_path)
    (stack,) = plan.stacks
    assert len(stack.frames) == 30 and stack.frames[11] is None and stack.frames[12] is None
    (gap,) = [finding for finding in stack.findings if finding.code == "intake.gap"]
    assert gap.releasable and gap.view is Verdict.NOTE and gap.answer is Verdict.REFUSED
    assert gap.fields["missing"] == 2 and gap.fields["before"] == "010.dcm"
    volume = intake.load(plan, stack)
    assert volume.missing_slices == {11, 12} and volume.padding_voxel is not None
    assert (volume.voxels[11] == volume.padding_voxel).all()
    assert np.array_equal(volume.voxels[13], picture(13))


def test_a_truncated_slice_among_thirty_leaves_a_gap(intake: Intake, tmp_path: Path) -> None:
    paths = write_series(tmp_path, 30)
    content = paths[4].read_bytes()
    paths[4].write_bytes(content[:-40])
    plan = intake.scan(tmp_path)
    (stack,) = plan.stacks
    (cut,) = [finding for finding in stack.findings if finding.code == "intake.truncated"]
    assert cut.releasable and cut.answer is Verdict.REFUSED and cut.fields["file"] == "004.dcm"
    assert stack.slice_count == 29 and intake.load(plan, stack).missing_slices == {4}


@pytest.mark.parametrize(
    ("shift_mm", "expected", "answer"),
    [(0.05, None, Verdict.FINE), (0.4, "uneven_slightly", Verdict.NOTE), (1.1, "uneven", Verdict.REFUSED)],
)
def test_uneven_spacing_is_graded(
    intake: Intake, tmp_path: Path, shift_mm: float, expected: str | None, answer: Verdict
) -> None:
    def shift(dataset: Dataset, index: int) -> None:
        if index == 5:
            dataset.ImagePositionPatient[2] += shift_mm

    write_series(tmp_path, 11, shift)
    stack = only_stack(intake, tmp_path)
    assert codes(stack.findings) == ({expected} if expected else set())
    assert worst_answer(stack.findings) is answer


def test_a_tilted_gantry_gives_a_sheared_grid_and_is_said(intake: Intake, tmp_path: Path) -> None:
    def tilt(dataset: Dataset, index: int) -> None:
        dataset.ImagePositionPatient[1] += 0.5 * index
        dataset.GantryDetectorTilt = 0

    write_series(tmp_path, 5, tilt)
    stack = only_stack(intake, tmp_path)
    assert {"tilt", "tilt_tag"} <= codes(stack.findings)
    assert not stack.geometry.is_orthogonal()
    assert stack.geometry.index_to_lps((4, 0, 0)) == pytest.approx((-20, -28, 10))


def test_orientation_matrix_and_spacing_split_a_series(intake: Intake, tmp_path: Path) -> None:
    def vary(dataset: Dataset, index: int) -> None:
        if index >= 3:
            dataset.ImageOrientationPatient = [1, 0, 0, 0, 0, -1]
            dataset.ImagePositionPatient = [0, 2.5 * index, 0]
        if index >= 6:
            dataset.PixelSpacing = [1, 1]

    write_series(tmp_path, 9, vary)
    plan = intake.scan(tmp_path)
    assert [stack.slice_count for stack in plan.stacks] == [3, 3, 3] and len(plan.series) == 1
    assert [stack.geometry.plane for stack in plan.stacks] == ["axial", "coronal", "coronal"]
    assert all("split" in codes(stack.findings) for stack in plan.stacks)
    with pytest.raises(InputError, match=r"intake\.several_stacks"):
        choose_stack(plan)


def test_two_phases_at_the_same_positions_are_told_apart_by_the_tag_that_explains_them(
    intake: Intake, tmp_path: Path
) -> None:
    for phase in (1, 2):
        for index in range(4):
            dataset = make_slice(index, pixels=picture(index + 10 * phase))
            dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = f"2.25.1.{phase}.{index}"
            dataset.TemporalPositionIdentifier = phase
            write(dataset, tmp_path / f"{phase}-{index}.dcm")
    plan = intake.scan(tmp_path)
    assert [stack.slice_count for stack in plan.stacks] == [4, 4]
    explained = [one for stack in plan.stacks for one in stack.findings if one.code == "intake.split_by"]
    assert [(one.fields["tag"], one.fields["value"]) for one in explained] == [
        ("TemporalPositionIdentifier", "1"),
        ("TemporalPositionIdentifier", "2"),
    ]
    assert np.array_equal(intake.load(plan, plan.stacks[1]).voxels[3], picture(23))


def test_pictures_at_one_position_that_no_tag_explains_are_not_mixed(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path, 3)
    extra = make_slice(1, pixels=picture(40))
    extra.SOPInstanceUID = extra.file_meta.MediaStorageSOPInstanceUID = "2.25.77"
    write(extra, tmp_path / "extra.dcm")
    plan = intake.scan(tmp_path)
    assert sorted(stack.slice_count for stack in plan.stacks) == [1, 3]
    assert all(worst_answer(stack.findings) is Verdict.REFUSED for stack in plan.stacks)
    assert all("collision" in codes(stack.findings) for stack in plan.stacks)


def test_the_same_file_twice_counts_once(intake: Intake, tmp_path: Path) -> None:
    paths = write_series(tmp_path, 3)
    (tmp_path / "copy.dcm").write_bytes(paths[1].read_bytes())
    plan = intake.scan(tmp_path)
    assert codes(plan.skipped) == {"duplicate_file"} and plan.stacks[0].slice_count == 3


def test_one_identifier_with_two_contents_refuses_both(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path, 4)
    write(make_slice(1, pixels=picture(40)), tmp_path / "other.dcm")
    plan = intake.scan(tmp_path)
    assert sorted(one.fields["file"] for one in plan.skipped) == ["001.dcm", "other.dcm"]
    assert codes(plan.skipped) == {"duplicate_uid"} and plan.stacks[0].slice_count == 3


def test_two_patients_stop_the_choice(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path / "a", 3, series="1")
    write_series(tmp_path / "b", 3, series="2", patient_id="P2")
    plan = intake.scan(tmp_path)
    assert len(plan.patients) == 2 and codes(plan.findings) == {"two_patients"}
    with pytest.raises(InputError, match=r"intake\.two_patients"):
        choose_stack(plan)


def test_one_identifier_with_two_birth_dates_is_two_patients(intake: Intake, tmp_path: Path) -> None:
    def younger(dataset: Dataset, index: int) -> None:
        dataset.PatientBirthDate = "19700101"

    write_series(tmp_path / "a", 3, series="1")
    write_series(tmp_path / "b", 3, younger, series="2")
    assert len(intake.scan(tmp_path).patients) == 2


def test_another_spelling_of_one_patient_is_to_be_confirmed(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path / "a", 3, series="1")
    write_series(tmp_path / "b", 3, series="2", name="Doe^Jayne")
    plan = intake.scan(tmp_path)
    assert len(plan.patients) == 1
    for stack in plan.stacks:
        (spelled,) = [one for one in stack.findings if one.code == "intake.name_differs"]
        assert spelled.releasable and spelled.answer is Verdict.REFUSED


def test_empty_identity_and_identifiers_are_lawful(intake: Intake, tmp_path: Path) -> None:
    def empty(dataset: Dataset, index: int) -> None:
        dataset.PatientID = dataset.PatientName = dataset.PatientBirthDate = ""
        dataset.StudyInstanceUID = dataset.SeriesInstanceUID = dataset.SOPInstanceUID = ""

    folder = tmp_path / "exported"
    folder.mkdir()
    for index in range(4):
        dataset = make_slice(index)
        dataset.save_as(folder / f"{index}.dcm", enforce_file_format=True)
        written = pydicom.dcmread(folder / f"{index}.dcm")
        empty(written, index)
        written.save_as(folder / f"{index}.dcm")
    stack = choose_stack(intake.scan(tmp_path))
    assert stack.slice_count == 4 and stack.identity.key is None
    assert codes(stack.findings) == {"identity_unknown", "series_uid_missing", "sop_uid_missing"}
    assert worst_answer(stack.findings) is Verdict.NOTE


def test_a_localiser_does_not_stand_in_the_way_of_the_choice(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path / "a", 3, series="1")
    write_series(tmp_path / "b", 1, alter(ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"]), series="2")
    shot = make_slice(0, series="3")
    shot.SOPClassUID = shot.file_meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    write(shot, tmp_path / "screen.dcm")
    assert choose_stack(intake.scan(tmp_path)).series_uid.endswith(".1")


def test_the_identity_of_a_stack_is_stable_and_holds_no_patient(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path / "a", 3)
    write_series(tmp_path / "b", 4, series="2")
    first = [stack.stack_id for stack in intake.scan(tmp_path).stacks]
    again = [stack.stack_id for stack in intake.scan(tmp_path).stacks]
    assert first == again and len(set(first)) == 2 and all(len(one) == 16 for one in first)
