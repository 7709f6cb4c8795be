"""Real sets of odd geometry and pixels: their stacks, their verdicts, their places by another reader."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
import SimpleITK

from inference.dicom.intake import Intake
from inference.dicom.select import choose_stack
from inference.errors import InputError
from inference.findings import Finding, Verdict, worst_answer, worst_view
from inference.preprocessing.straighten import straighten, straightened_stack
from inference.scan import Plan, Stack
from inference.volume import Volume
from tests.inference.dicom.dicom_files import codes

FINE, NOTE, REFUSED = Verdict.FINE, Verdict.NOTE, Verdict.REFUSED


def verdicts(findings: Iterable[Finding]) -> tuple[Verdict, Verdict]:
    kept = tuple(findings)
    return worst_view(kept), worst_answer(kept)


def assert_each_slice_is_where_simpleitk_reads_it(plan: Plan, stack: Stack, volume: Volume) -> None:
    """Corners in millimetres and values, slice by slice, from the files one by one."""
    rows, columns = stack.rows_columns
    for index, frame in enumerate(stack.frames):
        if frame is None:
            assert index in volume.missing_slices
            continue
        peer = SimpleITK.ReadImage(plan.files[frame.file].path)
        for row, column in ((0, 0), (rows - 1, 0), (0, columns - 1)):
            theirs = peer.TransformIndexToPhysicalPoint([column, row, 0])
            assert stack.geometry.index_to_lps((index, row, column)) == pytest.approx(theirs, abs=2e-3)
        theirs = SimpleITK.GetArrayFromImage(peer)
        np.testing.assert_allclose(volume.slab(index, index + 1), theirs, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(
    ("folder", "shapes", "expected"),
    [
        (
            "geometry_problems/ct_gantry_tilt_siemens",
            [(4, 512, 512)],
            {"tilt", "thickness_missing", "frame_of_reference_missing"},
        ),
        (
            "geometry_problems/ct_uneven_gap_ge",
            [(5, 512, 512)],
            {"gap", "thickness_missing", "frame_of_reference_missing"},
        ),
        (
            "geometry_problems/mr_mixed_orientations",
            [(2, 288, 288), (2, 288, 288)],
            {"two_slices", "split", "thickness_missing", "frame_of_reference_missing"},
        ),
        (
            "geometry_problems/mr_two_slices",
            [(2, 256, 256)],
            {"two_slices", "thickness_missing", "frame_of_reference_missing"},
        ),
        (
            "duplicate_positions_ct_contrast",
            [(189, 512, 512)],
            {"gap", "padding_reinterpreted", "same_pixels"},
        ),
    ],
)
def test_a_set_of_odd_geometry_is_viewed_with_a_note_and_refused(
    intake: Intake,
    shared_data: Path,
    folder: str,
    shapes: list[tuple[int, int, int]],
    expected: set[str],
) -> None:
    plan = intake.scan(shared_data / folder)
    assert [stack.geometry.shape for stack in plan.stacks] == shapes
    for stack in plan.stacks:
        assert codes(stack.findings) == expected
        assert verdicts(stack.findings) == (NOTE, REFUSED)
        assert_each_slice_is_where_simpleitk_reads_it(plan, stack, intake.load(plan, stack))


def test_the_tilted_head_can_be_straightened(intake: Intake, shared_data: Path) -> None:
    plan = intake.scan(shared_data / "geometry_problems/ct_gantry_tilt_siemens")
    (stack,) = plan.stacks
    volume = intake.load(plan, stack)
    straight = straighten(volume)
    (note,) = [one for one in straight.findings if one.code == "intake.straightened"]
    assert note.fields["degrees"] == pytest.approx(14, abs=0.1)
    assert straight.geometry.is_orthogonal(1e-6)
    assert straight.geometry.spacing_mm[0] == pytest.approx(5 * np.cos(np.radians(14)), abs=1e-3)
    upright = straightened_stack(stack, straight)
    assert "tilt" in codes(stack.findings) and "tilt" not in codes(upright.findings)
    assert upright.geometry is straight.geometry and upright.rows_columns == straight.voxels.shape[1:]
    assert upright.stack_id != stack.stack_id and upright.frames == stack.frames
    middle = np.array([2, 256, 300])
    place = volume.geometry.index_to_lps(middle)
    index = straight.geometry.lps_to_index(place)
    low = np.floor(index[1]).astype(int)
    neighbours = straight.voxels[2, low : low + 2, round(index[2])]
    near = volume.voxels[2, 255:258, 300]
    assert near.min() - 1 <= neighbours.min() and neighbours.max() <= near.max() + 1


def test_nine_gaps_and_one_repetition_in_the_chest(intake: Intake, shared_data: Path) -> None:
    plan = intake.scan(shared_data / "duplicate_positions_ct_contrast")
    (stack,) = plan.stacks
    assert sum(one.code == "intake.gap" for one in stack.findings) == 9 and stack.slice_count == 10
    (twice,) = [one for one in plan.skipped if one.code == "intake.same_pixels"]
    assert {twice.fields["file"], twice.fields["other"]} == {"CT26.dcm", "CT28.dcm"}
    assert (twice.view, twice.answer) == (NOTE, NOTE)
    assert stack.padding_value == -2000 and stack.geometry.spacing_mm[0] == pytest.approx(2.5)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "CR-ModalitySequenceLUT.dcm",
            {"no_position", "frame_of_reference_missing", "inverted", "modality_table"},
        ),
        (
            "mlut_18.dcm",
            {
                "no_position",
                "no_pixel_spacing",
                "frame_of_reference_missing",
                "reformatted",
                "modality_table",
            },
        ),
        (
            "vlut_04.dcm",
            {
                "no_position",
                "no_pixel_spacing",
                "frame_of_reference_missing",
                "reformatted",
                "display_table",
            },
        ),
    ],
)
def test_inverted_pictures_and_look_up_tables_are_viewed_and_refused(
    intake: Intake, shared_data: Path, name: str, expected: set[str]
) -> None:
    plan = intake.scan(shared_data / "monochrome1_and_lut" / name)
    (stack,) = plan.stacks
    assert codes(stack.findings) == expected and verdicts(stack.findings) == (NOTE, REFUSED)
    assert intake.load(plan, stack).voxels.shape == stack.geometry.shape


def test_three_slices_of_a_liver_are_one_stack_beside_their_masks(intake: Intake, shared_data: Path) -> None:
    """What a pack is refused for here is not geometry: nobody says whether contrast was given."""
    plan = intake.scan(shared_data / "ct_liver_3slice_with_SEG")
    (stack,) = plan.stacks
    assert codes(stack.findings) == {"thickness_differs"} and verdicts(stack.findings) == (NOTE, NOTE)
    assert stack.geometry.spacing_mm[0] == pytest.approx(1.0) and stack.acquisition.contrast_agent == ""
    assert {"segmentation_object", "label_map"} <= codes(plan.skipped)
    assert_each_slice_is_where_simpleitk_reads_it(plan, stack, intake.load(plan, stack))


def test_the_phantom_and_the_oblique_slices_of_one_folder(intake: Intake, shared_data: Path) -> None:
    plan = intake.scan(shared_data / "rtstruct_phantom_GE")
    phantom, *oblique = plan.stacks
    assert codes(phantom.findings) == {"two_slices"} and verdicts(phantom.findings) == (NOTE, REFUSED)
    # Three studies share one series identifier: three stacks of one slice.
    assert [stack.slice_count for stack in oblique] == [1, 1, 1]
    for stack in oblique:
        assert {"series_uid_shared", "derived", "not_hounsfield", "single_slice"} <= codes(stack.findings)
        assert verdicts(stack.findings) == (NOTE, REFUSED)
        assert stack.geometry.obliquity_deg > 20
    for stack in plan.stacks:
        assert_each_slice_is_where_simpleitk_reads_it(plan, stack, intake.load(plan, stack))


def test_a_disc_of_two_patients_is_refused_until_one_is_chosen(intake: Intake, shared_data: Path) -> None:
    plan = intake.scan(shared_data / "dicomdir")
    (stop,) = [one for one in plan.findings if one.code == "intake.two_patients"]
    assert (stop.view, stop.answer) == (REFUSED, REFUSED) and len(plan.patients) == 2
    with pytest.raises(InputError, match=r"intake\.two_patients"):
        choose_stack(plan)
    by_slices = sorted((stack.acquisition.modality, stack.slice_count) for stack in plan.stacks)
    assert by_slices.count(("CT", 5)) == 1 and by_slices.count(("CT", 4)) == 1
    assert sum(stack.slice_count for stack in plan.stacks) == 31
    localisers = [stack for stack in plan.stacks if "localiser" in codes(stack.findings)]
    projections = [stack for stack in plan.stacks if "reformatted" in codes(stack.findings)]
    assert len(localisers) == 2 and len(projections) == 7
    for stack in plan.stacks:
        if stack.acquisition.modality != "CR":
            assert_each_slice_is_where_simpleitk_reads_it(plan, stack, intake.load(plan, stack))
