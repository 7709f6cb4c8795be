"""The segmenter of ``pnen-recurrence``: a U-Net whose encoder turns each slice into features."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from inference.predictors.slice_aggregation import aggregate_slices
from models.export import round_weights
from models.networks.catalogue import build_segmenter
from models.networks.contract import Segmenter
from models.networks.initial_weights import load_initial_weights
from models.networks.outputs import EncoderGraph
from models.studies.pnen_recurrence_config import PnenRecurrenceConfig
from models.studies.pnen_recurrence_samples import PhaseSample
from models.training.engine.history import CurvePoint
from models.training.engine.run import RunPlace, Task, train_network
from models.training.overlap import dice_coefficient

TUMOUR_FROM = 0.5
_BATCH = 32


def untrained_network(config: PnenRecurrenceConfig, seed: int = 0) -> Segmenter:
    """The U-Net with the weights of the file given, or random ones by ``seed``."""
    torch.manual_seed(seed)
    network = build_segmenter(config.network, width=config.width, in_channels=1)
    if config.initial_weights is not None:
        load_initial_weights(network, config.initial_weights)
    return network


def train_segmenter(
    cases: Sequence[PhaseSample],
    config: PnenRecurrenceConfig,
    *,
    run: str,
    seed: int,
    place: RunPlace | None = None,
) -> tuple[Segmenter, tuple[CurvePoint, ...]]:
    """Learn tumour from arterial slices of 9 in 10 cases; the epoch of the best Dice on the tenth is kept.

    Cross-entropy is the loss; Dice of a validation case is that of all its slices together.
    """
    where = place or RunPlace()
    order = np.random.default_rng(seed).permutation(len(cases))
    held = max(1, round(config.validation_share * len(cases)))
    validation = [cases[k] for k in order[:held]]
    learn = [_spread_slices(cases[k], config.slices_per_case) for k in order[held:]]
    images = torch.from_numpy(np.concatenate([case[0] for case in learn]))[:, None]
    masks = torch.from_numpy(np.concatenate([case[1] for case in learn]))[:, None].float()
    network = untrained_network(config, seed)

    def loss(network: nn.Module, positions: Tensor, _: torch.Generator) -> Tensor:
        batch, truth = images[positions].to(where.device), masks[positions].to(where.device)
        return functional.binary_cross_entropy_with_logits(network(batch).float(), truth)

    def validate(network: nn.Module) -> float:
        return 1.0 - float(np.mean([_case_dice(network, case, where.device) for case in validation]))

    result = train_network(
        network,
        Task(len(images), loss, validate),
        config.segmentation,
        run=run,
        seed=seed,
        stage="stage.training.segmenter",
        place=where,
    )
    round_weights(network)
    return network, result.curve


def _spread_slices(case: PhaseSample, count: int) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    chosen = np.unique(np.linspace(0, len(case.slices) - 1, count).round().astype(int))
    return case.slices[chosen], case.tumour[chosen]


def _case_dice(network: nn.Module, case: PhaseSample, device: torch.device) -> float:
    with torch.no_grad():
        parts = torch.from_numpy(case.slices)[:, None].to(device).split(_BATCH)
        likely = torch.cat([torch.sigmoid(network(part).float()) for part in parts])[:, 0]
    found = likely.cpu().numpy() >= TUMOUR_FROM
    return dice_coefficient(found, case.tumour)


def patient_features(
    network: Segmenter, samples: Sequence[PhaseSample], config: PnenRecurrenceConfig
) -> NDArray[np.float64]:
    """Features (patients, C): all slices through the encoder, pooled, the larger of two clusters averaged."""
    graph = EncoderGraph(network).eval()
    vectors = []
    for sample in samples:
        with torch.no_grad():
            parts = torch.from_numpy(sample.slices)[:, None].split(_BATCH)
            slices = torch.cat([graph(part) for part in parts]).double().numpy()
        rng = np.random.default_rng(config.aggregation_seed)
        vectors.append(aggregate_slices(slices, rng).vector)
    return np.stack(vectors)
