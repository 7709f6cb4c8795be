"""RT structure sets laid on a scan: real ones, and each oddity by itself."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from pydicom.dataset import Dataset

from inference.cases.identity import PatientIdentity, PatientKey
from inference.clock import SeededIds, SystemClock
from inference.dicom.intake import Intake
from inference.errors import InputError
from inference.findings import Verdict
from inference.masks.codecs.exporting import MaskFormat, write_mask
from inference.masks.codecs.imported import ImportedMask, as_layer
from inference.masks.layer import MaskLayer, MaskOrigin
from inference.scan import Plan, Stack
from tests.inference.dicom.dicom_files import write_series
from tests.inference.masks.codecs.structure_sets import (
    Contour,
    Region,
    outline,
    rectangle,
    save,
    structure_set,
)


def codes(mask: ImportedMask) -> set[str]:
    return {finding.code.removeprefix("intake.") for finding in mask.findings}


@pytest.fixture
def scan(intake: Intake, tmp_path: Path) -> tuple[Plan, Stack]:
    write_series(tmp_path / "scan", 8)
    plan = intake.scan(tmp_path / "scan")
    return plan, plan.stacks[0]


def boxed(stack: Stack, top: int, left: int, bottom: int, right: int, *slices: int) -> NDArray[np.bool_]:
    mask = np.zeros(stack.geometry.shape, bool)
    mask[list(slices), top:bottom, left:right] = True
    return mask


def on_slices(stack: Stack, corners: list[tuple[float, float]], *slices: float) -> list[Contour]:
    """The same outline on several slices; each names its image where there is one."""
    contours = []
    for index in slices:
        frame = stack.frames[int(index)] if float(index).is_integer() else None
        contours.append(Contour(outline(stack, index, corners), frame.sop_uid if frame else ""))
    return contours


def read(intake: Intake, folder: Path, scan: tuple[Plan, Stack], dataset: Dataset) -> ImportedMask:
    return intake.read_mask(save(dataset, folder / "rs.dcm"), *scan)


def test_regions_come_with_name_number_colour_and_who_drew_them(
    intake: Intake, scan: tuple[Plan, Stack], tmp_path: Path
) -> None:
    _, stack = scan
    tumour = Region("原发灶 GTV", on_slices(stack, rectangle(2, 3, 7, 6), 2, 3, 4), (10, 20, 30))
    node = Region("Node", on_slices(stack, rectangle(9, 1, 11, 4), 3), None, algorithm="AUTOMATIC")
    mask = read(intake, tmp_path, scan, structure_set(stack, [tumour, node, Region("Empty")]))
    assert [(one.number, one.label, one.colour, one.algorithm_type) for one in mask.segments] == [
        (1, "原发灶 GTV", (10, 20, 30), "MANUAL"),
        (2, "Node", None, "AUTOMATIC"),
    ]
    assert np.array_equal(mask.segments[0].voxels, boxed(stack, 2, 3, 7, 6, 2, 3, 4))
    assert np.array_equal(mask.segments[1].voxels, boxed(stack, 9, 1, 11, 4, 3))
    assert mask.findings == ()


def test_a_hole_and_an_island_within_it_come_out_by_the_even_odd_rule(
    intake: Intake, scan: tuple[Plan, Stack], tmp_path: Path
) -> None:
    _, stack = scan
    rings = [rectangle(1, 1, 11, 9), rectangle(3, 3, 9, 7)[::-1], rectangle(5, 4, 7, 6)]
    contours = [contour for ring in rings for contour in on_slices(stack, ring, 3)]
    mask = read(intake, tmp_path, scan, structure_set(stack, [Region("Ring", contours)]))
    expected = boxed(stack, 1, 1, 11, 9, 3) ^ boxed(stack, 3, 3, 9, 7, 3) ^ boxed(stack, 5, 4, 7, 6, 3)
    assert np.array_equal(mask.voxels, expected) and mask.findings == ()


def test_points_open_lines_and_repetitions_are_left_out_with_a_note(
    intake: Intake, scan: tuple[Plan, Stack], tmp_path: Path
) -> None:
    _, stack = scan
    closed = on_slices(stack, rectangle(2, 3, 7, 6), 3)
    others = [
        Contour(outline(stack, 3, [(4, 4)]), kind="POINT"),
        Contour(outline(stack, 3, rectangle(1, 1, 3, 3)), kind="OPEN_PLANAR"),
        Contour(outline(stack, 3, [(4, 4), (5, 5)])),
    ]
    mask = read(intake, tmp_path, scan, structure_set(stack, [Region("A", closed + others + closed)]))
    assert np.array_equal(mask.voxels, boxed(stack, 2, 3, 7, 6, 3))
    (ignored,) = [one for one in mask.findings if one.code == "intake.mask_contours_ignored"]
    assert ignored.fields["count"] == 4


def test_contours_on_another_slice_than_the_image_they_name_lie_by_position(
    intake: Intake, scan: tuple[Plan, Stack], tmp_path: Path
) -> None:
    _, stack = scan
    contours = on_slices(stack, rectangle(2, 3, 7, 6), 2, 3, 4)
    contours[0].image, contours[1].image = contours[1].image, contours[0].image
    mask = read(intake, tmp_path, scan, structure_set(stack, [Region("A", contours)]))
    assert np.array_equal(mask.voxels, boxed(stack, 2, 3, 7, 6, 2, 3, 4))
    (astray,) = mask.findings
    assert (astray.code, astray.fields["count"]) == ("intake.mask_reference_disagrees", 2)
    assert (astray.view, astray.answer) == (Verdict.NOTE, Verdict.NOTE)


def test_slices_without_a_contour_stay_empty_and_are_counted(
    intake: Intake, scan: tuple[Plan, Stack], tmp_path: Path
) -> None:
    _, stack = scan
    region = Region("A", on_slices(stack, rectangle(2, 3, 7, 6), 1, 2, 5))
    mask = read(intake, tmp_path, scan, structure_set(stack, [region]))
    assert np.array_equal(mask.voxels, boxed(stack, 2, 3, 7, 6, 1, 2, 5))
    (gaps,) = mask.findings
    assert (gaps.code, gaps.fields["count"]) == ("intake.mask_contour_gaps", 2)


def test_contours_beside_a_slice_fall_on_the_nearest_and_say_how_far(
    intake: Intake, scan: tuple[Plan, Stack], tmp_path: Path
) -> None:
    _, stack = scan
    region = Region("A", on_slices(stack, rectangle(2, 3, 7, 6), 2.25, 3.25))
    mask = read(intake, tmp_path, scan, structure_set(stack, [region]))
    assert np.array_equal(mask.voxels, boxed(stack, 2, 3, 7, 6, 2, 3))
    (between,) = [one for one in mask.findings if one.code == "intake.mask_contours_between"]
    assert between.fields == {"count": 2, "distance_mm": pytest.approx(0.25 * 2.5, abs=0.01)}


def test_two_planes_that_fall_on_one_slice_are_united_not_cut_out(
    intake: Intake, scan: tuple[Plan, Stack], tmp_path: Path
) -> None:
    _, stack = scan
    region = Region("A", on_slices(stack, rectangle(2, 3, 7, 6), 2.8, 3.0, 3.2))
    mask = read(intake, tmp_path, scan, structure_set(stack, [region]))
    assert np.array_equal(mask.voxels, boxed(stack, 2, 3, 7, 6, 3))


def test_contours_of_another_plane_are_refused_by_their_distance(
    intake: Intake, scan: tuple[Plan, Stack], tmp_path: Path
) -> None:
    _, stack = scan
    upright = [(1, 2, 3), (1, 6, 3), (6, 6, 3), (6, 2, 3)]
    region = Region("A", [Contour(stack.geometry.index_to_lps(upright))])
    with pytest.raises(InputError, match=r"intake\.mask\.contours_elsewhere") as raised:
        read(intake, tmp_path, scan, structure_set(stack, [region]))
    assert raised.value.message.fields["count"] == 1


def test_what_reaches_out_of_the_picture_is_cut_and_stated(
    intake: Intake, scan: tuple[Plan, Stack], tmp_path: Path
) -> None:
    _, stack = scan
    region = Region("A", on_slices(stack, rectangle(-2, 0, 2, 5), 3))
    mask = read(intake, tmp_path, scan, structure_set(stack, [region]))
    assert np.array_equal(mask.voxels, boxed(stack, 0, 0, 2, 5, 3))
    (outside,) = [one for one in mask.findings if one.code == "intake.mask_outside"]
    assert outside.fields["percent"] == 50.0


def test_a_region_in_another_frame_of_reference_is_left_out(
    intake: Intake, scan: tuple[Plan, Stack], tmp_path: Path
) -> None:
    _, stack = scan
    here = Region("Here", on_slices(stack, rectangle(2, 3, 7, 6), 3))
    there = Region("There", on_slices(stack, rectangle(2, 3, 7, 6), 4), frame_of_reference_uid="2.25.5")
    mask = read(intake, tmp_path, scan, structure_set(stack, [here, there]))
    assert [one.label for one in mask.segments] == ["Here"] and codes(mask) == {"mask_segments_elsewhere"}


def test_a_tilted_stack_takes_contours_in_its_own_planes(intake: Intake, tmp_path: Path) -> None:
    def tilt(dataset: Dataset, index: int) -> None:
        dataset.ImagePositionPatient[1] += 0.8 * index

    write_series(tmp_path / "scan", 8, tilt)
    plan = intake.scan(tmp_path / "scan")
    (stack,) = plan.stacks
    region = Region("A", on_slices(stack, rectangle(2, 3, 7, 6), 3, 4))
    mask = read(intake, tmp_path, (plan, stack), structure_set(stack, [region]))
    assert np.array_equal(mask.voxels, boxed(stack, 2, 3, 7, 6, 3, 4)) and mask.findings == ()


def test_a_coordinate_that_is_no_number_refuses_the_file(
    intake: Intake, scan: tuple[Plan, Stack], tmp_path: Path
) -> None:
    _, stack = scan
    dataset = structure_set(stack, [Region("A", on_slices(stack, rectangle(2, 3, 7, 6), 3))])
    path = save(dataset, tmp_path / "rs.dcm")
    whole = path.read_bytes()
    first = dataset.ROIContourSequence[0].ContourSequence[0].ContourData[0].original_string.encode()
    for wrong in (b"1,5", b"nan"):
        path.write_bytes(whole.replace(first, wrong.ljust(len(first)), 1))
        with pytest.raises(InputError, match=r"intake\.mask\.unreadable"):
            intake.read_mask(path, *scan)


def test_five_hundred_contours_of_512_pixels_take_little_time(intake: Intake, tmp_path: Path) -> None:
    pixels = np.zeros((512, 512), np.int16)
    write_series(tmp_path / "scan", 100, pixels=pixels)
    plan = intake.scan(tmp_path / "scan")
    (stack,) = plan.stacks
    angle = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    rings = [
        256 + radius * np.column_stack([np.sin(angle), np.cos(angle)]) for radius in (240, 200, 150, 90, 20)
    ]
    contours = [Contour(outline(stack, index, ring)) for index in range(100) for ring in rings]
    path = save(structure_set(stack, [Region("A", contours)]), tmp_path / "rs.dcm")
    begin = time.perf_counter()
    mask = intake.read_mask(path, plan, stack)
    seconds = time.perf_counter() - begin
    areas = np.pi * np.array([240, 200, 150, 90, 20]) ** 2
    expected = 100 * float(areas @ [1, -1, 1, -1, 1])
    assert mask.voxels.sum() == pytest.approx(expected, rel=2e-3)
    assert seconds < 10, f"{seconds:.1f} s"


def test_the_tumour_contours_of_a_lung_scan_are_laid_by_position(intake: Intake, shared_data: Path) -> None:
    folder = shared_data / "ct_with_RTSTRUCT_tumour"
    plan = intake.scan(folder)
    (stack,) = plan.stacks
    mask = intake.read_mask(folder / "DCM_RS_00046.dcm", plan, stack)
    (segment,) = mask.segments
    assert (segment.label, segment.colour) == ("GTV-1", (172, 0, 172)) and codes(mask) == {"mask_by_position"}
    z = stack.geometry.index_to_lps([(index, 0, 0) for index in np.flatnonzero(mask.voxels.any((1, 2)))])[
        :, 2
    ]
    assert z.tolist() == pytest.approx(np.arange(-387.5, -354.4, 3).tolist())
    volume = intake.load(plan, stack)
    inside = np.median(volume.slab(0, stack.geometry.shape[0])[mask.voxels])
    assert inside > -200, "the tumour is solid, the lung around it is air"


def drawn_by_pillow(
    corners: NDArray[np.float64], shape: tuple[int, ...], fine: int = 16
) -> NDArray[np.bool_]:
    """A polygon of (row, column) drawn ``fine`` times as large and looked at in the pixels' centres."""
    rows, columns = shape
    image = Image.new("1", (columns * fine, rows * fine))
    points = [(column * fine + fine // 2, row * fine + fine // 2) for row, column in corners.tolist()]
    ImageDraw.Draw(image).polygon(points, fill=1)
    return np.asarray(image)[fine // 2 :: fine, fine // 2 :: fine]


def test_the_tumour_contours_enclose_what_another_program_fills(intake: Intake, shared_data: Path) -> None:
    folder = shared_data / "ct_with_RTSTRUCT_tumour"
    plan = intake.scan(folder)
    (stack,) = plan.stacks
    mask = intake.read_mask(folder / "DCM_RS_00046.dcm", plan, stack).voxels
    theirs = np.zeros_like(mask)
    for contour in pydicom.dcmread(folder / "DCM_RS_00046.dcm").ROIContourSequence[0].ContourSequence:
        points = np.array(contour.ContourData, dtype=float).reshape(-1, 3)
        index = stack.geometry.lps_to_index(points)
        slot = round(float(index[0, 0]))
        theirs[slot] ^= drawn_by_pillow(index[:, 1:], mask.shape[1:])
    differing = int(np.count_nonzero(mask != theirs))
    # The other program counts what its line touches; that is a sixteenth of a pixel here.
    assert mask.sum() > 4000 and differing < 0.02 * mask.sum()


@pytest.mark.parametrize("kind", list(MaskFormat))
def test_the_tumour_goes_out_and_comes_back_as_it_was(
    intake: Intake, shared_data: Path, tmp_path: Path, kind: MaskFormat
) -> None:
    folder = shared_data / "ct_with_RTSTRUCT_tumour"
    plan = intake.scan(folder)
    (stack,) = plan.stacks
    layer = as_layer(intake.read_mask(folder / "DCM_RS_00046.dcm", plan, stack), "rs", stack.geometry)
    path = tmp_path / f"mask{kind.suffix}"
    patient = PatientIdentity(PatientKey("", "3"), "Entered^By Hand")
    write_mask(path, layer, stack, kind, clock=SystemClock(), ids=SeededIds(1), patient=patient)
    read = intake.read_mask(path, plan, stack)
    assert np.array_equal(read.voxels, layer.voxels)
    if kind is not MaskFormat.NIFTI:
        assert read.segments[0].label == "GTV-1" and read.findings == ()


@pytest.mark.parametrize("name", ["invalid_reference_rt.dcm", "non_existent_reference_rt.dcm"])
def test_contours_of_a_phantom_that_name_an_image_that_is_not_there(
    intake: Intake, shared_data: Path, name: str
) -> None:
    folder = shared_data / "rtstruct_phantom_GE"
    plan = intake.scan(folder)
    stack = next(one for one in plan.stacks if one.rows_columns == (512, 512))
    mask = intake.read_mask(folder / name, plan, stack)
    assert codes(mask) == {"mask_images_missing", "mask_contours_off_planes"}
    (missing,) = [one for one in mask.findings if one.code == "intake.mask_images_missing"]
    (off,) = [one for one in mask.findings if one.code == "intake.mask_contours_off_planes"]
    assert missing.fields == {"count": 1} and off.fields == {"count": 4, "total": 12}
    assert [one.label for one in mask.segments] == ["ROI-1", "ROI-2", "ROI-3", "ROI-4"]


def test_contours_of_a_phantom_in_a_frame_of_reference_of_their_own_are_refused(
    intake: Intake, shared_data: Path
) -> None:
    folder = shared_data / "rtstruct_phantom_GE"
    plan = intake.scan(folder)
    for stack in plan.stacks:
        with pytest.raises(InputError, match=r"frame_of_reference"):
            intake.read_mask(folder / "rt.dcm", plan, stack)


def test_the_oblique_slices_of_a_phantom_take_masks_in_their_own_plane(
    intake: Intake, shared_data: Path, tmp_path: Path
) -> None:
    plan = intake.scan(shared_data / "rtstruct_phantom_GE")
    slanted = [stack for stack in plan.stacks if stack.geometry.obliquity_deg > 10]
    assert slanted
    patient = PatientIdentity(PatientKey("", "E1"), "Entered^By Hand")
    for stack in slanted:
        mask = np.random.default_rng(1).random(stack.geometry.shape) < 0.3
        layer = MaskLayer("mask.tumour", MaskOrigin.HUMAN, mask, stack.geometry)
        for kind in MaskFormat:
            path = tmp_path / f"mask{kind.suffix}"
            write_mask(path, layer, stack, kind, clock=SystemClock(), ids=SeededIds(1), patient=patient)
            assert np.array_equal(intake.read_mask(path, plan, stack).voxels, mask)
