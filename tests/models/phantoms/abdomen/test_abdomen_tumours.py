import numpy as np
import pytest
from numpy.typing import NDArray

from inference.meaning.opinion import Phase
from models.phantoms.abdomen.abdomen_volume import (
    NODES,
    TUMOUR,
    AbdomenVolume,
    render_slices,
    volume_geometry,
)
from models.phantoms.abdomen.anatomy import draw_abdomen
from models.phantoms.abdomen.gastric_lesion import draw_gastric_lesion
from models.phantoms.abdomen.pancreatic_lesion import draw_pancreatic_lesion
from models.phantoms.abdomen.parameters import (
    AbdomenCase,
    EnlargedNodes,
    GastricTumour,
    Looks,
    PhaseLook,
)
from models.phantoms.abdomen.tumour_signal import TumourSignal
from tests.models.phantoms.abdomen.abdomen_cases import gastric, pancreatic


def around_tumour(case: AbdomenCase, phase: Phase) -> AbdomenVolume:
    """The slices that can show the tumour, and a few more."""
    draw = draw_gastric_lesion if isinstance(case.tumour, GastricTumour) else draw_pancreatic_lesion
    signal, scanner = draw(case, draw_abdomen(case)).texture.signal, case.scanner
    ends = [signal.middle_mm + sign * (signal.half_mm + 12.0) for sign in (-1.0, 1.0)]
    low, high = (round((end - scanner.lowest_mm) / scanner.step_mm) for end in ends)
    slices = range(max(low, 0), min(high + 1, scanner.slices))
    voxels, tumour = render_slices(case, phase, slices, size=128)
    return AbdomenVolume(voxels, tumour, volume_geometry(scanner, 128, slices))


def points_mm(volume: AbdomenVolume, label: int) -> NDArray[np.float64]:
    return volume.geometry.index_to_lps(np.argwhere(volume.tumour == label))


