"""The 22 clinical factors of ``lagc-response`` as columns of a regression.

Choices become one column per level against the first; a marker *unknown* is a level of its own.  Stages are
numbers, as the paper reports one hazard ratio for each.  Coding is ours (?) wherever the paper is silent.
"""

from __future__ import annotations

import numpy as np

from inference.statistics.outcomes import Floats
from models.training.coded_factors import Coded, Factors, choices, numbers, stages

LARGE_ABOVE_CM = 5.0
_NUMBERS = (
    "age_years",
    "bmi_kg_m2",
    "enlarged_nodes",
    "wall_thickness_mm",
    "albumin_g_l",
    "plateletcrit_percent",
    "lymphocytes_percent",
    "glucose_mmol_l",
    "neutrophils_10e9_l",
)
_STAGES = ("ct_stage", "cn_stage")
_CHOICES = {
    "sex": ("female", "male"),
    "location": ("upper", "middle", "lower", "whole"),
    "borrmann": ("I", "II", "III", "IV"),
    "cm_stage": ("M0", "M1"),
    "pathological_type": ("adenocarcinoma", "mucinous", "signet_ring_cell", "squamous", "other"),
    "src_composition": ("no", "yes"),
    "differentiation": ("poor", "moderate_well"),
    "cea": ("negative", "positive", "unknown"),
    "ca125": ("negative", "positive", "unknown"),
    "afp": ("negative", "positive", "unknown"),
}


def coded(factors: Factors) -> Coded:
    """All columns that the study's regressions choose from."""
    columns: dict[str, Floats] = {}
    for name in _NUMBERS:
        columns[name] = numbers(factors[name])
    for name in _STAGES:
        columns[name] = stages(factors[name])
    for name, levels in _CHOICES.items():
        columns |= choices(name, levels, factors[name])
    diameter = numbers(factors["maximum_diameter_cm"])
    columns["maximum_diameter_cm"] = diameter
    columns["large_diameter"] = (diameter > LARGE_ABOVE_CM).astype(np.float64)
    columns["borrmann_iii_iv"] = columns["borrmann_III"] + columns["borrmann_IV"]
    return Coded.of(columns)


_DERIVED_FOR_RESPONSE = ("maximum_diameter_cm", "borrmann_III", "borrmann_IV", "borrmann_II")
_DERIVED_FOR_SURVIVAL = ("large_diameter", "borrmann_iii_iv")


def response_columns(table: Coded) -> tuple[str, ...]:
    """The clinical signature's candidates: diameter and Borrmann type in the two classes of Table 1."""
    return tuple(name for name in table.names if name not in _DERIVED_FOR_RESPONSE)


def survival_columns(table: Coded) -> tuple[str, ...]:
    """The Cox model's candidates: diameter in centimetres and every Borrmann type, as in Table 3."""
    return tuple(name for name in table.names if name not in _DERIVED_FOR_SURVIVAL)
