from dataclasses import replace

import numpy as np
import pytest

from models.phantoms.npc_population import NpcPatient, draw_cohort
from models.phantoms.npc_tumour import NODES, PRIMARY, draw_lesions
from models.phantoms.npc_volume import PhantomVolume, render_patient, render_slices, volume_geometry

NASOPHARYNX = range(12, 19)


@pytest.fixture(scope="module")
def patients() -> tuple[NpcPatient, ...]:
    return draw_cohort("training", 60, seed=1)


@pytest.fixture(scope="module")
def patient(patients: tuple[NpcPatient, ...]) -> NpcPatient:
    return next(p for p in patients if p.n_stage == 2 and p.t_stage == 3)


@pytest.fixture(scope="module")
def volume(patient: NpcPatient) -> PhantomVolume:
    return render_patient(patient, size=128)


def test_chosen_slices_equal_the_whole_volume_in_any_order(
    patient: NpcPatient, volume: PhantomVolume
) -> None:
    wanted = (17, 3, 11)
    voxels, tumour = render_slices(patient, wanted, size=128)
    assert np.array_equal(voxels, volume.voxels[list(wanted)])
    assert np.array_equal(tumour, volume.tumour[list(wanted)])


def test_rendering_twice_gives_equal_voxels(patient: NpcPatient) -> None:
    assert np.array_equal(
        render_slices(patient, (14,), size=512)[0], render_slices(patient, (14,), size=512)[0]
    )


def test_a_volume_is_int16_with_labels_of_its_shape_and_cannot_be_written(volume: PhantomVolume) -> None:
    assert volume.voxels.dtype == np.int16
    assert volume.tumour.dtype == np.uint8
    assert volume.voxels.shape == volume.tumour.shape == volume.geometry.shape == (30, 128, 128)
    assert set(np.unique(volume.tumour)) == {0, PRIMARY, NODES}
    with pytest.raises(ValueError, match="read-only"):
        volume.voxels[0, 0, 0] = 1


def test_geometry_is_axial_from_feet_to_head_with_the_hospitals_spacing(volume: PhantomVolume) -> None:
    assert volume.geometry.spacing_mm == pytest.approx((5.0, 1.875, 1.875))
    assert volume.geometry.plane == "axial"
    assert volume.geometry.slice_normal == pytest.approx([0.0, 0.0, 1.0])
    assert volume_geometry("external", 512).spacing_mm == pytest.approx((5.5, 0.46875, 0.46875))


def test_small_and_full_images_show_the_same_tumour_at_the_same_place(patient: NpcPatient) -> None:
    centres, areas = [], []
    for size in (128, 512):
        _, tumour = render_slices(patient, (15,), size=size)
        rows, columns = np.nonzero(tumour[0] == PRIMARY)
        geometry = volume_geometry("training", size)
        centres.append(geometry.index_to_lps((15, rows.mean(), columns.mean())))
        areas.append(rows.size * geometry.spacing_mm[1] * geometry.spacing_mm[2])
    assert np.abs(centres[0] - centres[1]).max() < 0.6
    assert areas[0] == pytest.approx(areas[1], rel=0.05)


def test_a_head_is_bright_inside_and_dark_outside(volume: PhantomVolume) -> None:
    middle = volume.voxels[20].astype(float)
    assert middle[:6].mean() < 0.06 * np.percentile(middle, 98)
    assert middle[55:75, 50:78].mean() > 0.2 * np.percentile(middle, 98)


def test_patients_without_nodal_disease_have_no_nodes_and_others_do(patients: tuple[NpcPatient, ...]) -> None:
    for n_stage in (0, 1):
        one = next(p for p in patients if p.n_stage == n_stage)
        tumour = render_patient(one, size=128).tumour
        assert bool((tumour == NODES).any()) == (n_stage > 0)
        assert (tumour == PRIMARY).any()


def test_every_node_is_above_one_centimetre_in_short_axis(patients: tuple[NpcPatient, ...]) -> None:
    radii = [node.radii for one in patients[:25] for node in draw_lesions(one, 1.0).nodes]
    assert len(radii) > 20
    assert min(2.0 * min(each) for each in radii) > 10.0


def test_n2_reaches_both_sides_of_the_neck(volume: PhantomVolume) -> None:
    columns = np.nonzero(volume.tumour == NODES)[2]
    x_mm = volume.geometry.index_to_lps(np.stack([np.zeros_like(columns)] * 2 + [columns], axis=-1))[:, 0]
    assert x_mm.min() < -20.0
    assert x_mm.max() > 20.0


def test_primaries_grow_with_t_stage(patients: tuple[NpcPatient, ...]) -> None:
    volumes: dict[int, list[int]] = {1: [], 4: []}
    for one in patients:
        if one.t_stage in volumes and len(volumes[one.t_stage]) < 3:
            tumour = render_slices(one, range(8, 24), size=128)[1]
            volumes[one.t_stage].append(int((tumour == PRIMARY).sum()))
    assert max(volumes[1]) < min(volumes[4])


def test_size_does_not_follow_the_image_signal(patient: NpcPatient) -> None:
    areas = []
    for signal in (-1.5, 1.5):
        _, tumour = render_slices(replace(patient, image_signal_i=signal), NASOPHARYNX, size=128)
        areas.append(int((tumour > 0).sum()))
    assert areas[0] == pytest.approx(areas[1], rel=0.12)


def test_rendering_with_another_cohort_or_seed_than_drawn_is_refused(patient: NpcPatient) -> None:
    with pytest.raises(ValueError, match="drawn for"):
        render_patient(patient, cohort="external", size=128)
    with pytest.raises(ValueError, match="drawn for"):
        render_patient(patient, seed=99, size=128)
    with pytest.raises(ValueError, match="size"):
        render_patient(patient, size=200)
