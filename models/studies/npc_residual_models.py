"""One model of the ``npc-residual`` protocol: its folds, and its network of all training patients.

The folds' networks give the out-of-fold scores, on which cut-offs are locked and a classifier is chosen, and
answer together at the board; one further network learns from the whole training cohort, as published.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from inference.statistics.outcomes import Bools, Floats
from models.networks.contract import MeanPooledClassifier
from models.phantoms.npc_population import Regimen
from models.studies.npc_residual_config import NpcResidualConfig, Unit
from models.studies.npc_residual_network import fit_network, network_scores
from models.studies.npc_residual_units import Division, Reading, Samples, in_unit, mean_by_patient, read
from models.training.engine.history import CurvePoint
from models.training.engine.run import RunPlace


@dataclass(frozen=True, slots=True, eq=False)
class FittedModel:
    """One classifier in one unit for one treatment; all its networks come from the same ``start``.

    ``network`` learnt from the whole training cohort, each of ``folds`` from what the fold kept.
    ``readings`` are by what is scored: image and patient for a model of slices, patient for one of patients.
    """

    classifier: str
    unit: Unit
    start: MeanPooledClassifier
    network: MeanPooledClassifier
    folds: tuple[MeanPooledClassifier, ...]
    readings: Mapping[Unit, Reading]
    curve: tuple[CurvePoint, ...]

    def fold_scores(self, crops: Tensor) -> Floats:
        """Scores (fold, patient) of crops (patient, slice, row, column) from which no fold learnt."""
        samples = in_unit(crops, self.unit)
        scores = [network_scores(network, samples.images) for network in self.folds]
        return np.stack([mean_by_patient(one, samples.owner) for one in scores])


def fit_model(
    config: NpcResidualConfig,
    names: tuple[str, Unit, Regimen],
    samples: Samples,
    residual: Bools,
    division: Division,
    start: MeanPooledClassifier,
    place: RunPlace,
) -> FittedModel:
    """A network for each fold and one for all of them, each patient scored by one that never saw it."""
    classifier, unit, treatment = names
    curves: list[CurvePoint] = []

    def learn(patients: Sequence[int], part: str) -> MeanPooledClassifier:
        run = f"{classifier} {unit} {treatment} {part}"
        network, curve = fit_network(config, unit, samples, residual, patients, start, place, run=run)
        curves.extend(curve)
        return network

    folds = tuple(learn(fold.learn, f"fold {fold.number}") for fold in division.folds)
    network = learn(division.training, "all folds")
    scores = np.zeros(len(samples.owner))
    for patients, scorer in (
        *((fold.left_out, one) for fold, one in zip(division.folds, folds, strict=True)),
        (division.test, network),
    ):
        rows = samples.rows_of(patients)
        scores[rows] = network_scores(scorer, samples.images[rows])
    readings = {unit: read(unit, scores, samples.owner, residual, division)}
    if unit == "image":
        mean = mean_by_patient(scores, samples.owner)
        readings["patient"] = read("patient", mean, np.arange(len(mean)), residual, division)
    return FittedModel(classifier, unit, start, network, folds, readings, tuple(curves))
