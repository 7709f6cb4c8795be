"""The fixed window: millimetres stay millimetres, the tumour is in the middle, and only it when asked."""

from __future__ import annotations

import numpy as np
import pytest

from inference.geometry import Geometry
from inference.preprocessing.fixed_window import fixed_window
from inference.preprocessing.settings import FixedWindowSettings
from inference.volume import Volume

KEPT = FixedWindowSettings(
    spacing_mm=1.0, rows=40, columns=40, window_centre_hu=50.0, window_width_hu=100.0, surroundings="kept"
)
BLANKED = KEPT.model_copy(update={"surroundings": "blanked"})


def examination(pixel_mm: float) -> tuple[Volume, np.ndarray]:
    """A disc of 8 mm radius at (30, 24) mm on slice 1, and a smaller one on slice 0; 100 HU in 20 HU."""
    count = round(60 / pixel_mm)
    at = (np.arange(count) + 0.5) * pixel_mm
    distance = np.hypot(at[:, None] - 30.0, at[None, :] - 24.0)
    mask = np.stack([distance < 4.0, distance < 8.0])
    voxels = np.where(mask, 100, 20).astype(np.int16)
    geometry = Geometry.from_axes(
        origin_lps_mm=(0.0, 0.0, 0.0),
        slice_step_mm=(0.0, 0.0, 5.0),
        row_step_mm=(0.0, pixel_mm, 0.0),
        column_step_mm=(pixel_mm, 0.0, 0.0),
        shape=mask.shape,
    )
    return Volume(voxels, np.ones(2), np.zeros(2), geometry), mask


@pytest.mark.parametrize("pixel_mm", [0.5, 0.75, 1.0])
def test_the_window_shows_the_largest_slice_in_millimetres_about_its_centre(pixel_mm: float) -> None:
    window = fixed_window(*examination(pixel_mm), KEPT)
    inside = window > 0.6
    assert inside.sum() == pytest.approx(np.pi * 8.0**2, rel=0.06)
    rows, columns = np.nonzero(inside)
    assert (rows.mean(), columns.mean()) == pytest.approx((19.5, 19.5), abs=0.3)
    assert window[0, 0] == pytest.approx(0.2, abs=0.02)


def test_blanked_surroundings_read_as_the_windows_minimum() -> None:
    window = fixed_window(*examination(0.75), BLANKED)
    assert window[19, 19] == pytest.approx(1.0, abs=0.02)
    assert (window > 0).sum() == pytest.approx(np.pi * 8.0**2, rel=0.06)


def test_an_empty_mask_is_refused() -> None:
    volume, mask = examination(1.0)
    with pytest.raises(ValueError, match="empty"):
        fixed_window(volume, np.zeros_like(mask), KEPT)
