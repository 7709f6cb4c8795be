"""What the header says about pixel values: rescale, other scales, padding, look-up tables, colour."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items

from inference.dicom.intake import Intake
from inference.findings import Finding, Verdict, worst_answer, worst_view
from inference.scan import Stack
from tests.inference.dicom.dicom_files import alter, codes, only_stack, picture, write_series
from tests.inference.dicom.enhanced_files import along_z, group, write_enhanced


def named(stack: Stack, code: str) -> Finding:
    (found,) = [one for one in stack.findings if one.code == f"intake.{code}"]
    return found


def real_world_value(unit: str) -> Dataset:
    item, units = Dataset(), Dataset()
    units.CodeValue, units.CodingSchemeDesignator, units.CodeMeaning = unit, "UCUM", unit
    item.MeasurementUnitsCodeSequence = Items([units])
    item.RealWorldValueSlope, item.RealWorldValueIntercept = 0.25, -3.0
    return item


def test_philips_private_scale_is_named_and_the_rescale_is_used(intake: Intake, tmp_path: Path) -> None:
    def scale(dataset: Dataset, index: int) -> None:
        dataset.RescaleSlope, dataset.RescaleIntercept = 4.5, 0
        dataset.private_block(0x2005, "Philips MR Imaging DD 001", create=True).add_new(0x0E, "FL", 0.0003)

    write_series(tmp_path, 3, scale, modality="MR")
    plan = intake.scan(tmp_path)
    (stack,) = plan.stacks
    note = named(stack, "other_scale")
    assert (note.view, note.answer) == (Verdict.NOTE, Verdict.NOTE)
    assert note.fields["scales"] == "Philips (2005,100E)"
    assert intake.load(plan, stack).slope.tolist() == [4.5] * 3


def test_a_private_element_under_another_creator_says_nothing(intake: Intake, tmp_path: Path) -> None:
    def scale(dataset: Dataset, index: int) -> None:
        dataset.private_block(0x2005, "SOMEBODY ELSE", create=True).add_new(0x0E, "FL", 0.0003)

    write_series(tmp_path, 3, scale, modality="MR")
    assert codes(only_stack(intake, tmp_path).findings) == set()


def test_real_world_values_are_named_and_pixel_value_transformation_is_used(
    intake: Intake, tmp_path: Path
) -> None:
    def scale(item: Dataset, index: int) -> None:
        item.RealWorldValueMappingSequence = Items([real_world_value("mm2/s")])
        group(item, "PixelValueTransformationSequence", RescaleSlope=2, RescaleIntercept=1, RescaleType="US")

    plan = intake.scan(write_enhanced(tmp_path / "a.dcm", along_z(3), change=scale))
    (stack,) = plan.stacks
    assert named(stack, "other_scale").fields["scales"] == "Real World Value (mm2/s)"
    assert intake.load(plan, stack).value_at(1, 0, 0) == picture(1)[0, 0] * 2 + 1


def test_hounsfield_units_as_a_real_world_value_need_no_word(intake: Intake, tmp_path: Path) -> None:
    def scale(dataset: Dataset, index: int) -> None:
        dataset.RealWorldValueMappingSequence = Items([real_world_value("[hnsf'U]")])

    write_series(tmp_path, 3, scale)
    assert codes(only_stack(intake, tmp_path).findings) == set()


@pytest.mark.parametrize("unit", ["US", "HU_MOD", "mgml"])
def test_rescale_type_other_than_hounsfield_on_ct_is_viewed_with_a_note_and_refused(
    intake: Intake, tmp_path: Path, unit: str
) -> None:
    write_series(tmp_path, 3, alter(RescaleType=unit))
    note = named(only_stack(intake, tmp_path), "not_hounsfield")
    assert (note.view, note.answer) == (Verdict.NOTE, Verdict.REFUSED) and note.fields["unit"] == unit


def test_rescale_absent_is_refused_on_ct_and_fine_on_mr(intake: Intake, tmp_path: Path) -> None:
    bare = alter(RescaleSlope=None, RescaleIntercept=None)
    write_series(tmp_path / "ct", 3, bare)
    ct = named(only_stack(intake, tmp_path / "ct"), "rescale_missing")
    assert (ct.view, ct.answer) == (Verdict.NOTE, Verdict.REFUSED)
    write_series(tmp_path / "mr", 3, modality="MR")
    assert codes(only_stack(intake, tmp_path / "mr").findings) == set()


@pytest.mark.parametrize("keyword", ["RescaleSlope", "RescaleIntercept"])
@pytest.mark.parametrize("slices", [(0, 1, 2, 3), (2,)])
def test_half_a_rescale_is_none_on_ct(
    intake: Intake, tmp_path: Path, keyword: str, slices: tuple[int, ...]
) -> None:
    lose = alter(**{keyword: None})
    write_series(tmp_path, 4, lambda dataset, index: lose(dataset, index) if index in slices else None)
    note = named(only_stack(intake, tmp_path), "rescale_missing")
    assert (note.view, note.answer) == (Verdict.NOTE, Verdict.REFUSED)


def test_an_intercept_of_zero_is_a_rescale(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path, 4, alter(RescaleIntercept=0))
    assert codes(only_stack(intake, tmp_path).findings) == set()


def test_one_slice_of_a_slope_above_two_is_enough(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path, 5, lambda dataset, index: setattr(dataset, "RescaleSlope", 4 if index == 2 else 1))
    coarse = named(only_stack(intake, tmp_path), "rescale_coarse")
    assert (coarse.view, coarse.answer, coarse.releasable) == (Verdict.NOTE, Verdict.REFUSED, True)
    assert coarse.fields["step"] == 4


def test_eight_bit_ct_is_refused_until_released(intake: Intake, tmp_path: Path) -> None:
    pixels = (np.arange(120).reshape(12, 10) % 250).astype(np.uint8)
    write_series(tmp_path, 3, pixels=pixels)
    coarse = named(only_stack(intake, tmp_path), "rescale_coarse")
    assert (coarse.view, coarse.answer, coarse.releasable) == (Verdict.NOTE, Verdict.REFUSED, True)


@pytest.mark.parametrize(
    ("vr", "written", "bits", "value"),
    [("US", 63536, 16, -2000), ("US", 63536, 12, -2000), ("SS", -2000, 16, -2000), ("US", 2048, 12, -2048)],
)
def test_padding_out_of_sign_or_range_is_reinterpreted_with_a_note(
    intake: Intake, tmp_path: Path, vr: str, written: int, bits: int, value: int
) -> None:
    def pad(dataset: Dataset, index: int) -> None:
        dataset.add_new(0x00280120, vr, written)
        dataset.BitsStored, dataset.HighBit = bits, bits - 1

    write_series(tmp_path, 3, pad)
    stack = only_stack(intake, tmp_path)
    assert stack.padding_value == value
    if written == value:
        assert codes(stack.findings) == set()
    else:
        note = named(stack, "padding_reinterpreted")
        assert (note.view, note.answer) == (Verdict.FINE, Verdict.NOTE)
        assert note.fields["written"] == written and note.fields["value"] == value


def test_a_padding_range_is_outside_the_picture_with_a_note(intake: Intake, tmp_path: Path) -> None:
    def pad(dataset: Dataset, index: int) -> None:
        dataset.add_new(0x00280120, "SS", -45)
        dataset.add_new(0x00280121, "SS", -40)

    write_series(tmp_path, 3, pad, modality="MR")
    plan = intake.scan(tmp_path)
    (stack,) = plan.stacks
    note = named(stack, "padding_range")
    assert (note.view, note.answer) == (Verdict.FINE, Verdict.NOTE)
    assert (note.fields["low"], note.fields["high"]) == (-45, -40)
    outside = (picture(0) >= -45) & (picture(0) <= -40)
    assert outside.any()
    volume = intake.load(plan, stack)
    assert volume.padding_voxel == -45
    assert np.array_equal(volume.voxels[0], np.where(outside, -45, picture(0)))


def test_a_slope_of_zero_is_no_calibration(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path, 3, alter(RescaleSlope=0))
    note = named(only_stack(intake, tmp_path), "rescale_missing")
    assert (note.view, note.answer) == (Verdict.NOTE, Verdict.REFUSED)


def test_monochrome1_is_fine_to_view_and_refused_an_answer(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path, 3, alter(PhotometricInterpretation="MONOCHROME1"))
    stack = only_stack(intake, tmp_path)
    note = named(stack, "inverted")
    assert (note.view, note.answer) == (Verdict.FINE, Verdict.REFUSED)
    assert stack.acquisition.photometric_interpretation == "MONOCHROME1"


def test_a_slope_above_two_on_ct_is_refused_until_released(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path, 3, alter(RescaleSlope=2.0002))
    coarse = named(only_stack(intake, tmp_path), "rescale_coarse")
    assert (coarse.view, coarse.answer, coarse.releasable) == (Verdict.NOTE, Verdict.REFUSED, True)


@pytest.mark.parametrize("change", [alter(BitsStored=17), alter(HighBit=11), alter(Rows=0)])
def test_impossible_bits_or_rows_are_refused(
    intake: Intake, tmp_path: Path, change: Callable[[Dataset, int], None]
) -> None:
    write_series(tmp_path, 3, change)
    plan = intake.scan(tmp_path)
    assert plan.stacks == () and len(plan.skipped) == 3
    assert all((one.view, one.answer) == (Verdict.REFUSED, Verdict.REFUSED) for one in plan.skipped)


def test_pet_values_are_shown_as_stored_and_said(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path, 3, alter(Modality="PT", SOPClassUID="1.2.840.10008.5.1.4.1.1.128"))
    note = named(only_stack(intake, tmp_path), "pet_values")
    assert (note.view, note.answer) == (Verdict.NOTE, Verdict.NOTE)


def test_burned_in_text_is_noted(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path, 3, alter(BurnedInAnnotation="YES"))
    note = named(only_stack(intake, tmp_path), "burned_in_text")
    assert (note.view, note.answer) == (Verdict.NOTE, Verdict.NOTE)


def test_a_voi_lut_sequence_is_fine_and_said(intake: Intake, tmp_path: Path) -> None:
    def table(dataset: Dataset, index: int) -> None:
        item = Dataset()
        item.LUTDescriptor, item.LUTData = [256, 0, 8], [0] * 256
        item["LUTDescriptor"].VR, item["LUTData"].VR = "US", "US"
        dataset.VOILUTSequence = Items([item])

    write_series(tmp_path, 3, table)
    said = named(only_stack(intake, tmp_path), "display_table")
    assert (said.view, said.answer) == (Verdict.FINE, Verdict.FINE)


def test_a_modality_lut_is_fine_to_view_and_refused_an_answer(intake: Intake, tmp_path: Path) -> None:
    def table(dataset: Dataset, index: int) -> None:
        item = Dataset()
        item.add_new(0x00283002, "US", [4, 0, 16])
        item.ModalityLUTType = "US"
        item.add_new(0x00283006, "US", [0, 1, 2, 3])
        dataset.ModalityLUTSequence = Items([item])

    write_series(tmp_path, 3, table, modality="MR")
    said = named(only_stack(intake, tmp_path), "modality_table")
    assert (said.view, said.answer) == (Verdict.FINE, Verdict.REFUSED)


@pytest.mark.parametrize(
    "change",
    [
        alter(WindowCenter=40, WindowWidth=0),
        alter(WindowCenter=None, WindowWidth=None),
        lambda dataset, index: alter(WindowCenter=40 + index, WindowWidth=400)(dataset, index),
    ],
    ids=["zero", "absent", "per slice"],
)
def test_a_window_that_is_zero_absent_or_per_slice_is_fine(
    intake: Intake, tmp_path: Path, change: Callable[[Dataset, int], None]
) -> None:
    def with_window(dataset: Dataset, index: int) -> None:
        dataset.WindowCenter, dataset.WindowWidth = 1, 1
        change(dataset, index)

    write_series(tmp_path, 5, with_window)
    stack = only_stack(intake, tmp_path)
    assert codes(stack.findings) == set()
    width = stack.acquisition.window_width
    assert (width, stack.acquisition.window_centre) == (400, 42) if width is not None else True


@pytest.mark.parametrize(
    ("ratio", "code", "answer"),
    [
        (["4", "9.5"], "lossy", Verdict.NOTE),
        (["4", "12"], "lossy_strongly", Verdict.REFUSED),
        (["12", "4"], "lossy_strongly", Verdict.REFUSED),
        (None, "lossy_strongly", Verdict.REFUSED),
    ],
)
def test_lossy_history_is_judged_by_its_strongest_step(
    intake: Intake, tmp_path: Path, ratio: list[str] | None, code: str, answer: Verdict
) -> None:
    def lossy(dataset: Dataset, index: int) -> None:
        dataset.LossyImageCompression = "01"
        if ratio:
            dataset.LossyImageCompressionRatio = ratio

    write_series(tmp_path, 3, lossy)
    said = named(only_stack(intake, tmp_path), code)
    assert (said.view, said.answer, said.releasable) == (
        Verdict.NOTE,
        answer,
        answer is Verdict.REFUSED,
    )


@pytest.mark.parametrize("kind", ["RGB", "planar", "PALETTE COLOR"])
def test_colour_and_palette_may_be_viewed_in_grey_and_are_refused_an_answer(
    intake: Intake, tmp_path: Path, kind: str
) -> None:
    def colour(dataset: Dataset, index: int) -> None:
        dataset.BitsAllocated = dataset.BitsStored = 8
        dataset.HighBit, dataset.PixelRepresentation = 7, 0
        grey = np.full((12, 10), 10 * index + 30, np.uint8)
        if kind == "PALETTE COLOR":
            dataset.PhotometricInterpretation = kind
            for tag in (0x00281101, 0x00281102, 0x00281103):
                dataset.add_new(tag, "US", [256, 0, 16])
            table = (np.arange(256, dtype=np.uint16) * 257).tobytes()
            for tag in (0x00281201, 0x00281202, 0x00281203):
                dataset.add_new(tag, "OW", table)
            dataset.PixelData = grey.tobytes()
        else:
            dataset.PhotometricInterpretation, dataset.SamplesPerPixel = "RGB", 3
            dataset.PlanarConfiguration = int(kind == "planar")
            dataset.PixelData = np.repeat(grey.ravel(), 3).tobytes()

    write_series(tmp_path, 3, colour, modality="MR")
    plan = intake.scan(tmp_path)
    (stack,) = plan.stacks
    note = named(stack, "colour")
    assert (note.view, note.answer) == (Verdict.NOTE, Verdict.REFUSED)
    assert worst_view(stack.findings) is Verdict.NOTE and worst_answer(stack.findings) is Verdict.REFUSED
    assert [int(plane[3, 3]) for plane in intake.load(plan, stack).voxels] == [30, 40, 50]


@pytest.mark.parametrize(
    ("group_number", "creator", "element", "vr", "values"),
    [
        (0x0019, "SIEMENS MR HEADER", 0x0C, "IS", ("0", "800")),
        (0x0043, "GEMS_PARM_01", 0x39, "IS", (["1000000000", "8"], ["1000000800", "8"])),
        (0x2001, "Philips Imaging DD 001", 0x03, "FL", (0.0, 800.0)),
    ],
)
def test_b_values_that_only_makers_elements_state_tell_pictures_apart(
    intake: Intake, tmp_path: Path, group_number: int, creator: str, element: int, vr: str, values: object
) -> None:
    for one in (0, 1):

        def weigh(dataset: Dataset, index: int, one: int = one) -> None:
            uid = f"2.25.9.{one}.{index}"
            dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = uid
            block = dataset.private_block(group_number, creator, create=True)
            block.add_new(element, vr, values[one])  # type: ignore[index]
            dataset.SeriesInstanceUID = "2.25.9"

        pixels = picture(one)
        write_series(tmp_path / str(one), 3, weigh, modality="MR", pixels=pixels)
    stacks = intake.scan(tmp_path).stacks
    assert [named(stack, "split_by").fields["value"] for stack in stacks] == ["0", "800"]
    assert [stack.acquisition.technique.diffusion_b_value for stack in stacks] == [0, 800]
