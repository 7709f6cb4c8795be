"""Network inputs are the same whichever way a scan was stored, and the way back lands where it began."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from inference.geometry import Geometry
from inference.preprocessing.classifier_input import classifier_input, largest_slices
from inference.preprocessing.intensity import measure_intensity, scale
from inference.preprocessing.orientation import CanonicalOrientation
from inference.preprocessing.segmenter_input import SegmenterFrame
from inference.preprocessing.settings import ClassifierSettings, IntensitySettings, SegmenterSettings
from inference.volume import Volume

SHAPE = (12, 96, 80)
INTENSITY = IntensitySettings(low_percentile=1, high_percentile=99, foreground_fraction=0.1, clip_maximum=1.5)
SEGMENTER = SegmenterSettings(
    intensity=INTENSITY, spacing_mm=2.5, rows=96, columns=96, mean=0.4, standard_deviation=0.3
)
CLASSIFIER = ClassifierSettings(
    intensity=INTENSITY, slices=6, margin_mm=10, rows=32, columns=32, mean=0.4, standard_deviation=0.3
)
ORIENTATIONS = [CanonicalOrientation(*flags) for flags in itertools.product((False, True), repeat=4)]


@pytest.fixture(scope="module")
def canonical() -> tuple[Volume, np.ndarray]:
    """A lopsided, slightly oblique head with a tumour right of the midline."""
    geometry = Geometry.from_axes(
        origin_lps_mm=(-80, -95, -30),
        slice_step_mm=(0, 0.3, 5),
        row_step_mm=(0, 2.0, -0.1),
        column_step_mm=(2.0, 0, 0),
        shape=SHAPE,
    )
    z, y, x = np.mgrid[: SHAPE[0], : SHAPE[1], : SHAPE[2]]
    head = ((x - 40) / 32.0) ** 2 + ((y - 46) / 40.0) ** 2 < 1
    tumour = ((x - 30) / 7.0) ** 2 + ((y - 50) / 5.0) ** 2 + ((z - 7) / 3.0) ** 2 < 1
    values = 5 + 300 * head + 200 * tumour + 2 * x * head + 3 * z * head
    return Volume(values.astype(np.int16), 1.0, 0.0, geometry), tumour


def stored_as(volume: Volume, orientation: CanonicalOrientation) -> Volume:
    """The same scan with its axes reversed or swapped in the file."""
    voxels = np.ascontiguousarray(orientation.undo(volume.voxels))

    def position(*index: int) -> np.ndarray:
        mark = np.zeros(voxels.shape, dtype=np.int8)
        mark[index] = 1
        return volume.geometry.index_to_lps(np.argwhere(orientation.apply(mark))[0])

    origin = position(0, 0, 0)
    geometry = Geometry.from_axes(
        origin_lps_mm=origin,
        slice_step_mm=position(1, 0, 0) - origin,
        row_step_mm=position(0, 1, 0) - origin,
        column_step_mm=position(0, 0, 1) - origin,
        shape=voxels.shape,
    )
    return Volume(voxels, 1.0, 0.0, geometry)


@pytest.mark.parametrize("orientation", ORIENTATIONS, ids=str)
def test_orientation_is_read_back_from_the_grid_it_made(canonical, orientation) -> None:
    volume, _ = canonical
    stored = stored_as(volume, orientation)
    assert CanonicalOrientation.of(stored.geometry) == orientation
    assert orientation.geometry(stored.geometry).matches(volume.geometry)


@pytest.mark.parametrize("orientation", ORIENTATIONS, ids=str)
def test_network_inputs_do_not_depend_on_how_the_scan_was_stored(canonical, orientation) -> None:
    volume, tumour = canonical
    stored = stored_as(volume, orientation)
    mask = np.ascontiguousarray(orientation.undo(tumour))
    slices = range(SHAPE[0])
    np.testing.assert_allclose(
        SegmenterFrame.of(stored, SEGMENTER).batch(slices),
        SegmenterFrame.of(volume, SEGMENTER).batch(slices),
        atol=1e-4,
    )
    ours, theirs = classifier_input(stored, mask, CLASSIFIER), classifier_input(volume, tumour, CLASSIFIER)
    np.testing.assert_allclose(ours.array, theirs.array, atol=1e-4)
    for mine, other in zip(ours.slices, theirs.slices, strict=True):
        np.testing.assert_allclose(
            ours.geometry.index_to_lps((mine, 3, 5)), theirs.geometry.index_to_lps((other, 3, 5)), atol=1e-6
        )


def test_a_mask_survives_the_way_into_the_frame_and_back(canonical) -> None:
    volume, tumour = canonical
    frame = SegmenterFrame.of(volume, SEGMENTER)
    back = frame.to_mask(frame.to_frame(tumour, range(SHAPE[0])), 0.5)
    assert 2 * np.count_nonzero(back & tumour) / (back.sum() + tumour.sum()) > 0.95


def test_the_crop_shows_the_tumour_in_its_middle_with_the_margin(canonical) -> None:
    volume, tumour = canonical
    found = classifier_input(volume, tumour, CLASSIFIER)
    side_mm = found.geometry.spacing_mm[1] * CLASSIFIER.rows
    columns = np.flatnonzero(tumour.any(axis=(0, 1)))
    assert side_mm == pytest.approx((columns[-1] - columns[0] + 1) * 2.0 + 20.0)
    centre = found.geometry.index_to_lps((7, 15.5, 15.5))
    np.testing.assert_allclose(centre, volume.geometry.index_to_lps((7, 50, 30)), atol=0.6)


def test_channels_run_upwards_and_the_absent_ones_are_zero(canonical) -> None:
    volume, tumour = canonical
    found = classifier_input(volume, tumour, CLASSIFIER.model_copy(update={"slices": 9}))
    heights = [volume.geometry.index_to_lps((k, 0, 0))[2] for k in found.slices]
    assert heights == sorted(heights) and len(found.slices) == 5
    assert not found.array[0, 5:].any() and found.array[0, 4].any()


def test_the_largest_slices_win_and_stay_in_order() -> None:
    mask = np.zeros((5, 4, 4), dtype=bool)
    for index, count in enumerate((1, 3, 0, 4, 2)):
        mask[index].flat[:count] = True
    assert largest_slices(mask, 3) == (1, 3, 4)
    assert largest_slices(mask, 10) == (0, 1, 3, 4)


def test_gaps_and_padding_do_not_move_the_intensity_range(canonical) -> None:
    volume, _ = canonical
    voxels = volume.voxels.copy()
    voxels[4] = -2000
    voxels[:, :3] = -2000
    spoilt = Volume(voxels, 1.0, 0.0, volume.geometry, frozenset({4}), padding_voxel=-2000)
    measured, clean = measure_intensity(spoilt, INTENSITY), measure_intensity(volume, INTENSITY)
    assert measured.low == pytest.approx(clean.low, rel=0.02)
    assert measured.high == pytest.approx(clean.high, rel=0.02)
    assert not SegmenterFrame.of(spoilt, SEGMENTER).scaled_plane(4).any()


def test_rescaled_grey_values_give_the_same_input(canonical) -> None:
    volume, _ = canonical
    doubled = Volume(volume.voxels.copy(), 2.0, -50.0, volume.geometry)
    first, second = measure_intensity(volume, INTENSITY), measure_intensity(doubled, INTENSITY)
    np.testing.assert_allclose(
        scale(doubled.slab(3, 4), second, INTENSITY), scale(volume.slab(3, 4), first, INTENSITY), atol=0.02
    )


def test_a_constant_volume_or_an_empty_mask_is_refused(canonical) -> None:
    volume, tumour = canonical
    flat = Volume(np.full(SHAPE, 7, dtype=np.int16), 1.0, 0.0, volume.geometry)
    with pytest.raises(ValueError, match="constant"):
        measure_intensity(flat, INTENSITY)
    with pytest.raises(ValueError, match="empty"):
        classifier_input(volume, np.zeros_like(tumour), CLASSIFIER)


def test_a_sagittal_stack_is_not_forced_into_the_axial_convention(canonical) -> None:
    volume, _ = canonical
    affine = volume.geometry.affine[:, [2, 1, 0, 3]]
    with pytest.raises(ValueError, match="sagittal"):
        CanonicalOrientation.of(Geometry(affine, (SHAPE[2], SHAPE[1], SHAPE[0])))
