"""Patients of the synthetic cohorts after resection of a pancreatic neuroendocrine neoplasm: numbers only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.phantoms.ct_population import Columns, CtPatient, FormField, patients_of, size_of
from models.phantoms.latent_evidence import Codes, Floats, cuts_of
from models.phantoms.normal_scores import (
    ages,
    choose,
    cohort_noise,
    normal_value,
    observed_months,
    pick,
    through_points,
    uniform,
)
from models.phantoms.pnen_marginals import AGE_YEARS, CT_VALUES, FEMALE, RECURRENCES, TABLE
from models.phantoms.pnen_outcome import HORIZON_MONTHS, NOISE, PnenDraw, attainable_recurrence, simulate

STUDY = "pnen-recurrence"
# The paper has no internal validation: ours is a second draw from the first hospital.
COHORT_SIZES = {cohort: patients for cohort, (_, patients) in RECURRENCES.items()}
# Our choices, all without a part of S: solid tumours enhance more in the arterial phase; the enhancements of
# one tumour agree; the gland above a dilated duct is atrophic in one of two; only a tumour of head or
# uncinate process dilates the bile duct.
RHO_VASCULAR_COMPOSITION, RHO_VASCULAR_RELATIVE, RHO_VASCULAR_VENOUS = -0.4, 0.8, 0.5
ATROPHY_BEHIND_DILATED_DUCT = 0.5
_INDEPENDENT = (
    "calcification",
    "boundary",
    "vessel_involvement",
    "node_morphology",
    "node_enhancement",
    "fatty_liver",
    "benign_liver_lesion",
    "splenomegaly",
    "splenic_varices",
)
_CLINICAL_NOISE = (
    "age",
    "sex",
    "size_within",
    "location",
    "composition",
    "pancreas_atrophy",
    "bile_duct_dilated",
    "vascular",
    "ct_ratio_unenhanced",
    "relative_arterial",
    "ct_ratio_venous",
    "relative_venous",
    "portal_vein",
    "splenic_vein",
    *_INDEPENDENT,
)

FORM = (
    FormField("age", "age_years", "a"),
    FormField("sex", "sex"),
    FormField("symptoms", "symptoms"),
    FormField("maximum_diameter", "maximum_diameter_mm", "mm"),
    FormField("location", "location"),
    FormField("composition", "composition"),
    FormField("calcification", "calcification"),
    FormField("shape", "shape"),
    FormField("boundary", "boundary"),
    FormField("vessel_involvement", "vessel_involvement"),
    FormField("ct_ratio_unenhanced", "ct_ratio_unenhanced", "1"),
    FormField("ct_ratio_arterial", "ct_ratio_arterial", "1"),
    FormField("ct_ratio_venous", "ct_ratio_venous", "1"),
    FormField("relative_enhancement_arterial", "relative_enhancement_arterial", "1"),
    FormField("relative_enhancement_venous", "relative_enhancement_venous", "1"),
    FormField("pancreatic_duct", "pancreatic_duct"),
    FormField("pancreas_atrophy", "pancreas_atrophy"),
    FormField("node_morphology", "node_morphology"),
    FormField("node_enhancement", "node_enhancement"),
    FormField("fatty_liver", "fatty_liver"),
    FormField("benign_liver_lesion", "benign_liver_lesion"),
    FormField("bile_duct_dilated", "bile_duct_dilated"),
    FormField("portal_vein", "portal_vein_mm", "mm"),
    FormField("splenic_vein", "splenic_vein_mm", "mm"),
    FormField("splenomegaly", "splenomegaly"),
    FormField("splenic_varices", "splenic_varices"),
)
ENROLMENT = {
    "resection": "R0",
    "m_stage": "M0",
    "men_syndrome": "no",
    "other_malignancy": "no",
    "previous_treatment": "no",
}
OBSERVED = ("recurrence_observed", "recurrence_free_months", "recurrence_by_60_months")
TRUTH = (
    "latent_s",
    "arterial_signal_i",
    "venous_signal_i",
    "recurrence_probability",
    "attainable_recurrence",
    "attainable_recurrence_arterial",
    "attainable_recurrence_venous",
    "attainable_recurrence_clinical",
)
YesNo = Literal["no", "yes"]


@dataclass(frozen=True, slots=True)
class PnenPatient(CtPatient):
    """One synthetic patient.

    ``recurrence_by_60_months`` is None for who was free when follow-up ended before 60 months; the paper
    counts them as free. The ``attainable_`` values are what a perfect reader of a phase, of the form, or of
    everything could state.
    """

    symptoms: YesNo
    maximum_diameter_mm: float
    location: Literal["uncinate", "head-neck", "body", "tail"]
    composition: Literal["solid", "mixed", "cystic"]
    calcification: YesNo
    shape: Literal["round", "lobulated", "confluent"]
    boundary: Literal["clear", "unclear"]
    vessel_involvement: YesNo
    ct_ratio_unenhanced: float
    ct_ratio_arterial: float
    ct_ratio_venous: float
    relative_enhancement_arterial: float
    relative_enhancement_venous: float
    pancreatic_duct: Literal["normal", "dilated_or_cut"]
    pancreas_atrophy: YesNo
    node_morphology: Literal["normal", "enlarged", "confluent"]
    node_enhancement: Literal["homogeneous", "heterogeneous"]
    fatty_liver: YesNo
    benign_liver_lesion: YesNo
    bile_duct_dilated: YesNo
    portal_vein_mm: float
    splenic_vein_mm: float
    splenomegaly: YesNo
    splenic_varices: YesNo
    recurrence_observed: bool
    recurrence_free_months: float
    recurrence_by_60_months: bool | None
    latent_s: float
    arterial_signal_i: float
    venous_signal_i: float
    recurrence_probability: float
    attainable_recurrence: float
    attainable_recurrence_arterial: float
    attainable_recurrence_venous: float
    attainable_recurrence_clinical: float


def _diameter_mm(classes: Codes, noise: Floats) -> Floats:
    """Below, or from 20 mm on; within the class independent of it."""
    small = through_points(noise, (-3.0, 0.0, 3.0), (7.0, 14.0, 19.9))
    large = through_points(noise, (-3.0, 0.0, 3.0), np.log([20.0, 33.0, 110.0]).tolist())
    return np.where(classes == 0, np.floor(10.0 * small) / 10.0, np.ceil(10.0 * np.exp(large)) / 10.0)


def _atrophy(dilated: NDArray[np.bool_]) -> Floats:
    """Chance of atrophy: the given one behind a dilated duct, else what the published share leaves."""
    share = TABLE.share("pancreas_atrophy", "yes", "training")
    ducts = TABLE.share("pancreatic_duct", "dilated_or_cut", "training")
    elsewhere = (share - ATROPHY_BEHIND_DILATED_DUCT * ducts) / (1.0 - ducts)
    return np.where(dilated, ATROPHY_BEHIND_DILATED_DUCT, elsewhere)


def _value(name: str, score: Floats, low: float, digits: int = 2) -> Floats:
    mean, sd = CT_VALUES[name]
    return normal_value(score, mean, sd, (low, mean + 4.0 * sd), digits)


def _mixed(one: Floats, other: Floats, rho: float) -> Floats:
    """Normal scores that correlate with the first."""
    return rho * one + np.sqrt(1.0 - rho**2) * other


def _values(draw: PnenDraw, noise: Mapping[str, Floats], cohort: str) -> Columns:
    z = noise

    def coded(name: str, codes: Codes) -> NDArray[np.str_]:
        return choose(TABLE.levels(name), codes)

    location = pick(TABLE.levels("location"), TABLE.shares("location", "training"), z["location"])
    duct = draw.codes["pancreatic_duct"]
    atrophy = uniform(z["pancreas_atrophy"]) < _atrophy(duct == 1)
    in_head = np.isin(location, ("uncinate", "head-neck"))
    head_share = sum(TABLE.share("location", site, "training") for site in ("uncinate", "head-neck"))
    bile_share = TABLE.share("bile_duct_dilated", "yes", "training")
    bile = in_head & (uniform(z["bile_duct_dilated"]) < bile_share / head_share)
    composition = np.searchsorted(
        cuts_of(TABLE.shares("composition", "training")),
        _mixed(z["vascular"], z["composition"], RHO_VASCULAR_COMPOSITION),
    )
    venous = _mixed(z["vascular"], z["ct_ratio_venous"], RHO_VASCULAR_VENOUS)
    relative_arterial = _mixed(z["vascular"], z["relative_arterial"], RHO_VASCULAR_RELATIVE)
    relative_venous = _mixed(venous, z["relative_venous"], RHO_VASCULAR_RELATIVE)
    female, patients = FEMALE[cohort]
    return {
        "age_years": ages(z["age"], *AGE_YEARS),
        "sex": pick(("female", "male"), (female, patients - female), z["sex"]),
        "symptoms": coded("symptoms", draw.codes["symptoms"]),
        "maximum_diameter_mm": _diameter_mm(draw.codes["maximum_diameter"], z["size_within"]),
        "location": location,
        "composition": coded("composition", composition),
        "shape": coded("shape", draw.codes["shape"]),
        "ct_ratio_unenhanced": _value("ct_ratio_unenhanced", z["ct_ratio_unenhanced"], 0.30),
        "ct_ratio_arterial": _value("ct_ratio_arterial", z["vascular"], 0.25),
        "ct_ratio_venous": _value("ct_ratio_venous", venous, 0.30),
        "relative_enhancement_arterial": _value("relative_enhancement_arterial", relative_arterial, 0.02),
        "relative_enhancement_venous": _value("relative_enhancement_venous", relative_venous, 0.05),
        "pancreatic_duct": coded("pancreatic_duct", duct),
        "pancreas_atrophy": choose(("no", "yes"), atrophy.astype(int)),
        "bile_duct_dilated": choose(("no", "yes"), bile.astype(int)),
        "portal_vein_mm": _value("portal_vein", z["portal_vein"], 7.0, digits=1),
        "splenic_vein_mm": _value("splenic_vein", z["splenic_vein"], 3.0, digits=1),
        **{name: pick(TABLE.levels(name), TABLE.shares(name, "training"), z[name]) for name in _INDEPENDENT},
    }


def draw_cohort(cohort: str, patients: int | None = None, seed: int = 0) -> tuple[PnenPatient, ...]:
    """Draw a cohort; ``patients`` defaults to the published size.

    Patient *i* does not depend on how many are drawn.
    """
    count = size_of(COHORT_SIZES, cohort, patients)
    noise = cohort_noise(STUDY, cohort, seed, count, NOISE + _CLINICAL_NOISE)
    draw = simulate(cohort, noise)
    by_horizon = draw.recurrence.astype(object)
    by_horizon[~draw.recurrence & (draw.recurrence_free_months < HORIZON_MONTHS)] = None
    columns = _values(draw, noise, cohort) | {
        "recurrence_observed": draw.recurrence,
        "recurrence_free_months": observed_months(draw.recurrence_free_months, np.asarray(np.inf)),
        "recurrence_by_60_months": by_horizon,
        "latent_s": draw.s,
        "arterial_signal_i": draw.arterial_signal,
        "venous_signal_i": draw.venous_signal,
        "recurrence_probability": draw.recurrence_probability,
        "attainable_recurrence": attainable_recurrence(draw, cohort),
        "attainable_recurrence_arterial": attainable_recurrence(draw, cohort, venous=False, clinical=False),
        "attainable_recurrence_venous": attainable_recurrence(draw, cohort, arterial=False, clinical=False),
        "attainable_recurrence_clinical": attainable_recurrence(draw, cohort, arterial=False, venous=False),
    }
    return patients_of(PnenPatient, "PNEN", cohort, seed, columns)
