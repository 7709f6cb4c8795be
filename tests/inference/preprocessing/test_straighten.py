"""A sheared stack becomes upright: places hold, values are interpolated, nothing is stretched or made up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from inference.dicom.verdicts import finding
from inference.errors import Cancelled
from inference.findings import Verdict
from inference.geometry import Geometry
from inference.preprocessing.straighten import straighten, tilt_deg, without_tilt
from inference.volume import Volume

ROW_MM, COLUMN_MM, SLICE_MM = 0.8, 0.6, 2.5


def sheared(
    along_rows_mm: float, along_columns_mm: float, shape: tuple[int, int, int] = (5, 14, 12)
) -> Geometry:
    return Geometry.from_axes(
        origin_lps_mm=(-20, -30, 5),
        slice_step_mm=(along_columns_mm, along_rows_mm, SLICE_MM),
        row_step_mm=(0, ROW_MM, 0),
        column_step_mm=(COLUMN_MM, 0, 0),
        shape=shape,
    )


def plane_field(geometry: Geometry) -> NDArray[np.int16]:
    """A field that is linear in the patient: interpolation must give it back."""
    points = geometry.index_to_lps(np.moveaxis(np.indices(geometry.shape), 0, -1))
    return np.rint(points @ (40.0, -25.0, 15.0)).astype(np.int16)


def volume_of(geometry: Geometry, **options: object) -> Volume:
    voxels = plane_field(geometry)
    return Volume(voxels, np.array(1.0), np.array(-1024.0), geometry, **options)  # type: ignore[arg-type]


@given(along_rows=st.floats(-1.5, 1.5), along_columns=st.floats(-1.5, 1.5))
def test_a_field_that_is_linear_in_the_patient_stays_where_it_was(
    along_rows: float, along_columns: float
) -> None:
    volume = volume_of(sheared(along_rows, along_columns))
    straight = straighten(volume)
    assert straight.geometry.is_orthogonal(1e-9)
    assert straight.geometry.spacing_mm == pytest.approx((SLICE_MM, ROW_MM, COLUMN_MM))
    measured = straight.voxels != straight.padding_voxel
    error = np.abs(straight.voxels.astype(float) - plane_field(straight.geometry))[measured]
    assert error.max() <= 1.5
    assert measured.sum(axis=(1, 2)).min() >= 13 * 11


def test_whole_shifts_keep_every_voxel_as_it_is() -> None:
    volume = volume_of(sheared(-2 * ROW_MM, 3 * COLUMN_MM))
    straight = straighten(volume)
    assert straight.geometry.shape == (5, 14 + 8, 12 + 12)
    for index in range(5):
        rows = slice(8 - 2 * index, 8 - 2 * index + 14)
        columns = slice(3 * index, 3 * index + 12)
        assert np.array_equal(straight.voxels[index, rows, columns], volume.voxels[index])
        assert (straight.voxels[index] != straight.padding_voxel).sum() == 14 * 12
    assert np.array_equal(straight.slope, volume.slope)
    assert np.array_equal(straight.intercept, volume.intercept)


def test_padding_never_blends_with_what_was_measured() -> None:
    geometry = sheared(0.3, 0.0)
    voxels = np.full(geometry.shape, 100, np.int16)
    voxels[:, 6, 4] = -2000
    straight = straighten(Volume(voxels, np.array(1.0), np.array(0.0), geometry, padding_voxel=-2000))
    assert set(np.unique(straight.voxels)) == {-2000, 100} and straight.padding_voxel == -2000


def test_a_missing_slice_stays_missing() -> None:
    straight = straighten(volume_of(sheared(0.4, 0.0), missing_slices=frozenset({2})))
    assert straight.missing_slices == {2} and (straight.voxels[2] == straight.padding_voxel).all()


def test_straightening_is_recorded_with_its_angle_and_lifts_the_refusal() -> None:
    geometry = sheared(SLICE_MM * np.tan(np.radians(14)), 0)
    assert tilt_deg(geometry) == pytest.approx(14)
    (note,) = straighten(volume_of(geometry)).findings
    assert note.code == "intake.straightened" and note.fields["degrees"] == 14
    assert (note.view, note.answer) == (Verdict.NOTE, Verdict.NOTE)
    other = finding("intake.single_slice")
    assert without_tilt([finding("intake.tilt", degrees=14.0), other]) == (other,)


def test_an_upright_stack_comes_out_as_it_was() -> None:
    volume = volume_of(sheared(0, 0))
    straight = straighten(volume)
    assert np.array_equal(straight.voxels, volume.voxels)
    assert straight.geometry.matches(volume.geometry, 1e-9)


def test_rows_that_are_not_perpendicular_to_columns_are_no_gantry_tilt() -> None:
    skewed = Geometry.from_axes(
        origin_lps_mm=(0, 0, 0),
        slice_step_mm=(0, 0, 1),
        row_step_mm=(0.1, 1, 0),
        column_step_mm=(1, 0, 0),
        shape=(2, 4, 4),
    )
    with pytest.raises(ValueError, match="perpendicular"):
        straighten(volume_of(skewed))


def test_straightening_stops_when_asked() -> None:
    with pytest.raises(Cancelled):
        straighten(volume_of(sheared(0.4, 0)), should_stop=lambda: True)
