"""Enhanced and legacy-converted multi-frame objects, made to order and real."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import (
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    LegacyConvertedEnhancedMRImageStorage,
    MultiFrameGrayscaleWordSecondaryCaptureImageStorage,
    RLELossless,
)

from inference.dicom.intake import Intake
from inference.dicom.limits import DEFAULT_LIMITS, IntakeLimits
from inference.dicom.pixels.pixel_source import opened_pixels
from inference.findings import Verdict, worst_answer, worst_view
from tests.inference.dicom.dicom_files import codes, only_stack, picture, write
from tests.inference.dicom.enhanced_files import along_z, group, make_enhanced, write_enhanced


@pytest.mark.parametrize("modality", ["CT", "MR"])
def test_enhanced_with_whole_groups_is_fine_to_view_and_to_answer(
    intake: Intake, tmp_path: Path, modality: str
) -> None:
    path = write_enhanced(tmp_path / "a.dcm", along_z(5), modality=modality)
    plan = intake.scan(path)
    (stack,) = plan.stacks
    assert codes(stack.findings) == set()
    assert (worst_view(stack.findings), worst_answer(stack.findings)) == (Verdict.FINE, Verdict.FINE)
    volume = intake.load(plan, stack)
    assert np.array_equal(volume.voxels, np.stack([picture(index) for index in range(5)]))
    assert stack.geometry.spacing_mm == pytest.approx((2.5, 0.8, 0.6))
    assert stack.geometry.index_to_lps((4, 1, 2)) == pytest.approx((-20 + 1.2, -30 + 0.8, 10))
    assert (volume.intercept == (-1024 if modality == "CT" else 0)).all()
    assert [frame.frame for frame in stack.frames if frame] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian, RLELossless])
def test_functional_groups_are_read_in_every_encoding(intake: Intake, tmp_path: Path, syntax: str) -> None:
    def echo(item: Dataset, index: int) -> None:
        group(item, "MREchoSequence", EffectiveEchoTime=2.5 if index < 3 else 5.75)

    dataset = make_enhanced(along_z(3) * 2, change=echo)
    frames = np.stack([picture(index) for index in range(6)])
    if syntax == RLELossless:
        dataset.compress(RLELossless, frames)
    else:
        dataset.file_meta.TransferSyntaxUID = syntax
        dataset.PixelData = frames.astype(">i2" if syntax == ExplicitVRBigEndian else "<i2").tobytes()
    plan = intake.scan(write(dataset, tmp_path / "a.dcm"))
    assert [stack.acquisition.echo_time_ms for stack in plan.stacks] == [2.5, 5.75]
    volumes = [intake.load(plan, stack).voxels for stack in plan.stacks]
    assert np.array_equal(np.concatenate(volumes), frames)


def test_per_frame_groups_win_over_shared_ones_and_rescale_is_kept_per_slice(
    intake: Intake, tmp_path: Path
) -> None:
    def scale(item: Dataset, index: int) -> None:
        group(
            item,
            "PixelValueTransformationSequence",
            RescaleSlope=1 + index / 4,
            RescaleIntercept=index,
            RescaleType="HU",
        )

    plan = intake.scan(write_enhanced(tmp_path / "a.dcm", along_z(3), modality="CT", change=scale))
    volume = intake.load(plan, plan.stacks[0])
    assert volume.slope.tolist() == [1, 1.25, 1.5] and volume.intercept.tolist() == [0, 1, 2]
    assert codes(plan.stacks[0].findings) == set()


def test_frames_are_sorted_by_position_where_their_numbers_run_the_other_way(
    intake: Intake, tmp_path: Path
) -> None:
    def number(item: Dataset, index: int) -> None:
        group(item, "FrameContentSequence", StackID="1", InStackPositionNumber=4 - index)

    dataset = make_enhanced(along_z(4)[::-1], change=number)
    dataset.DimensionIndexSequence = Items([])
    plan = intake.scan(write(dataset, tmp_path / "a.dcm"))
    (stack,) = plan.stacks
    assert [frame.frame for frame in stack.frames if frame] == [3, 2, 1, 0]
    assert np.array_equal(intake.load(plan, stack).voxels[0], picture(3))


@pytest.mark.parametrize("lost", ["PerFrameFunctionalGroupsSequence", "SharedFunctionalGroupsSequence", None])
def test_enhanced_with_missing_groups_may_be_viewed_and_is_refused_an_answer(
    intake: Intake, tmp_path: Path, lost: str | None
) -> None:
    dataset = make_enhanced(along_z(4))
    if lost:
        delattr(dataset, lost)
    else:
        dataset.PerFrameFunctionalGroupsSequence = Items(dataset.PerFrameFunctionalGroupsSequence[:3])
    plan = intake.scan(write(dataset, tmp_path / "a.dcm"))
    (stack,) = plan.stacks
    assert {"groups_missing", "no_position"} <= codes(stack.findings)
    assert (worst_view(stack.findings), worst_answer(stack.findings)) == (Verdict.NOTE, Verdict.REFUSED)
    assert np.array_equal(intake.load(plan, stack).voxels[2], picture(2))


def test_multi_frame_secondary_capture_may_be_viewed_and_is_refused_an_answer(
    intake: Intake, tmp_path: Path
) -> None:
    dataset = make_enhanced(along_z(3))
    uid = MultiFrameGrayscaleWordSecondaryCaptureImageStorage
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = uid
    del dataset.SharedFunctionalGroupsSequence, dataset.PerFrameFunctionalGroupsSequence
    plan = intake.scan(write(dataset, tmp_path / "a.dcm"))
    (stack,) = plan.stacks
    assert codes(stack.findings) >= {"no_position", "reformatted"} and stack.slice_count == 3
    assert (worst_view(stack.findings), worst_answer(stack.findings)) == (Verdict.NOTE, Verdict.REFUSED)


def test_legacy_converted_images_are_read_through_their_converted_attributes(
    intake: Intake, tmp_path: Path
) -> None:
    def converted(item: Dataset, index: int) -> None:
        group(item, "UnassignedPerFrameConvertedAttributesSequence", EchoTime="1.5" if index < 2 else "3")

    dataset = make_enhanced(along_z(2) * 2, change=converted)
    uid = LegacyConvertedEnhancedMRImageStorage
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = uid
    group(
        dataset.SharedFunctionalGroupsSequence[0],
        "UnassignedSharedConvertedAttributesSequence",
        ScanningSequence="SE",
        RepetitionTime="500",
    )
    plan = intake.scan(write(dataset, tmp_path / "a.dcm"))
    assert [stack.acquisition.echo_time_ms for stack in plan.stacks] == [1.5, 3]
    assert all(stack.acquisition.scanning_sequence == ("SE",) for stack in plan.stacks)
    assert all(stack.acquisition.repetition_time_ms == 500 for stack in plan.stacks)


def test_frames_beyond_the_end_of_the_file_are_left_out_and_named(intake: Intake, tmp_path: Path) -> None:
    path = write_enhanced(tmp_path / "a.dcm", along_z(5))
    path.write_bytes(path.read_bytes()[:-300])
    plan = intake.scan(path)
    (stack,) = plan.stacks
    cut = [one for one in stack.findings if one.code == "intake.truncated"]
    assert [one.fields["file"] for one in cut] == ["a.dcm [4]", "a.dcm [5]"]
    assert all(one.releasable and one.answer is Verdict.REFUSED for one in cut)
    assert intake.load(plan, stack).missing_slices == {3, 4}


def test_eight_thousand_frames_fit_one_message(intake: Intake, tmp_path: Path) -> None:
    def describe(item: Dataset, index: int) -> None:
        group(
            item,
            "FrameContentSequence",
            StackID="1",
            TemporalPositionIndex=index // 100 + 1,
            FrameAcquisitionDateTime=f"20240301101112.{index:06d}",
            FrameAcquisitionNumber=index % 60000,
        )
        group(item, "MREchoSequence", EffectiveEchoTime=3 + index / 7)
        group(item, "FrameVOILUTSequence", WindowCenter=300 + index, WindowWidth=600 + index)
        group(item, "PixelValueTransformationSequence", RescaleSlope=f"{1 + index / 9999:.12g}"[:16],
              RescaleIntercept=0, RescaleType="US")  # fmt: skip

    positions = [(-123.456789012, -234.567890123, 1.23456789 * (index % 100)) for index in range(8000)]
    frames = np.zeros((8000, 2, 2), np.int16) + np.arange(8000, dtype=np.int16)[:, None, None]
    plan = intake.scan(write_enhanced(tmp_path / "a.dcm", positions, change=describe, pixels=frames))
    assert len(plan.stacks) == 80 and all(stack.slice_count == 100 for stack in plan.stacks)
    assert intake.load(plan, plan.stacks[79]).voxels[99].tolist() == [[7999, 7999], [7999, 7999]]
    assert DEFAULT_LIMITS.frames >= 8000


def test_values_too_long_for_one_message_give_way_to_shorter_ones(tmp_path: Path) -> None:
    def describe(item: Dataset, index: int) -> None:
        long = f"{index:016d}"
        group(item, "FrameContentSequence", TemporalPositionIndex=index // 100 + 1, StackID=long)
        group(item, "MRMetaboliteMapSequence", MetaboliteMapDescription=long * 4)
        group(item, "CTReconstructionSequence", ConvolutionKernel=[long] * 4)
        group(item, "MRDiffusionSequence", DiffusionDirectionality=long)
        group(item, "MRImageFrameTypeSequence", FrameType=[long] * 4, ComplexImageComponent=long)

    positions = [(0.0, 0.0, 1.5 * (index % 100)) for index in range(8000)]
    frames = np.zeros((8000, 2, 2), np.int16)
    frames[...] = np.arange(8000, dtype=np.int16)[:, None, None]
    path = write_enhanced(tmp_path / "a.dcm", positions, change=describe, pixels=frames)
    with Intake(limits=IntakeLimits(message_bytes=2_900_000)) as narrow:
        plan = narrow.scan(path)
    assert [stack.slice_count for stack in plan.stacks] == [100] * 80


def test_the_philips_file_with_an_empty_dimension_index_is_one_stack(
    intake: Intake, shared_data: Path
) -> None:
    path = shared_data / "enhanced_multiframe" / "IM-0001-0170-0001.dcm"
    plan = intake.scan(path)
    (stack,) = plan.stacks
    assert stack.slice_count == 8 and stack.geometry.plane == "sagittal"
    assert worst_view(stack.findings) is Verdict.NOTE and worst_answer(stack.findings) is Verdict.NOTE
    peer = pydicom.dcmread(path)
    for index, frame in enumerate(stack.frames):
        assert frame is not None
        groups = peer.PerFrameFunctionalGroupsSequence[frame.frame]
        position = groups.PlanePositionSequence[0].ImagePositionPatient
        assert stack.geometry.index_to_lps((index, 0, 0)) == pytest.approx(position, abs=1e-3)
        assert frame.slope == groups.PixelValueTransformationSequence[0].RescaleSlope
    order = [frame.frame for frame in stack.frames if frame]
    assert np.array_equal(intake.load(plan, stack).voxels, peer.pixel_array[order])


def test_the_perfusion_map_is_sorted_against_its_numbers_and_refused(
    intake: Intake, shared_data: Path
) -> None:
    path = shared_data / "enhanced_multiframe" / "CT0012.explicit_little_endian.dcm"
    plan = intake.scan(path)
    (stack,) = plan.stacks
    assert [frame.frame for frame in stack.frames if frame] == [1, 0] or stack.geometry.slice_normal[2] > 0
    assert {"reformatted", "two_slices"} <= codes(stack.findings)
    assert worst_answer(stack.findings) is Verdict.REFUSED
    peer = pydicom.dcmread(path)
    physical = peer.pixel_array[[frame.frame for frame in stack.frames if frame]].astype(float) - 1024
    assert np.array_equal(intake.load(plan, stack).slab(0, 2), physical)


@pytest.mark.parametrize("name", ["emri_small.dcm", "emri_small_RLE.dcm", "emri_small_big_endian.dcm"])
def test_frames_without_groups_are_shown_one_by_one(intake: Intake, shared_data: Path, name: str) -> None:
    path = shared_data / "enhanced_multiframe" / name
    plan = intake.scan(path)
    (stack,) = plan.stacks
    assert stack.slice_count == 10 and "groups_missing" in codes(stack.findings)
    assert (worst_view(stack.findings), worst_answer(stack.findings)) == (Verdict.NOTE, Verdict.REFUSED)
    assert np.array_equal(intake.load(plan, stack).voxels, pydicom.dcmread(path).pixel_array)


def test_one_object_in_three_encodings_is_refused_as_one_identifier_with_three_contents(
    intake: Intake, shared_data: Path
) -> None:
    plan = intake.scan(shared_data / "enhanced_multiframe")
    refused = [one for one in plan.skipped if one.code == "intake.duplicate_uid"]
    assert len(refused) == 3 and all(one.answer is Verdict.REFUSED for one in refused)


@pytest.mark.parametrize(("administered", "agent"), [("YES", "Iohexol"), ("NO", "NO")])
def test_contrast_is_read_from_the_sequences_of_an_enhanced_object(
    intake: Intake, tmp_path: Path, administered: str, agent: str
) -> None:
    dataset = make_enhanced(along_z(3), modality="CT")
    group(dataset, "ContrastBolusAgentSequence", CodeMeaning="Iohexol", ContrastBolusVolume="80")
    shared = dataset.SharedFunctionalGroupsSequence[0]
    group(shared, "ContrastBolusUsageSequence", ContrastBolusAgentAdministered=administered)
    stack = only_stack(intake, write(dataset, tmp_path / "a.dcm"))
    assert stack.acquisition.contrast_agent == agent
    assert stack.acquisition.technique.contrast_volume_ml == 80


@pytest.mark.parametrize(
    ("echo", "planar", "recovery", "expected"),
    [
        ("SPIN", "NO", "NO", ("SE",)),
        ("GRADIENT", "YES", "NO", ("GR", "EP")),
        ("BOTH", "NO", "NO", ("SE", "GR")),
        ("SPIN", "NO", "YES", ("SE", "IR")),
        ("", "NO", "NO", ()),
    ],
)
def test_the_pulse_sequence_of_enhanced_mr_reads_as_a_classic_one(
    intake: Intake, tmp_path: Path, echo: str, planar: str, recovery: str, expected: tuple[str, ...]
) -> None:
    dataset = make_enhanced(along_z(3))
    dataset.EchoPulseSequence, dataset.EchoPlanarPulseSequence = echo, planar
    shared = dataset.SharedFunctionalGroupsSequence[0]
    group(shared, "MRModifierSequence", InversionRecovery=recovery, InversionTimes=[120.0])
    group(shared, "MRTimingAndRelatedParametersSequence", RepetitionTime="4000", FlipAngle="90")
    acquisition = only_stack(intake, write(dataset, tmp_path / "a.dcm")).acquisition
    assert acquisition.scanning_sequence == expected
    assert (acquisition.repetition_time_ms, acquisition.inversion_time_ms) == (4000, 120)
    assert acquisition.technique.flip_angle_deg == 90


def test_a_file_of_which_no_frame_can_be_used_is_named_once(intake: Intake, tmp_path: Path) -> None:
    path = write_enhanced(tmp_path / "cut.dcm", along_z(4))
    content = path.read_bytes()
    path.write_bytes(content[: len(content) - 4 * 12 * 10 * 2])
    skewed = make_enhanced(along_z(4), instance=2)
    orientation = skewed.SharedFunctionalGroupsSequence[0].PlaneOrientationSequence[0]
    orientation.ImageOrientationPatient = [1, 0, 0, 0.2, 1, 0]
    write(skewed, tmp_path / "skewed.dcm")
    plan = intake.scan(tmp_path)
    assert plan.stacks == ()
    assert sorted((one.code, one.fields["file"]) for one in plan.skipped) == [
        ("intake.orientation_invalid", "skewed.dcm"),
        ("intake.truncated", "cut.dcm"),
    ]


def test_groups_that_break_off_are_a_damaged_file(intake: Intake, tmp_path: Path) -> None:
    path = write_enhanced(tmp_path / "a.dcm", along_z(2))
    content = path.read_bytes()
    begin = content.index(b"\x20\x00\x13\x91SQ")
    path.write_bytes(content[: begin + 8] + b"\xf0\xff\x00\x00" + content[begin + 12 :])
    plan = intake.scan(path)
    assert codes(plan.skipped) == {"malformed"} and plan.stacks == ()


def test_shared_names_of_a_frame_do_not_hide_the_only_stack(intake: Intake, tmp_path: Path) -> None:
    write_enhanced(tmp_path / "a.dcm", along_z(2))
    write_enhanced(tmp_path / "b.dcm", [(-20.0, -30.0, 5.0), (-20.0, -30.0, 7.5)], instance=2)
    assert only_stack(intake, tmp_path).slice_count == 4


def test_a_compressed_file_that_was_replaced_is_read_anew(tmp_path: Path) -> None:
    """What is remembered of a file holds for that file alone."""
    path = tmp_path / "a.dcm"
    for first in (0, 20):
        frames = np.stack([picture(first + index) for index in range(20)])
        dataset = make_enhanced(along_z(20))
        dataset.compress(RLELossless, frames)
        path.unlink(missing_ok=True)
        write(dataset, path)
        with opened_pixels(str(path)) as source:
            assert np.array_equal(source.stored(19)[..., 0].view(np.int16), frames[19])
        with opened_pixels(str(path)) as source:
            assert np.array_equal(source.stored(3)[..., 0].view(np.int16), frames[3])


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian])
@pytest.mark.parametrize("cycle", ["Cardiac", "Respiratory"])
def test_phases_of_the_heart_and_of_breathing_are_told_apart(
    intake: Intake, tmp_path: Path, cycle: str, syntax: str
) -> None:
    keyword = f"NominalPercentageOf{cycle}Phase"

    def phase(item: Dataset, index: int) -> None:
        group(item, f"{cycle}SynchronizationSequence", **{keyword: 12.5 if index < 3 else 75})

    dataset = make_enhanced(along_z(3) * 2, change=phase)
    dataset.file_meta.TransferSyntaxUID = syntax
    plan = intake.scan(write(dataset, tmp_path / "a.dcm"))
    told = [one.fields for stack in plan.stacks for one in stack.findings if "tag" in one.fields]
    assert told == [{"tag": keyword, "value": value} for value in ("12.5", "75")]
