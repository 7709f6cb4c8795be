"""Every line of the verdict table under *Geometry* that intake decides: may it be viewed, answered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import SecondaryCaptureImageStorage

from inference.dicom.intake import Intake
from inference.findings import Finding, Verdict, worst_answer, worst_view
from inference.scan import Stack
from tests.inference.dicom.dicom_files import (
    Change,
    alter,
    codes,
    only_stack,
    picture,
    set_pixels,
    write_series,
)

FINE, NOTE, REFUSED = Verdict.FINE, Verdict.NOTE, Verdict.REFUSED


def verdicts(finding: Finding) -> tuple[Verdict, Verdict]:
    return finding.view, finding.answer


def named(stack: Stack, code: str) -> Finding:
    return next(one for one in stack.findings if one.code == f"intake.{code}")


def moved(index_to_mm: Callable[[int], float]) -> Change:
    def change(dataset: Dataset, index: int) -> None:
        dataset.ImagePositionPatient = [-20, -30, round(index_to_mm(index), 6)]

    return change


def assert_fine(stack: Stack) -> None:
    assert codes(stack.findings) == set()
    assert (worst_view(stack.findings), worst_answer(stack.findings)) == (FINE, FINE)


def test_instance_number_wrong_or_opposite_is_fine_and_sorted_on_the_normal(
    intake: Intake, tmp_path: Path
) -> None:
    def renumber(dataset: Dataset, index: int) -> None:
        dataset.InstanceNumber = (5, 5, 1, 900, -3)[index]

    write_series(tmp_path, 5, renumber)
    plan = intake.scan(tmp_path)
    (stack,) = plan.stacks
    assert_fine(stack)
    assert np.array_equal(intake.load(plan, stack).voxels, np.stack([picture(k) for k in range(5)]))


def test_a_missing_slice_is_a_gap_drawn_and_refused_until_released(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path, 8)[3].unlink()
    stack = only_stack(intake, tmp_path)
    gap = named(stack, "gap")
    assert verdicts(gap) == (NOTE, REFUSED) and gap.releasable
    assert len(stack.frames) == 8 and stack.frames[3] is None
    assert stack.geometry.spacing_mm[0] == pytest.approx(2.5)


@pytest.mark.parametrize(
    ("shift_mm", "code", "expected"),
    [(0.1, None, (FINE, FINE)), (0.4, "uneven_slightly", (NOTE, NOTE)), (1.1, "uneven", (NOTE, REFUSED))],
)
def test_uneven_spacing_is_graded_by_its_residual(
    intake: Intake, tmp_path: Path, shift_mm: float, code: str | None, expected: tuple[Verdict, Verdict]
) -> None:
    write_series(tmp_path, 11, moved(lambda index: 2.5 * index + (shift_mm if index == 5 else 0)))
    stack = only_stack(intake, tmp_path)
    assert codes(stack.findings) == ({code} if code else set())
    assert (worst_view(stack.findings), worst_answer(stack.findings)) == expected


def test_slice_thickness_that_is_not_the_spacing_is_noted_and_positions_are_used(
    intake: Intake, tmp_path: Path
) -> None:
    write_series(tmp_path, 4, alter(SliceThickness=3))
    stack = only_stack(intake, tmp_path)
    assert verdicts(named(stack, "thickness_differs")) == (NOTE, NOTE)
    assert stack.geometry.spacing_mm[0] == pytest.approx(2.5)
    assert stack.acquisition.slice_thickness_mm == 3


@pytest.mark.parametrize("thickness", [None, 0])
def test_slice_thickness_absent_is_noted(intake: Intake, tmp_path: Path, thickness: float | None) -> None:
    write_series(tmp_path, 4, alter(SliceThickness=thickness))
    stack = only_stack(intake, tmp_path)
    assert codes(stack.findings) == {"thickness_missing"}
    assert verdicts(named(stack, "thickness_missing")) == (NOTE, NOTE)


def test_spacing_between_slices_that_disagrees_is_ignored_and_fine(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path, 4, alter(SpacingBetweenSlices=0.625))
    stack = only_stack(intake, tmp_path)
    assert_fine(stack)
    assert stack.geometry.spacing_mm[0] == pytest.approx(2.5)


@pytest.mark.parametrize(
    ("degrees", "code", "expected"), [(0.45, None, (FINE, FINE)), (0.6, "tilt", (NOTE, REFUSED))]
)
def test_gantry_tilt_is_fine_up_to_half_a_degree_and_else_refused_until_straightened(
    intake: Intake, tmp_path: Path, degrees: float, code: str | None, expected: tuple[Verdict, Verdict]
) -> None:
    def tilt(dataset: Dataset, index: int) -> None:
        dataset.ImagePositionPatient = [
            -20,
            round(-30 + index * 2.5 * np.tan(np.radians(degrees)), 6),
            2.5 * index,
        ]

    write_series(tmp_path, 6, tilt)
    stack = only_stack(intake, tmp_path)
    assert codes(stack.findings) == ({code} if code else set())
    assert (worst_view(stack.findings), worst_answer(stack.findings)) == expected


def test_a_tilt_tag_that_disagrees_with_the_positions_is_noted_and_the_positions_win(
    intake: Intake, tmp_path: Path
) -> None:
    write_series(tmp_path, 4, alter(GantryDetectorTilt=12))
    stack = only_stack(intake, tmp_path)
    assert codes(stack.findings) == {"tilt_tag"} and verdicts(named(stack, "tilt_tag")) == (NOTE, NOTE)
    assert stack.geometry.is_orthogonal()


@pytest.mark.parametrize("what", ["orientation", "matrix", "pixel spacing"])
def test_mixed_orientation_matrix_or_pixel_spacing_is_split_and_fine(
    intake: Intake, tmp_path: Path, what: str
) -> None:
    def change(dataset: Dataset, index: int) -> None:
        if index < 3:
            return
        if what == "orientation":
            dataset.ImageOrientationPatient = [1, 0, 0, 0, 0, -1]
            dataset.ImagePositionPatient = [0, 2.5 * index, 0]
        elif what == "matrix":
            set_pixels(dataset, picture(index, rows=14))
        else:
            dataset.PixelSpacing = [1, 1]

    write_series(tmp_path, 6, change)
    plan = intake.scan(tmp_path)
    assert [stack.slice_count for stack in plan.stacks] == [3, 3] and len(plan.series) == 1
    for stack in plan.stacks:
        assert codes(stack.findings) == {"split"}
        assert (worst_view(stack.findings), worst_answer(stack.findings)) == (FINE, FINE)


def test_an_orientation_off_by_a_thousandth_is_normalised_and_fine(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path, 4, alter(ImageOrientationPatient=[1.0009, 0, 0, 0, 1, 0]))
    stack = only_stack(intake, tmp_path)
    assert_fine(stack)
    assert stack.geometry.spacing_mm == pytest.approx((2.5, 0.8, 0.6))


def test_an_orientation_off_by_more_is_refused(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path, 4, alter(ImageOrientationPatient=[1.002, 0, 0, 0, 1, 0]))
    plan = intake.scan(tmp_path)
    assert codes(plan.skipped) == {"orientation_invalid"} and plan.stacks == ()
    assert all(verdicts(one) == (REFUSED, REFUSED) for one in plan.skipped)


@pytest.mark.parametrize("lost", ["ImagePositionPatient", "ImageOrientationPatient"])
def test_without_position_slices_are_shown_one_by_one_in_the_order_of_slice_location(
    intake: Intake, tmp_path: Path, lost: str
) -> None:
    def change(dataset: Dataset, index: int) -> None:
        delattr(dataset, lost)
        dataset.SliceLocation = -2.5 * index

    write_series(tmp_path, 4, change)
    plan = intake.scan(tmp_path)
    (stack,) = plan.stacks
    assert verdicts(named(stack, "no_position")) == (NOTE, REFUSED)
    assert np.array_equal(intake.load(plan, stack).voxels, np.stack([picture(k) for k in (3, 2, 1, 0)]))


@pytest.mark.parametrize("imager", [None, [0.5, 0.5]])
def test_pixel_spacing_absent_or_at_the_imager_only_is_shown_in_pixels(
    intake: Intake, tmp_path: Path, imager: list[float] | None
) -> None:
    def change(dataset: Dataset, index: int) -> None:
        del dataset.PixelSpacing
        if imager:
            dataset.ImagerPixelSpacing = imager

    write_series(tmp_path, 4, change)
    stack = only_stack(intake, tmp_path)
    assert verdicts(named(stack, "no_pixel_spacing")) == (NOTE, REFUSED)
    assert stack.geometry.spacing_mm[1:] == pytest.approx((1, 1))


def test_pixels_that_are_not_square_are_fine(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path, 4, alter(PixelSpacing=[1.5, 0.5]))
    stack = only_stack(intake, tmp_path)
    assert_fine(stack)
    assert stack.geometry.spacing_mm == pytest.approx((2.5, 1.5, 0.5))


@pytest.mark.parametrize(("count", "code"), [(1, "single_slice"), (2, "two_slices")])
def test_one_or_two_slices_are_noted_and_refused(
    intake: Intake, tmp_path: Path, count: int, code: str
) -> None:
    write_series(tmp_path, count)
    stack = only_stack(intake, tmp_path)
    assert codes(stack.findings) == {code} and verdicts(named(stack, code)) == (NOTE, REFUSED)


def test_an_isotropic_volume_is_fine_to_view(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path, 4, alter(PixelSpacing=[2.5, 2.5]))
    stack = only_stack(intake, tmp_path)
    assert_fine(stack)
    assert stack.geometry.is_isotropic()


@pytest.mark.parametrize("position", ["FFS", "HFS", None])
def test_feet_first_or_patient_position_absent_is_fine(
    intake: Intake, tmp_path: Path, position: str | None
) -> None:
    write_series(tmp_path, 4, lambda dataset, _: setattr(dataset, "PatientPosition", position or ""))
    assert_fine(only_stack(intake, tmp_path))


@pytest.mark.parametrize("position", ["HFP", "FFP", "HFDL", "HFDR", "FFDL", "FFDR"])
def test_prone_and_decubitus_are_fine_to_view_and_noted(
    intake: Intake, tmp_path: Path, position: str
) -> None:
    write_series(tmp_path, 4, alter(PatientPosition=position))
    stack = only_stack(intake, tmp_path)
    assert codes(stack.findings) == {"lying_otherwise"}
    assert verdicts(named(stack, "lying_otherwise")) == (FINE, NOTE)


def test_position_of_the_patient_and_laterality_never_change_the_sides(
    intake: Intake, tmp_path: Path
) -> None:
    write_series(tmp_path / "a", 4)
    plain = only_stack(intake, tmp_path / "a")
    write_series(tmp_path / "b", 4, alter(PatientPosition="FFP", Laterality="L", ImageLaterality="R"))
    other = only_stack(intake, tmp_path / "b")
    assert other.geometry.matches(plain.geometry)
    assert other.geometry.end_letters(2) == plain.geometry.end_letters(2)


@pytest.mark.parametrize(
    ("image_type", "code"),
    [
        (["ORIGINAL", "PRIMARY", "LOCALIZER"], "localiser"),
        (["DERIVED", "PRIMARY", "MPR"], "reformatted"),
        (["DERIVED", "SECONDARY", "CSA MPR"], "reformatted"),
        (["DERIVED", "SECONDARY", "MIP", "MIP_SAG"], "reformatted"),
        (["DERIVED", "SECONDARY", "AXIAL", "MIN IP"], "reformatted"),
        (["DERIVED", "SECONDARY", "OTHER", "CSA RESAMPLED"], "reformatted"),
        (["DERIVED", "PRIMARY", "PROJECTION IMAGE"], "reformatted"),
        (["DERIVED", "PRIMARY", "PERFUSION", "RCBV"], "reformatted"),
    ],
)
def test_localiser_mpr_and_mip_are_fine_to_view_apart_and_refused(
    intake: Intake, tmp_path: Path, image_type: list[str], code: str
) -> None:
    def change(dataset: Dataset, index: int) -> None:
        if index >= 4:
            dataset.ImageType = image_type

    write_series(tmp_path, 8, change)
    plan = intake.scan(tmp_path)
    original, other = plan.stacks
    assert codes(original.findings) == {"split"} and worst_answer(original.findings) is FINE
    assert verdicts(named(other, code)) == (FINE, REFUSED)


def test_a_screenshot_is_fine_to_view_and_refused(intake: Intake, tmp_path: Path) -> None:
    def capture(dataset: Dataset, index: int) -> None:
        dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage

    write_series(tmp_path / "a", 3, capture)
    shot = only_stack(intake, tmp_path / "a")
    assert verdicts(named(shot, "reformatted")) == (FINE, REFUSED)
    write_series(tmp_path / "b", 3, alter(ImageType=["DERIVED", "SECONDARY"], BurnedInAnnotation="YES"))
    shot = only_stack(intake, tmp_path / "b")
    assert verdicts(named(shot, "reformatted")) == (FINE, REFUSED)
    assert verdicts(named(shot, "burned_in_text")) == (NOTE, NOTE)


@pytest.mark.parametrize("image_type", [["DERIVED", "PRIMARY", "AXIAL"], ["DERIVED", "SECONDARY"]])
def test_other_derived_pictures_are_fine_to_view_and_noted(
    intake: Intake, tmp_path: Path, image_type: list[str]
) -> None:
    write_series(tmp_path, 4, alter(ImageType=image_type))
    stack = only_stack(intake, tmp_path)
    assert codes(stack.findings) == {"derived"} and verdicts(named(stack, "derived")) == (FINE, NOTE)


@pytest.mark.parametrize(
    ("change", "code"),
    [(alter(ImageType=["DERIVED", "PRIMARY"]), "derived"), (alter(PatientPosition="FFP"), "lying_otherwise")],
)
def test_what_one_slice_alone_says_is_noted_for_the_whole_stack(
    intake: Intake, tmp_path: Path, change: Change, code: str
) -> None:
    write_series(tmp_path, 5, lambda dataset, index: change(dataset, index) if index == 3 else None)
    stack = only_stack(intake, tmp_path)
    assert codes(stack.findings) == {code} and verdicts(named(stack, code)) == (FINE, NOTE)
