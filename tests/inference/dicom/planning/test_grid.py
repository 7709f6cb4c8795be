"""Positions to grids, by property: every frame stands where DICOM says, in all orientations."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.dicom.limits import DEFAULT_LIMITS
from inference.dicom.pixels.reading import middle_outwards
from inference.dicom.planning.grid import fit_grid, in_plane_axes
from inference.dicom.planning.planning import make_plan
from inference.dicom.records import ImageRecord, PixelLayout
from inference.findings import Verdict, worst_view
from inference.scan import Plan, SourceFile

SIGNED_PERMUTATIONS = [
    tuple(sign * axis for sign, axis in zip(signs, axes, strict=True))
    for axes in itertools.permutations((1, 2, 3))
    for signs in itertools.product((1, -1), repeat=3)
]
UP = np.array([0.0, 0.0, 1.0])


def unit(signed_axis: int) -> np.ndarray:
    vector = np.zeros(3)
    vector[abs(signed_axis) - 1] = np.sign(signed_axis)
    return vector


def rotation(angles: tuple[float, float, float]) -> np.ndarray:
    matrix = np.eye(3)
    for axis, angle in enumerate(angles):
        first, second = [other for other in range(3) if other != axis]
        turn = np.eye(3)
        turn[first, first] = turn[second, second] = np.cos(angle)
        turn[first, second], turn[second, first] = -np.sin(angle), np.sin(angle)
        matrix = turn @ matrix
    return matrix


def plan_of(records: list[ImageRecord]) -> Plan:
    files = [SourceFile(f"/nowhere/{index}", 1000, 0, name=str(index)) for index in range(len(records))]
    return make_plan("/nowhere", files, list(enumerate(records)), [], DEFAULT_LIMITS)


def record_at(position: np.ndarray, along_row: np.ndarray, along_column: np.ndarray, uid: str) -> ImageRecord:
    return ImageRecord(
        kind="dicom",
        pixels=PixelLayout(6, 5, 1, True, 0, 60, 16, 16, True, False),
        sop_uid=uid,
        series_uid="2.25.1",
        orientation=tuple(np.concatenate([along_row, along_column]).tolist()),
        position=tuple(position.tolist()),
        pixel_spacing=(0.9, 0.7),
        slice_thickness_mm=3.0,
        modality="MR",
    )


def test_there_are_48_orientations() -> None:
    assert len(set(SIGNED_PERMUTATIONS)) == 48


@pytest.mark.parametrize("axes", SIGNED_PERMUTATIONS)
@settings(max_examples=6)
@given(
    count=st.integers(1, 9),
    step=st.floats(0.4, 12),
    angles=st.tuples(*[st.floats(-0.6, 0.6)] * 3),
    corner=st.tuples(*[st.floats(-400, 400)] * 3),
    shuffle=st.randoms(use_true_random=False),
)
def test_every_voxel_is_where_its_own_header_puts_it(axes, count, step, angles, corner, shuffle) -> None:  # type: ignore[no-untyped-def]
    turn = rotation(angles)
    along_row, along_column, stacking = (turn @ unit(axis) for axis in axes)
    origins = [np.array(corner) + index * step * stacking for index in range(count)]
    records = [
        record_at(origin, along_row, along_column, f"2.25.2.{index}") for index, origin in enumerate(origins)
    ]
    shuffle.shuffle(records)
    (stack,) = plan_of(records).stacks
    geometry = stack.geometry
    assert geometry.is_right_handed and len(stack.frames) == count
    for index, frame in enumerate(stack.frames):
        assert frame is not None
        position = np.array(records[frame.file].position)
        expected = position + 4 * 0.9 * along_column + 3 * 0.7 * along_row
        assert geometry.index_to_lps((index, 4, 3)) == pytest.approx(expected, abs=1e-6)
        assert geometry.lps_to_index(expected) == pytest.approx((index, 4, 3), abs=1e-6)


@given(
    present=st.lists(st.booleans(), min_size=6, max_size=24).filter(lambda slots: sum(slots) >= 2),
    step=st.floats(0.5, 8),
)
def test_whatever_slices_are_missing_the_others_keep_their_distance(present: list[bool], step: float) -> None:
    places = [index for index, there in enumerate(present) if there]
    positions = np.array([[0.0, 0.0, index * step] for index in places])
    grid = fit_grid(positions, UP, thickness_mm=step, longest=1000)
    expected = np.array(places) - places[0]
    assert grid.residual < 1e-9
    assert np.allclose(grid.slots * grid.spacing_mm, expected * step)
    if 1 in np.diff(places) and (np.diff(places) == 1).sum() > len(places) // 2:
        assert grid.slots.tolist() == expected.tolist()


def test_a_distance_just_below_one_and_a_half_medians_is_uneven_and_no_gap() -> None:
    below = np.array([[0, 0, z] for z in (0, 1, 2, 3.49, 4.49, 5.49)], dtype=float)
    above = np.array([[0, 0, z] for z in (0, 1, 2, 3.5, 4.5, 5.5)], dtype=float)
    assert fit_grid(below, UP, thickness_mm=None, longest=99).slots.tolist() == [0, 1, 2, 3, 4, 5]
    assert fit_grid(above, UP, thickness_mm=None, longest=99).slots.tolist() == [0, 1, 2, 4, 5, 6]


def test_a_grid_that_would_be_endless_is_not_built() -> None:
    positions = np.array([[0, 0, z] for z in (0, 1, 2, 1e6)], dtype=float)
    grid = fit_grid(positions, UP, thickness_mm=1.0, longest=500)
    assert grid.length == 4 and grid.residual > 0.2


@pytest.mark.parametrize(("error", "is_usable"), [(9e-4, True), (1.1e-3, False)])
def test_direction_cosines_are_normalised_or_refused(error: float, is_usable: bool) -> None:
    axes = in_plane_axes((1.0 + error, 0.0, 0.0, 0.0, 1.0, 0.0))
    assert (axes is not None) == is_usable
    if axes is not None:
        assert axes @ axes.T == pytest.approx(np.eye(2), abs=1e-12)


def test_a_slightly_skewed_orientation_is_made_orthogonal() -> None:
    axes = in_plane_axes((1.0, 0.0, 0.0, 5e-4, 1.0, 0.0))
    assert axes is not None and axes[0] @ axes[1] == pytest.approx(0, abs=1e-12)


def test_frames_of_reference_are_never_mixed() -> None:
    records = [
        replace(
            record_at(np.array([0, 0, 3.0 * index]), np.eye(3)[0], np.eye(3)[1], f"2.25.3.{index}"),
            frame_of_reference_uid=f"2.25.4.{index // 3}",
        )
        for index in range(6)
    ]
    stacks = plan_of(records).stacks
    assert [stack.slice_count for stack in stacks] == [3, 3]
    assert all(worst_view(stack.findings) < Verdict.REFUSED for stack in stacks)


def test_the_middle_is_read_first_and_everything_once() -> None:
    assert middle_outwards(5) == [2, 1, 3, 0, 4]
    assert sorted(middle_outwards(8)) == list(range(8))
