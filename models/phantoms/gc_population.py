"""Patients of the synthetic cohorts after radical gastrectomy: numbers only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtr

from models.phantoms.ct_population import Columns, CtPatient, FormField, patients_of, size_of
from models.phantoms.gc_marginals import RELAPSES, TABLE, age_parameters, lognormal_parameters
from models.phantoms.gc_outcome import (
    NOISE,
    STAGE_OF,
    STAGES,
    GcDraw,
    attainable_relapse,
    death_months,
    simulate,
    stage_model,
)
from models.phantoms.latent_evidence import PRIOR, Codes, Floats, expit
from models.phantoms.normal_scores import (
    ages,
    choose,
    cohort_noise,
    lognormal_value,
    observed_months,
    pick,
    uniform,
)

STUDY = "gc-recurrence"
COHORT_SIZES = {cohort: patients for cohort, (_, patients) in RELAPSES.items()}
# Log odds of postoperative chemotherapy by stage I, II, III, and of preoperative by pT 1 to 4, before the
# cohort's own intercept. Given the stage, chemotherapy tells nothing of S. Our choice.
POSTOPERATIVE_LOG_ODDS = (-3.0, 0.0, 0.6)
PREOPERATIVE_LOG_ODDS = (-1.5, -0.5, 0.0, 0.3)
# A longer tumour reaches deeper, and takes the whole stomach: correlation of the length's normal score with
# pT's and of the whole stomach's with the length's. Given pT the length tells nothing of S. Our choice.
RHO_LENGTH_T, RHO_WHOLE_LENGTH = 0.45, 0.7
_CLINICAL_NOISE = (
    "sex",
    "site",
    "whole",
    "length",
    "afp",
    "ca199",
    "ca125",
    "ca724",
    "preoperative",
    "postoperative",
)

FORM = (
    FormField("age", "age_years", "a"),
    FormField("sex", "sex"),
    FormField("vascular_tumour_thrombus", "vascular_tumour_thrombus"),
    FormField("nerve_invasion", "nerve_invasion"),
    FormField("location", "location"),
    FormField("tumour_length", "tumour_length_cm", "cm"),
    FormField("differentiation", "differentiation"),
    FormField("preoperative_chemotherapy", "preoperative_chemotherapy"),
    FormField("postoperative_chemotherapy", "postoperative_chemotherapy"),
    FormField("pt_stage", "pt_stage"),
    FormField("pn_stage", "pn_stage"),
    FormField("ptnm_stage", "ptnm_stage"),
    FormField("yptnm_stage", "yptnm_stage"),
    FormField("cea", "cea_ng_ml", "ng/mL"),
    FormField("afp", "afp_ng_ml", "ng/mL"),
    FormField("ca199", "ca199_u_ml", "U/mL"),
    FormField("ca125", "ca125_u_ml", "U/mL"),
    FormField("ca724", "ca724_u_ml", "U/mL"),
)
Stage = Literal["I", "II", "III"]
ENROLMENT = {
    "m_stage": "M0",
    "resection": "R0",
    "lymphadenectomy": "d2_or_more",
    "free_at_two_months": "yes",
}
OBSERVED = ("relapse", "recurrence_free_months", "os_months", "death_observed")
TRUTH = (
    "latent_s",
    "image_signal_i",
    "relapse_probability",
    "attainable_relapse",
    "attainable_relapse_image",
    "attainable_relapse_clinical",
)


@dataclass(frozen=True, slots=True)
class GcPatient(CtPatient):
    """One synthetic patient.

    ``recurrence_free_months`` end with the recurrence where there is one, else with follow-up or death;
    nobody with a recurrence to come dies of another cause first. ``stage_group`` is pTNM, or ypTNM after
    preoperative chemotherapy. The ``attainable_`` values are what a perfect reader of image, of clinical
    values, or of both could state.
    """

    vascular_tumour_thrombus: Literal["no", "yes"]
    nerve_invasion: Literal["no", "yes"]
    location: Literal["upper", "middle", "lower", "whole"]
    tumour_length_cm: float
    differentiation: Literal["high", "medium", "low"]
    preoperative_chemotherapy: Literal["no", "yes"]
    postoperative_chemotherapy: Literal["no", "yes"]
    pt_stage: Literal["T1", "T2", "T3", "T4"]
    pn_stage: Literal["N0", "N1", "N2", "N3"]
    stage_group: Stage
    cea_ng_ml: float
    afp_ng_ml: float
    ca199_u_ml: float
    ca125_u_ml: float
    ca724_u_ml: float
    relapse: bool
    recurrence_free_months: float
    os_months: float
    death_observed: bool
    latent_s: float
    image_signal_i: float
    relapse_probability: float
    attainable_relapse: float
    attainable_relapse_image: float
    attainable_relapse_clinical: float

    @property
    def ptnm_stage(self) -> Stage | None:
        """The stage of who had no chemotherapy before surgery."""
        return self.stage_group if self.preoperative_chemotherapy == "no" else None

    @property
    def yptnm_stage(self) -> Stage | None:
        """The stage of who had it."""
        return self.stage_group if self.preoperative_chemotherapy == "yes" else None


@lru_cache(maxsize=6)
def chemotherapy_probabilities(cohort: str, when: Literal["preoperative", "postoperative"]) -> Floats:
    """Probability by pT (preoperative) or by stage (postoperative), with the published share in all."""
    joint = np.einsum("s,stn->tn", PRIOR, stage_model(cohort).chances())
    by_stage = np.array([joint[stage == STAGE_OF].sum() for stage in range(len(STAGES))])
    weight, odds = {
        "preoperative": (joint.sum(axis=1), PREOPERATIVE_LOG_ODDS),
        "postoperative": (by_stage, POSTOPERATIVE_LOG_ODDS),
    }[when]
    share = TABLE.share(f"{when}_chemotherapy", "yes", cohort)
    shift = brentq(lambda a: float(weight @ expit(a + np.array(odds))) - share, -20.0, 20.0)
    return expit(shift + np.array(odds))


def _location(not_lower: Codes, site: Floats, length: Floats, whole: Floats, cohort: str) -> NDArray[np.str_]:
    """Lower third; else the whole stomach where the tumour is long, or the upper or middle third."""
    shares = dict(zip(TABLE.levels("location"), TABLE.shares("location", cohort), strict=True))
    share_whole = shares["whole"] / (1.0 - shares["lower"])
    score = RHO_WHOLE_LENGTH * length + np.sqrt(1.0 - RHO_WHOLE_LENGTH**2) * whole
    thirds = pick(("upper", "middle"), (shares["upper"], shares["middle"]), site)
    higher = np.where(uniform(score) > 1.0 - share_whole, "whole", thirds)
    return np.where(not_lower == 1, higher, "lower")


@lru_cache(maxsize=3)
def _mean_t_score(cohort: str) -> Floats:
    """Mean normal score of each pT."""
    edge = np.concatenate([[-np.inf], stage_model(cohort).t_cuts, [np.inf]])
    density = np.exp(-0.5 * edge**2) / np.sqrt(2.0 * np.pi)
    return -np.diff(density) / np.diff(ndtr(edge))


def _values(draw: GcDraw, noise: Mapping[str, Floats], cohort: str) -> Columns:
    z = noise
    stage = STAGE_OF[draw.pt, draw.pn]
    before = uniform(z["preoperative"]) < chemotherapy_probabilities(cohort, "preoperative")[draw.pt]
    after = uniform(z["postoperative"]) < chemotherapy_probabilities(cohort, "postoperative")[stage]
    length = RHO_LENGTH_T * _mean_t_score(cohort)[draw.pt] + np.sqrt(1.0 - RHO_LENGTH_T**2) * z["length"]
    markers = {
        f"{name}_{unit}": lognormal_value(score, *lognormal_parameters(name, cohort), limits=limits, digits=2)
        for name, unit, score, limits in (
            ("cea", "ng_ml", draw.cea_score, (0.2, 500.0)),
            ("afp", "ng_ml", z["afp"], (0.5, 500.0)),
            ("ca199", "u_ml", z["ca199"], (0.6, 2000.0)),
            ("ca125", "u_ml", z["ca125"], (1.0, 1000.0)),
            ("ca724", "u_ml", z["ca724"], (0.2, 300.0)),
        )
    }
    return {
        "age_years": ages(draw.age_score, *age_parameters(cohort)),
        "sex": pick(TABLE.levels("sex"), TABLE.shares("sex", cohort), z["sex"]),
        "vascular_tumour_thrombus": choose(("no", "yes"), draw.codes["vascular_tumour_thrombus"]),
        "nerve_invasion": choose(("no", "yes"), draw.codes["nerve_invasion"]),
        "location": _location(draw.codes["location"], z["site"], z["length"], z["whole"], cohort),
        "tumour_length_cm": lognormal_value(
            length, *lognormal_parameters("tumour_length", cohort), limits=(0.8, 20.0), digits=1
        ),
        "differentiation": choose(TABLE.levels("differentiation"), draw.codes["differentiation"]),
        "preoperative_chemotherapy": choose(("no", "yes"), before.astype(int)),
        "postoperative_chemotherapy": choose(("no", "yes"), after.astype(int)),
        "pt_stage": choose(("T1", "T2", "T3", "T4"), draw.pt),
        "pn_stage": choose(("N0", "N1", "N2", "N3"), draw.pn),
        "stage_group": choose(STAGES, stage),
        **markers,
    }


def draw_cohort(cohort: str, patients: int | None = None, seed: int = 0) -> tuple[GcPatient, ...]:
    """Draw a cohort; ``patients`` defaults to the published size.

    Patient *i* does not depend on how many are drawn.
    """
    count = size_of(COHORT_SIZES, cohort, patients)
    noise = cohort_noise(STUDY, cohort, seed, count, NOISE + _CLINICAL_NOISE)
    draw = simulate(cohort, noise)
    values = _values(draw, noise, cohort)
    recurrence = np.where(draw.relapse, draw.recurrence_months, np.inf)
    death = death_months(draw, values["age_years"], noise["death"])
    end_of_follow_up = np.minimum(death, draw.censoring_months)
    columns = values | {
        "relapse": draw.relapse,
        "recurrence_free_months": observed_months(recurrence, end_of_follow_up),
        "os_months": observed_months(death, draw.censoring_months),
        "death_observed": death <= draw.censoring_months,
        "latent_s": draw.s,
        "image_signal_i": draw.image_signal,
        "relapse_probability": draw.relapse_probability,
        "attainable_relapse": attainable_relapse(draw, cohort),
        "attainable_relapse_image": attainable_relapse(draw, cohort, clinical=False),
        "attainable_relapse_clinical": attainable_relapse(draw, cohort, image=False),
    }
    return patients_of(GcPatient, "GC", cohort, seed, columns)
