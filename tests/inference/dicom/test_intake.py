"""Folders of generated DICOM files, from bytes to a volume, through the real reader process."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian

from inference.dicom.intake import Intake
from inference.dicom.limits import IntakeLimits
from inference.dicom.select import choose_stack
from inference.errors import Cancelled, InputError
from inference.findings import Verdict, worst_answer, worst_view
from inference.jobs import Progress
from tests.inference.dicom.dicom_files import (
    alter,
    codes,
    only_stack,
    picture,
    set_pixels,
    write_series,
)


def test_slices_become_one_volume_in_the_order_of_their_positions(intake: Intake, tmp_path: Path) -> None:
    def shuffle_numbers(dataset: Dataset, index: int) -> None:
        dataset.InstanceNumber = 100 - index

    write_series(tmp_path, 7, shuffle_numbers)
    plan = intake.scan(tmp_path)
    stack = choose_stack(plan)
    volume = intake.load(plan, stack)
    assert plan.skipped == () and stack.findings == ()
    assert np.array_equal(volume.voxels, np.stack([picture(index) for index in range(7)]))
    assert (volume.slope == 1).all() and (volume.intercept == -1024).all()
    assert volume.geometry.spacing_mm == pytest.approx((2.5, 0.8, 0.6))
    assert volume.geometry.index_to_lps((3, 2, 5)) == pytest.approx((-20 + 5 * 0.6, -30 + 2 * 0.8, 7.5))
    assert not volume.voxels.flags.writeable and volume.missing_slices == frozenset()


def test_the_stack_carries_what_the_tags_say(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path, 3, patient_id=" P1 ")
    stack = only_stack(intake, tmp_path)
    assert stack.identity.key is not None and stack.identity.key.id == "P1"
    assert (stack.identity.name, stack.identity.birth_date, stack.identity.sex) == (
        "Doe^Jane",
        "1961-02-03",
        "F",
    )
    assert stack.acquisition.modality == "CT" and stack.acquisition.study_date == "2024-03-01"
    assert stack.acquisition.slice_thickness_mm == 2.5 and stack.acquisition.series_number == 3


def test_every_slice_is_announced_and_the_middle_comes_first(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path, 5)
    plan = intake.scan(tmp_path)
    announced: list[int] = []
    progress: list[Progress] = []
    intake.load(plan, plan.stacks[0], on_slice=announced.append, on_progress=progress.append)
    assert announced[0] == 2 and sorted(announced) == [0, 1, 2, 3, 4]
    assert [one.done for one in progress] == [0, 1, 2, 3, 4, 5]
    assert {one.stage for one in progress} == {"stage.reading"}


def test_one_slice_can_be_read_alone(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path, 4)
    plan = intake.scan(tmp_path)
    assert np.array_equal(intake.load_slice(plan, plan.stacks[0], 3), picture(3))


def test_a_single_file_is_a_source_too(intake: Intake, tmp_path: Path) -> None:
    first, *_ = write_series(tmp_path, 3)
    stack = only_stack(intake, first)
    assert stack.slice_count == 1 and "single_slice" in codes(stack.findings)
    assert worst_answer(stack.findings) is Verdict.REFUSED


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian])
def test_other_native_encodings_give_the_same_voxels(intake: Intake, tmp_path: Path, syntax: str) -> None:
    def encode(dataset: Dataset, index: int) -> None:
        dataset.file_meta.TransferSyntaxUID = syntax
        if syntax == ExplicitVRBigEndian:
            dataset.PixelData = picture(index).astype(">i2").tobytes()

    write_series(tmp_path, 3, encode)
    plan = intake.scan(tmp_path)
    volume = intake.load(plan, choose_stack(plan))
    assert np.array_equal(volume.voxels, np.stack([picture(index) for index in range(3)]))


def test_a_file_without_preamble_and_meta_is_read_and_said(intake: Intake, tmp_path: Path) -> None:
    for path in write_series(tmp_path, 3):
        dataset = pydicom.dcmread(path)
        path.write_bytes(b"")
        dataset.save_as(path, enforce_file_format=False)
        content = path.read_bytes()
        path.write_bytes(content[content.index(b"\x08\x00\x08\x00CS") :])
    plan = intake.scan(tmp_path)
    (stack,) = plan.stacks
    assert codes(stack.findings) == {"no_preamble"}
    assert np.array_equal(intake.load(plan, stack).voxels[1], picture(1))


@pytest.mark.parametrize(
    ("pixels", "bits"),
    [
        (np.array([[0, 65535], [40000, 7]], np.uint16), 16),
        (np.array([[-32768, 32767], [-5, 7]], np.int16), 16),
        (np.array([[0, 4095], [2000, 7]], np.uint16), 12),
        (np.array([[0, 255], [200, 7]], np.uint8), 8),
    ],
)
def test_stored_integers_keep_their_value(
    intake: Intake, tmp_path: Path, pixels: np.ndarray, bits: int
) -> None:
    write_series(tmp_path, 3, lambda dataset, _: set_pixels(dataset, pixels, bits), modality="MR")
    plan = intake.scan(tmp_path)
    volume = intake.load(plan, plan.stacks[0])
    assert np.array_equal(volume.slab(1, 2)[0], pixels.astype(np.float32))


def test_bits_above_the_high_bit_are_dropped_and_the_sign_extended(intake: Intake, tmp_path: Path) -> None:
    stored = np.array([[0xF801, 0x07FF], [0x0FFF, 0x8000]], np.uint16).view(np.int16)
    write_series(tmp_path, 3, lambda dataset, _: set_pixels(dataset, stored, 12), modality="MR")
    plan = intake.scan(tmp_path)
    assert intake.load(plan, plan.stacks[0]).voxels[0].tolist() == [[-2047, 2047], [-1, 0]]


def test_rescale_that_differs_from_slice_to_slice_is_kept(intake: Intake, tmp_path: Path) -> None:
    def scale(dataset: Dataset, index: int) -> None:
        dataset.RescaleSlope = index + 1

    write_series(tmp_path, 3, scale)
    plan = intake.scan(tmp_path)
    volume = intake.load(plan, plan.stacks[0])
    assert volume.slope.tolist() == [1, 2, 3]
    assert volume.value_at(2, 1, 1) == picture(2)[1, 1] * 3 - 1024


@pytest.mark.parametrize(
    ("change", "code", "view", "answer"),
    [
        (alter(RescaleSlope=None, RescaleIntercept=None), "rescale_missing", Verdict.NOTE, Verdict.REFUSED),
        (alter(RescaleSlope=4), "rescale_coarse", Verdict.NOTE, Verdict.REFUSED),
        (alter(RescaleType="OD"), "not_hounsfield", Verdict.NOTE, Verdict.REFUSED),
        (alter(PhotometricInterpretation="MONOCHROME1"), "inverted", Verdict.FINE, Verdict.REFUSED),
        (alter(ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"]), "localiser", Verdict.FINE, Verdict.REFUSED),
        (alter(ImageType=["DERIVED", "SECONDARY", "MPR"]), "reformatted", Verdict.FINE, Verdict.REFUSED),
        (alter(ImageType=["DERIVED", "PRIMARY"]), "derived", Verdict.FINE, Verdict.NOTE),
        (alter(SliceThickness=None), "thickness_missing", Verdict.NOTE, Verdict.NOTE),
        (alter(SliceThickness=4), "thickness_differs", Verdict.NOTE, Verdict.NOTE),
        (alter(FrameOfReferenceUID=None), "frame_of_reference_missing", Verdict.NOTE, Verdict.NOTE),
        (alter(ImagePositionPatient=None), "no_position", Verdict.NOTE, Verdict.REFUSED),
        (alter(ImageOrientationPatient=None), "no_position", Verdict.NOTE, Verdict.REFUSED),
        (alter(PixelSpacing=None), "no_pixel_spacing", Verdict.NOTE, Verdict.REFUSED),
        (alter(PatientPosition="HFP"), "lying_otherwise", Verdict.FINE, Verdict.NOTE),
        (alter(BurnedInAnnotation="YES"), "burned_in_text", Verdict.NOTE, Verdict.NOTE),
        (
            alter(LossyImageCompression="01", LossyImageCompressionRatio="8"),
            "lossy",
            Verdict.NOTE,
            Verdict.NOTE,
        ),
        (alter(LossyImageCompression="01"), "lossy_strongly", Verdict.NOTE, Verdict.REFUSED),
        (alter(Modality=""), "modality_unknown", Verdict.FINE, Verdict.REFUSED),
    ],
)
def test_an_oddity_has_the_verdict_of_the_table(
    intake: Intake,
    tmp_path: Path,
    change: Callable[[Dataset, int], None],
    code: str,
    view: Verdict,
    answer: Verdict,
) -> None:
    write_series(tmp_path, 4, change)
    plan = intake.scan(tmp_path)
    (stack,) = plan.stacks
    assert codes(stack.findings) == {code}
    assert (worst_view(stack.findings), worst_answer(stack.findings)) == (view, answer)
    assert intake.load(plan, stack).voxels.shape == (4, 12, 10)


def test_padding_written_unsigned_is_read_by_the_sign_of_the_pixels(intake: Intake, tmp_path: Path) -> None:
    def pad(dataset: Dataset, index: int) -> None:
        dataset.add_new(0x00280120, "US", 63536)

    write_series(tmp_path, 3, pad)
    plan = intake.scan(tmp_path)
    (stack,) = plan.stacks
    assert stack.padding_value == -2000 and codes(stack.findings) == {"padding_reinterpreted"}
    assert intake.load(plan, stack).padding_voxel == -2000


def test_a_decimal_comma_is_read_outside_geometry_and_refused_within(intake: Intake, tmp_path: Path) -> None:
    paths = write_series(tmp_path, 3, alter(SliceThickness="3.25"))
    for path in paths:
        content = path.read_bytes()
        path.write_bytes(content.replace(b"3.25", b"3,25").replace(b"0.8\\0.6 ", b"0,8\\0.6 "))
    stack = only_stack(intake, tmp_path)
    assert stack.acquisition.slice_thickness_mm == 3.25
    assert {"no_pixel_spacing", "value_unreadable"} <= codes(stack.findings)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (alter(BitsStored=17), "bits_impossible"),
        (alter(HighBit=11), "bits_impossible"),
        (alter(Rows=0), "dimensions_unsupported"),
        (alter(PixelData=None), "no_pixels"),
        (alter(ImageOrientationPatient=[1, 0, 0, 0.1, 1, 0]), "orientation_invalid"),
        (alter(SOPClassUID="1.2.840.10008.5.1.4.1.1.88.33"), "other_object"),
        (alter(SOPClassUID="1.2.840.10008.5.1.4.1.1.66.4"), "segmentation_object"),
        (alter(SOPClassUID="1.2.840.10008.5.1.4.1.1.481.3"), "structure_set"),
    ],
)
def test_a_file_that_cannot_be_used_is_listed_with_the_reason(
    intake: Intake, tmp_path: Path, change: Callable[[Dataset, int], None], code: str
) -> None:
    def change_one(dataset: Dataset, index: int) -> None:
        if index == 1:
            change(dataset, index)

    write_series(tmp_path, 3, change_one)
    plan = intake.scan(tmp_path)
    assert [(one.code, one.fields["file"]) for one in plan.skipped] == [(f"intake.{code}", "001.dcm")]
    assert plan.stacks[0].slice_count == 2


def test_text_named_dcm_and_an_empty_file_are_listed(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path, 3)
    (tmp_path / "notes.dcm").write_text("This is a letter about the patient, not a picture of anything.")
    (tmp_path / "nothing.dcm").write_bytes(b"")
    plan = intake.scan(tmp_path)
    assert {one.fields["file"]: one.code for one in plan.skipped} == {
        "notes.dcm": "intake.not_an_image_file",
        "nothing.dcm": "intake.empty_file",
    }
    assert choose_stack(plan).slice_count == 3


def test_an_empty_folder_and_a_missing_one_are_errors_that_say_so(intake: Intake, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"intake\.nothing_found"):
        intake.scan(tmp_path)
    with pytest.raises(InputError, match=r"intake\.not_found"):
        intake.scan(tmp_path / "absent")


def test_a_folder_without_a_scan_offers_nothing_to_choose(intake: Intake, tmp_path: Path) -> None:
    (tmp_path / "readme.txt").write_text("nothing here")
    with pytest.raises(InputError, match=r"intake\.no_stack"):
        choose_stack(intake.scan(tmp_path))


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_a_link_that_leads_out_of_the_folder_is_not_followed(intake: Intake, tmp_path: Path) -> None:
    outside = write_series(tmp_path / "outside", 3)
    inside = tmp_path / "inside"
    write_series(inside, 2, series="2")
    (inside / "escape.dcm").symlink_to(outside[2])
    (inside / "folder").symlink_to(tmp_path / "outside")
    plan = intake.scan(inside)
    assert {one.fields["file"] for one in plan.skipped if one.code == "intake.link_outside"} == {
        "escape.dcm",
        "folder",
    }
    assert plan.stacks[0].slice_count == 2


def test_a_folder_of_too_many_files_is_cut_off_and_said(tmp_path: Path) -> None:
    write_series(tmp_path, 6)
    with Intake(limits=IntakeLimits(files=4)) as small:
        plan = small.scan(tmp_path)
    assert plan.stacks[0].slice_count == 4 and codes(plan.skipped) == {"too_many_files"}


def test_a_file_that_changed_since_the_scan_is_not_read(intake: Intake, tmp_path: Path) -> None:
    paths = write_series(tmp_path, 5)
    plan = intake.scan(tmp_path)
    paths[3].write_bytes(paths[3].read_bytes() + b"\0\0")
    with pytest.raises(InputError, match=r"intake\.file_changed"):
        intake.load(plan, plan.stacks[0])


def test_a_file_that_vanished_since_the_scan_is_named(intake: Intake, tmp_path: Path) -> None:
    paths = write_series(tmp_path, 5)
    plan = intake.scan(tmp_path)
    paths[3].unlink()
    with pytest.raises(InputError, match=r"intake\.file_gone") as raised:
        intake.load(plan, plan.stacks[0])
    assert raised.value.message.fields["file"] == "003.dcm"


def test_loading_stops_when_asked(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path, 5)
    plan = intake.scan(tmp_path)
    with pytest.raises(Cancelled):
        intake.load(plan, plan.stacks[0], should_stop=lambda: True)
    assert intake.load(plan, plan.stacks[0]).voxels.shape == (5, 12, 10)


def test_a_name_in_another_script_is_decoded(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path, 3, alter(SpecificCharacterSet="GB18030", PatientName="王^小东"))
    assert only_stack(intake, tmp_path).identity.name == "王^小东"
