"""Every line of the verdict table under *Identity*: may it be viewed, may a pack answer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset

from inference.dicom.intake import Intake
from inference.dicom.select import choose_stack
from inference.errors import InputError
from inference.findings import Finding, Verdict, worst_answer, worst_view
from inference.scan import Plan
from tests.inference.dicom.dicom_files import (
    alter,
    codes,
    make_slice,
    only_stack,
    picture,
    write,
    write_series,
)

FINE, NOTE, REFUSED = Verdict.FINE, Verdict.NOTE, Verdict.REFUSED


def verdicts(finding: Finding) -> tuple[Verdict, Verdict]:
    return finding.view, finding.answer


def of_stacks(plan: Plan, code: str) -> list[Finding]:
    return [one for stack in plan.stacks for one in stack.findings if one.code == f"intake.{code}"]


def emptied(folder: Path, *keywords: str, count: int = 4) -> None:
    """Files of a series with those tags present and empty."""
    for path in write_series(folder, count):
        dataset = pydicom.dcmread(path)
        for keyword in keywords:
            setattr(dataset, keyword, "")
        dataset.save_as(path)


@pytest.mark.parametrize("differs", ["PatientID", "PatientBirthDate"])
def test_two_patients_are_refused_until_one_is_chosen(intake: Intake, tmp_path: Path, differs: str) -> None:
    write_series(tmp_path / "a", 3, series="1")
    value = "P2" if differs == "PatientID" else "19700101"
    write_series(tmp_path / "b", 3, lambda dataset, _: setattr(dataset, differs, value), series="2")
    plan = intake.scan(tmp_path)
    (stop,) = [one for one in plan.findings if one.code == "intake.two_patients"]
    assert verdicts(stop) == (REFUSED, REFUSED) and len(plan.patients) == 2
    with pytest.raises(InputError, match=r"intake\.two_patients"):
        choose_stack(plan)


def test_same_person_spelled_differently_is_noted_and_refused_until_released(
    intake: Intake, tmp_path: Path
) -> None:
    write_series(tmp_path / "a", 3, series="1")
    write_series(tmp_path / "b", 3, series="2", name="Doe^Jayne")
    plan = intake.scan(tmp_path)
    assert len(plan.patients) == 1
    for spelled in of_stacks(plan, "name_differs"):
        assert verdicts(spelled) == (NOTE, REFUSED) and spelled.releasable
    assert len(of_stacks(plan, "name_differs")) == 2


@pytest.mark.parametrize(
    ("other", "spellings"),
    [("Roe^Ann", 2), ("DOE^JANE^", 0), ("Doe^Jane=王^小东", 0), ("=王^小东", 2), ("", 0)],
)
def test_same_person_spelled_differently_within_one_series_is_noted_too(
    intake: Intake, tmp_path: Path, other: str, spellings: int
) -> None:
    def change(dataset: Dataset, index: int) -> None:
        dataset.SpecificCharacterSet = "ISO_IR 192"
        if index == 2:
            dataset.PatientName = other

    write_series(tmp_path, 4, change)
    found = [one.fields["count"] for one in only_stack(intake, tmp_path).findings]
    assert found == [spellings] * (spellings > 0)


def test_a_name_in_other_characters_under_the_same_latin_name_is_another_spelling(
    intake: Intake, tmp_path: Path
) -> None:
    def change(dataset: Dataset, index: int) -> None:
        dataset.SpecificCharacterSet = "ISO_IR 192"
        dataset.PatientName = "Wang^Xiao=王^小东" if index else "Wang^Xiao=王^晓东"

    write_series(tmp_path, 4, change)
    assert codes(only_stack(intake, tmp_path).findings) == {"name_differs"}


def test_files_without_the_date_of_birth_are_of_the_same_patient(intake: Intake, tmp_path: Path) -> None:
    write_series(
        tmp_path, 4, lambda dataset, index: setattr(dataset, "PatientBirthDate", "19610203"[: index * 8])
    )
    write_series(tmp_path / "b", 3, alter(PatientBirthDate=""), series="2")
    plan = intake.scan(tmp_path)
    assert plan.findings == () and [stack.slice_count for stack in plan.stacks] == [4, 3]
    assert {patient.birth_date for patient in plan.patients} == {"1961-02-03"}


def test_files_without_the_date_of_birth_belong_to_nobody_where_there_are_two(
    intake: Intake, tmp_path: Path
) -> None:
    for number, date in enumerate(("19610203", "19700101", "")):
        write_series(tmp_path / str(number), 3, alter(PatientBirthDate=date), series=str(number + 1))
    plan = intake.scan(tmp_path)
    assert [one.fields["count"] for one in plan.findings] == [3]


def test_identity_all_empty_is_noted(intake: Intake, tmp_path: Path) -> None:
    emptied(tmp_path, "PatientID", "PatientName", "PatientBirthDate")
    stack = only_stack(intake, tmp_path)
    assert codes(stack.findings) == {"identity_unknown"} and stack.identity.key is None
    assert verdicts(stack.findings[0]) == (NOTE, NOTE)


@pytest.mark.parametrize("keyword", ["StudyInstanceUID", "SeriesInstanceUID"])
def test_study_or_series_uid_empty_is_noted_and_grouped_by_folder_and_geometry(
    intake: Intake, tmp_path: Path, keyword: str
) -> None:
    emptied(tmp_path / "a", keyword)
    emptied(tmp_path / "b", keyword)
    for path in (tmp_path / "b").iterdir():
        dataset = pydicom.dcmread(path)
        dataset.SOPInstanceUID = f"{dataset.SOPInstanceUID}.7"
        dataset.ImageOrientationPatient = [1, 0, 0, 0, 0, -1]
        dataset.ImagePositionPatient = [0, float(dataset.ImagePositionPatient[2]), 0]
        dataset.save_as(path)
    plan = intake.scan(tmp_path)
    assert [stack.slice_count for stack in plan.stacks] == [4, 4]
    missing = of_stacks(plan, "series_uid_missing")
    assert len(missing) == 2 and all(verdicts(one) == (NOTE, NOTE) for one in missing)


def test_sop_uid_empty_is_noted(intake: Intake, tmp_path: Path) -> None:
    emptied(tmp_path, "SOPInstanceUID")
    stack = only_stack(intake, tmp_path)
    assert codes(stack.findings) == {"sop_uid_missing"} and stack.slice_count == 4
    assert verdicts(stack.findings[0]) == (NOTE, NOTE)


@pytest.mark.parametrize("owner", ["patient", "study"])
def test_one_series_uid_of_several_patients_or_studies_is_split_first(
    intake: Intake, tmp_path: Path, owner: str
) -> None:
    def change(dataset: Dataset, index: int) -> None:
        if index >= 3:
            if owner == "patient":
                dataset.PatientID, dataset.PatientName = "P2", "Roe^Jane"
            else:
                dataset.StudyInstanceUID = "2.25.31"

    write_series(tmp_path, 6, change)
    plan = intake.scan(tmp_path)
    assert [stack.slice_count for stack in plan.stacks] == [3, 3]
    shared = of_stacks(plan, "series_uid_shared")
    assert len(shared) == 2 and all(verdicts(one) == (FINE, FINE) for one in shared)
    for stack in plan.stacks:
        assert (worst_view(stack.findings), worst_answer(stack.findings)) == (FINE, FINE)


def test_duplicate_sop_uid_with_equal_bytes_is_kept_once_and_fine(intake: Intake, tmp_path: Path) -> None:
    paths = write_series(tmp_path, 3)
    (tmp_path / "copy.dcm").write_bytes(paths[1].read_bytes())
    plan = intake.scan(tmp_path)
    (copy,) = plan.skipped
    assert copy.code == "intake.duplicate_file" and verdicts(copy) == (FINE, FINE)
    (stack,) = plan.stacks
    assert stack.slice_count == 3 and worst_answer(stack.findings) is FINE


def test_duplicate_sop_uid_with_different_bytes_is_refused_and_both_are_named(
    intake: Intake, tmp_path: Path
) -> None:
    write_series(tmp_path, 4)
    write(make_slice(1, pixels=picture(40)), tmp_path / "other.dcm")
    plan = intake.scan(tmp_path)
    assert {(one.fields["file"], one.fields["other"]) for one in plan.skipped} == {
        ("001.dcm", "other.dcm"),
        ("other.dcm", "001.dcm"),
    }
    assert all(verdicts(one) == (REFUSED, REFUSED) for one in plan.skipped)
    assert worst_answer(plan.stacks[0].findings) is REFUSED


def test_frame_of_reference_absent_is_noted(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path, 4, alter(FrameOfReferenceUID=None))
    stack = only_stack(intake, tmp_path)
    assert codes(stack.findings) == {"frame_of_reference_missing"}
    assert verdicts(stack.findings[0]) == (NOTE, NOTE) and stack.frame_of_reference_uid == ""


def test_mixed_frame_of_reference_splits_the_stack(intake: Intake, tmp_path: Path) -> None:
    def change(dataset: Dataset, index: int) -> None:
        dataset.FrameOfReferenceUID = f"2.25.4.{index // 3}"

    write_series(tmp_path, 6, change)
    plan = intake.scan(tmp_path)
    assert [stack.slice_count for stack in plan.stacks] == [3, 3]
    for part, stack in enumerate(plan.stacks):
        assert codes(stack.findings) == {"split"}
        assert (worst_view(stack.findings), worst_answer(stack.findings)) == (FINE, FINE)
        expected = np.stack([picture(3 * part + index) for index in range(3)])
        assert np.array_equal(intake.load(plan, stack).voxels, expected)
