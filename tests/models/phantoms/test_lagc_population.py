from functools import cache

import numpy as np
import pytest

from models.phantoms.lagc_marginals import laboratory_moments
from models.phantoms.lagc_population import LagcPatient, draw_cohort


@cache
def patients(cohort: str = "training") -> tuple[LagcPatient, ...]:
    return tuple(patient for seed in range(4) for patient in draw_cohort(cohort, 600, seed))


def test_t1_is_enrolled_with_nodes_only() -> None:
    assert {p.cn_stage for p in patients() if p.ct_stage == "T1"} == {"N1", "N2", "N3"}


def test_the_number_of_enlarged_nodes_is_that_of_the_n_stage() -> None:
    ranges = {"N0": (0, 0), "N1": (1, 2), "N2": (3, 6), "N3": (7, 99)}
    for patient in patients():
        low, high = ranges[patient.cn_stage]
        assert low <= patient.enlarged_nodes <= high


def test_signet_ring_cell_carcinoma_is_poor_and_has_the_component() -> None:
    carcinomas = [p for p in patients() if p.pathological_type == "signet_ring_cell"]
    assert carcinomas
    assert {(p.src_composition, p.differentiation) for p in carcinomas} == {("yes", "poor")}


def test_only_a_large_tumour_takes_the_whole_stomach() -> None:
    whole = [p.maximum_diameter_cm for p in patients() if p.location == "whole"]
    assert min(whole) > 5.0
    assert np.mean(whole) > np.mean([p.maximum_diameter_cm for p in patients()]) + 2.0


@pytest.mark.parametrize("cohort", ["training", "internal", "external"])
@pytest.mark.parametrize(
    ("name", "attribute"),
    [
        ("albumin", "albumin_g_l"),
        ("plateletcrit", "plateletcrit_percent"),
        ("lymphocytes", "lymphocytes_percent"),
        ("glucose", "glucose_mmol_l"),
        ("neutrophils", "neutrophils_10e9_l"),
    ],
)
def test_laboratory_values_have_the_published_mean_and_sd(cohort: str, name: str, attribute: str) -> None:
    values = np.array([getattr(p, attribute) for p in patients(cohort)])
    mean, sd = laboratory_moments(name, cohort)
    assert values.mean() == pytest.approx(mean, abs=4.0 * sd / np.sqrt(values.size))
    assert values.std() == pytest.approx(sd, rel=0.1)


def test_more_neutrophils_come_with_fewer_lymphocytes() -> None:
    neutrophils = [p.neutrophils_10e9_l for p in patients()]
    lymphocytes = [p.lymphocytes_percent for p in patients()]
    assert np.corrcoef(neutrophils, lymphocytes)[0, 1] == pytest.approx(-0.47, abs=0.06)


def test_observed_survival_is_that_after_neoadjuvant_chemotherapy() -> None:
    for patient in patients():
        assert patient.os_months <= max(patient.nct_death_months, 0.03) + 0.005
        if patient.death_observed:
            assert patient.os_months == pytest.approx(max(patient.nct_death_months, 0.03), abs=0.005)
