"""Stage groups of nasopharyngeal carcinoma without distant metastasis, AJCC 8th edition."""

from __future__ import annotations

from inference.clinical.record import ClinicalRecord, ClinicalValue, MissingReason, Provenance
from inference.errors import InputError

_T_RANK = {"T1": 1, "T2": 2, "T3": 3, "T4": 4}
_N_RANK = {"N0": 0, "N1": 1, "N2": 2, "N3": 3}


def npc_stage_group(t_stage: str, n_stage: str) -> str:
    """Stage I to IVa from T and N with M0 (AJCC Cancer Staging Manual, 8th ed., nasopharynx)."""
    t_rank, n_rank = _T_RANK[t_stage], _N_RANK[n_stage]
    if t_rank == 4 or n_rank == 3:
        return "IVa"
    if t_rank == 3 or n_rank == 2:
        return "III"
    if t_rank == 2 or n_rank == 1:
        return "II"
    return "I"


def with_derived_stage(record: ClinicalRecord) -> ClinicalRecord:
    """Fill the stage from T and N; with either missing the stage is missing too.

    Raises
    ------
    InputError
        When an imported stage contradicts T and N: both cannot be right, so neither is used.
    """
    t_stage, n_stage = record.canonical("t_stage"), record.canonical("n_stage")
    stated = record.values.get("stage")
    if not isinstance(t_stage, str) or not isinstance(n_stage, str):
        if stated is not None and stated.provenance is not Provenance.DERIVED:
            return record
        return record.with_value(ClinicalValue.absent("stage", MissingReason.UNKNOWN))
    derived = npc_stage_group(t_stage, n_stage)
    if (
        stated is not None
        and stated.canonical is not None
        and stated.provenance is not Provenance.DERIVED
        and stated.canonical != derived
    ):
        raise InputError(
            "error.clinical.stage_conflict",
            stated=str(stated.canonical),
            t_stage=t_stage,
            n_stage=n_stage,
            derived=derived,
        )
    return record.with_value(ClinicalValue("stage", derived, "", derived, Provenance.DERIVED))
