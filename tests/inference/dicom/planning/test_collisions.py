"""Several pictures at one place: what is a repetition, what tells them apart, and what does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import UID

from inference.dicom.intake import Intake
from inference.findings import Verdict, worst_answer, worst_view
from inference.scan import Plan
from tests.inference.dicom.dicom_files import codes, make_slice, picture, write
from tests.inference.dicom.enhanced_files import along_z, group, write_enhanced

Mark = Callable[[Dataset, int, int], None]


def write_passes(folder: Path, passes: int, slices: int, mark: Mark) -> None:
    """``passes`` pictures at each of ``slices`` places of one series."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in range(passes):
        for index in range(slices):
            dataset = make_slice(index, modality="MR", pixels=picture(index + 50 * one))
            uid = UID(f"2.25.1.{one + 1}.{index + 1}")
            dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = uid
            mark(dataset, one, index)
            write(dataset, folder / f"{one}-{index}.dcm")


def explanations(plan: Plan) -> list[tuple[str, str]]:
    found = [one for stack in plan.stacks for one in stack.findings if one.code == "intake.split_by"]
    return [(str(one.fields["tag"]), str(one.fields["value"])) for one in found]


@pytest.mark.parametrize(
    ("keyword", "values"),
    [
        ("TemporalPositionIdentifier", (1, 2)),
        ("TriggerTime", (35, 250)),
        ("EchoTime", (2.3, 11.5)),
        ("DiffusionBValue", (0.0, 1000.0)),
        ("ConvolutionKernel", ("B30f", "B70f")),
        ("AcquisitionNumber", (4, 5)),
        ("AcquisitionTime", ("101010.5", "101050.25")),
        ("KVP", (80, 140)),
        ("RepetitionTime", (400, 2500)),
        ("EchoNumbers", (1, 2)),
        ("SequenceName", ("*ep_b0", "*ep_b1000t")),
        ("ContrastBolusAgent", ("Gadolinium", "Water")),
    ],
)
def test_pictures_at_one_position_explained_by_a_tag_are_split_and_fine(
    intake: Intake, tmp_path: Path, keyword: str, values: tuple[object, object]
) -> None:
    write_passes(tmp_path, 2, 5, lambda dataset, one, _: setattr(dataset, keyword, values[one]))
    plan = intake.scan(tmp_path)
    assert [stack.slice_count for stack in plan.stacks] == [5, 5]
    assert [(tag, float(value) if value[0].isdigit() else value) for tag, value in explanations(plan)] == [
        (keyword, float(str(value)) if str(value)[0].isdigit() else value) for value in values
    ]
    for one, stack in enumerate(plan.stacks):
        assert (worst_view(stack.findings), worst_answer(stack.findings)) == (Verdict.FINE, Verdict.FINE)
        assert np.array_equal(intake.load(plan, stack).voxels[4], picture(4 + 50 * one))


def test_only_the_third_and_later_values_of_image_type_are_asked_first(
    intake: Intake, tmp_path: Path
) -> None:
    def mark(dataset: Dataset, one: int, index: int) -> None:
        first = "ORIGINAL" if index % 2 else "DERIVED"
        dataset.ImageType = [first, "PRIMARY", "IN_PHASE" if one else "OUT_PHASE"]

    write_passes(tmp_path, 2, 6, mark)
    plan = intake.scan(tmp_path)
    assert [stack.slice_count for stack in plan.stacks] == [6, 6]
    assert explanations(plan) == [("ImageType", "IN_PHASE"), ("ImageType", "OUT_PHASE")]


def test_two_tags_together_explain_what_neither_does_alone(intake: Intake, tmp_path: Path) -> None:
    def mark(dataset: Dataset, one: int, index: int) -> None:
        dataset.TemporalPositionIdentifier, dataset.EchoTime = one // 2 + 1, (5, 20)[one % 2]

    write_passes(tmp_path, 4, 3, mark)
    plan = intake.scan(tmp_path)
    tag = "TemporalPositionIdentifier, EchoTime"
    assert explanations(plan) == [(tag, "1, 5"), (tag, "1, 20"), (tag, "2, 5"), (tag, "2, 20")]
    assert [stack.slice_count for stack in plan.stacks] == [3, 3, 3, 3]


def test_times_that_run_from_slice_to_slice_explain_by_their_order(intake: Intake, tmp_path: Path) -> None:
    def mark(dataset: Dataset, one: int, index: int) -> None:
        dataset.AcquisitionTime = f"1010{10 + 20 * one + index:02d}.25"

    write_passes(tmp_path, 2, 6, mark)
    plan = intake.scan(tmp_path)
    assert explanations(plan) == [("AcquisitionTime", "1 / 2"), ("AcquisitionTime", "2 / 2")]
    assert np.array_equal(intake.load(plan, plan.stacks[1]).voxels[5], picture(55))


