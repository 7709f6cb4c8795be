"""What holds of the populations of all four CT studies."""

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from inference.statistics.proportion import wilson_interval
from models.phantoms import gc_marginals, gnen_marginals, lagc_marginals, pnen_marginals
from models.phantoms.ct_population import CtPatient
from models.phantoms.ct_populations import POPULATIONS
from models.phantoms.ct_tables import clinical_json, cohort_csv, truth_csv
from models.phantoms.published_table import PublishedTable

SEEDS = range(20)
STUDY_COHORTS = [(study, cohort) for study, one in POPULATIONS.items() for cohort in one.cohort_sizes]
TABLES: dict[str, PublishedTable] = {
    "lagc-response": lagc_marginals.TABLE,
    "gc-recurrence": gc_marginals.TABLE,
    "pnen-recurrence": pnen_marginals.TABLE,
    "gnen-os": gnen_marginals.TABLE,
}


@cache
def twenty_cohorts(study: str, cohort: str) -> tuple[CtPatient, ...]:
    """Twenty cohorts of the published size, pooled."""
    draw = POPULATIONS[study].draw_cohort
    return tuple(patient for seed in SEEDS for patient in draw(cohort, None, seed))


def _in_pairs(value: str) -> str:
    return {"T1": "T1-2", "T2": "T1-2", "T3": "T3-4", "T4": "T3-4"}[value]


def _bmi(value: float) -> str:
    return "< 18.5" if value < 18.5 else ">= 24" if value >= 24.0 else "18.5-23.9"


# How a patient's value reads in the published table, where it does not read the same.
LEVEL: dict[tuple[str, str], tuple[str, Callable[[Any], str]]] = {
    ("lagc-response", "age"): ("age_years", lambda v: ">= 60" if v >= 60 else "< 60"),
    ("lagc-response", "bmi"): ("bmi_kg_m2", _bmi),
    ("lagc-response", "maximum_diameter"): (
        "maximum_diameter_cm",
        lambda v: "> 5 cm" if v > 5 else "<= 5 cm",
    ),
    ("lagc-response", "borrmann"): ("borrmann", lambda v: "I-II" if v in ("I", "II") else "III-IV"),
    ("lagc-response", "ct_stage"): ("ct_stage", _in_pairs),
    ("lagc-response", "cn_stage"): ("cn_stage", lambda v: "N0-1" if v in ("N0", "N1") else "N2-3"),
    ("lagc-response", "pathological_type"): (
        "pathological_type",
        lambda v: "others" if v in ("squamous", "other") else "adenocarcinoma",
    ),
    ("gc-recurrence", "pt_stage"): ("pt_stage", _in_pairs),
    ("gc-recurrence", "ptnm_stage"): ("stage_group", str),
    ("pnen-recurrence", "maximum_diameter"): (
        "maximum_diameter_mm",
        lambda v: ">= 20 mm" if v >= 20 else "< 20 mm",
    ),
}
MARGINALS = [
    (study, cohort, factor)
    for study, table in TABLES.items()
    for cohort in table.cohorts
    for factor in table.counts
]


@pytest.mark.parametrize(("study", "cohort", "factor"), MARGINALS)
def test_marginals_fall_in_the_published_intervals(study: str, cohort: str, factor: str) -> None:
    table = TABLES[study]
    attribute, level_of = LEVEL.get((study, factor), (factor, str))
    levels = [level_of(getattr(patient, attribute)) for patient in twenty_cohorts(study, cohort)]
    assert set(levels) <= set(table.levels(factor))
    for level in table.levels(factor):
        low, high = wilson_interval(table.count(factor, level, cohort), table.total(factor, cohort))
        assert low <= levels.count(level) / len(levels) <= high, level


EVENTS = [
    ("lagc-response", "good_response", lagc_marginals.RESPONDERS),
    ("gc-recurrence", "relapse", gc_marginals.RELAPSES),
    ("pnen-recurrence", "recurrence_observed", pnen_marginals.RECURRENCES),
]


@pytest.mark.parametrize(
    ("study", "cohort", "attribute", "published"),
    [(study, cohort, name, rates[cohort]) for study, name, rates in EVENTS for cohort in rates],
)
def test_event_rates_are_the_published_ones(
    study: str, cohort: str, attribute: str, published: tuple[int, int]
) -> None:
    events = [getattr(patient, attribute) for patient in twenty_cohorts(study, cohort)]
    low, high = wilson_interval(*published)
    share = float(np.mean(events))
    assert low < share < high
    rate = published[0] / published[1]
    # Four standard errors over twenty cohorts.
    assert share == pytest.approx(rate, abs=4.0 * np.sqrt(rate * (1.0 - rate) / len(events)))


