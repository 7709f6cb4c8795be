"""Patients of the synthetic cohorts before neoadjuvant chemotherapy for gastric cancer: numbers only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from models.phantoms.ct_population import Columns, CtPatient, FormField, patients_of, size_of
from models.phantoms.lagc_marginals import RESPONDERS, TABLE, laboratory_moments
from models.phantoms.lagc_outcome import (
    NOISE,
    PATHOLOGICAL_TYPES,
    LagcDraw,
    attainable,
    simulate,
)
from models.phantoms.latent_evidence import Codes, Floats
from models.phantoms.normal_scores import (
    ages,
    choose,
    cohort_noise,
    lognormal_of_moments,
    lognormal_value,
    normal_value,
    observed_months,
    pick,
    through_points,
    uniform,
)

STUDY = "lagc-response"
COHORT_SIZES = {cohort: patients for cohort, (_, patients) in RESPONDERS.items()}
# The lower level's share within each published class: T1 of T1-2, T3 of T3-4 and so on. Our choice.
LOWER_T, LOWER_N, LOWER_BORRMANN = (0.10, 0.45), (0.35, 0.55), (0.20, 0.75)
# Among tumours above 5 cm: correlation of the whole stomach's score with the diameter's. Our choice.
RHO_WHOLE_DIAMETER = 0.7
_AGE_SD_YEARS = 10.0
_THICKNESS_MM = {"I": 17.0, "II": 12.5, "III": 14.0, "IV": 16.0}
_CLINICAL_NOISE = (
    "age",
    "sex",
    "bmi",
    "location",
    "whole",
    "diameter_within",
    "ct_within",
    "cn_within",
    "borrmann_within",
    "nodes",
    "thickness",
    "afp",
    "albumin",
    "lymphocytes",
    "glucose",
    "neutrophils",
)

FORM = (
    FormField("age", "age_years", "a"),
    FormField("sex", "sex"),
    FormField("bmi", "bmi_kg_m2", "kg/m2"),
    FormField("location", "location"),
    FormField("maximum_diameter", "maximum_diameter_cm", "cm"),
    FormField("borrmann", "borrmann"),
    FormField("ct_stage", "ct_stage"),
    FormField("cn_stage", "cn_stage"),
    FormField("cm_stage", "cm_stage"),
    FormField("enlarged_nodes", "enlarged_nodes", "1"),
    FormField("wall_thickness", "wall_thickness_mm", "mm"),
    FormField("pathological_type", "pathological_type"),
    FormField("src_composition", "src_composition"),
    FormField("differentiation", "differentiation"),
    FormField("cea", "cea"),
    FormField("ca125", "ca125"),
    FormField("afp", "afp"),
    FormField("albumin", "albumin_g_l", "g/L"),
    FormField("plateletcrit", "plateletcrit_percent", "%"),
    FormField("lymphocytes", "lymphocytes_percent", "%"),
    FormField("glucose", "glucose_mmol_l", "mmol/L"),
    FormField("neutrophils", "neutrophils_10e9_l", "10*9/L"),
)
ENROLMENT = {
    "egj_siewert": "not_egj",
    "planned_fluorouracil": "yes",
    "planned_cycles": "3",
    "previous_treatment": "no",
    "other_malignancy": "no",
}
OBSERVED = ("trg", "good_response", "os_months", "death_observed")
TRUTH = (
    "latent_s",
    "image_signal_i",
    "frailty",
    "good_response_probability",
    "attainable_good_response",
    "attainable_good_response_image",
    "attainable_good_response_clinical",
    "attainable_frailty",
    "nct_death_months",
    "upfront_death_months_invented",
)


@dataclass(frozen=True, slots=True)
class LagcPatient(CtPatient):
    """One synthetic patient with latents and both potential survivals.

    ``nct_death_months`` and ``upfront_death_months_invented`` are when death would come after neoadjuvant
    chemotherapy and after upfront surgery; nobody was operated upfront, that effect is invented. The
    ``attainable_`` values are what a perfect reader of image, of clinical values, or of both could state.
    """

    bmi_kg_m2: float
    location: Literal["upper", "middle", "lower", "whole"]
    maximum_diameter_cm: float
    borrmann: Literal["I", "II", "III", "IV"]
    ct_stage: Literal["T1", "T2", "T3", "T4"]
    cn_stage: Literal["N0", "N1", "N2", "N3"]
    cm_stage: Literal["M0", "M1"]
    enlarged_nodes: int
    wall_thickness_mm: float
    pathological_type: str
    src_composition: Literal["no", "yes"]
    differentiation: Literal["moderate_well", "poor"]
    cea: Literal["negative", "positive", "unknown"]
    ca125: Literal["negative", "positive", "unknown"]
    afp: Literal["negative", "positive", "unknown"]
    albumin_g_l: float
    plateletcrit_percent: float
    lymphocytes_percent: float
    glucose_mmol_l: float
    neutrophils_10e9_l: float
    trg: int
    good_response: bool
    os_months: float
    death_observed: bool
    latent_s: float
    image_signal_i: float
    frailty: float
    good_response_probability: float
    attainable_good_response: float
    attainable_good_response_image: float
    attainable_good_response_clinical: float
    attainable_frailty: float
    nct_death_months: float
    upfront_death_months_invented: float


def _within(classes: Codes, noise: Floats, lower: tuple[float, float]) -> Codes:
    """Levels 0 to 3 of two classes of two, the lower of each with the given shares."""
    return 2 * classes + (uniform(noise) >= np.asarray(lower)[classes])


def _diameter_cm(classes: Codes, noise: Floats, cohort: str) -> Floats:
    """At most, or more than 5 cm; within the class independent of it. Rounded up to a millimetre."""
    small = TABLE.share("maximum_diameter", "<= 5 cm", cohort)
    share = np.where(classes == 0, small * uniform(noise), small + (1.0 - small) * uniform(noise))
    points = (-3.0, float(ndtri(small)), 3.0)
    log_cm = through_points(ndtri(share), points, np.log([1.2, 5.0, 15.0]).tolist())
    # The line meets 5 cm with the precision of a logarithm; no small tumour may be rounded up to 5.1.
    return np.where(
        classes == 0,
        np.minimum(np.ceil(10.0 * np.exp(log_cm)) / 10.0, 5.0),
        np.maximum(np.ceil(10.0 * np.exp(log_cm)) / 10.0, 5.1),
    )


def _location(large: Codes, noise: Mapping[str, Floats], cohort: str) -> NDArray[np.str_]:
    """The whole stomach for the largest of the large tumours; else one of the thirds."""
    *thirds, whole = TABLE.shares("location", cohort)
    among_large = whole / TABLE.share("maximum_diameter", "> 5 cm", cohort)
    score = RHO_WHOLE_DIAMETER * noise["diameter_within"]
    score = score + np.sqrt(1.0 - RHO_WHOLE_DIAMETER**2) * noise["whole"]
    is_whole = (large == 1) & (uniform(score) > 1.0 - among_large)
    return np.where(is_whole, "whole", pick(("upper", "middle", "lower"), thirds, noise["location"]))


def _nodes(cn: Codes, noise: Floats) -> Codes:
    """Enlarged regional nodes: none, 1-2, 3-6, and from 7 on (TNM, 8th edition)."""
    u = uniform(noise)
    beyond = np.minimum(7 + np.floor(-4.0 * np.log(np.maximum(u, 1e-12))), 30.0)
    levels = [np.zeros_like(u), 1 + np.floor(2 * u), 3 + np.floor(4 * u), beyond]
    return np.choose(cn, levels).astype(np.int64)


def _values(draw: LagcDraw, noise: Mapping[str, Floats], cohort: str) -> Columns:
    z = noise
    ct = _within(draw.codes["ct"], z["ct_within"], LOWER_T)
    cn = _within(draw.codes["cn"], z["cn_within"], LOWER_N)
    # cT1N0 is not locally advanced: cT1 is eligible with nodes only.
    cn = np.where((ct == 0) & (cn == 0), 1, cn)
    borrmann = choose(
        ("I", "II", "III", "IV"), _within(draw.codes["borrmann"], z["borrmann_within"], LOWER_BORRMANN)
    )
    src_carcinoma = draw.pathological_type == PATHOLOGICAL_TYPES.index("signet_ring_cell")
    slim, _, heavy = TABLE.shares("bmi", cohort)
    bmi_cuts = (-3.5, float(ndtri(slim)), float(ndtri(1.0 - heavy)), 3.5)
    age_mean = 60.0 + _AGE_SD_YEARS * float(ndtri(TABLE.share("age", ">= 60", cohort)))
    thickness = np.select([borrmann == kind for kind in _THICKNESS_MM], list(_THICKNESS_MM.values()))
    # More neutrophils, fewer lymphocytes: correlation -0.5, our choice.
    neutrophils = -0.5 * z["lymphocytes"] + np.sqrt(0.75) * z["neutrophils"]
    laboratory = {
        name: lognormal_of_moments(*laboratory_moments(name, cohort))
        for name in ("plateletcrit", "glucose", "neutrophils")
    }
    return {
        "age_years": ages(z["age"], age_mean, _AGE_SD_YEARS),
        "sex": pick(TABLE.levels("sex"), TABLE.shares("sex", cohort), z["sex"]),
        "bmi_kg_m2": np.floor(10.0 * through_points(z["bmi"], bmi_cuts, (14.0, 18.5, 24.0, 35.0))) / 10.0,
        "location": _location(draw.codes["diameter"], z, cohort),
        "maximum_diameter_cm": _diameter_cm(draw.codes["diameter"], z["diameter_within"], cohort),
        "borrmann": borrmann,
        "ct_stage": choose(("T1", "T2", "T3", "T4"), ct),
        "cn_stage": choose(("N0", "N1", "N2", "N3"), cn),
        "cm_stage": choose(("M0", "M1"), draw.codes["cm"]),
        "enlarged_nodes": _nodes(cn, z["nodes"]),
        "wall_thickness_mm": lognormal_value(
            z["thickness"] + 0.5 * (ct - 2), thickness.astype(float), 0.25, (6.0, 40.0), 1
        ),
        "pathological_type": choose(PATHOLOGICAL_TYPES, draw.pathological_type),
        "src_composition": choose(("no", "yes"), np.where(src_carcinoma, 1, draw.codes["src"])),
        "differentiation": choose(
            ("moderate_well", "poor"), np.where(src_carcinoma, 1, draw.codes["differentiation"])
        ),
        "cea": choose(TABLE.levels("cea"), draw.codes["cea"]),
        "ca125": choose(TABLE.levels("ca125"), draw.codes["ca125"]),
        "afp": pick(TABLE.levels("afp"), TABLE.shares("afp", cohort), z["afp"]),
        "albumin_g_l": normal_value(
            z["albumin"], *laboratory_moments("albumin", cohort), limits=(20.0, 56.0), digits=1
        ),
        "plateletcrit_percent": lognormal_value(
            draw.plateletcrit_score, *laboratory["plateletcrit"], limits=(0.05, 0.80), digits=2
        ),
        "lymphocytes_percent": normal_value(
            z["lymphocytes"], *laboratory_moments("lymphocytes", cohort), limits=(3.0, 60.0), digits=1
        ),
        "glucose_mmol_l": lognormal_value(z["glucose"], *laboratory["glucose"], limits=(3.0, 25.0), digits=2),
        "neutrophils_10e9_l": lognormal_value(
            neutrophils, *laboratory["neutrophils"], limits=(0.8, 20.0), digits=2
        ),
    }


def draw_cohort(cohort: str, patients: int | None = None, seed: int = 0) -> tuple[LagcPatient, ...]:
    """Draw a cohort; ``patients`` defaults to the published size.

    Patient *i* does not depend on how many are drawn.
    """
    count = size_of(COHORT_SIZES, cohort, patients)
    noise = cohort_noise(STUDY, cohort, seed, count, NOISE + _CLINICAL_NOISE)
    draw = simulate(cohort, noise)
    both = attainable(draw, cohort)
    columns = _values(draw, noise, cohort) | {
        "trg": draw.trg,
        "good_response": draw.good_response,
        "os_months": observed_months(draw.nct_months, draw.censoring_months),
        "death_observed": draw.nct_months <= draw.censoring_months,
        "latent_s": draw.s,
        "image_signal_i": draw.image_signal,
        "frailty": draw.frailty,
        "good_response_probability": draw.response_probability,
        "attainable_good_response": both.response,
        "attainable_good_response_image": attainable(draw, cohort, clinical=False).response,
        "attainable_good_response_clinical": attainable(draw, cohort, image=False).response,
        "attainable_frailty": both.frailty,
        "nct_death_months": draw.nct_months,
        "upfront_death_months_invented": draw.upfront_months,
    }
    return patients_of(LagcPatient, "LAGC", cohort, seed, columns)
