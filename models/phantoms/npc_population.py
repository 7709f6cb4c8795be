"""Patients of the synthetic nasopharyngeal carcinoma cohorts: numbers only, no pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.phantoms.npc_outcome import (
    AGE_LIMITS_YEARS,
    AGE_MEAN_YEARS,
    AGE_SD_YEARS,
    MALE_COUNT,
    PATIENTS,
    RELIABILITY,
    BayesCeiling,
    Regimen,
    attainable_risk,
    bayes_ceiling,
    draw_stages,
    ic_probability,
    is_stage_iva,
    latent_risk,
)
from models.phantoms.randomness import random_stream

__all__ = [
    "COHORT_SIZES",
    "STUDY",
    "BayesCeiling",
    "NpcPatient",
    "Regimen",
    "attainable_probabilities",
    "attainable_probability",
    "bayes_ceiling",
    "draw_cohort",
]

STUDY = "npc-residual"
# The published cohort is drawn whole (210 CCRT + 214 IC + CCRT) and split by the study's own protocol. The
# internal cohort has the published test size; the paper has no external cohort, its size is our choice.
COHORT_SIZES = {"training": PATIENTS, "internal": 85, "external": 200}
_COHORT_DIGIT = {"training": 0, "internal": 1, "external": 2}


@dataclass(frozen=True, slots=True)
class NpcPatient:
    """One synthetic patient with latents and both potential outcomes.

    ``residual_ccrt`` and ``residual_ic_ccrt`` are what would happen under each regimen;
    ``residual_observed`` is the one that the regimen as treated reveals.
    """

    index: int
    cohort: str
    seed: int
    patient_id: str
    age_years: int
    sex: Literal["male", "female"]
    t_stage: int
    n_stage: int
    stage: Literal["III", "IVa"]
    latent_s: float
    image_signal_i: float
    ic_sensitivity_b: float
    regimen: Regimen
    residual_ccrt: bool
    residual_ic_ccrt: bool

    def __post_init__(self) -> None:
        if self.cohort not in COHORT_SIZES:
            raise ValueError(f"unknown cohort {self.cohort!r}")
        if self.t_stage not in (1, 2, 3, 4) or self.n_stage not in (0, 1, 2, 3):
            raise ValueError("T stage must be 1 to 4 and N stage 0 to 3")
        if (self.stage == "IVa") != (self.t_stage == 4 or self.n_stage == 3):
            raise ValueError("overall stage does not follow from T and N")

    @property
    def residual_observed(self) -> bool:
        """The potential outcome of the regimen as treated."""
        return self.residual_ccrt if self.regimen == "ccrt" else self.residual_ic_ccrt


def patient_id(cohort: str, seed: int, index: int) -> str:
    """Identifier that no two synthetic patients share, e.g. ``NPC-000042``.

    The first digit is the cohort; a seed other than 0 is appended.
    """
    number = f"NPC-{_COHORT_DIGIT[cohort]}{index:05d}"
    return number if seed == 0 else f"{number}-S{seed}"


def draw_patient(cohort: str, seed: int, index: int) -> NpcPatient:
    """Draw one patient; depends on cohort, seed and index only."""
    rng = random_stream(STUDY, cohort, seed, index, "population")
    s, b, z_t, z_n, z_i, z_age = rng.standard_normal(6)
    u_sex, u_regimen, u_ccrt, u_ic = rng.random(4)
    reliability = RELIABILITY[cohort]
    t_stage, n_stage = draw_stages(np.array([s]), np.array([z_t]), np.array([z_n]))
    iva = bool(is_stage_iva(t_stage, n_stage)[0])
    male = u_sex < MALE_COUNT / PATIENTS
    age = int(np.clip(round(AGE_MEAN_YEARS + AGE_SD_YEARS * z_age), *AGE_LIMITS_YEARS))
    p_ic = float(ic_probability(np.asarray(float(iva)), np.asarray(float(age)), np.asarray(float(male))))
    latent = np.array([s]), np.array([b])
    return NpcPatient(
        index=index,
        cohort=cohort,
        seed=seed,
        patient_id=patient_id(cohort, seed, index),
        age_years=age,
        sex="male" if male else "female",
        t_stage=int(t_stage[0]),
        n_stage=int(n_stage[0]),
        stage="IVa" if iva else "III",
        latent_s=float(s),
        image_signal_i=float(s + np.sqrt((1.0 - reliability) / reliability) * z_i),
        ic_sensitivity_b=float(b),
        regimen="ic_ccrt" if u_regimen < p_ic else "ccrt",
        residual_ccrt=bool(u_ccrt < latent_risk("ccrt", *latent)[0]),
        residual_ic_ccrt=bool(u_ic < latent_risk("ic_ccrt", *latent)[0]),
    )


def draw_cohort(cohort: str, patients: int | None = None, seed: int = 0) -> tuple[NpcPatient, ...]:
    """Draw a cohort; ``patients`` defaults to the cohort's own size.

    Patient *i* does not depend on how many are drawn.
    """
    if cohort not in COHORT_SIZES:
        raise ValueError(f"unknown cohort {cohort!r}")
    count = COHORT_SIZES[cohort] if patients is None else patients
    return tuple(draw_patient(cohort, seed, index) for index in range(count))


def attainable_probabilities(patients: Sequence[NpcPatient], regimen: Regimen) -> NDArray[np.float64]:
    """E[Y | image, clinical values] under the regimen, one per patient of one cohort."""
    cohorts = {p.cohort for p in patients}
    if len(cohorts) != 1:
        raise ValueError("patients must come from one cohort")
    return attainable_risk(
        regimen,
        np.array([p.image_signal_i for p in patients]),
        np.array([p.ic_sensitivity_b for p in patients]),
        np.array([p.t_stage for p in patients]),
        np.array([p.n_stage for p in patients]),
        RELIABILITY[cohorts.pop()],
    )


def attainable_probability(patient: NpcPatient, regimen: Regimen) -> float:
    """E[Y | image, clinical values] of one patient under the regimen."""
    return float(attainable_probabilities([patient], regimen)[0])
