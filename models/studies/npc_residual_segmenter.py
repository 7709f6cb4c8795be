"""A segmenter of ``npc-residual``: U-Net or DeepLabv3 on slices of patients kept apart from all others."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from inference.packs.manifest import NetworkEntry, Preprocessing
from models.export import export_network, round_weights, tensor_entries
from models.networks.catalogue import build_segmenter
from models.networks.contract import Segmenter
from models.networks.initial_weights import load_initial_weights
from models.networks.outputs import SegmenterGraph
from models.training.augmentation import Augmentation, air_value, apply_to_masks, apply_views, draw_views
from models.training.engine.history import CurvePoint
from models.training.engine.run import RunPlace, Task, train_network
from models.training.engine.schedule import Schedule
from models.training.kept_network import KeptNetwork, keep_network
from models.training.overlap import dice_coefficient, soft_dice_loss
from models.training.samples import SegmenterSource, Subject, Workshop, segmentation_samples

SEGMENTER_FILE = "networks/segmenter.onnx"


class SegmenterChoices(Protocol):
    """What a segmenter needs of a study's configuration."""

    @property
    def seed(self) -> int:
        """Of weights, order and views."""

    @property
    def threads(self) -> int:
        """Of torch."""

    @property
    def slices_per_segmentation_patient(self) -> int:
        """Slices that a patient shows."""

    @property
    def tumour_free_share(self) -> float:
        """Of these slices."""

    @property
    def segmentation_test_share(self) -> float:
        """Of the patients, kept for testing."""

    @property
    def preprocessing(self) -> Preprocessing:
        """The frame of the network."""

    @property
    def segmentation(self) -> Schedule:
        """How it learns."""

    @property
    def segmentation_views(self) -> Augmentation:
        """What it learns from."""


@dataclass(frozen=True, slots=True)
class Architecture:
    """A segmenter's name in the catalogue of networks, its width, and the file that it starts from."""

    name: str
    width: float
    initial_weights: Path | None = None


@dataclass(frozen=True, slots=True, eq=False)
class TrainedSegmenter:
    """The exported network, Dice of each marked slice of its test patients, and its training curve."""

    source: SegmenterSource
    test_slice_dice: NDArray[np.float64]
    curve: tuple[CurvePoint, ...]


def train_segmenter(
    config: SegmenterChoices,
    architecture: Architecture,
    patients: tuple[Subject, ...],
    workshop: Workshop,
    place: RunPlace,
    *,
    run: str = "segmenter",
) -> TrainedSegmenter:
    """Train on four fifths of ``patients``, or take the same network from the cache."""

    def train() -> KeptNetwork:
        samples = segmenter_samples(config, patients, workshop, place)
        kept = tested_patients(config, len(patients))
        network, curve = learn_to_segment(config, architecture, samples[kept:].flatten(0, 1), place, run)
        dice = slice_dice(network, samples[:kept].flatten(0, 1), config)
        return KeptNetwork(_exported(network, config), dice, curve)

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
            run,
            architecture,
            _digest(architecture.initial_weights),
            config.preprocessing.segmenter,
            config.preprocessing.mask_threshold,
            config.segmentation,
            config.segmentation_views,
            torch.__version__,
        )
    )
    kept = keep_network(workshop.cache / "segmenters", key, train)
    place.on_epoch(kept.curve)
    return TrainedSegmenter(_source(kept.content, architecture.name), kept.figures, kept.curve)


def tested_patients(config: SegmenterChoices, patients: int) -> int:
    """How many of the first patients test the network and teach nothing."""
    return round(patients * config.segmentation_test_share)


def segmenter_samples(
    config: SegmenterChoices, patients: tuple[Subject, ...], workshop: Workshop, place: RunPlace
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
    config: SegmenterChoices, architecture: Architecture, learn: Tensor, place: RunPlace, run: str
) -> tuple[Segmenter, tuple[CurvePoint, ...]]:
    """A network that learnt from the slices ``learn`` (n, 2, rows, columns), rounded as a pack stores it."""
    torch.manual_seed(config.seed)
    network = build_segmenter(
        architecture.name,
        width=architecture.width,
        in_channels=1,
        side=config.preprocessing.segmenter.rows,
    )
    network = network.to(memory_format=torch.channels_last)
    if architecture.initial_weights is not None:
        load_initial_weights(network, architecture.initial_weights)
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


def slice_dice(network: Segmenter, slices: Tensor, config: SegmenterChoices) -> NDArray[np.float64]:
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


def _exported(network: Segmenter, config: SegmenterChoices) -> bytes:
    """The segmenter as the board runs it; the classifiers' crops are cut with it."""
    settings = config.preprocessing.segmenter
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "segmenter.onnx"
        export_network(SegmenterGraph(network), torch.zeros(1, 1, settings.rows, settings.columns), path)
        return path.read_bytes()


def _digest(weights: Path | None) -> str:
    return "" if weights is None else hashlib.sha256(weights.read_bytes()).hexdigest()


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
