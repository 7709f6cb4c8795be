"""Policies on neoadjuvant chemotherapy are valued by both potential survivals."""

from dataclasses import replace

import numpy as np
import pytest

from models.lagc_policy_value import by_response, by_stage, longest_survival, survival_value
from models.phantoms.lagc_population import draw_cohort

PATIENTS = draw_cohort("internal", 300, 5)


def value(given, patients=PATIENTS):
    return survival_value(patients, given, np.random.default_rng(0))


def test_months_and_shares_are_those_of_the_treatment_given():
    first, second = PATIENTS[:2]
    patients = [
        replace(first, nct_death_months=10.0, upfront_death_months_invented=20.0),
        replace(second, nct_death_months=50.0, upfront_death_months_invented=30.0),
    ]
    mixed = value(["upfront", "nct"], patients)
    assert (mixed.months.mean, mixed.against_nct.mean) == (28.0, 5.0)
    assert (mixed.alive, mixed.nct) == (0.5, 0.5)
    assert value(["nct", "upfront"], patients).months.mean == 20.0


def test_nct_for_everybody_differs_from_itself_by_nothing():
    everybody = value(["nct"] * len(PATIENTS))
    assert (everybody.against_nct.mean, everybody.against_nct.low, everybody.against_nct.high) == (0, 0, 0)
    assert everybody.months.low < everybody.months.mean < everybody.months.high


def test_knowing_the_latents_beats_every_other_policy():
    best = value(longest_survival(PATIENTS)).months.mean
    for given in (["nct"] * 300, ["upfront"] * 300, by_stage(PATIENTS)):
        assert value(given).months.mean < best


def test_the_interval_of_a_difference_is_paired_and_so_narrower():
    some = value(longest_survival(PATIENTS))
    assert some.against_nct.high - some.against_nct.low < 0.7 * (some.months.high - some.months.low)


def test_a_score_at_the_cut_off_is_a_good_response():
    assert by_response([0.5, 0.4999999, 0.9], 0.5) == ["nct", "upfront", "nct"]


@pytest.mark.parametrize(
    ("ct", "cn", "given"),
    [
        ("T2", "N0", "upfront"),
        ("T2", "N1", "nct"),
        ("T3", "N0", "nct"),
        ("T4", "N3", "nct"),
        ("T1", "N1", "nct"),
    ],
)
def test_the_simulated_physician_goes_by_stage(ct, cn, given):
    assert by_stage([replace(PATIENTS[0], ct_stage=ct, cn_stage=cn)]) == [given]
