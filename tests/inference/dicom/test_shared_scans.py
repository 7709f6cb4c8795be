"""Real scans, against SimpleITK and pydicom."""

from __future__ import annotations

import re
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pydicom
import pytest
import SimpleITK

from inference.dicom.intake import Intake
from inference.dicom.select import choose_stack
from inference.errors import InputError
from inference.findings import Finding, Verdict, worst_answer, worst_view
from inference.geometry import Geometry
from inference.scan import Plan, Stack
from inference.volume import Volume

FOLDERS = [
    "ct_abdomen_contrast",
    "mr_brain_t1_sag_siemens",
    "ct_liver_3slice_with_SEG/ct",
    "ct_with_RTSTRUCT_tumour",
    "rtstruct_phantom_GE",
]


def codes(findings: tuple[Finding, ...]) -> set[str]:
    return {finding.code.removeprefix("intake.") for finding in findings}


def load_only(intake: Intake, folder: Path) -> tuple[Plan, Stack, Volume]:
    plan = intake.scan(folder)
    stack = choose_stack(plan)
    return plan, stack, intake.load(plan, stack)


def assert_same_as_simpleitk(volume: Volume, image: SimpleITK.Image, tolerance: float = 0.0) -> None:
    """Values at random voxels of the peer's array, found in ours by their place in the patient."""
    theirs = SimpleITK.GetArrayFromImage(image).astype(np.float64)
    random = np.random.default_rng(7)
    picks = np.stack([random.integers(0, n, 400) for n in theirs.shape], axis=1)
    places = np.array([image.TransformIndexToPhysicalPoint([int(n) for n in pick[::-1]]) for pick in picks])
    index = volume.geometry.lps_to_index(places)
    assert np.abs(index - np.rint(index)).max() < 1e-2
    slices, rows, columns = np.rint(index).astype(int).T
    ours = volume.voxels[slices, rows, columns] * volume.slope[slices] + volume.intercept[slices]
    assert np.abs(ours - theirs[tuple(picks.T)]).max() <= tolerance
    assert sorted(volume.geometry.shape) == sorted(theirs.shape)


@pytest.mark.parametrize("folder", FOLDERS[:4])
def test_values_and_places_are_those_of_simpleitk(intake: Intake, shared_data: Path, folder: str) -> None:
    plan, stack, volume = load_only(intake, shared_data / folder)
    names = [plan.files[frame.file].path for frame in stack.frames if frame is not None]
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(names)
    assert_same_as_simpleitk(volume, reader.Execute())


@pytest.mark.parametrize(
    "file",
    [
        "mr_t1_gadolinium_nifti/MR_Gd.nii.gz",
        "nifti_ct_mr_with_labels/example_ct.nii.gz",
        "nifti_ct_mr_with_labels/example_ct_sm.nii.gz",
        "nifti_ct_mr_with_labels/example_mr_sm.nii.gz",
        "mr_brain_tumour_t1_pre_post_nifti/Pre_Scan_T1.nii.gz",
        "nrrd_image_label_radiomics/brain1_image.nrrd",
        "nrrd_image_label_radiomics/breast1_image.nrrd",
    ],
)
def test_research_files_stand_where_simpleitk_puts_them(intake: Intake, shared_data: Path, file: str) -> None:
    _, stack, volume = load_only(intake, shared_data / file)
    quantised = [finding for finding in stack.findings if finding.code == "intake.quantised"]
    step = float(quantised[0].fields["step"]) if quantised else 0.0
    image = SimpleITK.ReadImage(str(shared_data / file))
    # The peer scales in single precision where the header holds a slope.
    rounding = 1e-6 * float(np.abs(SimpleITK.GetArrayViewFromImage(image)).max())
    assert_same_as_simpleitk(volume, image, step / 2 * 1.001 + rounding)
    assert "modality_unknown" in codes(stack.findings) and stack.acquisition.modality == ""
    assert worst_answer(stack.findings) is Verdict.REFUSED
    assert volume.geometry.is_right_handed


def test_research_pictures_stand_upright(intake: Intake, shared_data: Path) -> None:
    _, _, volume = load_only(intake, shared_data / "mr_t1_gadolinium_nifti")
    assert volume.geometry.end_letters(1) == ("A", "P") and volume.geometry.end_letters(2) == ("R", "L")


def test_the_abdomen_is_one_compressed_stack_without_identity(intake: Intake, shared_data: Path) -> None:
    plan, stack, volume = load_only(intake, shared_data / "ct_abdomen_contrast")
    assert len(plan.stacks) == 1 and stack.slice_count == len(stack.frames) == 20
    assert stack.identity.key is None and not stack.identity.is_known
    assert codes(stack.findings) == {
        "identity_unknown",
        "series_uid_missing",
        "sop_uid_missing",
        "thickness_differs",
    }
    assert worst_view(stack.findings) is worst_answer(stack.findings) is Verdict.NOTE
    assert stack.geometry.spacing_mm[0] == pytest.approx(2.0)
    assert stack.acquisition.slice_thickness_mm == 3.0
    assert codes(plan.skipped) == {"not_an_image_file"}
    for frame, decoded in zip(stack.frames, volume.voxels, strict=True):
        assert frame is not None and not frame.is_native
        dataset = pydicom.dcmread(plan.files[frame.file].path)
        assert np.array_equal(dataset.pixel_array, decoded)


def test_the_sagittal_brain_is_thirty_five_slices(intake: Intake, shared_data: Path) -> None:
    _, stack, volume = load_only(intake, shared_data / "mr_brain_t1_sag_siemens")
    assert volume.geometry.shape == (35, 256, 256) and stack.geometry.plane == "sagittal"
    assert stack.geometry.spacing_mm == pytest.approx((4.8, 1.015625, 1.015625))
    assert codes(stack.findings) == {"thickness_differs"}


