"""The outcome's signal is in the appearance, where a reader can find it, and nowhere trivial."""

from dataclasses import replace

import numpy as np
import pytest

from models.phantoms.npc_outcome import auc
from models.phantoms.npc_population import NpcPatient, draw_cohort
from models.phantoms.npc_tumour import CONFOUNDER_SD, GRADIENT, SLICE_NOISE_SD, draw_lesions
from models.phantoms.npc_volume import render_slices

LEVELS = (12, 14, 16, 18)


def necrotic_share(voxels: np.ndarray, tumour: np.ndarray) -> float:
    """Mean over slices of the share of tumour far darker than the tumour's own brighter tissue."""
    shares = []
    for plane, label in zip(voxels.astype(float), tumour, strict=True):
        values = plane[label == 1]
        if values.size > 25:
            shares.append(float((values < 0.65 * np.percentile(values, 75)).mean()))
    return float(np.mean(shares))


def enhancement(voxels: np.ndarray, tumour: np.ndarray) -> float:
    """Upper quartile of the tumour relative to the slice's soft tissue."""
    values = voxels[tumour == 1].astype(float)
    return float(np.percentile(values, 75) / np.percentile(voxels[voxels > 60], 30))


@pytest.fixture(scope="module")
def readings() -> dict[str, np.ndarray]:
    """Latents and hand-made readings of fifty patients."""
    patients = draw_cohort("training", 50, seed=21)
    images = [render_slices(p, LEVELS, size=128) for p in patients]
    return {
        "signal": np.array([p.image_signal_i for p in patients]),
        "b": np.array([p.ic_sensitivity_b for p in patients]),
        "event": np.array([p.residual_ccrt for p in patients]),
        "necrosis": np.array([necrotic_share(*image) for image in images]),
        "enhancement": np.array([enhancement(*image) for image in images]),
        "brightness": np.array([float(v[t == 1].mean() / np.median(v[v > 60])) for v, t in images]),
    }


def test_necrosis_follows_the_image_signal(readings: dict[str, np.ndarray]) -> None:
    assert np.corrcoef(readings["necrosis"], readings["signal"])[0, 1] > 0.55


def test_enhancement_follows_sensitivity_to_induction_chemotherapy(readings: dict[str, np.ndarray]) -> None:
    assert np.corrcoef(readings["enhancement"], readings["b"])[0, 1] > 0.75


def test_appearance_ranks_outcomes_and_mean_brightness_does_not(readings: dict[str, np.ndarray]) -> None:
    appearance = auc(readings["necrosis"], readings["event"])
    brightness = auc(readings["brightness"], readings["event"])
    assert appearance > 0.72
    assert max(brightness, 1.0 - brightness) < appearance - 0.05


def test_permuted_outcomes_are_ranked_by_chance(readings: dict[str, np.ndarray]) -> None:
    rng = np.random.default_rng(0)
    null = [auc(readings["necrosis"], rng.permutation(readings["event"])) for _ in range(400)]
    # The mean of 400 permutations has a standard error below 0.005.
    assert np.mean(null) == pytest.approx(0.5, abs=0.015)
    assert auc(readings["necrosis"], readings["event"]) > np.quantile(null, 0.99)


def test_one_tumour_looks_different_under_low_and_high_signal() -> None:
    patient = draw_cohort("training", 1, seed=6)[0]
    low, high = (render_slices(replace(patient, image_signal_i=i), LEVELS, size=128) for i in (-1.5, 1.5))
    assert necrotic_share(*high) > necrotic_share(*low) + 0.1


def appearances(patient: NpcPatient) -> tuple[np.ndarray, np.ndarray]:
    """J of a patient's slices from bottom to top of the disease, and their positions in -1 to 1."""
    lesions = draw_lesions(patient, 1.0)
    t = np.linspace(-1.0, 1.0, 10)
    levels = lesions.z_centre + lesions.z_half * t
    return np.array([lesions.slice_appearance(z, k)[0] for k, z in enumerate(levels)]), t


def test_mean_and_gradient_together_show_the_signal_better_than_the_mean() -> None:
    patients = draw_cohort("training", 150, seed=8)
    signal = np.array([p.image_signal_i for p in patients])
    rows = []
    for patient in patients:
        shown, t = appearances(patient)
        rows.append((1.0, shown.mean(), float(shown @ t / (t @ t))))
    design = np.array(rows)

    def explained(columns: list[int]) -> float:
        fit = design[:, columns] @ np.linalg.lstsq(design[:, columns], signal, rcond=None)[0]
        return float(np.corrcoef(fit, signal)[0, 1] ** 2)

    slice_alone = np.var(signal) / (
        np.var(signal) * (1 + GRADIENT**2 * 0.4) + CONFOUNDER_SD**2 + SLICE_NOISE_SD**2
    )
    assert 0.5 < slice_alone < 0.7
    assert explained([0, 1]) > slice_alone
    assert explained([0, 1, 2]) > explained([0, 1]) + 0.04
    assert 0.85 < explained([0, 1, 2]) < 0.98
