"""A mask without symmetry through every format, on grids of 48 orientations, oblique and tilted ones."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import permutations, product
from pathlib import Path

import highdicom
import nibabel
import numpy as np
import pydicom
import pytest
import SimpleITK
from numpy.typing import NDArray

from inference.clock import FixedClock, SeededIds
from inference.dicom.intake import Intake
from inference.geometry import Geometry
from inference.masks.codecs.exporting import MaskFormat, write_mask
from inference.masks.layer import MaskLayer, MaskOrigin
from inference.scan import Plan, Series, Stack
from tests.inference.dicom.dicom_files import write_series
from tests.inference.synthetic_case import ACQUISITION, PATIENT, stack

CLOCK = FixedClock(datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC))
SHAPE = (5, 7, 9)
SPACING_MM = (3.0, 0.7, 1.1)
CT_ACQUISITION = replace(
    ACQUISITION, modality="CT", sop_class_uid="1.2.840.10008.5.1.4.1.1.2", study_date="2024-03-01"
)
TURNS = [(order, signs) for order in permutations(range(3)) for signs in product((1, -1), repeat=3)]
TURN_NAMES = [
    "".join("-+"[sign > 0] + "xyz"[axis] for axis, sign in zip(*turn, strict=True)) for turn in TURNS
]


def turned(order: tuple[int, ...], signs: tuple[int, ...]) -> Geometry:
    """A grid whose (slice, row, column) run along the named axes of the patient."""
    steps = np.zeros((3, 3))
    for index, (axis, sign) in enumerate(zip(order, signs, strict=True)):
        steps[index, axis] = sign * SPACING_MM[index]
    return grid_of(steps)


def grid_of(steps: NDArray[np.float64]) -> Geometry:
    return Geometry.from_axes(
        origin_lps_mm=(-12.3, 45.6, -78.9),
        slice_step_mm=steps[0],
        row_step_mm=steps[1],
        column_step_mm=steps[2],
        shape=SHAPE,
    )


def oblique() -> Geometry:
    """Turned by 20, 35 and 50 degrees about three axes."""
    turn = np.eye(3)
    for axis, degrees in enumerate((20, 35, 50)):
        cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        one = np.eye(3)
        first, second = (axis + 1) % 3, (axis + 2) % 3
        one[first, first] = one[second, second] = cosine
        one[first, second], one[second, first] = -sine, sine
        turn = one @ turn
    return grid_of((turn * SPACING_MM).T)


def sheared(grid: Geometry) -> Geometry:
    """The grid of a tilted gantry: every slice moved along the rows and a little along the columns."""
    steps = grid.affine[:3, :3].T.copy()
    steps[0] += 0.9 * steps[1] + 0.2 * steps[2]
    return grid_of(steps)


def chiral_mask() -> NDArray[np.bool_]:
    """No turn and no mirror image of it is equal to it; it has a hole and islands."""
    mask = np.zeros(SHAPE, bool)
    mask[1:4, 1:6, 1:8] = True
    mask[2, 2:4, 3:5] = False
    mask[1, 1, 1:3] = mask[3, 5, 7] = mask[1, 4, 6] = False
    mask[4, 0, 0] = mask[3, 6, 8] = True
    return mask


@dataclass(frozen=True)
class Case:
    plan: Plan
    stack: Stack


def case_on(grid: Geometry) -> Case:
    made = stack(grid, identity=PATIENT, acquisition=CT_ACQUISITION)
    series = Series(made.series_uid, "", "CT", (made,))
    return Case(Plan("", (), (series,)), made)


def written(case: Case, kind: MaskFormat, folder: Path) -> Path:
    layer = MaskLayer("mask.tumour", MaskOrigin.HUMAN, chiral_mask(), case.stack.geometry)
    path = folder / f"mask{kind.suffix}"
    write_mask(path, layer, case.stack, kind, clock=CLOCK, ids=SeededIds(1))
    return path


def places(grid: Geometry, mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """LPS of the marked voxels, in the order of the places themselves."""
    return sorted_rows(grid.index_to_lps(np.argwhere(mask)))


def sorted_rows(points: NDArray[np.float64]) -> NDArray[np.float64]:
    rounded = np.round(points, 2) + 0.0
    return rounded[np.lexsort(rounded.T)]


def special_grids() -> Iterator[object]:
    for name, grid in (("oblique", oblique()), ("axial", turned((2, 1, 0), (1, 1, 1)))):
        yield pytest.param(grid, id=name)
        yield pytest.param(sheared(grid), id=f"{name}-sheared")


def test_the_mask_of_these_tests_has_no_symmetry() -> None:
    mask = np.zeros((9, 9, 9), bool)
    mask[2:7, 1:8] = chiral_mask()
    alike = [
        turn
        for turn in TURNS
        if np.array_equal(np.flip(mask.transpose(turn[0]), [i for i in range(3) if turn[1][i] < 0]), mask)
    ]
    assert alike == [((0, 1, 2), (1, 1, 1))]


@pytest.mark.parametrize("kind", list(MaskFormat))
@pytest.mark.parametrize("turn", TURNS, ids=TURN_NAMES)
def test_a_mask_comes_back_voxel_by_voxel_in_every_orientation(
    intake: Intake, tmp_path: Path, turn: tuple[tuple[int, ...], tuple[int, ...]], kind: MaskFormat
) -> None:
    case = case_on(turned(*turn))
    read = intake.read_mask(written(case, kind, tmp_path), case.plan, case.stack)
    assert np.array_equal(read.voxels, chiral_mask())


@pytest.mark.parametrize("kind", list(MaskFormat))
@pytest.mark.parametrize("grid", list(special_grids()))
def test_a_mask_comes_back_voxel_by_voxel_on_oblique_and_tilted_grids(
    intake: Intake, tmp_path: Path, grid: Geometry, kind: MaskFormat
) -> None:
    case = case_on(grid)
    read = intake.read_mask(written(case, kind, tmp_path), case.plan, case.stack)
    assert np.array_equal(read.voxels, chiral_mask())


@pytest.mark.parametrize("turn", TURNS, ids=TURN_NAMES)
def test_other_programs_find_the_mask_at_the_same_place(
    tmp_path: Path, turn: tuple[tuple[int, ...], tuple[int, ...]]
) -> None:
    case = case_on(turned(*turn))
    expected = places(case.stack.geometry, chiral_mask())
    label_map = nibabel.load(written(case, MaskFormat.NIFTI, tmp_path))
    ras = nibabel.affines.apply_affine(label_map.affine, np.argwhere(np.asarray(label_map.dataobj)))
    assert sorted_rows(ras * (-1, -1, 1)) == pytest.approx(expected, abs=0.011)
    segmentation = highdicom.seg.segread(written(case, MaskFormat.SEGMENTATION, tmp_path))
    volume = segmentation.get_volume(combine_segments=True)
    found = volume.map_indices_to_reference(np.argwhere(volume.array > 0))
    assert sorted_rows(found) == pytest.approx(expected, abs=0.011)
    contours = pydicom.dcmread(written(case, MaskFormat.STRUCTURE_SET, tmp_path)).ROIContourSequence[0]
    data = [np.array(one.ContourData, dtype=float).reshape(-1, 3) for one in contours.ContourSequence]
    corners = np.concatenate(data)
    in_plane = np.abs(case.stack.geometry.affine[:3, 1:3]).sum(axis=1) / 2
    assert corners.min(axis=0) == pytest.approx(expected.min(axis=0) - in_plane, abs=0.011)
    assert corners.max(axis=0) == pytest.approx(expected.max(axis=0) + in_plane, abs=0.011)


@pytest.mark.parametrize("grid", [turned((2, 1, 0), (1, 1, 1)), oblique()], ids=["axial", "oblique"])
def test_a_label_map_stored_in_any_of_48_orders_lies_on_the_same_voxels(
    intake: Intake, tmp_path: Path, grid: Geometry
) -> None:
    case = case_on(grid)
    original = nibabel.load(written(case, MaskFormat.NIFTI, tmp_path))
    for order, signs in TURNS:
        turn = np.column_stack([order, signs])
        nibabel.save(original.as_reoriented(turn), tmp_path / "turned.nii.gz")
        read = intake.read_mask(tmp_path / "turned.nii.gz", case.plan, case.stack)
        assert np.array_equal(read.voxels, chiral_mask()), (order, signs)
        assert read.lost_fraction == pytest.approx(0, abs=1e-6)


def test_a_nrrd_label_map_stored_in_any_of_48_orders_lies_on_the_same_voxels(
    intake: Intake, tmp_path: Path
) -> None:
    case = case_on(turned((2, 1, 0), (1, 1, 1)))
    original = SimpleITK.ReadImage(str(written(case, MaskFormat.NIFTI, tmp_path)))
    pairs = ("RL", "AP", "IS")
    names = {
        "".join(pairs[axis][side] for axis, side in zip(order, sides, strict=True))
        for order in permutations(range(3))
        for sides in product((0, 1), repeat=3)
    }
    assert len(names) == 48
    for name in sorted(names):
        SimpleITK.WriteImage(SimpleITK.DICOMOrient(original, name), str(tmp_path / "turned.nrrd"))
        read = intake.read_mask(tmp_path / "turned.nrrd", case.plan, case.stack)
        assert np.array_equal(read.voxels, chiral_mask()), name


@pytest.mark.parametrize("turn", [turn for turn in TURNS if turned(*turn).is_right_handed], ids=str)
def test_a_scanned_series_of_any_orientation_takes_its_mask_back(
    intake: Intake, tmp_path: Path, turn: tuple[tuple[int, ...], tuple[int, ...]]
) -> None:
    steps = turned(*turn).affine[:3, :3].T
    orientation = (*(steps[2] / SPACING_MM[2]), *(steps[1] / SPACING_MM[1]))

    def place(dataset: pydicom.Dataset, index: int) -> None:
        dataset.ImagePositionPatient = [f"{value:.6g}" for value in steps[0] * index]

    write_series(tmp_path / "scan", 5, place, orientation=orientation, spacing=SPACING_MM[1:])
    plan = intake.scan(tmp_path / "scan")
    (scanned,) = plan.stacks
    mask = np.random.default_rng(3).random(scanned.geometry.shape) < 0.4
    layer = MaskLayer("mask.tumour", MaskOrigin.HUMAN, mask, scanned.geometry)
    for kind in MaskFormat:
        path = tmp_path / f"mask{kind.suffix}"
        write_mask(path, layer, scanned, kind, clock=CLOCK, ids=SeededIds(1))
        assert np.array_equal(intake.read_mask(path, plan, scanned).voxels, mask)


@pytest.mark.parametrize("kind", [MaskFormat.SEGMENTATION, MaskFormat.STRUCTURE_SET])
@pytest.mark.parametrize("grid", list(special_grids()))
def test_dciodvfy_finds_no_error(tmp_path: Path, grid: Geometry, kind: MaskFormat) -> None:
    program = shutil.which("dciodvfy")
    if program is None:
        pytest.skip("dciodvfy (dicom3tools) is not installed")
    path = written(case_on(grid), kind, tmp_path)
    told = subprocess.run([program, "-new", str(path)], capture_output=True, text=True, check=False)
    lines = (told.stdout + told.stderr).splitlines()
    assert not [line for line in lines if line.startswith("Error")]
    assert told.returncode == 0
    assert any(
        "SegmentationStorage" in line or "RTStructureSet" in line or "Segmentation" in line for line in lines
    )