def long_diameter_mm(volume: AbdomenVolume) -> float:
    points = points_mm(volume, TUMOUR)
    rng = np.random.default_rng(0)
    directions = rng.standard_normal((400, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    reach = points @ directions.T
    return float(np.ptp(reach, axis=0).max())


@pytest.mark.parametrize("asked", [30.0, 80.0])
def test_a_gastric_tumour_is_as_long_as_asked(asked: float) -> None:
    case = gastric(long_diameter_mm=asked, borrmann=2, wall="greater", nodes=EnlargedNodes())
    found = long_diameter_mm(around_tumour(case, Phase.PORTAL_VENOUS))
    assert found == pytest.approx(asked, abs=9.0)


def test_a_diffuse_tumour_runs_around_the_stomach_and_is_as_long_as_asked() -> None:
    case = gastric(long_diameter_mm=120.0, borrmann=4, site="whole", nodes=EnlargedNodes())
    volume = around_tumour(case, Phase.PORTAL_VENOUS)
    assert long_diameter_mm(volume) == pytest.approx(120.0, abs=15.0)
    local = around_tumour(gastric(long_diameter_mm=60.0), Phase.PORTAL_VENOUS)
    assert (volume.tumour == TUMOUR).sum() > 3 * (local.tumour == TUMOUR).sum()


@pytest.mark.parametrize(("asked", "site"), [(14.0, "tail"), (30.0, "uncinate"), (50.0, "head-neck")])
def test_a_pancreatic_tumour_is_as_long_as_asked(asked: float, site: str) -> None:
    case = pancreatic(long_diameter_mm=asked, site=site, irregularity=0.1)
    assert long_diameter_mm(around_tumour(case, Phase.ARTERIAL)) == pytest.approx(asked, abs=6.0)


def test_a_tumour_lies_on_the_wall_of_the_stomach_and_sites_lie_one_above_the_other() -> None:
    heights = []
    for site in ("upper", "middle", "lower"):
        case = gastric(site=site, long_diameter_mm=40.0, nodes=EnlargedNodes())
        volume = around_tumour(case, Phase.PORTAL_VENOUS)
        points = points_mm(volume, TUMOUR)
        heights.append(points[:, 2].mean())
        axis = draw_abdomen(case).stomach.points
        apart = np.linalg.norm(points[:, None] - axis[None, :, :3], axis=-1) - axis[None, :, 3]
        # Warp, breath and position on the table move the stomach by some millimetres.
        assert np.percentile(apart.min(axis=1), 95) < 20.0
    assert heights[0] > heights[1] > heights[2]


def test_a_thicker_tumour_has_more_volume() -> None:
    def voxels(thickness: float) -> int:
        case = gastric(nodes=EnlargedNodes(), borrmann=2, thickness_mm=thickness)
        return int((around_tumour(case, Phase.ARTERIAL).tumour == TUMOUR).sum())

    assert voxels(24.0) > 1.25 * voxels(12.0)


def test_as_many_nodes_as_asked_and_the_largest_of_the_size_asked() -> None:
    from scipy import ndimage

    case = gastric(nodes=EnlargedNodes(3, 18.0))
    lesion = draw_gastric_lesion(case, draw_abdomen(case))
    assert len(lesion.nodes) == 3
    assert max(2.0 * min(node.radii) for node in lesion.nodes) == pytest.approx(18.0)
    label = render_slices(case, Phase.PORTAL_VENOUS, range(18, 44), size=128)[1] == NODES
    assert 1 <= ndimage.label(label)[1] <= 3
    assert not draw_gastric_lesion(gastric(nodes=EnlargedNodes()), draw_abdomen(case)).nodes


def tumour_hu(case: AbdomenCase, phase: Phase) -> float:
    volume = around_tumour(case, phase)
    values = volume.voxels[volume.tumour == TUMOUR]
    return float(np.percentile(values, 60))


def test_a_hypervascular_tumour_leads_the_gland_in_the_arterial_phase_only_by_its_enhancement() -> None:
    looks = Looks(PhaseLook(140.0, -2.0), PhaseLook(75.0, -2.0), shape_from="arterial")
    case = pancreatic(looks=looks)
    assert tumour_hu(case, Phase.ARTERIAL) > 140.0
    assert 20.0 < tumour_hu(case, Phase.UNENHANCED) < 60.0
    assert tumour_hu(pancreatic(composition="cystic"), Phase.ARTERIAL) < 0.6 * tumour_hu(
        pancreatic(), Phase.ARTERIAL
    )


def test_size_does_not_follow_the_image_signal_and_necrosis_does() -> None:
    sizes, dark = [], []
    for signal in (-1.5, 1.5):
        look = PhaseLook(60.0, signal)
        case = gastric(looks=Looks(look, look), thickness_mm=24.0, borrmann=1, nodes=EnlargedNodes())
        voxels, tumour = render_slices(case, Phase.PORTAL_VENOUS, range(20, 38), size=128)
        values = voxels[tumour == TUMOUR]
        sizes.append(values.size)
        dark.append(float((values < 55).mean()))
    assert sizes[0] == pytest.approx(sizes[1], rel=0.15)
    assert dark[1] > dark[0] + 0.1


@pytest.mark.parametrize("diameter", [14.0, 34.0])
def test_a_pancreatic_tumour_shows_its_arterial_signal_in_the_arterial_phase_alone(diameter: float) -> None:
    cores, venous = [], []
    for signal in (-1.5, 1.5):
        looks = Looks(PhaseLook(90.0, signal), PhaseLook(70.0), shape_from="arterial")
        case = pancreatic(long_diameter_mm=diameter, looks=looks)
        arterial = around_tumour(case, Phase.ARTERIAL)
        cores.append(float((arterial.voxels[arterial.tumour == TUMOUR] < 75).mean()))
        venous.append(around_tumour(case, Phase.PORTAL_VENOUS))
    assert cores[1] > cores[0] + 0.2
    assert np.array_equal(venous[0].voxels, venous[1].voxels)
    assert np.array_equal(venous[0].tumour, venous[1].tumour)


def appearance(index: int, signal: float, confounder: float) -> TumourSignal:
    look = PhaseLook(60.0, signal, confounder)
    low, high = np.array([0.0, 0.0, -30.0]), np.array([60.0, 60.0, 30.0])
    return TumourSignal.draw(Looks(look, look), low, high, gastric(index=index).stream("tumour texture"))


def test_a_slice_is_less_reliable_than_the_patient_and_the_gradient_tells_what_the_mean_cannot() -> None:
    rng = np.random.default_rng(3)
    count, levels = 300, np.arange(-27.5, 30.0, 5.0)
    signal, confounder = rng.standard_normal(count) * 1.05, 0.5 * rng.standard_normal(count)
    shown = np.array(
        [
            [shows.shown(Phase.PORTAL_VENOUS, float(z)) for z in levels]
            for shows in (appearance(k, float(signal[k]), float(confounder[k])) for k in range(count))
        ]
    )
    middle = np.corrcoef(shown[:, 6], signal)[0, 1] ** 2
    mean, slope = shown.mean(axis=1), shown @ (levels / np.sum(levels**2)) * 30.0
    fitted = np.linalg.lstsq(np.column_stack([mean, slope]), signal, rcond=None)[0]
    patient = np.corrcoef(np.column_stack([mean, slope]) @ fitted, signal)[0, 1] ** 2
    assert middle == pytest.approx(0.6, abs=0.09)
    assert patient == pytest.approx(0.9, abs=0.05)
    assert patient > np.corrcoef(mean, signal)[0, 1] ** 2 + 0.04


def test_phases_may_show_different_signals_and_share_half_of_a_levels_noise() -> None:
    looks = Looks(PhaseLook(100.0, 2.0), PhaseLook(60.0, -2.0))
    rng = gastric(looks=looks).stream("tumour texture")
    signal = TumourSignal.draw(looks, np.zeros(3), np.array([40.0, 40.0, 4000.0]), rng)
    levels = np.arange(0.0, 4000.0, 5.0)
    arterial, venous = (
        np.array([signal.shown(p, z) for z in levels]) for p in (Phase.ARTERIAL, Phase.PORTAL_VENOUS)
    )
    assert arterial.mean() - venous.mean() == pytest.approx(4.0, abs=0.2)
    line = np.polyfit(levels, arterial, 1), np.polyfit(levels, venous, 1)
    rest = arterial - np.polyval(line[0], levels), venous - np.polyval(line[1], levels)
    assert np.corrcoef(*rest)[0, 1] == pytest.approx(0.5, abs=0.1)
