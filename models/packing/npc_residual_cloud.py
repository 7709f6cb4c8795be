"""The training cohorts of ``npc-residual`` as its answering networks see them, for the guard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import torch
from torch import Tensor

from inference.predictors.classifiers import averaged
from inference.statistics.outcomes import Floats
from models.networks.contract import MeanPooledClassifier
from models.packing.reference_data import PATIENTS_PER_AXIS, ReferenceContent
from models.studies.npc_residual_packed import PackedStudy
from models.training.splits import Fold

ENOUGH: Final = 4 * PATIENTS_PER_AXIS
"""Patients for four axes: so many from whom a network did not learn stand for its cohort."""

_AT_ONCE: Final = 64


def cohort_clouds(study: PackedStudy, crops: Sequence[Tensor]) -> ReferenceContent:
    """A cloud for each network that answers; ``crops`` (patient, slice, row, column) by treatment.

    No patient of the test cohorts is in it.
    """
    data = ReferenceContent()
    for arm, own in zip(study.arms, crops, strict=True):
        left_out = are_enough(arm.fitted.folds)
        for number, (fold, network) in enumerate(zip(arm.fitted.folds, arm.networks, strict=True)):
            patients = fold.left_out if left_out else arm.fitted.training
            data.add_cloud(
                f"{arm.treatment}_{number}",
                _embeddings(network, own[list(patients)]),
                treatment=arm.treatment,
                fold=number,
                left_out=left_out,
            )
    return data


def are_enough(folds: Sequence[Fold]) -> bool:
    """Whether the patients whom each fold left out stand for the cohort, or all that it has must.

    A network may draw those from whom it learned closer together than others of their kind.
    """
    return all(len(fold.left_out) >= ENOUGH for fold in folds)


def _embeddings(network: MeanPooledClassifier, crops: Tensor) -> Floats:
    """As the board takes them off the exported network: (patient, channel)."""
    network.eval()
    device = network.classifier.weight.device
    with torch.no_grad():
        parts = [network.features(part.float().to(device)).cpu().numpy() for part in crops.split(_AT_ONCE)]
    return np.stack([averaged(activation[None]) for part in parts for activation in part])
