"""A segmenter of ``npc-residual``: U-Net or DeepLabv3 on slices of patients kept apart from all others."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from inference.packs.manifest import NetworkEntry
from models.export import export_network, round_weights, tensor_entries
from models.networks.catalogue import build_segmenter
from models.networks.contract import Segmenter
from models.networks.initial_weights import load_initial_weights
from models.networks.outputs import SegmenterGraph
from models.studies.npc_residual_config import NpcResidualConfig
from models.training.augmentation import air_value, apply_to_masks, apply_views, draw_views
from models.training.engine.history import CurvePoint
from models.training.engine.run import RunPlace, Task, train_network
from models.training.overlap import dice_coefficient, soft_dice_loss
from models.training.samples import SegmenterSource, Subject, Workshop, segmentation_samples

SEGMENTER_FILE = "networks/segmenter.onnx"


@dataclass(frozen=True, slots=True, eq=False)
class TrainedSegmenter:
    """The exported network, Dice of each marked slice of its test patients, and its training curve."""

    source: SegmenterSource
    test_slice_dice: NDArray[np.float64]
    curve: tuple[CurvePoint, ...]


def train_segmenter(
    config: NpcResidualConfig,
    architecture: str,
    patients: tuple[Subject, ...],
    workshop: Workshop,
    place: RunPlace,
) -> TrainedSegmenter:
    """Train on four fifths of ``patients``, and measure on the others."""
    samples = segmenter_samples(config, patients, workshop, place)
    kept = tested_patients(config, len(patients))
    learn, test = samples[kept:].flatten(0, 1), samples[:kept].flatten(0, 1)
    network, curve = learn_to_segment(config, architecture, learn, place, f"segmenter {architecture}")
    source = _source(_exported(network, config), architecture)
    return TrainedSegmenter(source, slice_dice(network, test, config), curve)


def tested_patients(config: NpcResidualConfig, patients: int) -> int:
    """How many of the first patients test the network and teach nothing; at least one."""
    return max(1, round(patients * config.segmentation_test_share))


def segmenter_samples(
    config: NpcResidualConfig, patients: tuple[Subject, ...], workshop: Workshop, place: RunPlace
) -> Tensor:
    """Slices with their masks, half precision (patient, slice, 2, rows, columns)."""
    return torch.from_numpy(
        segmentation_samples(
            patients,
            config.slices_per_segmentation_patient,
            config.tumour_free_share,
            config.preprocessing,
            workshop,
            on_progress=place.on_progress,
            should_stop=place.should_stop,
        )
    )


def learn_to_segment(
    config: NpcResidualConfig, architecture: str, learn: Tensor, place: RunPlace, run: str
) -> tuple[Segmenter, tuple[CurvePoint, ...]]:
    """A network that learnt from the slices ``learn`` (n, 2, rows, columns), rounded as a pack stores it."""
    torch.manual_seed(config.seed)
    network = build_segmenter(
        architecture,
        width=config.segmenter_width,
        in_channels=1,
        side=config.preprocessing.segmenter.rows,
    )
    network = network.to(memory_format=torch.channels_last)
    if architecture in config.initial_weights:
        load_initial_weights(network, config.initial_weights[architecture])
    air = air_value(config.preprocessing.segmenter)

    def loss(network: nn.Module, positions: Tensor, generator: torch.Generator) -> Tensor:
        views = draw_views(len(positions), config.segmentation_views, generator)
        batch = learn[positions].float()
        images = apply_views(batch[:, :1], views, air).contiguous(memory_format=torch.channels_last)
        images, masks = images.to(place.device), apply_to_masks(batch[:, 1:], views).to(place.device)
        logits = network(images)
        logits = logits.float()
        entropy = functional.binary_cross_entropy_with_logits(logits, masks)
        return entropy + soft_dice_loss(torch.sigmoid(logits), masks)

    curve = train_network(
        network,
        Task(len(learn), loss),
        config.segmentation,
        run=run,
        seed=config.seed,
        stage="stage.training.segmenter",
        place=place,
    ).curve
    round_weights(network)
    return network, curve


def slice_dice(network: Segmenter, slices: Tensor, config: NpcResidualConfig) -> NDArray[np.float64]:
    """Dice of each slice (n, 2, rows, columns) that shows tumour, in their order."""
    test = slices.float()
    with torch.no_grad():
        answers = torch.cat([torch.sigmoid(network(part[:, :1])) for part in test.split(16)])[:, 0].numpy()
    found, true = answers >= config.preprocessing.mask_threshold, shows_tumour(test)
    return np.array([dice_coefficient(a, b) for a, b in zip(found, true, strict=True) if b.any()])


def shows_tumour(slices: Tensor) -> NDArray[np.bool_]:
    """Pixels (n, rows, columns) that tumour covers by half or more."""
    marked: NDArray[np.bool_] = slices[:, 1].float().numpy() >= 0.5
    return marked


def _exported(network: Segmenter, config: NpcResidualConfig) -> bytes:
    """The segmenter as the board runs it; the classifiers' crops are cut with it."""
    settings = config.preprocessing.segmenter
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "segmenter.onnx"
        export_network(SegmenterGraph(network), torch.zeros(1, 1, settings.rows, settings.columns), path)
        return path.read_bytes()


def _source(content: bytes, architecture: str) -> SegmenterSource:
    inputs, outputs = tensor_entries(content)
    entry = NetworkEntry(
        role="segmenter",
        architecture=architecture,
        treatment=None,
        fold=None,
        file=SEGMENTER_FILE,
        inputs=inputs,
        outputs=outputs,
    )
    return SegmenterSource(content, entry)
