"""DICOM segmentations of other programs: kinds, compressions, orders of frames, and what makes no volume."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    RLELossless,
)

from inference.dicom.intake import Intake
from inference.errors import InputError
from inference.masks.codecs.refusal import MaskRefusedError
from inference.scan import Plan, Stack
from tests.inference.dicom.dicom_files import write_series
from tests.inference.masks.codecs.foreign_segs import foreign_seg, odd_pixels, save, save_with_deflated_frames

Scan = tuple[list[Path], Plan, Stack]
COUNT, ROWS, COLUMNS = 6, 33, 35
SHAPE = (COUNT, ROWS, COLUMNS)
BLANK = np.zeros((ROWS, COLUMNS), np.int16)


@pytest.fixture
def scan(intake: Intake, tmp_path: Path) -> Scan:
    paths = write_series(tmp_path / "scan", COUNT, pixels=BLANK)
    plan = intake.scan(tmp_path / "scan")
    return paths, plan, plan.stacks[0]


@pytest.mark.parametrize(
    "syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian], ids=lambda uid: UID(uid).keyword
)
def test_a_binary_segmentation_is_read_in_either_syntax(
    intake: Intake, scan: Scan, tmp_path: Path, syntax: UID
) -> None:
    paths, plan, stack = scan
    pixels = odd_pixels(SHAPE)
    path = save(foreign_seg(paths, pixels, "BINARY", syntax=syntax), tmp_path / "seg.dcm")
    read = intake.read_mask(path, plan, stack)
    assert np.array_equal(read.voxels, pixels > 0)
    assert read.findings == () and read.segments[0].algorithm_type == "AUTOMATIC"


@pytest.mark.parametrize("kind", ["BINARY", "FRACTIONAL", "LABELMAP"])
def test_a_deflated_segmentation_is_read(intake: Intake, scan: Scan, tmp_path: Path, kind: str) -> None:
    paths, plan, stack = scan
    pixels = odd_pixels(SHAPE)
    values = pixels.astype(float) if kind == "FRACTIONAL" else pixels
    options = {"fractional_type": "OCCUPANCY"} if kind == "FRACTIONAL" else {}
    dataset = foreign_seg(paths, values, kind, **options)
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    read = intake.read_mask(save(dataset, tmp_path / "seg.dcm"), plan, stack)
    assert np.array_equal(read.voxels, pixels > 0)


@pytest.mark.parametrize(
    "syntax", [RLELossless, JPEG2000Lossless, ExplicitVRLittleEndian], ids=lambda uid: UID(uid).keyword
)
@pytest.mark.parametrize("meaning", ["PROBABILITY", "OCCUPANCY"])
def test_fractions_count_from_the_threshold_on(
    intake: Intake, scan: Scan, tmp_path: Path, syntax: UID, meaning: str
) -> None:
    paths, plan, stack = scan
    fractions = np.random.default_rng(1).integers(0, 11, SHAPE) / 10
    dataset = foreign_seg(
        paths, fractions, "FRACTIONAL", syntax=syntax, fractional_type=meaning, max_fractional_value=200
    )
    path = save(dataset, tmp_path / "seg.dcm")
    for threshold in (0.5, 0.8):
        read = intake.read_mask(path, plan, stack, threshold=threshold)
        assert np.array_equal(read.voxels, fractions >= threshold - 1e-9)
        assert read.threshold == threshold
        (found,) = read.findings
        assert found.code == "intake.mask_fractional" and found.fields == {"percent": round(100 * threshold)}
        assert read.to_confirm == (found,)


@pytest.mark.parametrize(
    "syntax", [ExplicitVRLittleEndian, RLELossless, JPEG2000Lossless], ids=lambda uid: UID(uid).keyword
)
@pytest.mark.parametrize("count", [3, 300])
def test_a_label_map_segmentation_gives_every_segment(
    intake: Intake, scan: Scan, tmp_path: Path, syntax: UID, count: int
) -> None:
    paths, plan, stack = scan
    numbers = np.random.default_rng(2).integers(0, count + 1, SHAPE).astype(np.uint16)
    numbers[0] = 0
    labels = [f"Structure {number}" for number in range(1, count + 1)]
    dataset = foreign_seg(paths, numbers, "LABELMAP", labels, syntax=syntax)
    assert dataset.SOPClassUID == "1.2.840.10008.5.1.4.1.1.66.7" and dataset.BitsAllocated == (
        8 if count < 256 else 16
    )
    read = intake.read_mask(save(dataset, tmp_path / "seg.dcm"), plan, stack)
    present = sorted(set(np.unique(numbers).tolist()) - {0})
    assert [one.number for one in read.segments] == present
    assert all(np.array_equal(one.voxels, numbers == one.number) for one in read.segments)
    assert read.segments[0].label == f"Structure {present[0]}"


@pytest.mark.parametrize("kind", ["BINARY", "FRACTIONAL", "LABELMAP"])
def test_frames_that_are_deflated_one_by_one_are_read(
    intake: Intake, scan: Scan, tmp_path: Path, kind: str
) -> None:
    paths, plan, stack = scan
    pixels = odd_pixels(SHAPE)
    values = pixels.astype(float) if kind == "FRACTIONAL" else pixels
    options = {"fractional_type": "OCCUPANCY"} if kind == "FRACTIONAL" else {}
    path = save_with_deflated_frames(foreign_seg(paths, values, kind, **options), tmp_path / "seg.dcm")
    read = intake.read_mask(path, plan, stack)
    assert np.array_equal(read.voxels, pixels > 0)


def test_a_plane_beside_the_grid_lies_on_the_slice_whose_image_it_names(
    intake: Intake, tmp_path: Path
) -> None:
    def unevenly(dataset: Dataset, index: int) -> None:
        dataset.ImagePositionPatient[2] = 2.5 * index + (0.7 if index % 2 else 0)

    paths = write_series(tmp_path / "scan", COUNT, unevenly, pixels=BLANK)
    plan = intake.scan(tmp_path / "scan")
    (stack,) = plan.stacks
    pixels = odd_pixels(SHAPE)
    path = save(foreign_seg(paths, pixels, "BINARY"), tmp_path / "seg.dcm")
    read = intake.read_mask(path, plan, stack)
    assert np.array_equal(read.voxels, pixels > 0) and read.findings == ()


def test_a_label_map_segmentation_beside_a_scan_is_known_as_a_mask(
    intake: Intake, scan: Scan, tmp_path: Path
) -> None:
    paths, _, _ = scan
    save(foreign_seg(paths, odd_pixels(SHAPE), "LABELMAP"), tmp_path / "scan" / "labels.dcm")
    plan = intake.scan(tmp_path / "scan")
    assert [one.code for one in plan.skipped] == ["intake.segmentation_object"]


def test_overlapping_segments_stay_apart(intake: Intake, scan: Scan, tmp_path: Path) -> None:
    paths, plan, stack = scan
    pixels = np.stack([odd_pixels(SHAPE, seed) for seed in range(3)], axis=-1)
    dataset = foreign_seg(paths, pixels, "BINARY", ["Tumour", "Node", "Liver"])
    read = intake.read_mask(save(dataset, tmp_path / "seg.dcm"), plan, stack)
    assert [one.label for one in read.segments] == ["Tumour", "Node", "Liver"]
    assert all(np.array_equal(one.voxels, pixels[..., n] > 0) for n, one in enumerate(read.segments))
    assert np.array_equal(read.voxels, pixels.any(axis=-1))


@pytest.mark.parametrize("omits", [True, False])
def test_frames_in_any_order_lie_where_they_say(
    intake: Intake, scan: Scan, tmp_path: Path, omits: bool
) -> None:
    paths, plan, stack = scan
    pixels = odd_pixels(SHAPE)
    dataset = foreign_seg(paths, pixels, "BINARY", omit_empty_frames=omits)
    count = int(dataset.NumberOfFrames)
    assert count == (COUNT - 2 if omits else COUNT)
    order = np.random.default_rng(4).permutation(count)
    groups = list(dataset.PerFrameFunctionalGroupsSequence)
    bits = np.unpackbits(np.frombuffer(dataset.PixelData, np.uint8), bitorder="little")
    planes = bits[: count * ROWS * COLUMNS].reshape(count, -1)[order]
    dataset.PerFrameFunctionalGroupsSequence = [groups[index] for index in order]
    content = np.packbits(planes.reshape(-1), bitorder="little").tobytes()
    dataset.PixelData = content + b"\0" * (len(content) % 2)
    # Nothing but the positions tells where a frame lies.
    for keyword in ("DimensionIndexSequence", "DimensionOrganizationSequence"):
        delattr(dataset, keyword)
    read = intake.read_mask(save(dataset, tmp_path / "seg.dcm"), plan, stack)
    assert np.array_equal(read.voxels, pixels > 0)


def test_frames_of_several_orientations_are_refused_with_the_reason(
    intake: Intake, scan: Scan, tmp_path: Path
) -> None:
    paths, plan, stack = scan
    dataset = foreign_seg(paths, odd_pixels(SHAPE), "BINARY")
    shared = dataset.SharedFunctionalGroupsSequence[0]
    upright = Dataset()
    upright.ImageOrientationPatient = [1, 0, 0, 0, 0, -1]
    level = shared.PlaneOrientationSequence[0]
    del shared.PlaneOrientationSequence
    for index, group in enumerate(dataset.PerFrameFunctionalGroupsSequence):
        group.PlaneOrientationSequence = [upright if index == 1 else level]
    with pytest.raises(MaskRefusedError, match=r"intake\.mask\.several_orientations"):
        intake.read_mask(save(dataset, tmp_path / "seg.dcm"), plan, stack)


def test_frames_without_a_position_are_refused(intake: Intake, scan: Scan, tmp_path: Path) -> None:
    paths, plan, stack = scan
    dataset = foreign_seg(paths, odd_pixels(SHAPE), "BINARY")
    for group in dataset.PerFrameFunctionalGroupsSequence:
        del group.PlanePositionSequence
    with pytest.raises(MaskRefusedError, match=r"intake\.mask\.no_grid"):
        intake.read_mask(save(dataset, tmp_path / "seg.dcm"), plan, stack)


def test_frames_that_end_early_refuse_the_file(intake: Intake, scan: Scan, tmp_path: Path) -> None:
    paths, plan, stack = scan
    dataset = foreign_seg(paths, odd_pixels(SHAPE), "BINARY")
    dataset.PixelData = dataset.PixelData[: len(dataset.PixelData) // 4 * 2]
    with pytest.raises(InputError, match=r"intake\.mask\.unreadable"):
        intake.read_mask(save(dataset, tmp_path / "seg.dcm"), plan, stack)


def test_a_segmentation_of_every_second_slice_is_laid_on_a_tilted_stack(
    intake: Intake, tmp_path: Path
) -> None:
    def tilt(dataset: Dataset, index: int) -> None:
        dataset.ImagePositionPatient[1] += 0.8 * index

    paths = write_series(tmp_path / "scan", 7, tilt, pixels=BLANK)
    plan = intake.scan(tmp_path / "scan")
    (stack,) = plan.stacks
    pixels = odd_pixels((4, ROWS, COLUMNS))
    pixels[0] = pixels[1]
    path = save(foreign_seg(paths[::2], pixels, "BINARY"), tmp_path / "seg.dcm")
    expected = np.zeros(stack.geometry.shape, bool)
    expected[::2] = pixels > 0
    assert np.array_equal(intake.read_mask(path, plan, stack).voxels, expected)


def test_uneven_planes_on_another_grid_make_no_volume(intake: Intake, scan: Scan, tmp_path: Path) -> None:
    _, plan, stack = scan
    other = write_series(tmp_path / "other", 5, pixels=BLANK, spacing=(0.5, 0.5))
    dataset = foreign_seg(other, odd_pixels((5, ROWS, COLUMNS)) | 1, "BINARY")
    for index, group in enumerate(dataset.PerFrameFunctionalGroupsSequence):
        group.PlanePositionSequence[0].ImagePositionPatient[2] = [0, 2, 3.3, 8.9, 11.1][index]
    with pytest.raises(MaskRefusedError, match=r"intake\.mask\.uneven_planes"):
        intake.read_mask(save(dataset, tmp_path / "seg.dcm"), plan, stack)


def test_planes_that_claim_to_lie_a_kilometre_apart_cost_no_memory(
    intake: Intake, scan: Scan, tmp_path: Path
) -> None:
    _, plan, stack = scan
    other = write_series(tmp_path / "other", 3, pixels=BLANK, spacing=(0.5, 0.5), step_mm=0.001)
    dataset = foreign_seg(other, np.ones((3, ROWS, COLUMNS), np.uint8), "BINARY")
    dataset.PerFrameFunctionalGroupsSequence[2].PlanePositionSequence[0].ImagePositionPatient[2] = 1e6
    with pytest.raises(MaskRefusedError, match=r"intake\.mask\.uneven_planes"):
        intake.read_mask(save(dataset, tmp_path / "seg.dcm"), plan, stack)


def test_the_organs_of_a_whole_body_segmentation_fit_into_memory(intake: Intake, tmp_path: Path) -> None:
    paths = write_series(tmp_path / "scan", 12, pixels=np.zeros((256, 256), np.int16))
    plan = intake.scan(tmp_path / "scan")
    (stack,) = plan.stacks
    numbers = np.zeros((12, 256, 256), np.uint8)
    for number in range(100):
        row, column = divmod(number, 10)
        numbers[1:11, 20 + row * 20 : 35 + row * 20, 20 + column * 20 : 38 + column * 20] = number + 1
    labels = [f"Organ {number}" for number in range(1, 101)]
    path = save(foreign_seg(paths, numbers, "BINARY", labels), tmp_path / "seg.dcm")
    assert int(pydicom.dcmread(path, stop_before_pixels=True).NumberOfFrames) == 1000
    read = intake.read_mask(path, plan, stack)
    assert [one.count for one in read.segments] == [10 * 15 * 18] * 100
    assert sum(one.cropped.nbytes for one in read.segments) == np.count_nonzero(numbers)
