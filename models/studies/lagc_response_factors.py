"""The 22 clinical factors of ``lagc-response`` as columns of a regression.

Choices become one column per level against the first; a marker *unknown* is a level of its own.  Stages are
numbers, as the paper reports one hazard ratio for each.  Coding is ours (?) wherever the paper is silent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.statistics.design import Design, Numeric
from inference.statistics.outcomes import Floats

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

Factors = Mapping[str, Sequence[float | str]]


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """``matrix`` (patients, columns); a column that no patient varies in carries nothing and may be there."""

    names: tuple[str, ...]
    matrix: Floats

    def design(self, names: Sequence[str], positions: NDArray[np.intp] | None = None) -> Design:
        """Columns ``names`` of the patients at ``positions``, or of all."""
        rows = self.matrix if positions is None else self.matrix[positions]
        places = [self.names.index(name) for name in names]
        return Design(rows[:, places], tuple(Numeric(name) for name in names))

    def varying(self, names: Sequence[str], positions: NDArray[np.intp]) -> tuple[str, ...]:
        """Those of ``names`` that are not the same for all patients at ``positions``."""
        return tuple(name for name in names if np.ptp(self.matrix[positions, self.names.index(name)]) > 0)

    def with_column(self, name: str, values: Floats) -> Coded:
        """One column more."""
        return Coded((*self.names, name), np.column_stack([self.matrix, values]))


def coded(factors: Factors) -> Coded:
    """All columns that the study's regressions choose from."""
    columns: dict[str, Floats] = {}
    for name in _NUMBERS:
        columns[name] = _numbers(factors[name])
    for name in _STAGES:
        columns[name] = np.array([float(str(stage)[1]) for stage in factors[name]])
    for name, levels in _CHOICES.items():
        values = [str(value) for value in factors[name]]
        if not set(values) <= set(levels):
            raise ValueError(f"{name} has a level that the study does not know")
        for level in levels[1:]:
            columns[f"{name}_{level}"] = np.array([float(value == level) for value in values])
    diameter = _numbers(factors["maximum_diameter_cm"])
    columns["maximum_diameter_cm"] = diameter
    columns["large_diameter"] = (diameter > LARGE_ABOVE_CM).astype(np.float64)
    columns["borrmann_iii_iv"] = columns["borrmann_III"] + columns["borrmann_IV"]
    return Coded(tuple(columns), np.column_stack(list(columns.values())))


_DERIVED_FOR_RESPONSE = ("maximum_diameter_cm", "borrmann_III", "borrmann_IV", "borrmann_II")
_DERIVED_FOR_SURVIVAL = ("large_diameter", "borrmann_iii_iv")


def response_columns(table: Coded) -> tuple[str, ...]:
    """The clinical signature's candidates: diameter and Borrmann type in the two classes of Table 1."""
    return tuple(name for name in table.names if name not in _DERIVED_FOR_RESPONSE)


def survival_columns(table: Coded) -> tuple[str, ...]:
    """The Cox model's candidates: diameter in centimetres and every Borrmann type, as in Table 3."""
    return tuple(name for name in table.names if name not in _DERIVED_FOR_SURVIVAL)


def _numbers(values: Sequence[float | str]) -> Floats:
    return np.array([float(value) for value in values])
