"""Policies are valued by both potential outcomes."""

from dataclasses import replace

import numpy as np
import pytest

from models.phantoms.npc_outcome import latent_risk
from models.phantoms.npc_population import draw_cohort
from models.policy_value import lowest_risk, policy_value, regimen_of

PATIENTS = draw_cohort("internal", 300, 5)


def value(given, patients=PATIENTS):
    return policy_value(patients, given, np.random.default_rng(0))


def test_the_risk_is_the_mean_of_the_generators_risks():
    s = np.array([p.latent_s for p in PATIENTS])
    b = np.array([p.ic_sensitivity_b for p in PATIENTS])
    everybody = value(["ccrt"] * len(PATIENTS))
    assert everybody.risk == pytest.approx(latent_risk("ccrt", s, b).mean())
    assert everybody.low < everybody.risk < everybody.high
    assert everybody.ic_ccrt == 0.0


def test_knowing_the_latents_beats_every_fixed_policy():
    best = value(lowest_risk(PATIENTS)).risk
    assert best < value(["ccrt"] * len(PATIENTS)).risk
    assert best < value(["ic_ccrt"] * len(PATIENTS)).risk
    assert best < value([p.regimen for p in PATIENTS]).risk


def test_over_and_under_treatment_are_read_from_both_outcomes():
    patients = [
        replace(PATIENTS[0], residual_ccrt=ccrt, residual_ic_ccrt=ic)
        for ccrt, ic in ((False, False), (True, False), (True, True), (False, True))
    ]
    assert value(["ic_ccrt"] * 4, patients).over_treated == 0.5
    assert value(["ic_ccrt"] * 4, patients).under_treated == 0.0
    assert value(["ccrt"] * 4, patients).over_treated == 0.0
    assert value(["ccrt"] * 4, patients).under_treated == 0.25


def test_without_a_recommendation_the_patient_is_treated_as_drawn():
    patient = replace(PATIENTS[0], regimen="ccrt")
    assert regimen_of(None, patient) == "ccrt"
    assert regimen_of("ic_ccrt", patient) == "ic_ccrt"
    assert regimen_of("ibt", patient) == "ic_ccrt"
    assert regimen_of("ccrt", replace(patient, regimen="ic_ccrt")) == "ccrt"
