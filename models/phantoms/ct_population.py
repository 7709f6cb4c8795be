"""What the synthetic populations of the CT studies share: identity, form, and tables' columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from inference.statistics.discrimination.concordance import concordance
from inference.statistics.discrimination.delong import auc
from inference.statistics.outcomes import SurvivalData
from inference.statistics.reasons import NotEstimable
from models.phantoms.abdomen.parameters import AbdomenCase
from models.phantoms.latent_evidence import Floats

COHORTS = ("training", "internal", "external")
Columns = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class CtPatient:
    """Address, identifier, age and sex of a synthetic patient; each study adds its values."""

    index: int
    cohort: str
    seed: int
    patient_id: str
    age_years: int
    sex: Literal["male", "female"]

    def __post_init__(self) -> None:
        if self.cohort not in COHORTS:
            raise ValueError(f"unknown cohort {self.cohort!r}")


AnyPatient = TypeVar("AnyPatient", bound=CtPatient)


@dataclass(frozen=True, slots=True)
class FormField:
    """One entry of a clinical form: its id, the patient's attribute, and the unit of a measured value."""

    id: str
    attribute: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Ceilings:
    """The best AUC (or C-index) anyone could reach, by what is known.

    ``full`` knows image signal and clinical values, ``image`` and ``clinical`` one of them, ``latent`` S.
    """

    full: float
    image: float
    clinical: float
    latent: float


@dataclass(frozen=True, slots=True)
class Population:
    """A study's synthetic population, as the writing of cohorts needs it.

    ``form`` are the fields of the clinical form, ``observed`` the further attributes that training may read,
    ``truth`` those that only scoring may.  ``enrolment`` is what the study asked of everybody who entered it,
    by field of the form.
    """

    study: str
    cohort_sizes: Mapping[str, int]
    draw_cohort: Callable[[str, int | None, int], Sequence[CtPatient]]
    form: tuple[FormField, ...]
    observed: tuple[str, ...]
    truth: tuple[str, ...]
    case_of: Callable[[Any], AbdomenCase]
    enrolment: Mapping[str, str]


def patient_identifier(prefix: str, cohort: str, seed: int, index: int) -> str:
    """Identifier that no two synthetic patients share, e.g. ``LAGC-000042``.

    The first digit is the cohort; a seed other than 0 is appended.
    """
    number = f"{prefix}-{COHORTS.index(cohort)}{index:05d}"
    return number if seed == 0 else f"{number}-S{seed}"


def patients_of(
    kind: type[AnyPatient], prefix: str, cohort: str, seed: int, columns: Columns
) -> tuple[AnyPatient, ...]:
    """One patient per row of the columns, which are named as the patient's attributes."""
    rows = zip(*(column.tolist() for column in columns.values()), strict=True)
    return tuple(
        kind(
            index=index,
            cohort=cohort,
            seed=seed,
            patient_id=patient_identifier(prefix, cohort, seed, index),
            **dict(zip(columns, row, strict=True)),
        )
        for index, row in enumerate(rows)
    )


def size_of(cohort_sizes: Mapping[str, int], cohort: str, patients: int | None) -> int:
    """How many patients to draw: as many as asked for, or the cohort's own size."""
    if cohort not in cohort_sizes:
        raise ValueError(f"unknown cohort {cohort!r}")
    return cohort_sizes[cohort] if patients is None else patients


def auc_ceilings(
    event: NDArray[np.bool_], full: Floats, image: Floats, clinical: Floats, latent: Floats
) -> Ceilings:
    """Areas of the four predictors of a binary outcome."""
    return Ceilings(*(auc(score, event).value for score in (full, image, clinical, latent)))


def concordance_ceilings(
    data: SurvivalData, full: Floats, image: Floats, clinical: Floats, latent: Floats
) -> Ceilings:
    """Harrell's C of the four predictors of a hazard."""
    found = [concordance(data, score) for score in (full, image, clinical, latent)]
    values = []
    for one in found:
        if isinstance(one, NotEstimable):
            raise ValueError("no two patients can be compared")
        values.append(one.estimate.value)
    return Ceilings(*values)
