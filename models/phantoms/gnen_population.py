"""Patients of the synthetic cohorts with a gastric neuroendocrine neoplasm: numbers only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from scipy.special import betaincinv, gammaincinv

from models.phantoms.ct_population import COHORTS, Columns, CtPatient, FormField, patients_of, size_of
from models.phantoms.gnen_marginals import AGE_YEARS, KI67_PERCENT, LONG_DIAMETER_MM, TABLE
from models.phantoms.gnen_outcome import (
    NOISE,
    GnenDraw,
    attainable_log_hazard,
    rank_in_grade,
    simulate,
)
from models.phantoms.latent_evidence import Floats, cuts_of
from models.phantoms.normal_scores import (
    ages,
    choose,
    cohort_noise,
    observed_months,
    pick,
    uniform,
)

STUDY = "gnen-os"
COHORT_SIZES = {cohort: TABLE.total("sex", cohort) for cohort in COHORTS}
# WHO 2019: Ki-67 below 3 % in NET G1, 3-20 % in G2, above 20 % in G3 and in carcinoma; that of G3 rarely
# passes 55 %.
KI67_RANGE_PERCENT = {"NET G1": (0.5, 2.9), "NET G2": (3.0, 20.0), "NET G3": (21.0, 55.0)}
KI67_RANGE_POOR_PERCENT = (21.0, 99.0)
# How tightly the Ki-67 of MiNEN and NEC gathers round its mean (a + b of a beta distribution); our choice.
KI67_CONCENTRATION = 5.0
DIAMETER_LIMITS_MM = (5.0, 200.0)
# Two thirds of the stomach are taken by long tumours: correlation of that site's score with the diameter's.
RHO_WHOLE_DIAMETER = 0.7
_CLINICAL_NOISE = ("age", "sex", "location", "whole", "mixed")

FORM = (
    FormField("age", "age_years", "a"),
    FormField("sex", "sex"),
    FormField("location", "location"),
    FormField("long_diameter", "long_diameter_mm", "mm"),
    FormField("ct_lymph_node", "ct_lymph_node"),
    FormField("m_stage", "m_stage"),
    FormField("ki67", "ki67_percent", "%"),
    FormField("grade", "grade"),
)
ENROLMENT = {"previous_treatment": "no", "other_malignancy": "no"}
OBSERVED = ("os_months", "death_observed")
TRUTH = (
    "latent_s",
    "arterial_signal_i",
    "venous_signal_i",
    "death_months",
    "attainable_log_hazard",
    "attainable_log_hazard_image",
    "attainable_log_hazard_clinical",
)


@dataclass(frozen=True, slots=True)
class GnenPatient(CtPatient):
    """One synthetic patient.

    ``death_months`` is when death comes, seen or not. The ``attainable_`` values are what a perfect reader of
    both phases, of clinical values, or of all could state of the log hazard 1.9 S.
    """

    location: Literal["cardia_fundus", "body", "antrum", "two_thirds_or_more"]
    long_diameter_mm: float
    ct_lymph_node: Literal["no", "yes"]
    m_stage: Literal["M0", "M1"]
    ki67_percent: float
    grade: Literal["NET G1", "NET G2", "NET G3", "MiNEN", "NEC"]
    os_months: float
    death_observed: bool
    latent_s: float
    arterial_signal_i: float
    venous_signal_i: float
    death_months: float
    attainable_log_hazard: float
    attainable_log_hazard_image: float
    attainable_log_hazard_clinical: float


@lru_cache(maxsize=3)
def poor_mean_percent(cohort: str) -> float:
    """Mean Ki-67 of MiNEN and NEC with which the cohort has its published mean."""
    shares = dict(zip(TABLE.levels("grade"), TABLE.shares("grade", cohort), strict=True))
    well = sum(shares[grade] * sum(limits) / 2.0 for grade, limits in KI67_RANGE_PERCENT.items())
    return (KI67_PERCENT[cohort][0] - well) / (shares["MiNEN"] + shares["NEC"])


def _ki67(grade: np.ndarray, rank: Floats, cohort: str) -> Floats:
    """Ki-67 inside the range of its grade, rising with the rank; whole numbers from 3 % on."""
    low, high = KI67_RANGE_POOR_PERCENT
    mean = (poor_mean_percent(cohort) - low) / (high - low)
    a, b = KI67_CONCENTRATION * mean, KI67_CONCENTRATION * (1.0 - mean)
    poor = low + (high - low) * betaincinv(a, b, rank)
    well = [lower + (upper - lower) * rank for lower, upper in KI67_RANGE_PERCENT.values()]
    value = np.choose(grade, [*well, poor])
    return np.where(grade == 0, np.round(value, 1), np.round(value))


def _diameter_mm(score: Floats, cohort: str) -> Floats:
    """Gamma with the published mean and SD."""
    mean, sd = LONG_DIAMETER_MM[cohort]
    shape = (mean / sd) ** 2
    value = gammaincinv(shape, uniform(score)) * sd**2 / mean
    return np.round(np.clip(value, *DIAMETER_LIMITS_MM), 1)


def _values(draw: GnenDraw, noise: Mapping[str, Floats], cohort: str) -> Columns:
    z = noise
    grade, rank = rank_in_grade(draw.ki67_score, cohort)
    minen, nec = (TABLE.share("grade", name, cohort) for name in ("MiNEN", "NEC"))
    names = choose((*KI67_RANGE_PERCENT, "MiNEN"), grade)
    names = np.where((grade == 3) & (uniform(z["mixed"]) < nec / (minen + nec)), "NEC", names)
    *sites, whole_share = TABLE.shares("location", cohort)
    whole_score = RHO_WHOLE_DIAMETER * draw.diameter_score
    whole_score = whole_score + np.sqrt(1.0 - RHO_WHOLE_DIAMETER**2) * z["whole"]
    whole = whole_score > cuts_of((1.0 - whole_share, whole_share))[0]
    site = pick(TABLE.levels("location")[:3], sites, z["location"])
    return {
        "age_years": ages(z["age"], AGE_YEARS[cohort][0] + 0.5, AGE_YEARS[cohort][1]),
        "sex": pick(TABLE.levels("sex"), TABLE.shares("sex", cohort), z["sex"]),
        "location": np.where(whole, "two_thirds_or_more", site),
        "long_diameter_mm": _diameter_mm(draw.diameter_score, cohort),
        "ct_lymph_node": choose(("no", "yes"), draw.lymph_node),
        "m_stage": choose(("M0", "M1"), draw.m_stage),
        "ki67_percent": _ki67(grade, rank, cohort),
        "grade": names,
    }


def draw_cohort(cohort: str, patients: int | None = None, seed: int = 0) -> tuple[GnenPatient, ...]:
    """Draw a cohort; ``patients`` defaults to the published size.

    Patient *i* does not depend on how many are drawn.
    """
    count = size_of(COHORT_SIZES, cohort, patients)
    noise = cohort_noise(STUDY, cohort, seed, count, NOISE + _CLINICAL_NOISE)
    draw = simulate(cohort, noise)
    columns = _values(draw, noise, cohort) | {
        "os_months": observed_months(draw.death_months, draw.censoring_months),
        "death_observed": draw.death_months <= draw.censoring_months,
        "latent_s": draw.s,
        "arterial_signal_i": draw.arterial_signal,
        "venous_signal_i": draw.venous_signal,
        "death_months": draw.death_months,
        "attainable_log_hazard": attainable_log_hazard(draw, cohort),
        "attainable_log_hazard_image": attainable_log_hazard(draw, cohort, clinical=False),
        "attainable_log_hazard_clinical": attainable_log_hazard(draw, cohort, image=False),
    }
    return patients_of(GnenPatient, "GNEN", cohort, seed, columns)
