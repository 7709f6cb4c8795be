from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from inference.meaning.opinion import Phase
from models.phantoms.abdomen.abdomen_volume import (
    NODES,
    TUMOUR,
    AbdomenVolume,
    Window,
    render_phase,
    render_slices,
    volume_geometry,
)
from models.phantoms.abdomen.anatomy import draw_abdomen
from models.phantoms.abdomen.ct_scanner import scanner_of
from models.phantoms.abdomen.parameters import PHASES, AbdomenCase
from models.phantoms.abdomen.tubes import Tube, tube_slice
from tests.models.phantoms.abdomen.abdomen_cases import gastric, pancreatic

CASE = gastric()


@pytest.fixture(scope="module")
def volume() -> AbdomenVolume:
    return render_phase(CASE, Phase.PORTAL_VENOUS, size=128)


def inside(case: AbdomenCase, tube: Tube, k: int, deep_mm: float) -> NDArray[np.bool_]:
    """Pixels of slice ``k`` of a 256 volume that lie so deep in a tube."""
    scanner = case.scanner
    positions = ((np.arange(256) + 0.5) / 256 - 0.5).astype(np.float32) * np.float32(scanner.field_mm)
    level = scanner.lowest_mm + k * scanner.step_mm
    canvas = draw_abdomen(case).canvas(level, positions, positions)
    shape = tube_slice(canvas, tube, level)
    mask = np.zeros((256, 256), dtype=bool)
    if shape is not None:
        mask[shape.box] = shape.distance < -deep_mm
    return mask


def test_chosen_slices_equal_and_crops_match_the_whole_volume(volume: AbdomenVolume) -> None:
    wanted = (31, 12, 24)
    voxels, tumour = render_slices(CASE, Phase.PORTAL_VENOUS, wanted, size=128)
    assert np.array_equal(voxels, volume.voxels[list(wanted)])
    assert np.array_equal(tumour, volume.tumour[list(wanted)])
    window = Window((30, 90), (50, 101))
    cropped, label = render_slices(CASE, Phase.PORTAL_VENOUS, wanted, size=128, window=window)
    apart = np.abs(cropped.astype(int) - voxels[:, 30:90, 50:101])
    assert apart.max() <= 1
    assert (apart > 0).mean() < 0.05
    assert np.array_equal(label, tumour[:, 30:90, 50:101])
    corner = volume_geometry(CASE.scanner, 128, window=window).index_to_lps((0, 0, 0))
    assert corner == pytest.approx(volume.geometry.index_to_lps((0, 30, 50)))


def test_an_equal_case_renders_equal_voxels_and_another_index_does_not() -> None:
    first = render_slices(CASE, Phase.ARTERIAL, (25,), size=128)[0]
    render_slices(gastric(index=5), Phase.ARTERIAL, (25,), size=128)
    draw_abdomen.cache_clear()
    assert np.array_equal(first, render_slices(gastric(), Phase.ARTERIAL, (25,), size=128)[0])
    assert not np.array_equal(first, render_slices(gastric(index=1), Phase.ARTERIAL, (25,), size=128)[0])


def test_a_volume_is_int16_hu_from_feet_to_head_and_cannot_be_written(volume: AbdomenVolume) -> None:
    assert volume.voxels.dtype == np.int16
    assert volume.voxels.shape == volume.tumour.shape == volume.geometry.shape == (50, 128, 128)
    assert volume.voxels.min() >= -1024
    assert volume.geometry.plane == "axial"
    assert volume.geometry.slice_normal == pytest.approx([0.0, 0.0, 1.0])
    assert set(np.unique(volume.tumour)) == {0, TUMOUR, NODES}
    with pytest.raises(ValueError, match="read-only"):
        volume.voxels[0, 0, 0] = 1
    with pytest.raises(ValueError, match="size"):
        render_slices(CASE, Phase.ARTERIAL, (3,), size=200)


def test_small_and_full_images_show_the_same_tumour_at_the_same_place() -> None:
    centres, areas = [], []
    for size in (128, 512):
        _, tumour = render_slices(CASE, Phase.ARTERIAL, (29,), size=size)
        rows, columns = np.nonzero(tumour[0] == TUMOUR)
        geometry = volume_geometry(CASE.scanner, size)
        centres.append(geometry.index_to_lps((29, rows.mean(), columns.mean())))
        areas.append(rows.size * geometry.spacing_mm[1] * geometry.spacing_mm[2])
    assert np.abs(centres[0] - centres[1]).max() < 1.0
    assert areas[0] == pytest.approx(areas[1], rel=0.08)


