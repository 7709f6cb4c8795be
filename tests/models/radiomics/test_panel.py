from __future__ import annotations

from collections import Counter
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.geometry import Geometry
from inference.preprocessing.isotropic import isotropic_region
from inference.preprocessing.settings import IsotropicSettings
from inference.volume import Volume
from models.radiomics.aggregation import Aggregation
from models.radiomics.discretisation import FixedBinNumber, FixedBinSize
from models.radiomics.panel import PanelSettings, radiomics_panel, volume_panel


def _ball(seed: int = 4) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    z, y, x = np.mgrid[-3:4, -5:6, -5:6]
    mask = (z / 3.2) ** 2 + (y / 5.2) ** 2 + (x / 5.2) ** 2 <= 1
    return np.round(60 + 4 * x + 15 * rng.standard_normal(mask.shape)), mask


def test_the_panel_has_37_intensity_and_106_texture_features() -> None:
    families = Counter(name.split(".")[0] for name in radiomics_panel(*_ball()))
    assert sum(families[family] for family in ("statistics", "histogram", "ivh")) == 37
    assert sum(families.values()) == 143
    assert families["glcm_far"] == 11


@pytest.mark.parametrize("aggregation", get_args(Aggregation))
def test_every_feature_is_finite_for_any_aggregation(aggregation: Aggregation) -> None:
    panel = radiomics_panel(*_ball(), PanelSettings(aggregation=aggregation))
    assert np.isfinite(list(panel.values())).all()


@pytest.mark.parametrize("aggregation", get_args(Aggregation))
@pytest.mark.parametrize("voxels", [1, 2, 9])
def test_a_region_of_few_equal_voxels_has_the_same_features_all_finite(
    aggregation: Aggregation, voxels: int
) -> None:
    mask = np.zeros((3, 4, 5), dtype=bool)
    mask.reshape(-1)[:voxels] = True
    panel = radiomics_panel(np.full(mask.shape, 40.0), mask, PanelSettings(aggregation=aggregation))
    assert np.isfinite(list(panel.values())).all()
    assert list(panel) == list(radiomics_panel(*_ball()))


@given(margin=st.integers(1, 3), value=st.floats(-1000, 3000))
@settings(max_examples=10)
def test_what_lies_outside_the_mask_has_no_say(margin: int, value: float) -> None:
    array, mask = _ball()
    elsewhere = np.pad(np.where(mask, array, value), margin, constant_values=value)
    assert radiomics_panel(elsewhere, np.pad(mask, margin)) == radiomics_panel(array, mask)


def test_turning_the_volume_over_keeps_every_feature() -> None:
    array, mask = _ball()
    turned = radiomics_panel(array[::-1, ::-1].swapaxes(1, 2), mask[::-1, ::-1].swapaxes(1, 2))
    assert turned == pytest.approx(radiomics_panel(array, mask), rel=1e-9, abs=1e-12)


def test_texture_by_bin_number_ignores_scale_and_offset_and_by_bin_size_does_not() -> None:
    array, mask = _ball()
    for how, is_kept in ((FixedBinNumber(16), True), (FixedBinSize(10.0, start=0.0), False)):
        first = radiomics_panel(array + 200, mask, PanelSettings(how))
        second = radiomics_panel(4 * array + 800, mask, PanelSettings(how))
        texture = [name for name in first if name.startswith(("gl", "ng"))]
        assert np.allclose([first[n] for n in texture], [second[n] for n in texture]) == is_kept


def test_an_empty_mask_another_shape_and_a_missing_value_are_refused() -> None:
    array, mask = _ball()
    with pytest.raises(ValueError, match="mask is empty"):
        radiomics_panel(array, np.zeros_like(mask))
    with pytest.raises(ValueError, match="same three axes"):
        radiomics_panel(array[1:], mask)
    with pytest.raises(ValueError, match="not finite"):
        radiomics_panel(np.where(mask, np.nan, array), mask)


def test_a_scan_is_windowed_and_resampled_as_at_the_board_before_it_is_measured() -> None:
    array, mask = _ball()
    geometry = Geometry.from_axes(
        origin_lps_mm=(0, 0, 0),
        slice_step_mm=(0, 0, 2.0),
        row_step_mm=(0, 1.0, 0),
        column_step_mm=(1.0, 0, 0),
        shape=array.shape,
    )
    volume = Volume(array.astype(np.int16), np.ones(7), np.zeros(7), geometry)
    arterial = IsotropicSettings(spacing_mm=1, margin_mm=2, window_centre_hu=130, window_width_hu=310)
    region = isotropic_region(volume, mask, arterial)
    assert volume_panel(volume, mask, arterial) == radiomics_panel(region.array, region.mask)
