from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from models.phantoms import npc_outcome
from models.phantoms.npc_population import (
    COHORT_SIZES,
    NpcPatient,
    attainable_probabilities,
    attainable_probability,
    draw_cohort,
)

SEEDS = range(20)


@cache
def twenty_cohorts() -> tuple[NpcPatient, ...]:
    """Twenty training cohorts of the published size, pooled."""
    return tuple(patient for seed in SEEDS for patient in draw_cohort("training", None, seed))


def wilson(count: int, total: int) -> tuple[float, float]:
    """95 % Wilson interval of a proportion."""
    z, p = 1.959964, count / total
    centre = (p + z * z / (2 * total)) / (1 + z * z / total)
    half = z * np.sqrt(p * (1 - p) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return centre - half, centre + half


def share(values: list[bool]) -> float:
    return float(np.mean(values))


def test_a_patient_does_not_depend_on_how_many_are_drawn() -> None:
    assert draw_cohort("training", 30, seed=5)[:7] == draw_cohort("training", 7, seed=5)


def test_cohorts_and_seeds_hold_different_patients_with_different_identifiers() -> None:
    drawn = [draw_cohort(c, 20, seed) for c in COHORT_SIZES for seed in (0, 1)]
    everyone = [patient for cohort in drawn for patient in cohort]
    assert len({p.patient_id for p in everyone}) == len(everyone)
    assert len({p.latent_s for p in everyone}) == len(everyone)
    assert draw_cohort("training", 43, 0)[42].patient_id == "NPC-000042"


def test_the_training_cohort_has_the_published_size() -> None:
    assert len(draw_cohort("training")) == 424


@pytest.mark.parametrize(
    ("attribute", "value", "count"),
    [
        *(("t_stage", i + 1, count) for i, count in enumerate(npc_outcome.T_COUNTS)),
        *(("n_stage", i, count) for i, count in enumerate(npc_outcome.N_COUNTS)),
        ("stage", "IVa", npc_outcome.STAGE_IVA_COUNT),
        ("sex", "male", npc_outcome.MALE_COUNT),
        ("regimen", "ccrt", npc_outcome.PATIENTS_CCRT),
    ],
)
def test_marginals_fall_in_the_published_intervals(attribute: str, value: object, count: int) -> None:
    low, high = wilson(count, npc_outcome.PATIENTS)
    assert low < share([getattr(p, attribute) == value for p in twenty_cohorts()]) < high


@pytest.mark.parametrize(
    ("regimen", "residual", "total"),
    [
        ("ccrt", npc_outcome.RESIDUAL_CCRT, npc_outcome.PATIENTS_CCRT),
        ("ic_ccrt", npc_outcome.RESIDUAL_IC_CCRT, npc_outcome.PATIENTS_IC_CCRT),
    ],
)
def test_residual_share_of_each_arm_is_the_published_one(regimen: str, residual: int, total: int) -> None:
    arm = [p.residual_observed for p in twenty_cohorts() if p.regimen == regimen]
    low, high = wilson(residual, total)
    assert low < share(arm) < high
    # Four standard errors over about 4 200 patients.
    assert share(arm) == pytest.approx(residual / total, abs=0.03)


@pytest.mark.parametrize(
    ("regimen", "iva", "age_years", "male"), [("ccrt", 0.33, 53.8, 0.65), ("ic_ccrt", 0.44, 49.1, 0.76)]
)
def test_regimens_were_given_to_the_published_kind_of_patient(
    regimen: str, iva: float, age_years: float, male: float
) -> None:
    arm = [p for p in twenty_cohorts() if p.regimen == regimen]
    assert share([p.stage == "IVa" for p in arm]) == pytest.approx(iva, abs=0.03)
    assert float(np.mean([p.age_years for p in arm])) == pytest.approx(age_years, abs=0.7)
    assert share([p.sex == "male" for p in arm]) == pytest.approx(male, abs=0.03)


def test_policies_have_the_planned_residual_shares() -> None:
    patients = twenty_cohorts()
    s = np.array([p.latent_s for p in patients])
    b = np.array([p.ic_sensitivity_b for p in patients])
    risks = [npc_outcome.latent_risk(regimen, s, b) for regimen in ("ccrt", "ic_ccrt")]
    assert risks[0].mean() == pytest.approx(0.385, abs=0.03)
    assert risks[1].mean() == pytest.approx(0.230, abs=0.02)
    assert np.minimum(*risks).mean() == pytest.approx(0.194, abs=0.02)
    assert share([p.residual_observed for p in patients]) == pytest.approx(0.302, abs=0.02)


def test_only_stage_iii_and_iva_are_enrolled() -> None:
    for patient in twenty_cohorts():
        early = patient.t_stage <= 2 and patient.n_stage <= 1
        assert not early
        assert (patient.stage == "IVa") == (patient.t_stage == 4 or patient.n_stage == 3)


def test_the_observed_outcome_is_the_potential_outcome_of_the_regimen_given() -> None:
    for patient in draw_cohort("internal"):
        potential = {"ccrt": patient.residual_ccrt, "ic_ccrt": patient.residual_ic_ccrt}
        assert patient.residual_observed == potential[patient.regimen]


def test_potential_outcomes_disagree_in_both_directions() -> None:
    pairs = {(p.residual_ccrt, p.residual_ic_ccrt) for p in twenty_cohorts()}
    assert pairs == {(False, False), (False, True), (True, False), (True, True)}


def test_attainable_probability_of_one_equals_its_place_among_many() -> None:
    patients = draw_cohort("external", 12, seed=3)
    many = attainable_probabilities(patients, "ic_ccrt")
    assert [attainable_probability(p, "ic_ccrt") for p in patients] == pytest.approx(many.tolist())


def test_attainable_probability_does_not_look_at_the_latent_or_the_outcome() -> None:
    patient = draw_cohort("training", 1)[0]
    other = replace(patient, latent_s=9.0, residual_ccrt=not patient.residual_ccrt)
    assert attainable_probability(other, "ccrt") == attainable_probability(patient, "ccrt")


def test_a_stage_that_contradicts_t_and_n_is_refused() -> None:
    patient = draw_cohort("training", 1)[0]
    with pytest.raises(ValueError, match="overall stage"):
        replace(patient, t_stage=4, n_stage=0, stage="III")
    with pytest.raises(ValueError, match="unknown cohort"):
        draw_cohort("elsewhere", 1)
