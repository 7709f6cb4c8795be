"""Structural model of overall survival with a gastric neuroendocrine neoplasm: latents, grade, hazard,
ceilings.

S ~ N(0, 1) is aggressiveness; the hazard of death is a Weibull's times exp(1.9 S). Both phases show S, with
noises that correlate 0.5. Grade and Ki-67 come from one normal score: the grade's class by its published
share, Ki-67 by the score's rank inside the class, within the class's range.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import ndtr

from inference.statistics.outcomes import SurvivalData
from models.phantoms.ct_population import Ceilings, concordance_ceilings
from models.phantoms.gnen_marginals import TABLE
from models.phantoms.latent_evidence import (
    GRID,
    Codes,
    Floats,
    OrdinalFactor,
    cuts_of,
    image_log_likelihood,
    log_of,
    noise_variance,
    posterior_mean,
    score_log_likelihood,
)
from models.phantoms.normal_scores import simulated_noise, uniform

SLOPE = 1.9
WEIBULL_SHAPE = 1.2
SCALE_MONTHS = {"training": 49.0, "internal": 51.0, "external": 37.0}
CENSORING_MONTHS = {"training": (6.0, 112.0), "internal": (6.0, 112.0), "external": (6.0, 54.0)}
# Reliability of one phase; the mean of two phases whose noises correlate 0.5 has three quarters of the noise.
RELIABILITY = {"training": 0.75, "internal": 0.75, "external": 0.45}
PHASE_NOISE_CORRELATION = 0.5
# M stage, Ki-67 and long diameter correlate equally with S, so that their three normal scores together have
# a reliability of 0.6 (external 0.5); the CT-reported lymph node adds to them.
JOINT_RELIABILITY = {"training": 0.60, "internal": 0.60, "external": 0.50}
RHO_LYMPH_NODE = 0.40

NOISE = ("s", "common", "contrast", "m_stage", "ki67", "diameter", "ct_lymph_node", "death", "censoring")


@dataclass(frozen=True, slots=True, eq=False)
class GnenDraw:
    """Latents, clinical scores and outcome of patients drawn together, (patients,) each."""

    s: Floats
    arterial_signal: Floats
    venous_signal: Floats
    m_stage: Codes
    lymph_node: Codes
    ki67_score: Floats
    diameter_score: Floats
    death_months: Floats
    censoring_months: Floats


def rho_of(cohort: str) -> float:
    """Correlation of M stage's, Ki-67's and the diameter's normal score with S."""
    reliability = JOINT_RELIABILITY[cohort]
    signal_to_noise = reliability / (1.0 - reliability) / 3.0
    return float(np.sqrt(signal_to_noise / (1.0 + signal_to_noise)))


@lru_cache(maxsize=3)
def factors(cohort: str) -> tuple[OrdinalFactor, OrdinalFactor]:
    """M stage and CT-reported lymph node."""
    return (
        OrdinalFactor.of(rho_of(cohort), TABLE.shares("m_stage", cohort)),
        OrdinalFactor.of(RHO_LYMPH_NODE, TABLE.shares("ct_lymph_node", cohort)),
    )


@lru_cache(maxsize=3)
def grade_cuts(cohort: str) -> Floats:
    """Where Ki-67's score is cut into NET G1, G2, G3 and the poorly differentiated (MiNEN, NEC)."""
    g1, g2, g3, *poor = TABLE.shares("grade", cohort)
    return cuts_of((g1, g2, g3, sum(poor)))


def rank_in_grade(score: Floats, cohort: str) -> tuple[Codes, Floats]:
    """Class of the grade, and the score's rank inside it from 0 to 1."""
    ends = np.concatenate([[0.0], ndtr(grade_cuts(cohort)), [1.0]])
    grade = np.searchsorted(grade_cuts(cohort), score)
    width = np.maximum(np.diff(ends)[grade], 1e-12)
    return grade.astype(np.int64), np.clip((ndtr(score) - ends[grade]) / width, 0.0, 1.0)


def simulate(cohort: str, noise: Mapping[str, Floats]) -> GnenDraw:
    """Patients of the cohort from standard normal noise, one array per name in ``NOISE``."""
    s = noise["s"]
    rho = rho_of(cohort)
    own = np.sqrt(1.0 - rho**2)
    m_stage, lymph_node = factors(cohort)
    sd = np.sqrt(noise_variance(RELIABILITY[cohort]))
    mean_part = np.sqrt((1.0 + PHASE_NOISE_CORRELATION) / 2.0) * noise["common"]
    contrast_part = np.sqrt((1.0 - PHASE_NOISE_CORRELATION) / 2.0) * noise["contrast"]
    hazard = -np.log(uniform(noise["death"])) * np.exp(-SLOPE * s)
    low, high = CENSORING_MONTHS[cohort]
    return GnenDraw(
        s=s,
        arterial_signal=s + sd * (mean_part + contrast_part),
        venous_signal=s + sd * (mean_part - contrast_part),
        m_stage=m_stage.codes(s, noise["m_stage"]),
        lymph_node=lymph_node.codes(s, noise["ct_lymph_node"]),
        ki67_score=rho * s + own * noise["ki67"],
        diameter_score=rho * s + own * noise["diameter"],
        death_months=np.asarray(SCALE_MONTHS[cohort] * hazard ** (1.0 / WEIBULL_SHAPE)),
        censoring_months=low + (high - low) * uniform(noise["censoring"]),
    )


def both_phases_reliability(cohort: str) -> float:
    """Reliability of the phases' mean, which tells all that both tell of S."""
    noise = noise_variance(RELIABILITY[cohort]) * (1.0 + PHASE_NOISE_CORRELATION) / 2.0
    return 1.0 / (1.0 + noise)


def attainable_log_hazard(
    draw: GnenDraw, cohort: str, *, image: bool = True, clinical: bool = True
) -> Floats:
    """E[1.9 S | what is known]: what a perfect reader of both phases, clinical values or all could state."""
    known = np.zeros((draw.s.size, GRID.size))
    if image:
        mean = 0.5 * (draw.arterial_signal + draw.venous_signal)
        known = known + image_log_likelihood(mean, both_phases_reliability(cohort))
    if clinical:
        m_stage, lymph_node = factors(cohort)
        known = known + log_of(m_stage.level_table())[draw.m_stage]
        known = known + log_of(lymph_node.level_table())[draw.lymph_node]
        known = known + score_log_likelihood(draw.ki67_score, rho_of(cohort))
        known = known + score_log_likelihood(draw.diameter_score, rho_of(cohort))
    return posterior_mean(known, SLOPE * GRID)


def survival_ceilings(cohort: str = "training", draws: int = 20_000, seed: int = 0) -> Ceilings:
    """C-index for death, censored as in the cohort. Standard error at 20 000 draws is about 0.003."""
    draw = simulate(cohort, simulated_noise(np.random.default_rng(seed), draws, NOISE))
    data = SurvivalData(
        np.minimum(draw.death_months, draw.censoring_months), draw.death_months <= draw.censoring_months
    )
    return concordance_ceilings(
        data,
        attainable_log_hazard(draw, cohort),
        attainable_log_hazard(draw, cohort, clinical=False),
        attainable_log_hazard(draw, cohort, image=False),
        draw.s,
    )