def test_several_time_points_echoes_and_b_values_of_one_enhanced_file_are_split(
    intake: Intake, tmp_path: Path
) -> None:
    def describe(item: Dataset, index: int) -> None:
        group(item, "FrameContentSequence", TemporalPositionIndex=index // 8 + 1)
        group(item, "MREchoSequence", EffectiveEchoTime=(4.5, 9.0)[index // 4 % 2])

    plan = intake.scan(write_enhanced(tmp_path / "a.dcm", along_z(4) * 4, change=describe))
    assert [stack.slice_count for stack in plan.stacks] == [4] * 4
    assert [value for _, value in explanations(plan)] == ["1, 4.5", "1, 9", "2, 4.5", "2, 9"]
    assert [stack.acquisition.echo_time_ms for stack in plan.stacks] == [4.5, 9.0, 4.5, 9.0]
    assert all(worst_answer(stack.findings) is Verdict.FINE for stack in plan.stacks)
    diffusion = tmp_path / "b.dcm"

    def weigh(item: Dataset, index: int) -> None:
        group(item, "MRDiffusionSequence", DiffusionBValue=(0.0, 800.0)[index // 4])

    plan = intake.scan(write_enhanced(diffusion, along_z(4) * 2, change=weigh))
    assert explanations(plan) == [("DiffusionBValue", "0"), ("DiffusionBValue", "800")]
    assert [stack.acquisition.technique.diffusion_b_value for stack in plan.stacks] == [0, 800]


def test_directions_of_diffusion_are_told_apart(intake: Intake, tmp_path: Path) -> None:
    def weigh(item: Dataset, index: int) -> None:
        number = index // 3
        group(item, "MRDiffusionSequence", DiffusionBValue=1000.0 if number else 0.0)
        if number:
            direction = [0.0, 0.0, 0.0]
            direction[number - 1] = 1.0
            inner = item.MRDiffusionSequence[0]
            group(inner, "DiffusionGradientDirectionSequence", DiffusionGradientOrientation=direction)

    plan = intake.scan(write_enhanced(tmp_path / "a.dcm", along_z(3) * 4, change=weigh))
    assert [stack.slice_count for stack in plan.stacks] == [3, 3, 3, 3]
    assert {tag for tag, _ in explanations(plan)} == {"DiffusionGradientOrientation"}
    assert all(worst_answer(stack.findings) is Verdict.FINE for stack in plan.stacks)


def test_maps_and_pictures_of_one_enhanced_file_are_told_apart_by_frame_type(
    intake: Intake, tmp_path: Path
) -> None:
    def describe(item: Dataset, index: int) -> None:
        kind = ["ORIGINAL", "PRIMARY", "DIFFUSION", "NONE"]
        if index >= 4:
            kind = ["DERIVED", "PRIMARY", "PERFUSION", "RCBF"]
        group(item, "MRImageFrameTypeSequence", FrameType=kind)

    plan = intake.scan(write_enhanced(tmp_path / "a.dcm", along_z(4) * 2, change=describe))
    picture_stack, map_stack = plan.stacks
    assert worst_answer(picture_stack.findings) is Verdict.FINE
    assert "reformatted" in codes(map_stack.findings)
    assert worst_answer(map_stack.findings) is Verdict.REFUSED


def test_same_position_and_same_pixels_are_taken_once_with_a_note(intake: Intake, tmp_path: Path) -> None:
    def mark(dataset: Dataset, one: int, index: int) -> None:
        dataset.AcquisitionTime = f"1010{10 + 20 * one}"

    write_passes(tmp_path, 2, 4, mark)
    for index in (0, 2, 3):
        (tmp_path / f"1-{index}.dcm").unlink()
    twin = make_slice(1, modality="MR", pixels=picture(1))
    twin.SOPInstanceUID = twin.file_meta.MediaStorageSOPInstanceUID = UID("2.25.99")
    twin.AcquisitionTime = "101030"
    write(twin, tmp_path / "1-1.dcm")
    plan = intake.scan(tmp_path)
    (stack,) = plan.stacks
    (dropped,) = plan.skipped
    assert stack.slice_count == 4 and dropped.code == "intake.same_pixels"
    assert (dropped.view, dropped.answer) == (Verdict.NOTE, Verdict.NOTE)
    assert stack.findings == (dropped,)


def test_a_series_sent_twice_under_new_identifiers_is_taken_once(intake: Intake, tmp_path: Path) -> None:
    def mark(dataset: Dataset, one: int, index: int) -> None:
        dataset.PixelData = picture(index).tobytes()
        dataset.AcquisitionNumber = one + 1

    write_passes(tmp_path, 2, 4, mark)
    plan = intake.scan(tmp_path)
    (stack,) = plan.stacks
    assert stack.slice_count == 4 and [one.code for one in plan.skipped] == ["intake.same_pixels"] * 4
    assert stack.findings == plan.skipped[:1]


def test_blank_slices_of_two_phases_are_no_repetitions(intake: Intake, tmp_path: Path) -> None:
    def mark(dataset: Dataset, one: int, index: int) -> None:
        dataset.AcquisitionNumber = one + 1
        if index == 0:
            dataset.PixelData = bytes(len(dataset.PixelData))

    write_passes(tmp_path, 2, 4, mark)
    plan = intake.scan(tmp_path)
    assert [stack.slice_count for stack in plan.stacks] == [4, 4] and plan.skipped == ()
    assert all(codes(stack.findings) == {"split", "split_by"} for stack in plan.stacks)


def test_other_pixels_at_one_position_that_nothing_explains_are_refused(
    intake: Intake, tmp_path: Path
) -> None:
    write_passes(tmp_path, 2, 4, lambda dataset, one, index: None)
    plan = intake.scan(tmp_path)
    assert [stack.slice_count for stack in plan.stacks] == [4, 4]
    for stack in plan.stacks:
        assert "collision" in codes(stack.findings) and worst_answer(stack.findings) is Verdict.REFUSED


def test_times_of_single_slices_are_no_explanation(intake: Intake, tmp_path: Path) -> None:
    def mark(dataset: Dataset, one: int, index: int) -> None:
        if one == 0 or index != 2:
            dataset.AcquisitionTime = f"1010{10 + index:02d}"
        else:
            dataset.AcquisitionTime = "101012"

    write_passes(tmp_path, 2, 6, mark)
    plan = intake.scan(tmp_path)
    assert all("collision" in codes(stack.findings) for stack in plan.stacks)


def test_a_number_of_its_own_on_every_picture_is_no_explanation(intake: Intake, tmp_path: Path) -> None:
    def mark(dataset: Dataset, one: int, index: int) -> None:
        dataset.AcquisitionNumber = 1 + index + 6 * one

    write_passes(tmp_path, 2, 6, mark)
    plan = intake.scan(tmp_path)
    assert [stack.slice_count for stack in plan.stacks] == [6, 6]
    assert all("collision" in codes(stack.findings) for stack in plan.stacks)


def test_a_gap_between_two_acquisitions_is_a_gap_and_not_two_stacks(intake: Intake, tmp_path: Path) -> None:
    def mark(dataset: Dataset, one: int, index: int) -> None:
        dataset.AcquisitionNumber = 1 if index < 4 else 2
        dataset.ImagePositionPatient = [0, 0, 2.5 * index + (5 if index >= 4 else 0)]

    write_passes(tmp_path, 1, 8, mark)
    (stack,) = intake.scan(tmp_path).stacks
    (gap,) = [one for one in stack.findings if one.code == "intake.gap"]
    assert len(stack.frames) == 10 and gap.fields["missing"] == 2
    assert (gap.view, gap.answer, gap.releasable) == (Verdict.NOTE, Verdict.REFUSED, True)


def test_overlapping_acquisitions_are_told_apart_by_their_number(intake: Intake, tmp_path: Path) -> None:
    def mark(dataset: Dataset, one: int, index: int) -> None:
        dataset.AcquisitionNumber = one + 1
        dataset.ImagePositionPatient = [0, 0, 2.5 * (index + 4 * one)]

    write_passes(tmp_path, 3, 6, mark)
    plan = intake.scan(tmp_path)
    assert [stack.slice_count for stack in plan.stacks] == [6, 6, 6]
    assert {tag for tag, _ in explanations(plan)} == {"AcquisitionNumber"}


@pytest.mark.parametrize("offset_mm", [0.02, 0.3])
def test_passes_whose_tables_stood_a_little_apart_are_told_apart_by_their_tag(
    intake: Intake, tmp_path: Path, offset_mm: float
) -> None:
    def mark(dataset: Dataset, one: int, index: int) -> None:
        dataset.AcquisitionNumber = one + 1
        dataset.ImagePositionPatient = [-20, -30, 2.5 * index + offset_mm * one]

    write_passes(tmp_path, 2, 5, mark)
    plan = intake.scan(tmp_path)
    assert [stack.geometry.shape for stack in plan.stacks] == [(5, 12, 10)] * 2
    assert explanations(plan) == [("AcquisitionNumber", "1"), ("AcquisitionNumber", "2")]
    for one, stack in enumerate(plan.stacks):
        assert codes(stack.findings) == {"split", "split_by"}
        assert stack.geometry.affine[2, 3] == pytest.approx(offset_mm * one)
        assert np.array_equal(intake.load(plan, stack).voxels[4], picture(4 + 50 * one))


def test_slices_taken_by_turns_are_one_stack_even_where_one_is_missing(
    intake: Intake, tmp_path: Path
) -> None:
    def mark(dataset: Dataset, one: int, index: int) -> None:
        dataset.AcquisitionNumber = index % 2 + 1

    write_passes(tmp_path, 1, 9, mark)
    (tmp_path / "0-4.dcm").unlink()
    (stack,) = intake.scan(tmp_path).stacks
    assert stack.geometry.shape[0] == 9 and "gap" in codes(stack.findings)
