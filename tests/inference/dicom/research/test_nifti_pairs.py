"""NIfTI pairs, a header ``.hdr`` and its data ``.img``, and other files of that name."""

from __future__ import annotations

import gzip
from pathlib import Path

import nibabel
import numpy as np
import pytest

from inference.dicom.intake import Intake
from inference.masks.codecs.imported import ImportedMask
from tests.inference.dicom.dicom_files import only_stack, write_series
from tests.inference.dicom.research_files import AFFINE, loaded, stored, values, write_nifti


def write_pair(folder: Path, kind: type = nibabel.Nifti1Pair) -> Path:
    nibabel.save(kind(values(), AFFINE), folder / "scan.img")
    return folder / "scan.hdr"


@pytest.mark.parametrize("kind", [nibabel.Nifti1Pair, nibabel.Nifti2Pair])
@pytest.mark.parametrize("is_folder", [True, False])
def test_a_pair_is_read_as_the_single_file_is(
    intake: Intake, tmp_path: Path, kind: type, is_folder: bool
) -> None:
    header = write_pair(tmp_path, kind)
    (tmp_path / "single").mkdir()
    single = only_stack(intake, write_nifti(tmp_path / "single" / "scan.nii", values()))
    plan = intake.scan(tmp_path if is_folder else header)
    stack = next(one for one in plan.stacks if one.stack_id != single.stack_id)
    assert np.array_equal(stack.geometry.affine, single.geometry.affine)
    assert np.array_equal(stored(loaded(intake, plan, stack)), values())
    assert stack.acquisition == single.acquisition


def test_packed_data_of_a_pair_are_read(intake: Intake, tmp_path: Path) -> None:
    header = write_pair(tmp_path)
    data = tmp_path / "scan.img"
    (tmp_path / "scan.img.gz").write_bytes(gzip.compress(data.read_bytes()))
    data.unlink()
    plan = intake.scan(header)
    assert np.array_equal(stored(loaded(intake, plan, plan.stacks[0])), values())


@pytest.mark.parametrize("is_link", [True, False])
def test_a_header_without_its_data_beside_it_says_so(intake: Intake, tmp_path: Path, is_link: bool) -> None:
    header = write_pair(tmp_path)
    elsewhere = (tmp_path / "scan.img").rename(tmp_path / "other.raw")
    if is_link:
        (tmp_path / "scan.img").symlink_to(elsewhere)
    (skipped,) = intake.scan(header).skipped
    assert skipped.code == "intake.detached_header" and skipped.fields["other"] == "scan.img"


def test_data_that_break_off_are_malformed(intake: Intake, tmp_path: Path) -> None:
    header = write_pair(tmp_path)
    data = tmp_path / "scan.img"
    data.write_bytes(data.read_bytes()[:-9])
    assert [one.code for one in intake.scan(header).skipped] == ["intake.malformed"]


def test_an_analyze_header_states_no_orientation(intake: Intake, tmp_path: Path) -> None:
    nibabel.save(nibabel.AnalyzeImage(values(), AFFINE), tmp_path / "scan.img")
    assert [one.code for one in intake.scan(tmp_path / "scan.hdr").skipped] == ["intake.no_orientation_code"]


def test_another_file_of_that_name_is_read_for_what_it_is(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path, 4)
    (tmp_path / "000.dcm").rename(tmp_path / "first.hdr")
    (tmp_path / "cube.hdr").write_text("ENVI\nsamples = 4\n")
    plan = intake.scan(tmp_path)
    assert [stack.slice_count for stack in plan.stacks] == [4]
    assert [one.code for one in plan.skipped] == ["intake.not_an_image_file"]


def test_a_label_map_in_a_pair_is_laid_on_its_scan(intake: Intake, tmp_path: Path) -> None:
    plan = intake.scan(write_nifti(tmp_path / "scan.nii", values()))
    labels = (values(seed=4) > 2000).astype(np.uint8)
    nibabel.save(nibabel.Nifti1Pair(labels, AFFINE), tmp_path / "mask.img")
    mask: ImportedMask = intake.read_mask(tmp_path / "mask.hdr", plan, plan.stacks[0])
    assert mask.voxels.sum() == labels.sum()