@pytest.mark.parametrize("study", POPULATIONS)
def test_cohorts_have_the_published_sizes(study: str) -> None:
    sizes = {cohort: TABLES[study].total("sex", cohort) for cohort in TABLES[study].cohorts}
    if study == "pnen-recurrence":
        sizes |= {"internal": 56, "external": 18}
    assert dict(POPULATIONS[study].cohort_sizes) == sizes
    assert len(POPULATIONS[study].draw_cohort("external", None, 0)) == sizes["external"]


@pytest.mark.parametrize(("study", "cohort"), STUDY_COHORTS)
def test_a_patient_does_not_depend_on_how_many_are_drawn(study: str, cohort: str) -> None:
    draw = POPULATIONS[study].draw_cohort
    assert draw(cohort, 9, 5)[:4] == draw(cohort, 4, 5)


@pytest.mark.parametrize("study", POPULATIONS)
def test_cohorts_and_seeds_hold_different_patients_with_different_identifiers(study: str) -> None:
    population = POPULATIONS[study]
    everyone: list[Any] = [
        patient
        for cohort in population.cohort_sizes
        for seed in (0, 1)
        for patient in population.draw_cohort(cohort, 10, seed)
    ]
    assert len({patient.patient_id for patient in everyone}) == len(everyone)
    assert len({patient.latent_s for patient in everyone}) == len(everyone)


@pytest.mark.parametrize("study", POPULATIONS)
def test_an_unknown_cohort_is_refused(study: str) -> None:
    with pytest.raises(ValueError, match="unknown cohort"):
        POPULATIONS[study].draw_cohort("elsewhere", 1, 0)
    with pytest.raises(ValueError, match="unknown cohort"):
        replace(POPULATIONS[study].draw_cohort("training", 1, 0)[0], cohort="elsewhere")


@pytest.mark.parametrize(
    ("study", "factors"),
    [("lagc-response", 22), ("gc-recurrence", 18), ("pnen-recurrence", 26), ("gnen-os", 8)],
)
def test_the_form_has_every_factor_of_the_paper(study: str, factors: int) -> None:
    # Of gastric cancer's 17 factors pTNM stands twice, as ypTNM after chemotherapy.
    population = POPULATIONS[study]
    assert len({field.id for field in population.form}) == factors
    patient = population.draw_cohort("training", 1, 0)[0]
    document = json.loads(clinical_json(population, patient))
    assert (document["schema"], document["study"]) == ("concilium.clinical", study)
    enrolled = {name: {"value": value} for name, value in population.enrolment.items()}
    assert document["values"].items() >= enrolled.items()
    assert set(document["values"]) == {field.id for field in population.form} | set(enrolled)
    for field in population.form:
        entry = document["values"][field.id]
        if entry == {"missing": "not_recorded"}:
            assert getattr(patient, field.attribute) is None
        else:
            assert entry["value"] == getattr(patient, field.attribute)
            assert entry.get("unit") == field.unit


@pytest.mark.parametrize("study", POPULATIONS)
def test_tables_hold_what_each_reader_may_see(study: str) -> None:
    population = POPULATIONS[study]
    patients = population.draw_cohort("internal", 3, 2)
    observed, truth = (
        list(csv.DictReader(table(population, patients).decode().splitlines()))
        for table in (cohort_csv, truth_csv)
    )
    assert not set(observed[0]) & set(population.truth)
    assert set(truth[0]) == {"patient_id", *population.truth}
    for patient, seen, true in zip(patients, observed, truth, strict=True):
        assert seen["patient_id"] == true["patient_id"] == patient.patient_id
        assert float(true["latent_s"]) == pytest.approx(patient.latent_s, rel=1e-8)  # type: ignore[attr-defined]


@pytest.mark.parametrize(("study", "cohort"), STUDY_COHORTS)
def test_every_patient_can_be_drawn_as_an_abdomen(study: str, cohort: str) -> None:
    population = POPULATIONS[study]
    patients = population.draw_cohort(cohort, 120, 3)
    cases = [population.case_of(patient) for patient in patients]
    assert {(case.study, case.cohort, case.seed) for case in cases} == {(study, cohort, 3)}
    assert [case.index for case in cases] == list(range(120))
    assert population.case_of(patients[0]) == cases[0]
