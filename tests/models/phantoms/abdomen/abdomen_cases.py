"""Cases that the abdomen's tests share."""

from __future__ import annotations

from typing import Any

from models.phantoms.abdomen.parameters import (
    AbdomenCase,
    EnlargedNodes,
    GastricTumour,
    HabitusParameters,
    PancreaticTumour,
)


def gastric(
    cohort: str = "training", index: int = 0, study: str = "lagc-response", **changes: Any
) -> AbdomenCase:
    values: dict[str, Any] = {
        "site": "middle",
        "wall": "lesser",
        "borrmann": 3,
        "long_diameter_mm": 60.0,
        "thickness_mm": 18.0,
        "nodes": EnlargedNodes(2, 14.0),
    }
    return AbdomenCase(study, cohort, 0, index, HabitusParameters(), GastricTumour(**{**values, **changes}))


def pancreatic(cohort: str = "training", index: int = 0, **changes: Any) -> AbdomenCase:
    values: dict[str, Any] = {"site": "body", "composition": "solid", "long_diameter_mm": 30.0}
    tumour = PancreaticTumour(**{**values, **changes})
    return AbdomenCase("pnen-recurrence", cohort, 0, index, HabitusParameters(), tumour)
