"""NIfTI line by line of the verdict table: what may be viewed, what a pack may answer for."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import nibabel
import numpy as np
import pytest
import SimpleITK

from inference.dicom.intake import Intake
from tests.inference.dicom.research_files import (
    AFFINE,
    SHAPE,
    F,
    N,
    R,
    loaded,
    one,
    stored,
    values,
    verdicts,
    write_nifti,
)


def test_nifti_image_of_unknown_modality_is_viewed_and_not_answered(intake: Intake, tmp_path: Path) -> None:
    (stack,) = intake.scan(write_nifti(tmp_path / "a.nii.gz", values())).stacks
    assert verdicts(stack.findings, "modality_unknown") == (F, R)
    assert verdicts(stack.findings, "identity_unknown") == (N, N)


def test_nifti_image_with_a_stated_modality_is_answered_with_a_note(intake: Intake, tmp_path: Path) -> None:
    """What remains when the user has said what it is."""
    from inference.guard.scan_check import ANSWERED_HERE

    (stack,) = intake.scan(write_nifti(tmp_path / "a.nii.gz", values())).stacks
    left = [finding.answer for finding in stack.findings if finding.code not in ANSWERED_HERE]
    assert "intake.modality_unknown" in ANSWERED_HERE and max(left) is N


def test_nifti_qform_that_differs_from_sform_is_noted(intake: Intake, tmp_path: Path) -> None:
    image = nibabel.Nifti1Image(values(), AFFINE)
    moved = AFFINE.copy()
    moved[:3, 3] = (0, 4, 0)
    image.set_sform(AFFINE, 1)
    image.set_qform(moved, 1)
    nibabel.save(image, tmp_path / "a.nii")
    (stack,) = intake.scan(tmp_path).stacks
    assert verdicts(stack.findings, "form_codes_disagree") == (N, N)
    assert one(stack.findings, "form_codes_disagree").fields["distance_mm"] == 4.0


def test_nifti_without_a_code_is_refused(intake: Intake, tmp_path: Path) -> None:
    image = nibabel.Nifti1Image(values(), AFFINE)
    image.set_sform(AFFINE, 0)
    image.set_qform(AFFINE, 0)
    nibabel.save(image, tmp_path / "a.nii")
    plan = intake.scan(tmp_path)
    assert verdicts(plan.skipped, "no_orientation_code") == (R, R) and not plan.stacks


@pytest.mark.parametrize(
    ("unit", "step"), [("mm", 2.0), ("meter", 0.002), ("micron", 2000.0), ("unknown", 2.0)]
)
def test_units_of_a_nifti_are_brought_to_millimetres(
    intake: Intake, tmp_path: Path, unit: str, step: float
) -> None:
    image = nibabel.Nifti1Image(values(), np.diag((-step, -step, step, 1.0)))
    image.header.set_xyzt_units(unit)
    nibabel.save(image, tmp_path / "a.nii")
    (stack,) = intake.scan(tmp_path).stacks
    assert stack.geometry.spacing_mm == pytest.approx((2.0, 2.0, 2.0), rel=1e-6)
    peer = SimpleITK.ReadImage(str(tmp_path / "a.nii")).GetSpacing()
    assert unit == "unknown" or peer == pytest.approx((2.0, 2.0, 2.0), rel=1e-5)


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
def test_nifti_with_values_that_are_no_numbers_is_refused_for_answering(
    intake: Intake, tmp_path: Path, odd: float
) -> None:
    data = values().astype(np.float32)
    data[1, 2, 3] = odd
    (stack,) = intake.scan(write_nifti(tmp_path / "a.nii", data)).stacks
    assert verdicts(stack.findings, "not_a_number") == (N, R)


@pytest.mark.parametrize("data", [np.full(SHAPE, 7, np.int16), np.full(SHAPE, -0.25, np.float32)])
def test_nifti_of_constant_values_is_refused_for_answering(
    intake: Intake, tmp_path: Path, data: np.ndarray
) -> None:
    plan = intake.scan(write_nifti(tmp_path / "a.nii", data))
    (stack,) = plan.stacks
    assert verdicts(stack.findings, "constant") == (N, R)
    assert one(stack.findings, "constant").fields["value"] == data.flat[0]
    assert np.all(stored(loaded(intake, plan, stack)) == data)


def test_nifti_of_floating_point_values_is_quantised_with_a_note(intake: Intake, tmp_path: Path) -> None:
    data = np.random.default_rng(1).normal(0, 1, SHAPE).astype(np.float32)
    (stack,) = intake.scan(write_nifti(tmp_path / "a.nii", data)).stacks
    assert verdicts(stack.findings, "quantised") == (N, N)


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.float32])
def test_label_maps_are_listed_as_masks(intake: Intake, tmp_path: Path, dtype: type) -> None:
    data = np.zeros(SHAPE, dtype)
    data[2:4, 2:4, 2] = 3
    plan = intake.scan(write_nifti(tmp_path / "a.nii.gz", data))
    assert verdicts(plan.skipped, "label_map") == (F, F) and plan.skipped[0].fields["labels"] == 1


@pytest.mark.parametrize("fields", ["RGB", "RGBA"])
def test_nifti_in_colour_is_shown_as_grey_and_not_answered(
    intake: Intake, tmp_path: Path, fields: str
) -> None:
    colours = np.random.default_rng(2).integers(0, 256, (*SHAPE, len(fields))).astype(np.uint8)
    data = np.zeros(SHAPE, np.dtype([(name, "u1") for name in fields]))
    for index, name in enumerate(fields):
        data[name] = colours[..., index]
    plan = intake.scan(write_nifti(tmp_path / "a.nii", data))
    (stack,) = plan.stacks
    assert verdicts(stack.findings, "colour") == (N, R)
    luminance = np.rint(colours[..., :3].astype(float) @ (0.299, 0.587, 0.114))
    assert np.abs(stored(loaded(intake, plan, stack)) - luminance).max() <= 1


def test_nifti_of_complex_values_is_refused_by_name(intake: Intake, tmp_path: Path) -> None:
    plan = intake.scan(write_nifti(tmp_path / "a.nii", values().astype(np.complex64)))
    assert verdicts(plan.skipped, "values_unsupported") == (R, R)
    assert "complex64" in str(plan.skipped[0].fields["values"])


def test_several_time_points_become_stacks_of_which_the_user_picks(intake: Intake, tmp_path: Path) -> None:
    data = values((7, 6, 5, 3))
    plan = intake.scan(write_nifti(tmp_path / "a.nii.gz", data))
    assert len(plan.stacks) == 3 and len({stack.stack_id for stack in plan.stacks}) == 3
    for number, stack in enumerate(plan.stacks):
        found = one(stack.findings, "volume_of_several")
        assert (found.view, found.answer) == (F, F)
        assert found.fields == {"number": number + 1, "volumes": 3}
        assert np.array_equal(stored(loaded(intake, plan, stack)), data[..., number])
    assert np.array_equal(
        intake.load_slice(plan, plan.stacks[2], 0), loaded(intake, plan, plan.stacks[2]).voxels[0]
    )


@pytest.mark.parametrize("shape", [(4, 4, 4, 1, 3), (4, 4, 4, 2, 2)])
def test_more_than_four_dimensions_are_refused_by_name(
    intake: Intake, tmp_path: Path, shape: tuple[int, ...]
) -> None:
    plan = intake.scan(write_nifti(tmp_path / "a.nii", values(shape)))
    assert verdicts(plan.skipped, "dimensions_unsupported") == (R, R)


@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz"])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.98])
def test_nifti_that_ends_early_is_refused(intake: Intake, tmp_path: Path, name: str, share: float) -> None:
    path = write_nifti(tmp_path / name, values())
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    plan = intake.scan(path)
    assert verdicts(plan.skipped, "malformed") == (R, R) and not plan.stacks


@pytest.mark.parametrize("place", [-8, -200])
def test_a_packed_nifti_whose_check_sum_is_wrong_is_refused(
    intake: Intake, tmp_path: Path, place: int
) -> None:
    """All values are there, and some are not what was written."""
    path = write_nifti(tmp_path / "a.nii.gz", values())
    content = bytearray(gzip.compress(gzip.decompress(path.read_bytes()), 0))
    content[place] ^= 1
    path.write_bytes(content)
    plan = intake.scan(path)
    assert verdicts(plan.skipped, "malformed") == (R, R) and not plan.stacks


def spoiled(offset: int, layout: str, *new: float) -> bytes:
    image = nibabel.Nifti1Image(values(), AFFINE)
    content = bytearray(image.to_bytes())
    struct.pack_into(layout, content, offset, *new)
    return bytes(content)


@pytest.mark.parametrize(
    "content",
    [
        spoiled(0, "<i", 17),
        spoiled(40, "<h", 9),
        spoiled(40, "<h", -1),
        spoiled(42, "<h", -7),
        spoiled(42, "<h", 0),
        spoiled(42, "<h", 32767),
        spoiled(70, "<h", 4711),
        spoiled(108, "<f", -5.0),
        spoiled(108, "<f", 1e9),
        spoiled(108, "<f", float("nan")),
        spoiled(280, "<f", float("nan")),
        spoiled(280, "<12f", *[0.0] * 12),
        bytes(400),
        b"\xff" * 400,
        b"n+1\0",
        b"\x1f\x8b" + bytes(100),
        gzip.compress(b"x" * 400),
    ],
    ids=range(17),
)
@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz"])
def test_nonsense_nifti_headers_are_refused(
    intake: Intake, tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    plan = intake.scan(tmp_path)
    (found,) = plan.skipped
    assert (found.view, found.answer) == (R, R) and not plan.stacks
    assert found.code in {
        f"intake.{code}" for code in ("malformed", "dimensions_unsupported", "orientation_invalid")
    }