@pytest.mark.parametrize(
    ("phase", "aorta", "portal", "liver"),
    [
        (Phase.UNENHANCED, (30, 55), (30, 55), (40, 68)),
        (Phase.ARTERIAL, (220, 420), (70, 180), (45, 85)),
        (Phase.PORTAL_VENOUS, (115, 190), (125, 210), (80, 130)),
    ],
)
def test_vessels_and_liver_measure_as_their_phase(
    phase: Phase, aorta: tuple[int, int], portal: tuple[int, int], liver: tuple[int, int]
) -> None:
    voxels = render_slices(CASE, phase, (25,), size=256)[0][0]
    abdomen = draw_abdomen(CASE)
    for tube, deep, (low, high) in ((abdomen.aorta, 5.0, aorta), (abdomen.portal, 3.0, portal)):
        values = voxels[inside(CASE, tube, 25, deep)]
        assert values.size > 4
        assert low < np.median(values) < high
    right_lobe = Tube.of(np.array([[-95.0, -5.0, -30.0, 14.0], [-95.0, -5.0, 60.0, 14.0]]))
    assert liver[0] < np.median(voxels[inside(CASE, right_lobe, 25, 2.0)]) < liver[1]


def test_fat_muscle_bone_gas_and_air_have_their_own_hu() -> None:
    voxels = render_slices(CASE, Phase.UNENHANCED, (30,), size=256)[0][0]
    assert voxels[:12].mean() == pytest.approx(-1000.0, abs=4.0)
    assert ((voxels > -130) & (voxels < -80)).mean() > 0.06
    assert ((voxels > 35) & (voxels < 75)).mean() > 0.1
    assert (voxels > 250).sum() > 150
    stomach = voxels[inside(CASE, draw_abdomen(CASE).stomach, 30, 12.0)]
    assert (stomach < -850).any() or np.median(stomach) < 30


def test_phases_share_their_anatomy_up_to_a_breath() -> None:
    centres = []
    for phase in PHASES:
        voxels = render_slices(CASE, phase, (20,), size=128)[0][0]
        centres.append(np.argwhere(voxels[:86] > -300).mean(axis=0) * CASE.scanner.field_mm / 128)
    apart = [np.abs(a - b).max() for a in centres for b in centres]
    assert 0.1 < max(apart) < 5.0


def test_hospitals_differ_in_noise_and_sharpness() -> None:
    def noise(cohort: str) -> float:
        case = gastric(cohort)
        k = round((10.0 - case.scanner.lowest_mm) / case.scanner.step_mm)
        lobe = Tube.of(np.array([[-95.0, 0.0, -40.0, 16.0], [-95.0, 0.0, 60.0, 16.0]]))
        voxels = render_slices(case, Phase.UNENHANCED, (k,), size=512)[0][0]
        return float(voxels[::2, ::2][inside(case, lobe, k, 2.0)].std())

    assert noise("external") > 1.2 * noise("training")
    fields = {scanner_of("gnen-os", cohort).field_mm for cohort in ("training", "internal", "external")}
    assert len(fields) == 3


def test_larger_people_are_noisier_and_wider() -> None:
    widths, noises = [], []
    for fat in (8.0, 40.0):
        case = replace(CASE, habitus=replace(CASE.habitus, subcutaneous_fat_mm=fat))
        voxels = render_slices(case, Phase.UNENHANCED, (30,), size=128)[0][0]
        widths.append(int((voxels[64] > -300).sum()))
        noises.append(float((voxels[60:70, 35:45] - voxels[60:70, 35:45].mean()).std()))
    assert widths[1] > widths[0] + 10
    assert noises[1] > noises[0]


def test_thin_slices_of_the_pancreas_are_one_sheet_and_show_the_gland() -> None:
    case = pancreatic()
    assert case.scanner.thickness_mm <= 2.0
    k = round((draw_abdomen(case).pancreas.at(0.25)[2] - case.scanner.lowest_mm) / case.scanner.step_mm)
    voxels = render_slices(case, Phase.ARTERIAL, (k,), size=256)[0][0]
    values = voxels[inside(case, draw_abdomen(case).pancreas, k, 3.0)]
    assert 70 < np.median(values) < 140
