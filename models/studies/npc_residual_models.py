"""One model of the whole ``npc-residual`` protocol: its start, its folds, and its network of all patients.

The folds' networks give the out-of-fold scores, on which cut-offs are locked and a classifier is chosen, and
answer together at the board; one further network learns from the whole training cohort, as published.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from inference.statistics.outcomes import Bools, Floats
from models.export import round_weights
from models.networks.catalogue import build_classifier
from models.networks.contract import MeanPooledClassifier
from models.networks.initial_weights import load_initial_weights
from models.phantoms.npc_population import Regimen
from models.studies.npc_residual import TREATMENTS, StudyPatient, classifier_loss
from models.studies.npc_residual_units import Division, Reading, Samples, in_unit, mean_by_patient, read
from models.studies.npc_residual_whole_config import NpcWholeConfig, Unit
from models.training.augmentation import air_value
from models.training.engine.history import CurvePoint
from models.training.engine.run import RunPlace, Task, train_network

_AT_ONCE = 64


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


def start_network(
    config: NpcWholeConfig,
    classifier: str,
    unit: Unit,
    crops: Tensor | None,
    patients: Sequence[StudyPatient],
    place: RunPlace,
) -> tuple[MeanPooledClassifier, tuple[CurvePoint, ...]]:
    """What all networks of a classifier in a unit start from, with an output for each treatment.

    Where there are ``crops`` of further patients, each of them teaches the output of the treatment received.
    """
    torch.manual_seed(seed_of(config, classifier, unit))
    channels = config.preprocessing.classifier.slices if unit == "patient" else 1
    network = build_classifier(
        classifier,
        width=config.classifier_widths[classifier],
        in_channels=channels,
        classes=len(TREATMENTS),
        dropout=config.dropout,
    )
    assert isinstance(network, MeanPooledClassifier)
    network = network.to(memory_format=torch.channels_last)
    if classifier in config.initial_weights:
        load_initial_weights(network, config.initial_weights[classifier])
    if crops is None:
        return network, ()
    samples = in_unit(crops, unit)
    given = torch.tensor([TREATMENTS.index(patient.regimen) for patient in patients])[samples.owner]
    residual = np.array([patient.residual_observed for patient in patients])
    run = f"pre-training {classifier} {unit}"
    result = train_network(
        network,
        learning_task(config, unit, samples, residual, range(len(patients)), place.device, given=given),
        config.choices(unit).pretraining,
        run=run,
        seed=seed_of(config, run),
        stage="stage.training.trunk",
        place=place,
    )
    return network, result.curve


def fit_model(
    config: NpcWholeConfig,
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


def fit_network(
    config: NpcWholeConfig,
    unit: Unit,
    samples: Samples,
    residual: Bools,
    patients: Sequence[int],
    start: MeanPooledClassifier,
    place: RunPlace,
    *,
    run: str,
) -> tuple[MeanPooledClassifier, tuple[CurvePoint, ...]]:
    """A copy of ``start`` that learnt from the samples of ``patients``, rounded as a pack stores it."""
    network = copy.deepcopy(start)
    result = train_network(
        network,
        learning_task(config, unit, samples, residual, patients, place.device),
        config.choices(unit).classification,
        run=run,
        seed=seed_of(config, run),
        stage="stage.training.classifier",
        place=place,
    )
    round_weights(network)
    return network, result.curve


def network_scores(network: MeanPooledClassifier, images: Tensor) -> Floats:
    """Probability of residual tumour, one for each sample (n, channel, row, column)."""
    network.eval()
    device = network.classifier.weight.device
    with torch.no_grad():
        logits = torch.cat([network(part.float().to(device))[:, 0] for part in images.split(_AT_ONCE)])
    scores: Floats = torch.sigmoid(logits.double()).cpu().numpy()
    return scores


def learning_task(
    config: NpcWholeConfig,
    unit: Unit,
    samples: Samples,
    residual: Bools,
    patients: Sequence[int],
    device: torch.device,
    *,
    given: Tensor | None = None,
) -> Task:
    """Cross-entropy on the samples of ``patients``, each with its patient's outcome.

    ``given`` (sample,) is the output that a sample teaches, else the first.
    """
    rows = samples.rows_of(patients)
    outputs = torch.zeros(len(rows), dtype=torch.long) if given is None else given[rows]
    loss = classifier_loss(
        air_value(config.preprocessing.classifier),
        config.choices(unit).views,
        samples.images[rows][:, None],
        torch.from_numpy(residual[samples.owner[rows]].astype(np.float32)),
        lambda positions: outputs[positions],
        device,
    )
    return Task(len(rows), loss)


def seed_of(config: NpcWholeConfig, *names: str) -> int:
    """A seed for the run of these names."""
    words = [ord(letter) for letter in " ".join(names)]
    return int(np.random.SeedSequence([config.seed, *words]).generate_state(1)[0] >> 1)
