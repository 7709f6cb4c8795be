"""The network of ``gc-recurrence``: the response study's, frozen, and two layers that every fold trains."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import expit
from torch import Tensor, nn
from torch.nn import functional

from inference.errors import InputError
from inference.statistics.outcomes import Floats
from models.export import round_weights
from models.networks.initial_weights import load_initial_weights
from models.networks.se_resnet import FrozenBackboneMlp
from models.studies.gc_recurrence_config import GcRecurrenceConfig
from models.studies.gc_recurrence_samples import GcSamples
from models.training.engine.folds import require_both_classes
from models.training.engine.history import CurvePoint
from models.training.engine.run import RunPlace, Task, train_network
from models.training.splits import Fold, split_by_patient

NETWORK: Final = "se_resnet50_cut_mlp"


@dataclass(frozen=True, slots=True, eq=False)
class FoldModel:
    """The network of one fold; ``stopping`` are its learning patients that only decided when to stop."""

    fold: Fold
    network: FrozenBackboneMlp
    stopping: tuple[int, ...]
    curve: tuple[CurvePoint, ...]


def frozen_network(config: GcRecurrenceConfig) -> FrozenBackboneMlp:
    """The response study's network from its file, with two random layers; it is what embeds the slices.

    Raises
    ------
    InputError
        Without a file, or with one that holds another network.
    """
    if config.backbone is None:
        raise InputError("error.training.no_backbone")
    torch.manual_seed(config.seed)
    network = FrozenBackboneMlp(config.width, config.channels, dropout=config.dropout)
    load_initial_weights(network.backbone, config.backbone)
    round_weights(network)
    return network.to(memory_format=torch.channels_last).eval()


def train_layers_of(
    config: GcRecurrenceConfig, frozen: FrozenBackboneMlp, cohort: GcSamples, fold: Fold, place: RunPlace
) -> FoldModel:
    """One fold's two layers, on embeddings of random views, stopped by patients they do not learn from.

    They learn from embeddings standardised on the patients who teach (?); what they learnt is then written
    for embeddings as they are.
    """
    seed = config.seed + 100 * (fold.number + 1)
    inner = np.random.default_rng([config.seed, fold.number])
    taught, stopping = _stopping_part(cohort, fold, config.validation_share, inner)
    require_both_classes((Fold(fold.number, taught, stopping),), cohort.relapse)
    embeddings = torch.from_numpy(cohort.embeddings[list(taught)])
    relapse = torch.from_numpy(cohort.relapse[list(taught)]).float()
    mean, spread = embeddings[:, 0].mean(dim=0), embeddings[:, 0].std(dim=0)
    spread = torch.where(spread > 0, spread, torch.ones_like(spread))
    seen = (embeddings - mean) / spread
    watched = (torch.from_numpy(cohort.embeddings[list(stopping), 0]) - mean) / spread
    watched_relapse = torch.from_numpy(cohort.relapse[list(stopping)]).float()

    network = copy.deepcopy(frozen)
    torch.manual_seed(seed)
    network.hidden.reset_parameters()
    network.classifier.reset_parameters()

    def loss(layers: nn.Module, positions: Tensor, generator: torch.Generator) -> Tensor:
        view = torch.randint(0, seen.shape[1], (len(positions),), generator=generator)
        device = next(layers.parameters()).device
        logits = layers(seen[positions, view].to(device))[:, 0]
        return functional.binary_cross_entropy_with_logits(logits, relapse[positions].to(device))

    def validate(layers: nn.Module) -> float:
        device = next(layers.parameters()).device
        logits = layers(watched.to(device))[:, 0].float().cpu()
        return float(functional.binary_cross_entropy_with_logits(logits, watched_relapse))

    result = train_network(
        nn.Sequential(network.hidden, nn.ReLU(), network.dropout, network.classifier),
        Task(len(taught), loss, validate if stopping else None),
        config.schedule,
        run=f"fold {fold.number}",
        seed=seed,
        stage="stage.training.classifier",
        place=place,
    )
    with torch.no_grad():
        network.hidden.weight.div_(spread)
        network.hidden.bias.sub_(network.hidden.weight @ mean)
    round_weights(network)
    return FoldModel(fold, network.eval(), stopping, result.curve)


def network_scores(model: FoldModel, embeddings: NDArray[np.float32]) -> Floats:
    """Probability of relapse from embeddings (patients, views, C), of the slices as they are: (patients,)."""
    with torch.no_grad():
        logits = model.network.from_embedding(torch.from_numpy(embeddings[:, 0]))[:, 0]
    probabilities: Floats = expit(logits.double().numpy())
    return probabilities


def _stopping_part(
    cohort: GcSamples, fold: Fold, share: float, rng: np.random.Generator
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Positions of a fold's learning patients that teach, and of those that stop, of either class."""
    taught: list[int] = []
    stopping: list[int] = []
    for relapsed in (False, True):
        own = [k for k in fold.learn if cohort.relapse[k] == relapsed]
        larger, smaller = split_by_patient([cohort.patient_ids[k] for k in own], share, rng)
        taught += [own[k] for k in larger]
        stopping += [own[k] for k in smaller]
    return tuple(sorted(taught)), tuple(sorted(stopping))
