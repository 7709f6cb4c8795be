"""The 17 clinical factors of ``gc-recurrence`` as columns of a regression.

Choices become one column per level against the first; of differentiation that is *medium*, so that where no
*high* one relapsed, and has no odds ratio, it counts as its neighbour.  pTNM is the stage of who was operated
on first, ypTNM that of who had chemotherapy before: one set of columns takes whichever is there, and the
chemotherapy has a column of its own.  Coding is ours (?) wherever the paper is silent.
"""

from __future__ import annotations

from typing import Final

from inference.statistics.outcomes import Floats
from models.training.coded_factors import Coded, Factors, choices, numbers, stages

_NUMBERS: Final = (
    "age_years",
    "tumour_length_cm",
    "cea_ng_ml",
    "afp_ng_ml",
    "ca199_u_ml",
    "ca125_u_ml",
    "ca724_u_ml",
)
_STAGES: Final = ("pt_stage", "pn_stage")
_CHOICES: Final = {
    "sex": ("female", "male"),
    "vascular_tumour_thrombus": ("no", "yes"),
    "nerve_invasion": ("no", "yes"),
    "location": ("lower", "upper", "middle", "whole"),
    "differentiation": ("medium", "low", "high"),
    "preoperative_chemotherapy": ("no", "yes"),
    "postoperative_chemotherapy": ("no", "yes"),
}
_STAGE_LEVELS: Final = ("i", "ii", "iii")


def coded(factors: Factors) -> Coded:
    """All columns that the study's regressions choose from.

    Raises
    ------
    ValueError
        For a level that the study does not know, or a patient with both pTNM and ypTNM, or with neither.
    """
    columns: dict[str, Floats] = {}
    for name in _NUMBERS:
        columns[name] = numbers(factors[name])
    for name in _STAGES:
        columns[name] = stages(factors[name])
    for name, levels in _CHOICES.items():
        columns |= choices(name, levels, factors[name])
    columns |= choices("stage", _STAGE_LEVELS, _stage_groups(factors))
    return Coded.of(columns)


def _stage_groups(factors: Factors) -> list[str]:
    groups = []
    for first, after in zip(factors["ptnm_stage"], factors["yptnm_stage"], strict=True):
        if bool(first) == bool(after):
            raise ValueError("a patient has pTNM, or after preoperative chemotherapy ypTNM")
        groups.append(str(first or after).lower())
    return groups
