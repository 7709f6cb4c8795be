"""Readings of a nasopharyngeal tumour without a network: what each tells, and that ranking is out of fold."""

from types import SimpleNamespace

import numpy as np

from models import npc_readings
from models.npc_readings import READINGS, ranked, read_slice
from models.phantoms.npc_population import draw_cohort

ROWS = np.arange(64)
RADIUS = np.hypot(*np.meshgrid(ROWS - 32, ROWS - 32))


def plane_of(dead, grey=200.0):
    """A disc in soft tissue, a share of whose radius is dark."""
    plane = np.where(RADIUS < 14, 1.3 * grey, grey)
    plane[np.less(RADIUS, 14 * dead)] = 0.4 * grey
    return (plane + np.random.default_rng(3).normal(0.0, 0.02 * grey, plane.shape)).astype(np.int16)


def of_disc(dead, grey=200.0):
    return dict(zip(READINGS, read_slice(plane_of(dead, grey), RADIUS < 14), strict=True))


def test_a_dead_centre_is_dark_and_grey_values_are_relative():
    whole, dead = of_disc(0.0), of_disc(0.6)
    assert whole["necrotic share"] < 0.01 < 0.3 < dead["necrotic share"]
    assert abs(whole["brightness"] - 1.3) < 0.02
    brighter = of_disc(0.6, grey=400.0)
    assert all(abs(brighter[name] - dead[name]) < 0.02 for name in READINGS)


def test_noise_ranks_by_chance_out_of_fold_and_signal_does_not():
    rng = np.random.default_rng(5)
    outcome = rng.random(200) < 0.4
    noise = rng.standard_normal((200, 10))
    assert abs(ranked(noise, outcome) - 0.5) < 0.1
    assert ranked(np.column_stack([noise, outcome + 0.5 * rng.standard_normal(200)]), outcome) > 0.8


def test_a_tumour_that_dies_with_the_signal_is_ranked_by_its_necrosis(monkeypatch):
    def drawn(patient, *, size):
        dead = float(np.clip(0.4 + 0.15 * patient.image_signal_i, 0.0, 0.9))
        return SimpleNamespace(voxels=np.array([plane_of(dead)] * 3), tumour=np.array([RADIUS < 14] * 3) * 1)

    monkeypatch.setattr(npc_readings, "render_patient", drawn)
    areas = npc_readings.table(draw_cohort("training", 100, 4))
    assert areas["necrotic share alone"] > 0.8 > 0.65 > areas["tumour volume alone, which follows T stage"]
    assert areas["attainable on these patients"] > areas["necrotic share alone"]
