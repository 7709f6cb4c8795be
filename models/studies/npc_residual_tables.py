"""Scores, slices and decisions of the whole ``npc-residual`` protocol as tables that other commands read.

``main.py evaluate`` reads the tables of scores and of slices, ``main.py audit`` that of decisions.
"""

from __future__ import annotations

import numpy as np

from models.csv_text import csv_text
from models.studies.npc_residual import Arm, TrainedStudy
from models.studies.npc_residual_units import Reading


def scores_csv(arm: Arm) -> str:
    """One row per patient; models of slices are read by the mean over them, training scores out of fold."""
    readings = {f"{one.classifier}_{one.unit}": one.readings["patient"] for one in arm.models}
    return _table(arm, readings, with_slice=None)


def slices_csv(arm: Arm) -> str:
    """One row per slice, scored by the models of slices."""
    models = [one for one in arm.models if one.unit == "image"]
    owner = models[0].readings["image"].owner
    first = np.searchsorted(owner, owner)
    return _table(
        arm,
        {one.classifier: one.readings["image"] for one in models},
        with_slice=(np.arange(len(owner)) - first + 1).tolist(),
    )


def _table(arm: Arm, readings: dict[str, Reading], with_slice: list[int] | None) -> str:
    owner = next(iter(readings.values())).owner
    tested, folds = arm.division.is_test(owner), arm.division.fold_of(owner)
    heads = ["patient", *([] if with_slice is None else ["slice"]), "cohort", "fold", "outcome"]
    rows: list[list[str]] = [[*heads, *(f"probability_{name}" for name in readings), "synthetic"]]
    for row, position in enumerate(owner):
        rows.append(
            [
                arm.patients[position].patient_id,
                *([] if with_slice is None else [str(with_slice[row])]),
                "test" if tested[row] else "training",
                "" if tested[row] else str(folds[row] + 1),
                "yes" if arm.residual[position] else "no",
                *(f"{reading.scores[row]:.8f}" for reading in readings.values()),
                "yes",
            ]
        )
    return csv_text(rows)


def decisions_csv(trained: TrainedStudy) -> str:
    """The test patients of both treatments, as the decision audit takes them."""

    def word(residual: bool) -> str:
        return "residual" if residual else "non_residual"

    rows = [["patient", "ccrt_predicts", "ic_ccrt_predicts", "given", "actual", "synthetic"]]
    rows += [
        [
            one.patient_id,
            word(one.predicts_residual["ccrt"]),
            word(one.predicts_residual["ic_ccrt"]),
            one.given,
            word(one.residual),
            "yes",
        ]
        for one in trained.decisions
    ]
    return csv_text(rows)
