"""Pictures hang as radiologists hang them, with square pixels, the mask and the heat where they belong."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from inference.geometry import Geometry
from inference.scan import Acquisition
from reports.picture_frame import body_frame
from reports.slice_picture import MASK_COLOUR, display_range, draw_slice
from tests.reports.assessments import GEOMETRY, head, heat_maps, tumour

ROWS = 200
SLICE = 14
FLIPPED = Geometry.from_axes(
    origin_lps_mm=(90.0, 110.0, 65.0),
    slice_step_mm=(0.0, 0.0, -5.0),
    row_step_mm=(0.0, -1.25, 0.0),
    column_step_mm=(-0.94, 0.0, 0.0),
    shape=(28, 176, 192),
)
TRANSPOSED = Geometry.from_axes(
    origin_lps_mm=(-90.0, -110.0, -70.0),
    slice_step_mm=(0.0, 0.0, 5.0),
    row_step_mm=(1.25, 0.0, 0.0),
    column_step_mm=(0.0, 1.25, 0.0),
    shape=(28, 144, 176),
)
CORONAL = Geometry.from_axes(
    origin_lps_mm=(-90.0, -62.0, -120.0),
    slice_step_mm=(0.0, 5.0, 0.0),
    row_step_mm=(0.0, 0.0, 2.0),
    column_step_mm=(1.5, 0.0, 0.0),
    shape=(28, 120, 120),
)
SAGITTAL = Geometry.from_axes(
    origin_lps_mm=(-54.0, -110.0, 120.0),
    slice_step_mm=(5.0, 0.0, 0.0),
    row_step_mm=(0.0, 0.0, -2.0),
    column_step_mm=(0.0, 1.5, 0.0),
    shape=(28, 120, 148),
)


def picture_of(geometry: Geometry, *, with_mask: bool = True) -> NDArray[np.uint8]:
    volume, mask = head(geometry), tumour(geometry)
    frame = body_frame(volume, mask, [SLICE], ROWS)
    value_range = display_range(volume, [SLICE], Acquisition())
    return draw_slice(volume, frame, SLICE, value_range, mask=mask if with_mask else None).rgb


def is_outline(rgb: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return np.abs(rgb.astype(int) - MASK_COLOUR).max(axis=-1) < 30


@pytest.mark.parametrize("geometry", [GEOMETRY, FLIPPED, TRANSPOSED], ids=["as is", "flipped", "transposed"])
def test_an_axial_tumour_on_the_patients_left_is_right_of_the_middle_and_below_it(geometry: Geometry) -> None:
    outline = np.argwhere(is_outline(picture_of(geometry)))
    rows, columns = picture_of(geometry).shape[:2]
    assert len(outline) > 50
    assert outline[:, 1].mean() > columns / 2 + 0.04 * columns
    assert outline[:, 0].mean() > rows / 2 + 0.02 * rows


@pytest.mark.parametrize(
    ("geometry", "letters"),
    [
        (GEOMETRY, ("R", "L", "A", "P")),
        (FLIPPED, ("R", "L", "A", "P")),
        (TRANSPOSED, ("R", "L", "A", "P")),
        (CORONAL, ("R", "L", "S", "I")),
        (SAGITTAL, ("A", "P", "S", "I")),
    ],
    ids=["as is", "flipped", "transposed", "coronal", "sagittal"],
)
def test_letters_follow_the_geometry(geometry: Geometry, letters: tuple[str, str, str, str]) -> None:
    assert body_frame(head(geometry), None, [SLICE], ROWS).letters == letters


def test_the_same_head_looks_the_same_however_it_is_stored() -> None:
    plain, flipped = picture_of(GEOMETRY, with_mask=False), picture_of(FLIPPED, with_mask=False)
    assert plain.shape == flipped.shape
    # Noise differs; anatomy does not.
    assert np.corrcoef(plain[..., 0].ravel(), flipped[..., 0].ravel())[0, 1] > 0.95


def test_pixels_are_square_for_unequal_spacing() -> None:
    volume = head(GEOMETRY)
    frame = body_frame(volume, None, [SLICE], ROWS)
    lps = frame.pixel_lps_mm(SLICE)
    across = np.linalg.norm(lps[0, 1] - lps[0, 0])
    down = np.linalg.norm(lps[1, 0] - lps[0, 0])
    assert across == pytest.approx(frame.pixel_mm)
    assert down == pytest.approx(frame.pixel_mm)


def test_the_picture_is_cropped_to_the_body_and_keeps_the_whole_mask() -> None:
    volume, mask = head(), tumour()
    frame = body_frame(volume, mask, [SLICE], ROWS)
    lps = frame.pixel_lps_mm(SLICE)
    width_mm = np.ptp(lps[..., 0])
    assert 150 < width_mm < 175, "the head is 156 mm wide, the field 180 mm"
    marked = GEOMETRY.index_to_lps(np.argwhere(mask.voxels))[:, :2]
    assert (marked.min(axis=0) > lps[0, 0, :2]).all() and (marked.max(axis=0) < lps[-1, -1, :2]).all()


def test_the_heat_map_lies_where_its_geometry_says() -> None:
    volume = head()
    frame = body_frame(volume, None, [SLICE], ROWS)
    value_range = display_range(volume, [SLICE], Acquisition())
    heat_map = heat_maps()[0]
    plain = draw_slice(volume, frame, SLICE, value_range).rgb.astype(int)
    heated = draw_slice(volume, frame, SLICE, value_range, heat_map=heat_map).rgb.astype(int)
    changed = np.abs(heated - plain).sum(axis=-1) > 60
    peak = np.unravel_index(heat_map.plane(SLICE).argmax(), (7, 7))  # type: ignore[union-attr]
    expected = heat_map.plane_geometry(SLICE).index_to_lps((0, *peak))[:2]
    centre = frame.pixel_lps_mm(SLICE)[changed][:, :2].mean(axis=0)
    assert np.abs(centre - expected).max() < 5.0
    unseen = draw_slice(volume, frame, 2, value_range, heat_map=heat_map).rgb
    assert np.array_equal(unseen, draw_slice(volume, frame, 2, value_range).rgb)


def test_the_files_window_is_used_where_it_has_one() -> None:
    volume = head()
    assert display_range(volume, [SLICE], Acquisition(window_centre=400, window_width=900)) == (-50.0, 850.0)
    low, high = display_range(volume, [SLICE], Acquisition(window_centre=400, window_width=0))
    assert low < 40 and high > 450


def test_padding_does_not_set_the_window() -> None:
    whole = head()
    voxels = whole.voxels.copy()
    voxels[:, :, :30] = -2000
    padded = type(whole)(voxels, whole.slope, whole.intercept, whole.geometry, padding_voxel=-2000)
    assert display_range(padded, [SLICE], Acquisition())[0] > -100


def test_inverted_photometry_is_inverted() -> None:
    volume = head()
    frame = body_frame(volume, None, [SLICE], ROWS)
    plain = draw_slice(volume, frame, SLICE, (0, 700)).rgb.astype(int)
    inverted = draw_slice(volume, frame, SLICE, (0, 700), is_inverted=True).rgb.astype(int)
    assert np.abs(plain + inverted - 255).max() <= 1
