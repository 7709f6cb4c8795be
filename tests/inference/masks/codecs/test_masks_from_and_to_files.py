"""Masks written and read back, masks of other programs, and masks that do not belong to the scan."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import nibabel
import nrrd
import numpy as np
import pydicom
import pytest
import SimpleITK
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from inference.clock import FixedClock, SeededIds
from inference.dicom.intake import Intake
from inference.errors import InputError, StorageError
from inference.masks.codecs.imported import ImportedMask, as_layer
from inference.masks.codecs.mask_object import MaskObject
from inference.masks.codecs.nifti import encode_label_map, write_label_map
from inference.masks.codecs.seg import SEGMENTATION, encode_segmentation
from inference.masks.codecs.segment_to_write import SegmentToWrite
from inference.masks.layer import MaskLayer, MaskOrigin
from inference.scan import Plan, Stack
from tests.inference.dicom.dicom_files import write_series

CLOCK = FixedClock(datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC))
ROWS, COLUMNS = 12, 10


@pytest.fixture(scope="module")
def intake() -> Iterator[Intake]:
    with Intake() as opened:
        yield opened


def scan(intake: Intake, folder: Path) -> tuple[Plan, Stack]:
    plan = intake.scan(folder)
    (stack,) = plan.stacks
    return plan, stack


def odd_mask(stack: Stack, seed: int = 0) -> NDArray[np.bool_]:
    """Voxels without any symmetry, and empty first and last slices."""
    mask = np.random.default_rng(seed).random(stack.geometry.shape) < 0.3
    mask[0] = mask[-1] = False
    return mask


def codes(mask: ImportedMask) -> set[str]:
    return {finding.code.removeprefix("intake.") for finding in mask.findings}


def encode(segments: list[SegmentToWrite], plan: Plan, stack: Stack, seed: int = 1) -> bytes:
    content, _ = SEGMENTATION.encode(segments, stack, clock=CLOCK, ids=SeededIds(seed))
    return content


def test_segments_come_back_voxel_by_voxel_with_their_meaning(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path / "scan", 6)
    plan, stack = scan(intake, tmp_path / "scan")
    first, second = odd_mask(stack), odd_mask(stack, 1)
    nodes = SegmentToWrite("颈部淋巴结", second, kind=("59441001", "SCT", "Lymph node"), algorithm="pack 1")
    SEGMENTATION.write(
        tmp_path / "out.dcm",
        [SegmentToWrite("Primary tumour", first), nodes],
        stack,
        clock=CLOCK,
        ids=SeededIds(1),
    )
    read = intake.read_mask(tmp_path / "out.dcm", plan, stack)
    assert [segment.label for segment in read.segments] == ["Primary tumour", "颈部淋巴结"]
    assert [segment.algorithm_type for segment in read.segments] == ["MANUAL", "AUTOMATIC"]
    assert read.segments[1].kind == ("59441001", "SCT", "Lymph node")
    assert np.array_equal(read.segments[0].voxels, first) and np.array_equal(read.segments[1].voxels, second)
    assert np.array_equal(read.voxels, first | second) and codes(read) == {"mask_overlapping"}
    assert len(read.sha256) == 64 and read.lost_fraction == 0


def test_the_written_object_refers_to_the_scan_and_takes_its_dates_from_the_clock(
    intake: Intake, tmp_path: Path
) -> None:
    write_series(tmp_path, 4)
    plan, stack = scan(intake, tmp_path)
    content = encode([SegmentToWrite("Tumour", odd_mask(stack))], plan, stack)
    dataset = pydicom.dcmread(BytesIO(content))
    assert (dataset.PatientID, str(dataset.PatientName), dataset.PatientBirthDate) == (
        "P1",
        "Doe^Jane",
        "19610203",
    )
    assert dataset.StudyInstanceUID == stack.study_uid
    assert dataset.FrameOfReferenceUID == stack.frame_of_reference_uid
    assert dataset.ReferencedSeriesSequence[0].SeriesInstanceUID == stack.series_uid
    assert (dataset.ContentDate, dataset.ContentTime) == ("20240506", "070809.000000")
    assert dataset.SOPInstanceUID.startswith("2.25.") and dataset.SegmentationType == "BINARY"
    assert content == encode([SegmentToWrite("Tumour", odd_mask(stack))], plan, stack)
    assert content != encode([SegmentToWrite("Tumour", odd_mask(stack))], plan, stack, seed=2)


@pytest.mark.parametrize(
    ("origin", "edited", "algorithm"),
    [(MaskOrigin.HUMAN, False, "MANUAL"), (MaskOrigin.MODEL, False, "AUTOMATIC")],
)
def test_a_layer_says_who_made_it(
    intake: Intake, tmp_path: Path, origin: MaskOrigin, edited: bool, algorithm: str
) -> None:
    write_series(tmp_path, 4)
    _plan, stack = scan(intake, tmp_path)
    layer = MaskLayer("Tumour", origin, odd_mask(stack), stack.geometry, "npc-residual 1.0")
    dataset = pydicom.dcmread(BytesIO(encode_segmentation(layer, stack, clock=CLOCK, ids=SeededIds(1))))
    assert dataset.SegmentSequence[0].SegmentAlgorithmType == algorithm


def test_a_tilted_and_incomplete_scan_keeps_its_mask(intake: Intake, tmp_path: Path) -> None:
    def tilt(dataset: Dataset, index: int) -> None:
        dataset.ImagePositionPatient[1] += 0.5 * index

    paths = write_series(tmp_path / "scan", 8, tilt)
    paths[3].unlink()
    plan, stack = scan(intake, tmp_path / "scan")
    mask = odd_mask(stack)
    with pytest.raises(InputError, match=r"intake\.mask\.on_missing_slice"):
        encode([SegmentToWrite("Tumour", mask)], plan, stack)
    mask[3] = False
    (tmp_path / "out.dcm").write_bytes(encode([SegmentToWrite("Tumour", mask)], plan, stack))
    assert np.array_equal(intake.read_mask(tmp_path / "out.dcm", plan, stack).voxels, mask)


def test_nothing_is_written_for_an_unknown_patient(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path, 4, patient_id="", name="")
    plan, stack = scan(intake, tmp_path)
    with pytest.raises(InputError, match=r"intake\.mask\.identity_unknown"):
        encode([SegmentToWrite("Tumour", odd_mask(stack))], plan, stack)


def test_nothing_is_written_for_an_empty_mask(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path / "a", 4)
    plan, stack = scan(intake, tmp_path / "a")
    with pytest.raises(InputError, match=r"intake\.mask\.nothing_to_write"):
        encode([SegmentToWrite("Tumour", np.zeros(stack.geometry.shape, bool))], plan, stack)


def test_a_file_that_reads_back_differently_is_removed(
    intake: Intake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_series(tmp_path / "scan", 4)
    plan, stack = scan(intake, tmp_path / "scan")
    segments = [SegmentToWrite("Tumour", odd_mask(stack))]
    good = encode([SegmentToWrite("Tumour", odd_mask(stack, 5))], plan, stack)
    monkeypatch.setattr(MaskObject, "_encoded", lambda *args: (good, ()))
    with pytest.raises(StorageError, match=r"intake\.mask\.differs"):
        SEGMENTATION.write(tmp_path / "out.dcm", segments, stack, clock=CLOCK, ids=SeededIds(1))
    assert not (tmp_path / "out.dcm").exists()


@pytest.mark.parametrize("tilt_mm", [0.0, 0.5])
def test_a_nifti_mask_comes_back_and_stands_where_the_scan_stands(
    intake: Intake, tmp_path: Path, tilt_mm: float
) -> None:
    def tilt(dataset: Dataset, index: int) -> None:
        dataset.ImagePositionPatient[1] += tilt_mm * index

    write_series(tmp_path / "scan", 6, tilt)
    plan, stack = scan(intake, tmp_path / "scan")
    labels = odd_mask(stack).astype(np.uint8) + odd_mask(stack, 1)
    write_label_map(tmp_path / "mask.nii.gz", labels, stack.geometry)
    read = intake.read_mask(tmp_path / "mask.nii.gz", plan, stack)
    assert [segment.number for segment in read.segments] == [1, 2]
    assert np.array_equal(read.segments[1].voxels, labels == 2)
    assert np.array_equal(read.voxels, labels > 0)
    assert codes(read) == {"mask_in_millimetres"}
    assert encode_label_map(labels, stack.geometry) == encode_label_map(labels, stack.geometry)
    ras = nibabel.load(tmp_path / "mask.nii.gz").affine @ [3, 4, 2, 1]
    assert ras[:3] * (-1, -1, 1) == pytest.approx(stack.geometry.index_to_lps((2, 4, 3)), abs=1e-4)


def write_other_grid(path: Path, stack: Stack, factor: float, box: NDArray[np.float64]) -> None:
    """A label map on a grid ``factor`` times as fine, marking a box given in LPS mm (low, high)."""
    spacing = np.array(stack.geometry.spacing_mm) / factor
    origin = stack.geometry.index_to_lps((-0.5, -0.5, -0.5)) + spacing[::-1] / 2
    shape = [round(n * factor) for n in stack.geometry.shape]
    grid = np.stack(np.meshgrid(*[np.arange(n) for n in shape], indexing="ij"), axis=-1)
    places = origin + (grid * spacing)[..., ::-1]
    inside = ((places >= box[0]) & (places <= box[1])).all(axis=-1)
    image = SimpleITK.GetImageFromArray(inside.astype(np.uint8))
    image.SetSpacing(spacing[::-1].tolist())
    image.SetOrigin(origin.tolist())
    SimpleITK.WriteImage(image, str(path), useCompression=True)


@pytest.mark.parametrize("suffix", [".nii.gz", ".nrrd"])
@pytest.mark.parametrize("factor", [2.0, 3.0])
def test_a_mask_on_another_grid_is_resampled_and_the_loss_stated(
    intake: Intake, tmp_path: Path, suffix: str, factor: float
) -> None:
    write_series(tmp_path / "scan", 8)
    plan, stack = scan(intake, tmp_path / "scan")
    half = np.array(stack.geometry.spacing_mm[::-1]) / 2
    box = np.stack(
        [stack.geometry.index_to_lps((2, 3, 2)) - half, stack.geometry.index_to_lps((5, 8, 6)) + half]
    )
    write_other_grid(tmp_path / f"mask{suffix}", stack, factor, box)
    read = intake.read_mask(tmp_path / f"mask{suffix}", plan, stack)
    expected = np.zeros(stack.geometry.shape, bool)
    expected[2:6, 3:9, 2:7] = True
    assert np.array_equal(read.voxels, expected)
    (resampled,) = [one for one in read.findings if one.code == "intake.mask_resampled"]
    assert resampled.fields["lost_percent"] == pytest.approx(100 * read.lost_fraction, abs=0.05)
    assert read.lost_fraction == pytest.approx(0, abs=1e-6)


def test_a_coarse_mask_that_changes_its_volume_says_by_how_much(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path / "scan", 8)
    plan, stack = scan(intake, tmp_path / "scan")
    origin = stack.geometry.index_to_lps((3.3, 4.2, 3.1))
    image = SimpleITK.GetImageFromArray(np.ones((1, 1, 1), np.uint8))
    image.SetSpacing((2.0, 2.0, 5.0))
    image.SetOrigin(origin.tolist())
    SimpleITK.WriteImage(image, str(tmp_path / "mask.nrrd"))
    read = intake.read_mask(tmp_path / "mask.nrrd", plan, stack)
    marked_mm3 = read.voxels.sum() * np.prod(stack.geometry.spacing_mm)
    assert read.lost_fraction == pytest.approx(abs(1 - marked_mm3 / 20.0)) and read.lost_fraction > 0.01


def test_a_mask_that_leaves_the_scan_says_how_much(intake: Intake, tmp_path: Path) -> None:
    paths = write_series(tmp_path / "scan", 10)
    plan, stack = scan(intake, tmp_path / "scan")
    mask = np.zeros(stack.geometry.shape, bool)
    mask[6:10, 2:4, 2:4] = True
    (tmp_path / "mask.dcm").write_bytes(encode([SegmentToWrite("Tumour", mask)], plan, stack))
    for path in paths[7:]:
        path.unlink()
    plan, stack = scan(intake, tmp_path / "scan")
    read = intake.read_mask(tmp_path / "mask.dcm", plan, stack)
    (outside,) = [one for one in read.findings if one.code == "intake.mask_outside"]
    assert outside.fields["percent"] == 75.0 and read.voxels.sum() == 4


@pytest.mark.parametrize(
    ("keyword", "value", "error"),
    [
        ("FrameOfReferenceUID", "2.25.99", r"intake\.mask\.other_frame_of_reference"),
        ("PatientID", "P2", r"intake\.mask\.other_patient"),
        ("SOPClassUID", "1.2.840.10008.5.1.4.1.1.2", r"intake\.mask\.unreadable"),
    ],
)
def test_a_mask_that_does_not_belong_to_the_scan_is_refused(
    intake: Intake, tmp_path: Path, keyword: str, value: str, error: str
) -> None:
    write_series(tmp_path / "scan", 4)
    plan, stack = scan(intake, tmp_path / "scan")
    dataset = pydicom.dcmread(BytesIO(encode([SegmentToWrite("Tumour", odd_mask(stack))], plan, stack)))
    setattr(dataset, keyword, value)
    dataset.save_as(tmp_path / "mask.dcm")
    with pytest.raises(InputError, match=error):
        intake.read_mask(tmp_path / "mask.dcm", plan, stack)


def test_a_mask_of_other_images_in_the_same_frame_of_reference_is_laid_by_position(
    intake: Intake, tmp_path: Path
) -> None:
    write_series(tmp_path / "a", 4, series="1")
    write_series(tmp_path / "b", 4, series="2")
    plan, stack = scan(intake, tmp_path / "a")
    mask = odd_mask(stack)
    (tmp_path / "mask.dcm").write_bytes(encode([SegmentToWrite("Tumour", mask)], plan, stack))
    plan, stack = scan(intake, tmp_path / "b")
    read = intake.read_mask(tmp_path / "mask.dcm", plan, stack)
    assert np.array_equal(read.voxels, mask) and codes(read) == {"mask_other_images"}


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("letter.dcm", b"This is a letter and no mask at all." * 10, r"intake\.mask\.unreadable"),
        ("broken.nii.gz", b"\x1f\x8b\x08 not gzip", r"intake\.mask\.unreadable"),
        ("empty.nrrd", b"", r"intake\.mask\.unreadable"),
    ],
)
def test_what_is_no_mask_is_refused_by_name(
    intake: Intake, tmp_path: Path, name: str, content: bytes, error: str
) -> None:
    write_series(tmp_path / "scan", 4)
    plan, stack = scan(intake, tmp_path / "scan")
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=error) as raised:
        intake.read_mask(tmp_path / name, plan, stack)
    assert raised.value.message.fields["file"] == name


def test_an_empty_mask_and_a_picture_are_no_masks(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path / "scan", 4)
    plan, stack = scan(intake, tmp_path / "scan")
    affine = np.diag((-0.6, -0.8, 2.5, 1.0))
    affine[:3, 3] = (20, 30, 0)
    for name, data, error in (
        ("empty", np.zeros((COLUMNS, ROWS, 4), np.uint8), r"intake\.mask\.empty"),
        ("picture", np.full((COLUMNS, ROWS, 4), 0.37, np.float32), r"intake\.mask\.not_a_label_map"),
        ("negative", np.full((COLUMNS, ROWS, 4), -3, np.int16), r"intake\.mask\.not_a_label_map"),
    ):
        nibabel.save(nibabel.Nifti1Image(data, affine), tmp_path / f"{name}.nii.gz")
        with pytest.raises(InputError, match=error):
            intake.read_mask(tmp_path / f"{name}.nii.gz", plan, stack)


def test_labels_bear_the_names_that_slicer_writes(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path / "scan", 6)
    plan, stack = scan(intake, tmp_path / "scan")
    numbers = odd_mask(stack).astype(np.uint8) * 7
    numbers[2][numbers[2] > 0] = 3
    numbers[3][numbers[3] > 0] = 9
    affine = stack.geometry.affine
    header = {
        "space": "left-posterior-superior",
        "space directions": affine[:3, 2::-1].T,
        "space origin": affine[:3, 3],
        "Segment0_LabelValue": "7",
        "Segment0_Name": "Primary tumour",
        "Segment1_LabelValue": "3",
        "Segment1_Name": "Lymph node",
        "Segment2_LabelValue": "x",
        "Segment2_Name": "Nonsense",
    }
    nrrd.write(str(tmp_path / "mask.seg.nrrd"), numbers.transpose(2, 1, 0), header)
    read = intake.read_mask(tmp_path / "mask.seg.nrrd", plan, stack)
    assert [(one.number, one.label) for one in read.segments] == [
        (3, "Lymph node"),
        (7, "Primary tumour"),
        (9, ""),
    ]
    assert all(np.array_equal(one.voxels, numbers == one.number) for one in read.segments)


def test_a_label_map_without_orientation_is_refused(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path / "scan", 4)
    plan, stack = scan(intake, tmp_path / "scan")
    image = nibabel.Nifti1Image(np.ones((COLUMNS, ROWS, 4), np.uint8), np.eye(4))
    image.set_sform(None, 0)
    image.set_qform(None, 0)
    nibabel.save(image, tmp_path / "mask.nii")
    with pytest.raises(InputError, match=r"intake\.mask\.no_grid"):
        intake.read_mask(tmp_path / "mask.nii", plan, stack)


def test_the_liver_of_another_program_is_the_same_in_both_formats(intake: Intake, shared_data: Path) -> None:
    folder = shared_data / "ct_liver_3slice_with_SEG"
    plan, stack = scan(intake, folder)
    from_seg = intake.read_mask(folder / "seg" / "liver.dcm", plan, stack)
    from_nrrd = intake.read_mask(folder / "seg" / "liver_seg.nrrd", plan, stack)
    image = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(folder / "seg" / "liver_seg.nrrd")))
    assert np.array_equal(from_seg.voxels, from_nrrd.voxels)
    assert from_seg.voxels.sum() == np.count_nonzero(image) > 10_000
    assert from_seg.segments[0].label == "Liver" and from_seg.findings == ()
    layer = as_layer(from_seg, "liver.dcm", stack.geometry)
    assert layer.origin is MaskOrigin.IMPORTED and layer.name == "Liver" and layer.maker == "liver.dcm"


@pytest.mark.parametrize("label", ["liver", "spleen", "aorta"])
def test_organ_masks_lie_on_their_scan(intake: Intake, shared_data: Path, label: str) -> None:
    folder = shared_data / "nifti_ct_mr_with_labels"
    plan, stack = scan(intake, folder / "example_ct_sm.nii.gz")
    volume = intake.load(plan, stack)
    mask = intake.read_mask(folder / "example_ct_sm_labels" / f"{label}.nii.gz", plan, stack)
    theirs = np.asarray(nibabel.load(folder / "example_ct_sm.nii.gz").dataobj)
    marked = np.asarray(nibabel.load(folder / "example_ct_sm_labels" / f"{label}.nii.gz").dataobj) > 0
    assert sorted(volume.slab(0, 999)[mask.voxels].tolist()) == sorted(theirs[marked].tolist())
