"""A phase is read from a painted abdomen however it was stored, and is not guessed without organs."""

from dataclasses import replace

import numpy as np
import pytest

from inference.meaning.anatomy import find_anatomy
from inference.meaning.axial_sample import MOST_SLICES, sampled_indices, take_sample
from inference.meaning.opinion import Phase
from inference.meaning.understanding import understand_volume
from inference.scan import Stack
from inference.volume import Volume
from tests.inference.meaning.painted_abdomen import PHASES, abdomen, grid

S, P, L = np.eye(3)[2], np.eye(3)[1], np.eye(3)[0]
DIRECTIONS = {
    "usual": (S, P, L),
    "feet first": (-S, P, L),
    "columns to the right": (S, P, -L),
    "prone as displayed": (S, -P, -L),
    "rows upside down": (S, -P, L),
    "transposed": (S, L, P),
    "transposed and turned": (-S, -L, P),
}


def pixels(scan: tuple[Stack, Volume]) -> str:
    return understand_volume(*scan).phase_by_pixels.value


@pytest.mark.parametrize("direction", list(DIRECTIONS))
@pytest.mark.parametrize("phase", list(PHASES))
def test_each_phase_is_recognised_on_every_grid(phase: str, direction: str) -> None:
    geometry = grid(direction=np.stack(DIRECTIONS[direction], axis=1))
    if "transposed" in direction:
        geometry = grid(direction=np.stack(DIRECTIONS[direction], axis=1), rows=140, columns=110)
    assert pixels(abdomen(phase, geometry=geometry)) == phase


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("phase", list(PHASES))
def test_noise_does_not_change_the_phase(phase: str, seed: int) -> None:
    assert pixels(abdomen(phase, noise_hu=25.0, seed=seed)) == phase


@pytest.mark.parametrize("phase", list(PHASES))
def test_organs_measure_what_was_painted(phase: str) -> None:
    stack, volume = abdomen(phase)
    sample = take_sample(stack.geometry, range(30), lambda index: volume.slab(index, index + 1)[0])
    assert sample is not None
    anatomy, painted = find_anatomy(sample), PHASES[phase]
    assert anatomy.aorta is not None and anatomy.aorta.hu == pytest.approx(painted.aorta, abs=8)
    assert anatomy.liver is not None and anatomy.liver.hu == pytest.approx(painted.liver, abs=6)
    assert anatomy.kidneys is not None and anatomy.kidneys.cortex_hu == pytest.approx(painted.cortex, abs=15)
    assert anatomy.spleen is not None and anatomy.spleen.hu == pytest.approx(painted.spleen, abs=6)


@pytest.mark.parametrize("phase", ["unenhanced", "arterial", "portal_venous"])
def test_without_kidneys_liver_and_aorta_suffice_and_it_is_said(phase: str) -> None:
    opinion = understand_volume(*abdomen(phase, kidneys=False)).phase_by_pixels
    assert opinion.value == phase
    assert "evidence.no_kidneys" in {one.message.id for one in opinion.evidence}


def test_a_liver_on_the_wrong_side_is_not_found() -> None:
    opinion = understand_volume(*abdomen("portal_venous", mirrored=True, kidneys=False)).phase_by_pixels
    assert opinion.value == ""
    missing = [one.message.fields for one in opinion.evidence if one.message.id == "evidence.organ_not_found"]
    assert {"organ": "organ.liver"} in missing


def test_below_the_liver_and_kidneys_the_phase_is_unknown_but_contrast_is_seen() -> None:
    low = grid(lowest_mm=-260.0, highest_mm=-160.0)
    meaning = understand_volume(*abdomen("portal_venous", geometry=low))
    assert meaning.phase_by_pixels.value == "" and meaning.contrast_by_pixels.value == "yes"


def test_between_the_ranges_nothing_is_claimed() -> None:
    faint = replace(PHASES["portal_venous"], aorta=75, liver=62, veins=70, cortex=75, medulla=75, spleen=60)
    meaning = understand_volume(*abdomen(faint))
    assert meaning.phase_by_pixels.value == "" and meaning.contrast_by_pixels.value == ""
    between = replace(PHASES["portal_venous"], aorta=115, liver=85, veins=100, cortex=150, medulla=140)
    assert pixels(abdomen(between)) == ""


def test_without_kidneys_a_middling_aorta_may_be_portal_or_late_and_is_neither() -> None:
    middling = replace(PHASES["portal_venous"], aorta=125, liver=97, veins=126)
    assert pixels(abdomen(middling)) == Phase.PORTAL_VENOUS
    assert pixels(abdomen(middling, kidneys=False)) == ""


def test_an_aorta_that_is_bright_against_plain_kidneys_is_not_believed() -> None:
    odd = replace(PHASES["unenhanced"], aorta=160)
    meaning = understand_volume(*abdomen(odd))
    assert meaning.contrast_by_pixels.value == "" and meaning.phase_by_pixels.value == ""


def test_bright_spots_in_plain_kidneys_are_stones_not_a_phase() -> None:
    stones = replace(PHASES["portal_venous"], cortex=45, medulla=45, urine=900)
    assert pixels(abdomen(stones)) == ""


def test_a_fatty_liver_with_filled_veins_is_not_called_arterial() -> None:
    fatty = replace(PHASES["portal_venous"], aorta=165, liver=62, veins=160)
    assert pixels(abdomen(fatty)) == Phase.PORTAL_VENOUS


def test_urine_with_contrast_makes_it_delayed_whatever_the_liver_says() -> None:
    late = replace(PHASES["portal_venous"], urine=800.0)
    assert pixels(abdomen(late)) == Phase.DELAYED


@pytest.mark.parametrize("code", ["rescale_missing", "rescale_coarse", "not_hounsfield", "modality_table"])
def test_values_that_are_no_hounsfield_units_are_not_read(code: str) -> None:
    from inference.dicom.verdicts import finding

    stack, volume = abdomen("arterial")
    marked = replace(stack, findings=(finding(f"intake.{code}"),))
    meaning = understand_volume(marked, volume)
    assert meaning.phase_by_pixels.value == meaning.body_part_by_pixels.value == ""
    assert meaning.phase_by_pixels.evidence[0].message.id == "evidence.no_hounsfield_units"


def test_a_volume_without_air_is_not_taken_for_hounsfield_units() -> None:
    stack, volume = abdomen("arterial")
    lifted = replace(volume, voxels=(volume.voxels + 1024).astype(np.int16))
    assert pixels((stack, lifted)) == ""


def test_coronal_slices_are_not_read_as_axial_ones() -> None:
    geometry = grid(direction=np.stack((P, -S, L), axis=1))
    assert pixels(abdomen("arterial", geometry=geometry)) == ""


def test_gaps_are_not_read() -> None:
    missing = frozenset(range(5, 12))
    stack, volume = abdomen("portal_venous", missing=missing)
    voxels = volume.voxels.copy()
    voxels[sorted(missing)] = 3000
    assert pixels((stack, replace(volume, voxels=voxels))) == "portal_venous"


def test_at_most_a_few_slices_are_asked_for_first_and_last_among_them() -> None:
    assert sampled_indices(range(7)) == tuple(range(7))
    picks = sampled_indices(range(10, 510))
    assert len(picks) == MOST_SLICES and picks[0] == 10 and picks[-1] == 509
    assert len(set(picks)) == MOST_SLICES
