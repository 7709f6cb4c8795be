"""What a policy on neoadjuvant chemotherapy (NCT) would have brought about, from both potential survivals,
which only phantoms have.

Nobody in the generator's cohorts was operated upfront: survival after upfront surgery is invented
(:mod:`models.phantoms.lagc_outcome`), and so is every difference between policies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from models.phantoms.lagc_outcome import UPFRONT_LOG_HAZARD, UPFRONT_LOG_HAZARD_PER_S
from models.phantoms.lagc_population import LagcPatient
from models.policy_value import RESAMPLES

Treatment = Literal["nct", "upfront"]

HORIZON_MONTHS: Final = 36.0


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with its 95 % bootstrap interval over patients."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class SurvivalValue:
    """Months lived within ``HORIZON_MONTHS``, their difference to NCT for everybody, and shares.

    The difference is paired: both means are of the same resampled patients.
    """

    months: Interval
    against_nct: Interval
    alive: float
    nct: float


def survival_value(
    patients: Sequence[LagcPatient], given: Sequence[Treatment], rng: np.random.Generator
) -> SurvivalValue:
    """Value of giving patient k ``given[k]``."""
    takes_nct = np.array([treatment == "nct" for treatment in given])
    after_nct = np.array([patient.nct_death_months for patient in patients])
    after_upfront = np.array([patient.upfront_death_months_invented for patient in patients])
    death = np.where(takes_nct, after_nct, after_upfront)
    lived, with_nct = (np.minimum(months, HORIZON_MONTHS) for months in (death, after_nct))
    drawn = rng.integers(0, len(lived), (RESAMPLES, len(lived)))
    return SurvivalValue(
        months=_interval(lived, drawn),
        against_nct=_interval(lived - with_nct, drawn),
        alive=float((death > HORIZON_MONTHS).mean()),
        nct=float(takes_nct.mean()),
    )


def by_response(scores: Sequence[float], cutoff: float) -> list[Treatment]:
    """NCT for predicted good responders, upfront surgery for the others."""
    return ["nct" if score >= cutoff else "upfront" for score in scores]


def by_stage(patients: Sequence[LagcPatient]) -> list[Treatment]:
    """A simulated physician: NCT at cT3 or cT4 or with nodes, upfront surgery at cT2N0 (our choice)."""
    return [
        "nct" if patient.ct_stage in ("T3", "T4") or patient.cn_stage != "N0" else "upfront"
        for patient in patients
    ]


def longest_survival(patients: Sequence[LagcPatient]) -> list[Treatment]:
    """What somebody who knew the latent sensitivity would give for the lowest hazard."""
    return [
        "nct" if UPFRONT_LOG_HAZARD + UPFRONT_LOG_HAZARD_PER_S * patient.latent_s > 0 else "upfront"
        for patient in patients
    ]


def _interval(values: NDArray[np.float64], drawn: NDArray[np.int64]) -> Interval:
    low, high = np.percentile(values[drawn].mean(axis=1), (2.5, 97.5))
    return Interval(float(values.mean()), float(low), float(high))
