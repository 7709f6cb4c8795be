import numpy as np
import pytest

from models.phantoms.npc_outcome import (
    RELIABILITY,
    Regimen,
    attainable_risk,
    auc,
    bayes_ceiling,
    draw_stages,
    expit,
    latent_risk,
)


def naive_auc(score: np.ndarray, event: np.ndarray) -> float:
    """Share of pairs in order, ties half: the definition, pair by pair."""
    pairs = [(p > n) + 0.5 * (p == n) for p in score[event] for n in score[~event]]
    return float(np.mean(pairs))


def test_auc_equals_its_definition_with_ties() -> None:
    rng = np.random.default_rng(1)
    score, event = rng.integers(0, 6, 80).astype(float), rng.random(80) < 0.4
    assert auc(score, event) == pytest.approx(naive_auc(score, event))


def test_expit_is_stable_at_both_ends() -> None:
    with np.errstate(all="raise"):
        ends = expit(np.array([-800.0, 0.0, 800.0]))
    assert ends.tolist() == [0.0, 0.5, 1.0]


@pytest.mark.parametrize(("regimen", "published"), [("ccrt", 0.950), ("ic_ccrt", 0.964)])
def test_attainable_ceilings_are_near_the_planned_ones(regimen: Regimen, published: float) -> None:
    # The plan rounds and was run with another T correlation: 0.01. Standard error at 60 000 draws: 0.001.
    ceiling = bayes_ceiling(regimen, draws=60_000, seed=4)
    assert ceiling.auc_attainable == pytest.approx(published, abs=0.01)
    assert ceiling.auc_attainable < ceiling.auc_latent < 0.99


def test_the_external_ceiling_is_lower_because_its_images_tell_less() -> None:
    inside, outside = (bayes_ceiling("ccrt", 40_000, 2, cohort) for cohort in ("training", "external"))
    assert outside.auc_attainable < inside.auc_attainable - 0.005
    assert outside.auc_latent == pytest.approx(inside.auc_latent)


@pytest.mark.parametrize("regimen", ["ccrt", "ic_ccrt"])
def test_attainable_risk_is_calibrated_against_drawn_outcomes(regimen: Regimen) -> None:
    rng = np.random.default_rng(8)
    s, b, z_t, z_n, noise = rng.standard_normal((5, 40_000))
    r = RELIABILITY["training"]
    t_stage, n_stage = draw_stages(s, z_t, z_n)
    event = rng.random(s.size) < latent_risk(regimen, s, b)
    risk = attainable_risk(regimen, s + np.sqrt((1 - r) / r) * noise, b, t_stage, n_stage, r)
    order = np.argsort(risk)
    for tenth in np.array_split(order, 10):
        # Four standard errors of a share over 4 000 patients.
        margin = 4.0 * np.sqrt(max(risk[tenth].mean() * (1 - risk[tenth].mean()), 1e-4) / tenth.size)
        assert event[tenth].mean() == pytest.approx(risk[tenth].mean(), abs=margin)


def test_stage_helps_the_image_a_little_and_never_contradicts_it() -> None:
    signal, b = np.zeros(2), np.zeros(2)
    risk = attainable_risk("ccrt", signal, b, np.array([1, 4]), np.array([2, 2]), 0.95)
    assert risk[0] < risk[1]
