"""The page values policies on the very phantoms that the kept table scores."""

import numpy as np
import pytest

from inference.evaluation.predictions import Model, Predictions
from models.phantoms.lagc_population import draw_cohort
from models.results.lagc_policies import lagc_policies, phantoms_again

INTERNAL, EXTERNAL = draw_cohort("internal", 60, 0), draw_cohort("external", 40, 3)
PATIENTS = (*INTERNAL, *EXTERNAL)


def kept(patients=PATIENTS, names=None):
    scores = np.array([patient.good_response_probability for patient in patients])
    return Predictions(
        kind="binary",
        patients=tuple(names or (patient.patient_id for patient in patients)),
        cohorts=np.array([patient.cohort for patient in patients]),
        models=(Model("dlcs", scores, True, {}),),
        outcome=np.array([patient.good_response for patient in patients]),
        follow_up=None,
        folds=np.array([""] * len(patients)),
        covariates=(),
        has_slices=False,
        is_synthetic=True,
        unused=(),
        sha256="0" * 64,
    )


def drawn(patients):
    """What a policy is valued by; attainable probabilities vary in the last digit with how many are drawn."""
    return [(each.patient_id, each.nct_death_months, each.ct_stage, each.latent_s) for each in patients]


def test_phantoms_are_drawn_again_from_their_identifiers():
    names = [patient.patient_id for patient in (INTERNAL[7], INTERNAL[2])]
    assert drawn(phantoms_again(names, "internal")) == drawn((INTERNAL[7], INTERNAL[2]))
    assert drawn(phantoms_again([EXTERNAL[5].patient_id], "external")) == drawn((EXTERNAL[5],))


@pytest.mark.parametrize("name", ["external-3", "LAGC-100003", "GC-200003", "LAGC-20003"])
def test_what_is_not_the_generators_is_not_drawn(name):
    assert phantoms_again([name], "external") == ()


def test_every_policy_stands_by_cohort_under_words_that_say_what_is_invented():
    text = lagc_policies(kept(), "dlcs", {"training": 0.3, "internal": 0.3, "external": 0.3})
    assert "invented" in text and "synthetic phantoms" in text
    assert text.count("| NCT for everybody | 100% |") == 2
    for name in ("upfront surgery", "by stage", "predicted good responders", "latents known"):
        assert text.count(name) >= 2
    assert "policy, internal (60 phantoms)" in text and "policy, external (40 phantoms)" in text


def test_the_cut_off_decides_who_is_given_chemotherapy():
    for cutoff, share in ((0.0, "100%"), (1.1, "0%")):
        text = lagc_policies(kept(INTERNAL), "dlcs", {"internal": cutoff})
        assert f"| NCT for predicted good responders | {share} |" in text


def test_a_table_of_other_phantoms_has_no_policies():
    names = [f"internal-{k}" for k in range(60)]
    assert lagc_policies(kept(INTERNAL, names), "dlcs", {"internal": 0.3}) == ""
    assert lagc_policies(kept(INTERNAL), "dlcs", {}) == ""
