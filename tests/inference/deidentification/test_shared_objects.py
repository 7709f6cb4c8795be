"""Real objects: how many pass, that they still conform, and that they open as the same pictures and masks."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pydicom
import pytest

from inference.deidentification.run import RunResult
from inference.dicom.intake import Intake
from inference.geometry import Geometry
from tests.inference.deidentification.conftest import run_over

PASSING = {
    "compressed_mr_same_slice": 9,
    "compressed_nema_ct1": 7,
    "compressed_one_ct_16_syntaxes": 16,
    "ct_abdomen_contrast": 20,
    "ct_liver_3slice_with_SEG": 4,
    "ct_with_RTSTRUCT_tumour": 47,
    "dicomdir": 28,
    "duplicate_positions_ct_contrast": 11,
    "enhanced_multiframe": 5,
    "geometry_problems": 8,
    "mr_brain_t1_sag_siemens": 35,
    "rtstruct_phantom_GE": 8,
    "charset_names": 0,
    "monochrome1_and_lut": 0,
}
"""CT, MR, PET, segmentations and structure sets of each set; the rest is held back.

In ``geometry_problems`` six objects give one identifier a second and a third birth date.
"""

OPENED = (
    "ct_abdomen_contrast",
    "ct_liver_3slice_with_SEG",
    "ct_with_RTSTRUCT_tumour",
    "mr_brain_t1_sag_siemens",
)
COMPARED = ("ct_liver_3slice_with_SEG", "mr_brain_t1_sag_siemens", "duplicate_positions_ct_contrast")
CHECKED = (
    "ct_liver_3slice_with_SEG",
    "mr_brain_t1_sag_siemens",
    "enhanced_multiframe",
    "rtstruct_phantom_GE",
)


@pytest.fixture(scope="module")
def results(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, RunResult]]:
    """Every set, each with a key of its own."""
    folder = tmp_path_factory.mktemp("sets")
    return {name: (folder / name, run_over(shared_data / name, folder / name)) for name in PASSING}


@pytest.mark.parametrize("name", sorted(PASSING))
def test_what_is_covered_passes_and_the_rest_is_held_back(
    results: dict[str, tuple[Path, RunResult]], shared_data: Path, name: str
) -> None:
    out, result = results[name]
    files = [path for path in (shared_data / name).rglob("*") if path.is_file()]
    assert result.written == PASSING[name] == len(list(out.rglob("*.dcm")))
    assert result.written + len(result.held_back) == len(files)


def by_pixels(folder: Path) -> dict[bytes, list[pydicom.Dataset]]:
    found: dict[bytes, list[pydicom.Dataset]] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            try:
                dataset = pydicom.dcmread(path)
            except (pydicom.errors.InvalidDicomError, OSError):
                continue
            if "PixelData" in dataset:
                found.setdefault(bytes(dataset.PixelData), []).append(dataset)
    return found


@pytest.mark.parametrize("name", COMPARED)
def test_no_name_date_or_identifier_of_the_source_is_left(
    results: dict[str, tuple[Path, RunResult]], shared_data: Path, name: str
) -> None:
    out, _ = results[name]
    words: set[bytes] = set()
    for path in (shared_data / name).rglob("*"):
        if path.is_file() and path.read_bytes()[128:132] == b"DICM":
            for element in pydicom.dcmread(path).iterall():
                if element.VR in ("PN", "DA") or element.keyword.endswith(("InstanceUID", "PatientID")):
                    words.add(str(element.value).encode())
    words = {word for word in words if len(word) > 6}
    kept = {path.name: word for path in out.rglob("*.dcm") for word in words if word in path.read_bytes()}
    assert words and not kept


@pytest.mark.parametrize("name", COMPARED)
def test_the_pixels_are_byte_for_byte_those_of_the_source(
    results: dict[str, tuple[Path, RunResult]], shared_data: Path, name: str
) -> None:
    out, _ = results[name]
    before, after = by_pixels(shared_data / name), by_pixels(out)
    assert set(before) == set(after) and {key: len(one) for key, one in before.items()} == {
        key: len(one) for key, one in after.items()
    }


@pytest.mark.parametrize("name", OPENED)
def test_a_scan_opens_as_the_same_volume(
    results: dict[str, tuple[Path, RunResult]], shared_data: Path, name: str
) -> None:
    out, _ = results[name]
    volumes, geometries = [], []
    for folder in (shared_data / name, out):
        with Intake() as intake:
            plan = intake.scan(folder)
            stack = max(plan.stacks, key=lambda one: one.slice_count)
            volume = intake.load(plan, stack)
            volumes.append((volume.voxels, volume.slope, volume.intercept))
            geometries.append(stack.geometry)
    for first, second in zip(*volumes, strict=True):
        np.testing.assert_array_equal(first, second)
    assert isinstance(geometries[0], Geometry) and geometries[0].shape == geometries[1].shape
    np.testing.assert_array_equal(geometries[0].affine, geometries[1].affine)


def test_a_segmentation_still_lies_on_its_scan(
    results: dict[str, tuple[Path, RunResult]], shared_data: Path
) -> None:
    masks = []
    out, _ = results["ct_liver_3slice_with_SEG"]
    for folder in (shared_data / "ct_liver_3slice_with_SEG", out):
        with Intake() as intake:
            plan = intake.scan(folder)
            stack = max(plan.stacks, key=lambda one: one.slice_count)
            paths = [path for path in folder.rglob("*.dcm") if pydicom.dcmread(path).Modality == "SEG"]
            masks.append(intake.read_mask(paths[0], plan, stack))
    np.testing.assert_array_equal(masks[0].voxels, masks[1].voxels)
    assert masks[0].voxels.any()


def errors_of(path: Path) -> set[str]:
    told = subprocess.run(["dciodvfy", "-new", str(path)], capture_output=True, text=True, errors="replace")
    lines = (told.stdout + told.stderr).splitlines()
    return {re.sub(r"<[^<>]*>$|= <.*", "", line) for line in lines if line.startswith("Error")}


@pytest.mark.skipif(not shutil.which("dciodvfy"), reason="dciodvfy is not installed")
@pytest.mark.parametrize("name", CHECKED)
def test_an_object_has_no_errors_that_it_did_not_have_before(
    results: dict[str, tuple[Path, RunResult]], shared_data: Path, name: str
) -> None:
    out, _ = results[name]
    before: set[str] = set()
    for path in (shared_data / name).rglob("*"):
        if path.is_file():
            before |= errors_of(path)
    for path in list(out.rglob("*.dcm"))[:8]:
        assert not errors_of(path) - before, path.name
