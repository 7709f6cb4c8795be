"""NIfTI and NRRD: values exact or quantised as stated, places right in all 48 orientations."""

from __future__ import annotations

import itertools
from pathlib import Path

import nibabel
import nrrd
import numpy as np
import pytest

from inference.dicom.intake import Intake
from inference.errors import InputError
from inference.findings import Verdict, worst_view
from inference.scan import Stack
from inference.volume import Volume

SHAPE = (7, 6, 5)


def values(dtype: type = np.int16) -> np.ndarray:
    return np.random.default_rng(3).integers(0, 4000, SHAPE).astype(dtype)


def write_nifti(path: Path, data: np.ndarray, affine: np.ndarray | None = None) -> Path:
    image = nibabel.Nifti1Image(data, np.diag((-1.5, -2.0, 3.0, 1.0)) if affine is None else affine)
    nibabel.save(image, path)
    return path


def loaded(intake: Intake, path: Path) -> tuple[Stack, Volume]:
    plan = intake.scan(path)
    (stack,) = plan.stacks
    return stack, intake.load(plan, stack)


def physical(volume: Volume, affine_ras: np.ndarray) -> np.ndarray:
    """Our values at the places of stored indices (i, j, k)."""
    indices = np.stack(np.meshgrid(*[np.arange(n) for n in SHAPE], indexing="ij"), axis=-1).reshape(-1, 3)
    ras = indices @ affine_ras[:3, :3].T + affine_ras[:3, 3]
    index = volume.geometry.lps_to_index(ras * (-1, -1, 1))
    assert np.abs(index - np.rint(index)).max() < 1e-3
    slices, rows, columns = np.rint(index).astype(int).T
    found = volume.voxels[slices, rows, columns] * volume.slope[slices] + volume.intercept[slices]
    return found.reshape(SHAPE)


ORIENTATIONS = [
    (axes, signs)
    for axes in itertools.permutations(range(3))
    for signs in itertools.product((1, -1), repeat=3)
]


def test_all_48_orientations_keep_every_voxel_in_its_place(intake: Intake, tmp_path: Path) -> None:
    data: np.ndarray = values()
    for number, (axes, signs) in enumerate(ORIENTATIONS):
        affine = np.eye(4)
        affine[:3, :3] = (np.eye(3)[:, axes] * signs) * (1.5, 2.0, 3.0)
        affine[:3, 3] = (10, -20, 30)
        path = write_nifti(tmp_path / f"{number}.nii", data, affine)
        _, volume = loaded(intake, path)
        assert np.array_equal(physical(volume, affine), data)
        assert volume.geometry.is_right_handed
        upright = {"axial": ("AP", "RL"), "coronal": ("SI", "RL"), "sagittal": ("SI", "AP")}
        rows, columns = upright[volume.geometry.plane]
        assert volume.geometry.end_letters(1) == tuple(rows)
        assert volume.geometry.end_letters(2) == tuple(columns)


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int16, np.uint16, np.int32, np.uint32, np.int64])
def test_integers_that_fit_are_exact(intake: Intake, tmp_path: Path, dtype: type) -> None:
    limits = np.iinfo(dtype)
    low, high = max(limits.min, -20_000), min(limits.max, 45_000)
    data = np.random.default_rng(1).integers(low, high, SHAPE, endpoint=True).astype(dtype)
    data.flat[:2] = low, high
    image = nibabel.Nifti1Image(data, np.diag((-1.5, -2.0, 3.0, 1.0)), dtype=dtype)
    nibabel.save(image, tmp_path / "a.nii.gz")
    stack, volume = loaded(intake, tmp_path / "a.nii.gz")
    assert np.array_equal(physical(volume, image.affine), data)
    assert "intake.quantised" not in {one.code for one in stack.findings}


def test_floats_are_brought_to_levels_and_the_step_is_stated(intake: Intake, tmp_path: Path) -> None:
    data = np.random.default_rng(2).normal(0.3, 10, SHAPE).astype(np.float32)
    stack, volume = loaded(intake, write_nifti(tmp_path / "a.nii.gz", data))
    (quantised,) = [one for one in stack.findings if one.code == "intake.quantised"]
    step = (data.max() - data.min()) / 65_534
    assert quantised.fields["step"] == pytest.approx(step, rel=1e-2) and quantised.fields["levels"] == 65_535
    found = physical(volume, np.diag((-1.5, -2.0, 3.0, 1.0)))
    assert np.abs(found - data).max() <= step / 2 * 1.01
    assert found.min() == pytest.approx(data.min(), abs=1e-5) and found.max() == pytest.approx(
        data.max(), abs=1e-5
    )


