"""Findings that only voxels can give, each with its two verdicts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from inference.dicom.intake import Intake
from inference.dicom.pixels.pixel_facts import pixel_findings, saturation_finding
from inference.dicom.pixels.stored import has_bits_above
from inference.findings import Verdict
from inference.geometry import Geometry
from inference.volume import Volume
from tests.inference.dicom.compressed_files import RLE, rle_encoded, write_compressed
from tests.inference.dicom.dicom_files import make_slice, only_stack, picture, set_pixels, write, write_series

F, N, R = Verdict.FINE, Verdict.NOTE, Verdict.REFUSED


def volume_of(voxels: NDArray[np.int16], **fields: object) -> Volume:
    return Volume(voxels, 1.0, -1024.0, Geometry(np.eye(4), voxels.shape), **fields)  # type: ignore[arg-type]


def test_a_constant_volume_may_be_viewed_and_not_answered(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path / "flat", 3, pixels=np.full((12, 10), 7, np.int16))
    plan = intake.scan(tmp_path / "flat")
    (found,) = intake.load(plan, plan.stacks[0]).findings
    assert (found.code, found.view, found.answer) == ("intake.constant", N, R)
    assert found.fields["value"] == 7 - 1024
    write_series(tmp_path / "scan", 3)
    plan = intake.scan(tmp_path / "scan")
    assert intake.load(plan, plan.stacks[0]).findings == ()


def test_padding_and_missing_slices_do_not_make_a_picture() -> None:
    voxels = np.full((4, 3, 3), 5, np.int16)
    voxels[:, 0] = -2000
    voxels[3] = -2000
    assert len(pixel_findings(volume_of(voxels, padding_voxel=-2000, missing_slices=frozenset({3})))) == 1
    voxels = voxels.copy()
    voxels[1, 2, 2] = 6
    assert pixel_findings(volume_of(voxels, padding_voxel=-2000)) == ()
    nothing = volume_of(np.full((2, 3, 3), -2000, np.int16), padding_voxel=-2000)
    assert len(pixel_findings(nothing)) == 1


@pytest.mark.parametrize("is_compressed", [False, True])
def test_non_zero_bits_above_the_high_bit_are_masked_and_said(
    intake: Intake, tmp_path: Path, is_compressed: bool
) -> None:
    pixels = np.arange(120, dtype=np.uint16).reshape(12, 10)
    with_overlay = pixels | np.uint16(0xA000)
    if is_compressed:
        path = write_compressed(tmp_path / "a.dcm", [rle_encoded(with_overlay)], RLE, with_overlay, 12)
    else:
        dataset = make_slice(0)
        set_pixels(dataset, with_overlay, 12)
        path = write(dataset, tmp_path / "a.dcm")
    volume = intake.load(intake.scan(path), only_stack(intake, path))
    (found,) = volume.findings
    assert (found.code, found.view, found.answer) == ("intake.high_bits", N, N)
    assert found.fields["count"] == 1 and found.fields["file"] == "a.dcm"
    assert np.array_equal(volume.voxels[0], pixels.astype(np.int16))


def test_an_extended_sign_is_no_overlay() -> None:
    signed = np.array([[-5, 5], [-2048, 2047]], np.int16)
    assert not has_bits_above(signed.view(np.uint16), 12, is_signed=True)
    assert not has_bits_above(signed.view(np.uint16) & np.uint16(0xFFF), 12, is_signed=True)
    assert has_bits_above(signed.view(np.uint16) ^ np.uint16(0x4000), 12, is_signed=True)
    assert has_bits_above(signed.view(np.uint16), 12, is_signed=False)
    assert not has_bits_above(signed.view(np.uint16), 16, is_signed=False)
    assert has_bits_above(np.array([0x80], np.uint8), 7, is_signed=False)


@pytest.mark.parametrize(
    ("end", "share", "is_said"),
    [(4095, 2e-3, True), (4095, 5e-4, False), (32_767, 2e-3, True), (0, 2e-3, True), (4000, 2e-3, False)],
)
def test_saturation_of_more_than_a_thousandth_of_the_tumour_is_noted(
    end: int, share: float, is_said: bool
) -> None:
    random = np.random.default_rng(3)
    voxels = random.integers(900, 1200, (10, 40, 40)).astype(np.int16)
    mask = np.zeros(voxels.shape, bool)
    mask[2:7, 10:30, 10:30] = True
    inside = np.flatnonzero(mask)
    voxels.ravel()[inside[: int(share * inside.size)]] = end
    found = saturation_finding(volume_of(voxels), mask)
    assert (found is not None) == is_said
    if found is not None:
        assert (found.code, found.view, found.answer) == ("intake.saturated", F, N)
        assert found.fields["percent"] == pytest.approx(100 * share, abs=0.05)


def test_an_end_that_other_voxels_lie_beyond_is_no_end() -> None:
    voxels = np.full((3, 8, 8), 4095, np.int16)
    voxels[0, 0, 0], voxels[0, 0, 1] = 5000, -20
    mask = np.zeros(voxels.shape, bool)
    mask[1] = True
    assert saturation_finding(volume_of(voxels), mask) is None
    assert saturation_finding(volume_of(voxels), np.zeros(voxels.shape, bool)) is None


def test_a_picture_is_not_taken_for_a_constant_one() -> None:
    voxels = np.stack([picture(index) for index in range(3)])
    assert pixel_findings(volume_of(voxels)) == ()
