"""The cohort as tables and forms: what training may read, what only scoring may, and each patient's form."""

from __future__ import annotations

import json
from collections.abc import Sequence

from models.csv_text import csv_text
from models.phantoms.npc_population import STUDY, NpcPatient, attainable_probability

COHORT_COLUMNS = (
    "patient_id",
    "cohort",
    "age_years",
    "sex",
    "t_stage",
    "n_stage",
    "stage",
    "regimen",
    "residual_observed",
)
TRUTH_COLUMNS = (
    "patient_id",
    "latent_s",
    "image_signal_i",
    "ic_sensitivity_b",
    "residual_ccrt",
    "residual_ic_ccrt",
    "attainable_ccrt",
    "attainable_ic_ccrt",
)


def cohort_csv(patients: Sequence[NpcPatient]) -> bytes:
    """Clinical values, regimen as treated and observed outcome, one row per patient."""
    return _table(
        COHORT_COLUMNS,
        [
            (
                p.patient_id,
                p.cohort,
                p.age_years,
                p.sex,
                f"T{p.t_stage}",
                f"N{p.n_stage}",
                p.stage,
                p.regimen,
                int(p.residual_observed),
            )
            for p in patients
        ],
    )


def truth_csv(patients: Sequence[NpcPatient]) -> bytes:
    """Latents, both potential outcomes and what a perfect reader could know; never read by training."""
    return _table(
        TRUTH_COLUMNS,
        [
            (
                p.patient_id,
                f"{p.latent_s:.9f}",
                f"{p.image_signal_i:.9f}",
                f"{p.ic_sensitivity_b:.9f}",
                int(p.residual_ccrt),
                int(p.residual_ic_ccrt),
                f"{attainable_probability(p, 'ccrt'):.9f}",
                f"{attainable_probability(p, 'ic_ccrt'):.9f}",
            )
            for p in patients
        ],
    )


def clinical_json(patient: NpcPatient) -> bytes:
    """The patient's values as a ``concilium.clinical`` form, version 1."""
    document = {
        "schema": "concilium.clinical",
        "schema_version": 1,
        "study": STUDY,
        "values": {
            "age": {"value": patient.age_years, "unit": "a"},
            "sex": {"value": patient.sex},
            "t_stage": {"value": f"T{patient.t_stage}"},
            "n_stage": {"value": f"N{patient.n_stage}"},
            "stage": {"value": patient.stage},
            "ebv_dna": {"missing": "not_measured"},
            "m_stage": {"value": "M0"},
            "previous_treatment": {"value": "no"},
        },
    }
    return (json.dumps(document, indent=2) + "\n").encode()


def _table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    return csv_text([header, *rows]).encode()