def test_what_is_no_number_lies_outside_the_picture(intake: Intake, tmp_path: Path) -> None:
    data = values(np.float32) + 0.5
    data[2, 3, 1] = np.nan
    stack, volume = loaded(intake, write_nifti(tmp_path / "a.nii", data))
    assert "intake.not_a_number" in {one.code for one in stack.findings}
    assert volume.padding_voxel == -32_768 and (volume.voxels == -32_768).sum() == 1


def test_the_slope_of_the_header_is_applied(intake: Intake, tmp_path: Path) -> None:
    data = values()
    image = nibabel.Nifti1Image(data, np.diag((-1.5, -2.0, 3.0, 1.0)))
    image.header.set_slope_inter(0.5, -7)
    nibabel.save(image, tmp_path / "a.nii")
    _, volume = loaded(intake, tmp_path / "a.nii")
    expected = np.asarray(nibabel.load(tmp_path / "a.nii").dataobj)
    assert np.allclose(physical(volume, image.affine), expected)


def forms(path: Path, *, sform: int, qform: int, shift_mm: float) -> Path:
    affine = np.diag((-1.5, -2.0, 3.0, 1.0))
    image = nibabel.Nifti1Image(values(), affine)
    image.set_sform(affine, sform)
    moved = affine.copy()
    moved[0, 3] += shift_mm
    image.set_qform(moved, qform)
    nibabel.save(image, path)
    return path


@pytest.mark.parametrize(("shift_mm", "disagrees"), [(0.0, False), (0.05, False), (12.0, True)])
def test_two_orientations_are_compared_in_millimetres(
    intake: Intake, tmp_path: Path, shift_mm: float, disagrees: bool
) -> None:
    stack, volume = loaded(intake, forms(tmp_path / "a.nii", sform=1, qform=1, shift_mm=shift_mm))
    found = [one for one in stack.findings if one.code == "intake.form_codes_disagree"]
    assert bool(found) is disagrees
    if disagrees:
        assert found[0].fields["distance_mm"] == 12.0 and found[0].view is Verdict.NOTE
    assert np.array_equal(physical(volume, np.diag((-1.5, -2.0, 3.0, 1.0))), values())


def test_a_file_without_orientation_is_refused(intake: Intake, tmp_path: Path) -> None:
    plan = intake.scan(forms(tmp_path / "a.nii", sform=0, qform=0, shift_mm=0))
    assert [one.code for one in plan.skipped] == ["intake.no_orientation_code"] and not plan.stacks


def test_the_qform_alone_is_enough(intake: Intake, tmp_path: Path) -> None:
    _, volume = loaded(intake, forms(tmp_path / "a.nii", sform=0, qform=1, shift_mm=0))
    assert np.array_equal(physical(volume, np.diag((-1.5, -2.0, 3.0, 1.0))), values())


def test_a_file_that_ends_early_is_listed(intake: Intake, tmp_path: Path) -> None:
    for name in ("a.nii", "b.nii.gz"):
        path = write_nifti(tmp_path / name, values())
        path.write_bytes(path.read_bytes()[:-60])
    plan = intake.scan(tmp_path)
    assert [one.code for one in plan.skipped] == ["intake.malformed"] * 2


@pytest.mark.parametrize(
    ("space", "signs"),
    [("left-posterior-superior", (1, 1, 1)), ("RAS", (-1, -1, 1)), ("left-anterior-superior", (1, -1, 1))],
)
@pytest.mark.parametrize("encoding", ["raw", "gzip"])
def test_nrrd_spaces_and_encodings(
    intake: Intake, tmp_path: Path, space: str, signs: tuple[int, int, int], encoding: str
) -> None:
    data = values()
    directions = np.array([[1.5, 0, 0], [0, 2.0, 0], [0, 0.3, 3.0]])
    header = {"space": space, "space directions": directions, "space origin": [4, 5, 6], "encoding": encoding}
    nrrd.write(str(tmp_path / "a.nrrd"), data, header)
    _, volume = loaded(intake, tmp_path / "a.nrrd")
    ras = np.eye(4)
    ras[:3, :3], ras[:3, 3] = directions.T, (4, 5, 6)
    assert np.array_equal(physical(volume, np.diag((*signs, 1)) * (-1, -1, 1, 1) @ ras), data)


def test_a_research_file_that_changed_is_not_read(intake: Intake, tmp_path: Path) -> None:
    path = write_nifti(tmp_path / "a.nii", values())
    plan = intake.scan(path)
    write_nifti(path, values(np.int32))
    with pytest.raises(InputError, match=r"intake\.file_changed"):
        intake.load(plan, plan.stacks[0])


def test_research_files_may_be_looked_at(intake: Intake, tmp_path: Path) -> None:
    stack, _ = loaded(intake, write_nifti(tmp_path / "a.nii", values()))
    assert worst_view(stack.findings) is Verdict.NOTE and not stack.identity.is_known
