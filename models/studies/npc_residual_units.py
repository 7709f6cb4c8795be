"""The two units of ``npc-residual``: what a training sample is, what is scored, and the one division of both.

An image-unit model learns slices, each with its patient's outcome, and is read per slice and, by the mean
over the slices, per patient.  A patient-unit model learns patients, their slices being its channels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inference.statistics.discrimination.youden import YoudenCutoff, youden_cutoff
from inference.statistics.outcomes import Bools, ClassData, Floats
from models.studies.npc_residual_config import NpcResidualConfig, Unit
from models.training.engine.failures import OneClassError
from models.training.engine.folds import require_both_classes
from models.training.splits import Fold, folds_by_patient, split_by_patient

Owners = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Training samples of one unit.

    ``images`` is half precision (sample, channel, row, column); ``owner`` (sample,) the position of each
    one's patient, ``number`` (sample,) its place among that patient's samples, from 0.
    """

    images: Tensor
    owner: Owners
    number: Owners

    def rows_of(self, patients: Sequence[int]) -> Owners:
        """Samples of the patients at these positions, in the samples' order."""
        return np.flatnonzero(np.isin(self.owner, np.asarray(patients)))


def in_unit(crops: Tensor, unit: Unit) -> Samples:
    """Samples of patients' crops (patient, slice, row, column), whose absent slices are zero everywhere."""
    if unit == "patient":
        count = len(crops)
        return Samples(crops, np.arange(count), np.zeros(count, np.intp))
    is_present = (crops != 0).flatten(2).any(dim=2).numpy()
    owner, number = np.nonzero(is_present)
    return Samples(crops[torch.from_numpy(owner), torch.from_numpy(number)][:, None], owner, number)


@dataclass(frozen=True, slots=True)
class Division:
    """One treatment's patients by position: the test cohort, and the folds of the training cohort.

    All classifiers and both units share it.
    """

    training: tuple[int, ...]
    test: tuple[int, ...]
    folds: tuple[Fold, ...]

    def is_test(self, owner: Owners) -> Bools:
        """Which samples belong to test patients, by their ``owner``."""
        return np.isin(owner, self.test)

    def fold_of(self, owner: Owners) -> Owners:
        """The fold, from 0, that left each sample's patient out; -1 for test patients."""
        folds = np.full(len(self.training) + len(self.test), -1, np.intp)
        for fold in self.folds:
            folds[list(fold.left_out)] = fold.number
        return folds[owner]


def divide(patient_ids: Sequence[str], residual: Bools, config: NpcResidualConfig, stream: int) -> Division:
    """Keep one fifth of the patients for testing, not stratified, and divide the others into folds.

    Raises
    ------
    OneClassError
        When a fold would teach one class, or there are fewer patients than folds.
    """
    rng = np.random.default_rng([config.seed, stream])
    training, test = split_by_patient(patient_ids, config.test_share, rng)
    if len(training) < config.folds:
        raise OneClassError(len(training))
    folds = folds_by_patient(patient_ids, training, config.folds, rng)
    require_both_classes(folds, residual)
    return Division(training, test, folds)


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A model's scores per slice or per patient, and the cut-off locked on them.

    ``scores`` (n,) of training patients are out of fold, those of test patients the mean over the folds;
    ``owner`` (n,) says whose they are.  ``cutoff`` is Youden's on the training cohort's.
    """

    per: Unit
    scores: Floats
    owner: Owners
    cutoff: YoudenCutoff

    def data(self, residual: Bools, chosen: Bools) -> ClassData:
        """Scores and outcomes of the ``chosen`` (n,); ``residual`` is by patient."""
        return ClassData(self.scores[chosen], residual[self.owner[chosen]])


def read(per: Unit, scores: Floats, owner: Owners, residual: Bools, division: Division) -> Reading:
    """Lock the cut-off of scores; test patients have no say."""
    learnt = ~division.is_test(owner)
    return Reading(per, scores, owner, youden_cutoff(scores[learnt], residual[owner[learnt]]))


def mean_by_patient(scores: Floats, owner: Owners) -> Floats:
    """The mean over each patient's samples, (patient,); every patient has one."""
    mean: Floats = np.bincount(owner, weights=scores) / np.bincount(owner)
    return mean