def test_segmentation_objects_are_no_stacks(intake: Intake, shared_data: Path) -> None:
    plan = intake.scan(shared_data / "ct_liver_3slice_with_SEG")
    assert choose_stack(plan).slice_count == 3
    assert {"segmentation_object", "label_map"} <= codes(plan.skipped)
    assert "structure_set" in codes(intake.scan(shared_data / "ct_with_RTSTRUCT_tumour").skipped)


@pytest.mark.parametrize(
    ("folder", "expected", "gaps"),
    [
        ("geometry_problems/ct_gantry_tilt_siemens", "tilt", 0),
        ("geometry_problems/ct_uneven_gap_ge", "gap", 1),
        ("duplicate_positions_ct_contrast", "gap", 9),
        ("geometry_problems/mr_two_slices", "two_slices", 0),
    ],
)
def test_problem_series_may_be_looked_at_and_not_answered(
    intake: Intake, shared_data: Path, folder: str, expected: str, gaps: int
) -> None:
    _, stack, _ = load_only(intake, shared_data / folder)
    assert expected in codes(stack.findings)
    assert sum(finding.code == "intake.gap" for finding in stack.findings) == gaps
    assert worst_view(stack.findings) is Verdict.NOTE
    assert worst_answer(stack.findings) is Verdict.REFUSED


def test_a_repeated_position_with_equal_pixels_is_taken_once(intake: Intake, shared_data: Path) -> None:
    plan, stack, volume = load_only(intake, shared_data / "duplicate_positions_ct_contrast")
    assert {"same_pixels"} <= codes(plan.skipped) and stack.slice_count == 10
    assert stack.padding_value == -2000 and "padding_reinterpreted" in codes(stack.findings)
    assert volume.padding_voxel == -2000


def test_two_orientations_of_one_series_are_two_stacks(intake: Intake, shared_data: Path) -> None:
    plan = intake.scan(shared_data / "geometry_problems/mr_mixed_orientations")
    assert [stack.slice_count for stack in plan.stacks] == [2, 2]
    assert all("split" in codes(stack.findings) for stack in plan.stacks)


def test_a_media_folder_of_two_patients_stops_the_choice(intake: Intake, shared_data: Path) -> None:
    plan = intake.scan(shared_data / "dicomdir")
    assert "directory_file" in codes(plan.skipped) and "two_patients" in codes(plan.findings)
    with pytest.raises(InputError, match=r"intake\.two_patients"):
        choose_stack(plan)


def test_every_syntax_of_one_picture_is_opened_and_the_lossless_ones_alike(
    intake: Intake, shared_data: Path
) -> None:
    folder = shared_data / "compressed_one_ct_16_syntaxes"
    reference = pydicom.dcmread(folder / "CTImage.dcm").pixel_array
    alike = 0
    for path in sorted(folder.glob("CTImage*")):
        _, _, volume = load_only(intake, path)
        assert volume.voxels.shape == (1, 512, 512) and not volume.missing_slices, path.name
        alike += np.array_equal(volume.voxels[0], reference)
    assert alike == 10


def test_strong_loss_is_refused_until_released(intake: Intake, shared_data: Path) -> None:
    _, stack, _ = load_only(intake, shared_data / "compressed_nema_ct1" / "CT1_J2KI")
    (lossy,) = [finding for finding in stack.findings if finding.code == "intake.lossy_strongly"]
    assert lossy.releasable and lossy.fields["ratio"] == pytest.approx(69, abs=1)


@contextmanager
def peak_of_readers(intake: Intake) -> Iterator[dict[int, int]]:
    """Peak resident bytes of every reader that lives meanwhile, by process number; Linux alone tells them."""
    peaks: dict[int, int] = {}
    is_over = threading.Event()

    def look() -> None:
        for reader in intake._pool.readers:
            if (pid := reader.pid) is not None:
                with suppress(OSError):  # ended since
                    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
                    if (found := re.search(r"VmHWM:\s+(\d+) kB", status)) is not None:
                        peaks[pid] = max(peaks.get(pid, 0), int(found[1]) << 10)

    def watch() -> None:
        while not is_over.wait(0.02):
            look()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield peaks
        look()
    finally:
        is_over.set()
        watcher.join()


def test_every_folder_ends_quickly_within_memory_and_names_every_file(shared_data: Path) -> None:
    """Malformed ones too: each file is part of a stack or listed with its reason, and nothing hangs."""
    folders = sorted(path for path in shared_data.iterdir() if path.is_dir())
    with Intake() as intake, peak_of_readers(intake) as peaks:
        for folder in folders:
            begun = time.monotonic()
            plan = intake.scan(folder)
            assert time.monotonic() - begun < 20
            used = {frame.file for stack in plan.stacks for frame in stack.frames if frame is not None}
            listed = {str(finding.fields["file"]) for finding in plan.skipped}
            listed |= {
                str(finding.fields["file"])
                for stack in plan.stacks
                for finding in stack.findings
                if finding.code == "intake.truncated"
            }
            names = {
                Path(file.path).relative_to(plan.root).as_posix()
                for index, file in enumerate(plan.files)
                if index not in used
            }
            assert names <= listed
            for stack in plan.stacks:
                volume = intake.load(plan, stack)
                assert isinstance(volume.geometry, Geometry) and volume.voxels.shape == stack.geometry.shape
    if sys.platform == "linux":
        assert len(peaks) >= 2 and min(peaks.values()) > 10 << 20
        assert max(peaks.values()) < 2 << 30
