"""One network of the ``npc-residual`` protocol: what it starts from, how it learns, how it scores."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.statistics.outcomes import Bools, Floats
from models.export import round_weights
from models.networks.catalogue import build_classifier, build_segmenter
from models.networks.contract import Classifier, MeanPooledClassifier, Segmenter
from models.networks.initial_weights import load_initial_weights
from models.studies.npc_residual_config import NpcResidualConfig, Unit
from models.studies.npc_residual_groups import TREATMENTS, StudyPatient
from models.studies.npc_residual_units import Samples, in_unit
from models.training.augmentation import Augmentation, air_value, apply_views, draw_views
from models.training.engine.history import CurvePoint
from models.training.engine.run import RunPlace, Task, train_network

AnyClassifier = TypeVar("AnyClassifier", bound=MeanPooledClassifier)
_AT_ONCE = 64


def bare_networks(config: NpcResidualConfig) -> dict[str, Segmenter | Classifier]:
    """Every network of the protocol by its name, with shapes but no values, to try files of weights on."""
    channels = config.preprocessing.classifier.slices
    with torch.device("meta"):
        found: dict[str, Segmenter | Classifier] = {
            name: build_segmenter(name, width=config.segmenter_width, in_channels=1)
            for name in config.segmenters
        }
        for name, width in config.classifier_widths.items():
            found[name] = build_classifier(name, width=width, in_channels=channels, classes=len(TREATMENTS))
    return found


def start_network(
    config: NpcResidualConfig,
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


def for_treatment(trunk: AnyClassifier, output: int) -> AnyClassifier:
    """A copy of the pre-trained network that keeps one treatment's output."""
    network = copy.deepcopy(trunk)
    network.classifier = nn.Linear(trunk.classifier.in_features, 1)
    with torch.no_grad():
        network.classifier.weight.copy_(trunk.classifier.weight[output : output + 1])
        network.classifier.bias.copy_(trunk.classifier.bias[output : output + 1])
    return network


def fit_network(
    config: NpcResidualConfig,
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
    config: NpcResidualConfig,
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
        samples.images[rows],
        torch.from_numpy(residual[samples.owner[rows]].astype(np.float32)),
        outputs,
        device,
    )
    return Task(len(rows), loss)


def classifier_loss(
    air: float,
    augmentation: Augmentation,
    images: Tensor,
    residual: Tensor,
    outputs: Tensor,
    device: torch.device,
) -> Callable[[nn.Module, Tensor, torch.Generator], Tensor]:
    """Cross-entropy on random views.

    ``images`` is (n, channel, row, column), ``air`` the value of air in it, ``residual`` (n,) 0 or 1;
    ``outputs`` (n,) says which of the network's outputs each sample teaches.
    """

    def loss(network: nn.Module, positions: Tensor, generator: torch.Generator) -> Tensor:
        views = draw_views(len(positions), augmentation, generator)
        batch = apply_views(images[positions].float(), views, air)
        logits = network(batch.contiguous(memory_format=torch.channels_last).to(device)).float()
        chosen = logits.gather(1, outputs[positions][:, None].to(device))[:, 0]
        return functional.binary_cross_entropy_with_logits(chosen, residual[positions].to(device))

    return loss


def seed_of(config: NpcResidualConfig, *names: str) -> int:
    """A seed for the run of these names."""
    words = [ord(letter) for letter in " ".join(names)]
    return int(np.random.SeedSequence([config.seed, *words]).generate_state(1)[0] >> 1)
