"""The segmenter of ``npc-residual``: a U-Net on single slices of patients kept apart from all others."""

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
from models.networks.outputs import SegmenterGraph
from models.networks.unet import UNet
from models.studies.npc_residual_config import NpcResidualConfig
from models.training.augmentation import air_value, apply_to_masks, apply_views, draw_views
from models.training.engine.history import CurvePoint
from models.training.engine.run import RunPlace, Task, train_network
from models.training.kept_network import KeptNetwork, keep_network
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
    patients: tuple[Subject, ...],
    workshop: Workshop,
    place: RunPlace,
) -> TrainedSegmenter:
    """Train on four fifths of ``patients``, or take the same network from the cache."""

    def train() -> KeptNetwork:
        return _train(config, patients, workshop, place)

    key = " ".join(
        repr(part)
        for part in (
            patients[0].seed,
            len(patients),
            config.seed,
            config.threads,
            config.slices_per_segmentation_patient,
            config.tumour_free_share,
            config.segmentation_test_share,
            config.unet_width,
            config.preprocessing.segmenter,
            config.preprocessing.mask_threshold,
            config.segmentation,
            config.segmentation_views,
            torch.__version__,
        )
    )
    kept = keep_network(workshop.cache / "segmenters", key, train)
    place.on_epoch(kept.curve)
    return TrainedSegmenter(_source(kept.content), kept.figures, kept.curve)


def _train(
    config: NpcResidualConfig,
    patients: tuple[Subject, ...],
    workshop: Workshop,
    place: RunPlace,
) -> KeptNetwork:
    samples = torch.from_numpy(
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
    kept = round(len(patients) * config.segmentation_test_share)
    learn, test = samples[kept:].flatten(0, 1), samples[:kept].flatten(0, 1).float()
    torch.manual_seed(config.seed)
    network = UNet(config.unet_width).to(memory_format=torch.channels_last)
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
        run="segmenter",
        seed=config.seed,
        stage="stage.training.segmenter",
        place=place,
    ).curve
    round_weights(network)
    with torch.no_grad():
        answers = torch.cat([torch.sigmoid(network(part[:, :1])) for part in test.split(16)])[:, 0].numpy()
    found, true = answers >= config.preprocessing.mask_threshold, test[:, 1].numpy() >= 0.5
    dice = [dice_coefficient(a, b) for a, b in zip(found, true, strict=True) if b.any()]
    return KeptNetwork(_exported(network, config), np.array(dice), curve)


def _exported(network: UNet, config: NpcResidualConfig) -> bytes:
    """The segmenter as the board runs it; the classifiers' crops are cut with it."""
    settings = config.preprocessing.segmenter
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "segmenter.onnx"
        export_network(SegmenterGraph(network), torch.zeros(1, 1, settings.rows, settings.columns), path)
        return path.read_bytes()


def _source(content: bytes) -> SegmenterSource:
    inputs, outputs = tensor_entries(content)
    entry = NetworkEntry(
        role="segmenter",
        architecture="unet",
        treatment=None,
        fold=None,
        file=SEGMENTER_FILE,
        inputs=inputs,
        outputs=outputs,
    )
    return SegmenterSource(content, entry)
