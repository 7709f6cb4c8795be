"""How well a reader without a network ranks nasopharynx phantoms: ``python -m models.npc_readings``.

Five readings of the tumour on each of its slices, by their mean and their trend upwards, and simpler ones
beside them; a logistic model of the outcome after CCRT, out of five folds.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from inference.statistics.discrimination.delong import auc
from inference.statistics.outcomes import Bools, Floats
from models.phantoms.npc_population import NpcPatient, attainable_probabilities, draw_cohort
from models.phantoms.npc_volume import PhantomVolume, render_patient

READINGS: Final = ("brightness", "necrotic share", "bright share", "fine texture", "rough edge")
_SIZE, _FOLDS = 128, 5
_FEWEST_PIXELS = 25
_DARK, _BRIGHT = 0.65, 1.15
"""Of the tumour's own upper quartile: below is dead tissue, above the rim."""


def read_slice(plane: NDArray[np.int16], tumour: NDArray[np.bool_]) -> Floats:
    """The ``READINGS`` of a slice (row, column); grey values are relative to the slice's soft tissue."""
    voxels = plane / np.median(plane[plane > 60])
    held = voxels[tumour]
    upper = np.percentile(held, 75)
    inside = ndimage.binary_erosion(tumour)
    fine = (voxels - ndimage.gaussian_filter(voxels, 1.5))[inside if inside.any() else tumour]
    edge = tumour & ~inside
    return np.array(
        [
            held.mean(),
            (held < _DARK * upper).mean(),
            (held > _BRIGHT * upper).mean(),
            fine.std() / upper,
            edge.sum() / np.sqrt(tumour.sum()),
        ]
    )


def read_patient(phantom: PhantomVolume) -> Floats:
    """Means over the slices of the primary tumour, then trends from the lowest to the highest."""
    tumour = phantom.tumour == 1
    shown = np.flatnonzero(tumour.sum(axis=(1, 2)) > _FEWEST_PIXELS)
    if not shown.size:
        shown = np.array([int(tumour.sum(axis=(1, 2)).argmax())])
    rows = np.array([read_slice(phantom.voxels[k], tumour[k]) for k in shown])
    height = np.linspace(-1.0, 1.0, len(rows))
    return np.concatenate([rows.mean(axis=0), height @ (rows - rows.mean(axis=0)) / len(rows)])


def ranked(readings: Floats, outcome: Bools) -> float:
    """AUC of a logistic model on readings (patient, reading), each patient out of its fold."""
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=0)
    scores = cross_val_predict(model, readings, outcome, cv=folds, method="decision_function")
    return auc(scores, outcome).value


def table(patients: Sequence[NpcPatient]) -> dict[str, float]:
    """AUC by reader."""
    phantoms = [render_patient(patient, size=_SIZE) for patient in patients]
    readings = np.array([read_patient(phantom) for phantom in phantoms])
    volume = np.array([[np.log((phantom.tumour == 1).sum())] for phantom in phantoms])
    outcome = np.array([patient.residual_ccrt for patient in patients])
    best = attainable_probabilities(patients, "ccrt")
    means = len(READINGS)
    return {
        "all readings, means and trends": ranked(readings, outcome),
        "the same without trends": ranked(readings[:, :means], outcome),
        "necrotic share alone": ranked(readings[:, [1]], outcome),
        "tumour volume alone, which follows T stage": ranked(volume, outcome),
        "mean brightness alone": ranked(readings[:, [0]], outcome),
        "attainable on these patients": auc(best, outcome).value,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one line per reader."""
    parser = argparse.ArgumentParser(prog="python -m models.npc_readings", description=__doc__)
    parser.add_argument("--patients", type=int, default=300)
    parser.add_argument("--seed", type=int, default=78)
    asked = parser.parse_args(arguments)
    for reader, area in table(draw_cohort("training", asked.patients, asked.seed)).items():
        print(f"| {reader} | {area:.2f} |")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
