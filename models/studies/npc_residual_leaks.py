"""How much three habits of the paper's public code flatter its figures: a demonstration, never a protocol.

The authors' repository (yangzhu45623/lingongzi666) keeps the epoch of highest accuracy on the test cohort,
divides the segmenter's images at random whosever they are, and stretches a patient's mean probability
about a threshold before its micro-averaged ROC.  The protocol does none of these.  Here each is done on
purpose, on the protocol's own patients, and measured beside the honest figure; only the page of results
asks for it, and nothing that is trained here leaves.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from torch import nn

from inference.statistics.discrimination.delong import auc
from inference.statistics.outcomes import Bools, Floats
from models.networks.contract import MeanPooledClassifier
from models.studies.npc_residual import Arm
from models.studies.npc_residual_config import NpcResidualConfig
from models.studies.npc_residual_models import FittedModel
from models.studies.npc_residual_network import learning_task, network_scores, seed_of
from models.studies.npc_residual_segmentation import ComparedSegmenter
from models.studies.npc_residual_segmenter import (
    learn_to_segment,
    segmenter_samples,
    slice_dice,
    tested_patients,
)
from models.studies.npc_residual_units import Samples, in_unit, mean_by_patient
from models.training.engine.run import RunPlace, train_network
from models.training.samples import Subject, Workshop

THRESHOLD = 0.78
"""The repository calls a patient free of residual tumour where the mean probability of that exceeds it."""


@dataclass(frozen=True, slots=True)
class EpochLeak:
    """The test cohort's AUC and accuracy after every epoch of a training on the whole training cohort.

    ``epoch`` (from 1) is the first of highest accuracy, which the repository keeps.
    """

    areas: tuple[float, ...]
    accuracies: tuple[float, ...]
    epoch: int

    @property
    def honest(self) -> float:
        """AUC after the last epoch, whose number was fixed beforehand."""
        return self.areas[-1]

    @property
    def flattered(self) -> float:
        """AUC of the epoch that the test cohort chose."""
        return self.areas[self.epoch - 1]


def epoch_chosen_on_test(
    config: NpcResidualConfig, arm: Arm, model: FittedModel, residual: Bools, run: str, place: RunPlace
) -> EpochLeak:
    """Train on the whole training cohort, and let the test cohort choose the epoch.

    ``residual`` (patient,) are the arm's outcomes, or outcomes dealt out anew.
    """
    samples = in_unit(arm.crops, model.unit)
    tested = list(arm.division.test)
    areas: list[float] = []
    accuracies: list[float] = []

    def error_on_test(network: nn.Module) -> float:
        assert isinstance(network, MeanPooledClassifier)
        scores = _patient_scores(network, samples, tested)
        areas.append(auc(scores, residual[tested]).value)
        accuracies.append(float(((scores >= 0.5) == residual[tested]).mean()))
        return 1.0 - accuracies[-1]

    honest = learning_task(config, model.unit, samples, residual, arm.division.training, place.device)
    result = train_network(
        copy.deepcopy(model.start),
        replace(honest, validate=error_on_test),
        config.choices(model.unit).classification,
        run=run,
        seed=seed_of(config, run),
        stage="stage.training.classifier",
        place=replace(place, checkpoints=None),  # an epoch that was skipped has not been measured
    )
    return EpochLeak(tuple(areas), tuple(accuracies), result.epoch)


def epochs_chosen_without_signal(
    config: NpcResidualConfig,
    arm: Arm,
    model: FittedModel,
    permutations: int,
    rng: np.random.Generator,
    place: RunPlace,
) -> tuple[EpochLeak, ...]:
    """The same on outcomes dealt out at random, of which 0.5 is all that anybody can know.

    A permutation that leaves the test cohort with one class is dealt again.
    """
    leaks: list[EpochLeak] = []
    tested = list(arm.division.test)
    while len(leaks) < permutations:
        dealt = rng.permutation(arm.residual)
        if dealt[tested].all() or not dealt[tested].any():
            continue
        run = f"leak {model.classifier} {model.unit} {arm.treatment} dealt {len(leaks)}"
        leaks.append(epoch_chosen_on_test(config, arm, model, dealt, run, place))
    return tuple(leaks)


@dataclass(frozen=True, slots=True)
class SliceSplitLeak:
    """Mean Dice of a segmenter that was tested on other patients, and on other slices of the same patients.

    ``shared`` is the share of the latter's test slices whose patient also teaches.  Classifiers and their AUC
    are untouched: who marks for the segmenter takes no other part.
    """

    honest: float
    flattered: float
    shared: float


def segmentation_split_by_slice(
    config: NpcResidualConfig,
    compared: ComparedSegmenter,
    patients: tuple[Subject, ...],
    workshop: Workshop,
    place: RunPlace,
) -> SliceSplitLeak:
    """Train the same network on as many slices, divided at random whosever they are."""
    samples = segmenter_samples(config, patients, workshop, place)
    patient_of = np.repeat(np.arange(len(patients)), samples.shape[1])
    slices = samples.flatten(0, 1)
    order = np.random.default_rng([config.seed, 900]).permutation(len(slices))
    count = tested_patients(config, len(patients)) * samples.shape[1]
    test, learn = order[:count], order[count:]
    network, _ = learn_to_segment(
        config,
        compared.architecture,
        slices[learn],
        place,
        f"leak segmenter {compared.architecture}",
    )
    dice = slice_dice(network, slices[test], config)
    shared = float(np.isin(patient_of[test], patient_of[learn]).mean())
    return SliceSplitLeak(compared.mean_dice, float(dice.mean()), shared)


def stretched(scores: ArrayLike, threshold: float = THRESHOLD) -> Floats:
    """Probabilities of residual tumour as the repository plots them: no longer below 1, nor probabilities.

    Its line through the other class's probability p, 1 + (p - 1) / (2 - 2 t), sends the threshold t to one
    half.  For residual tumour that is a multiple, so the ordinary AUC stays; the micro-average does not.
    """
    multiple: Floats = np.asarray(scores, np.float64) * 0.5 / (1.0 - threshold)
    return multiple


def micro_average(scores: ArrayLike, residual: ArrayLike) -> float:
    """AUC of both classes' scores in one heap, as the repository's ROC script computes it.

    A score that is the same for everybody, and names the larger class, earns that class's share.
    """
    one, marked = np.asarray(scores, np.float64), np.asarray(residual, np.bool_)
    return auc(np.concatenate([one, 1.0 - one]), np.concatenate([marked, ~marked])).value


@dataclass(frozen=True, slots=True)
class StretchLeak:
    """One set of scores under three readings, beside what a constant earns under the last two.

    ``largest`` is the largest stretched score.
    """

    honest: float
    micro_averaged: float
    flattered: float
    constant: float
    largest: float


def scores_stretched(scores: Floats, residual: Bools) -> StretchLeak:
    """Ordinary AUC, micro-average, and micro-average of stretched scores."""
    share = float(residual.mean())
    beyond = stretched(scores)
    return StretchLeak(
        auc(scores, residual).value,
        micro_average(scores, residual),
        micro_average(beyond, residual),
        max(share, 1.0 - share),
        float(beyond.max()),
    )


def _patient_scores(network: MeanPooledClassifier, samples: Samples, patients: Sequence[int]) -> Floats:
    rows = samples.rows_of(patients)
    _, owner = np.unique(samples.owner[rows], return_inverse=True)
    return mean_by_patient(network_scores(network, samples.images[rows]), owner)
