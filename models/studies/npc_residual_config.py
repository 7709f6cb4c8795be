"""Every choice of the ``npc-residual`` protocol, and the preset that the demonstration pack is made with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from inference.packs.manifest import Preprocessing
from inference.preprocessing.settings import ClassifierSettings, IntensitySettings, SegmenterSettings
from models.training.augmentation import Augmentation
from models.training.loop import Schedule


@dataclass(frozen=True, slots=True)
class NpcResidualConfig:
    """Sizes, networks, schedules; shares are of patients, widths are of the published channel counts.

    ``smallest_margin`` and ``largest_margin`` bound the margin in which a score counts as borderline.
    """

    seed: int
    threads: int
    segmentation_patients: int
    slices_per_segmentation_patient: int
    tumour_free_share: float
    segmentation_test_share: float
    pretraining_patients: int
    classification_patients: int
    test_share: float
    folds: int
    unet_width: float
    xception_width: float
    dropout: float
    smallest_margin: float
    largest_margin: float
    preprocessing: Preprocessing
    segmentation: Schedule
    segmentation_views: Augmentation
    pretraining: Schedule
    classification: Schedule
    classification_views: Augmentation
    initial_weights: Path | None = None
    """Safetensors file of an Xception to start from, None for random weights."""

    @property
    def widths(self) -> Mapping[str, float]:
        """Share of the published channel counts by the network's name."""
        return {"unet": self.unet_width, "xception": self.xception_width}

    @property
    def cohort_seed(self) -> int:
        """Seed of the phantoms that the study's own patients come from."""
        return self.seed

    @property
    def pretraining_seed(self) -> int:
        """Seed of the separate cohort on which the classifiers are pre-trained."""
        return self.seed + 1


_INTENSITY = IntensitySettings(
    low_percentile=2.0, high_percentile=99.0, foreground_fraction=0.1, clip_maximum=1.5
)

DEMO = NpcResidualConfig(
    seed=2023,
    threads=2,
    segmentation_patients=80,
    slices_per_segmentation_patient=9,
    tumour_free_share=0.3,
    segmentation_test_share=0.2,
    pretraining_patients=600,
    classification_patients=424,
    test_share=0.2,
    folds=2,
    unet_width=1 / 8,
    xception_width=1 / 8,
    dropout=0.2,
    smallest_margin=0.02,
    largest_margin=0.10,
    preprocessing=Preprocessing(
        segmenter=SegmenterSettings(
            intensity=_INTENSITY, spacing_mm=1.5, rows=128, columns=128, mean=0.2, standard_deviation=0.25
        ),
        classifier=ClassifierSettings(
            intensity=_INTENSITY,
            slices=10,
            margin_mm=10.0,
            rows=160,
            columns=160,
            mean=0.35,
            standard_deviation=0.25,
        ),
        mask_threshold=0.5,
        minimum_component_ml=0.3,
    ),
    segmentation=Schedule("adamw", 0.005, batch_size=16, epochs=20, decay="cosine", weight_decay=0.01),
    segmentation_views=Augmentation(shift=0.06, scale=0.1, rotation_deg=8.0, gain=0.1),
    pretraining=Schedule("adamw", 0.003, batch_size=16, epochs=20, decay="cosine", weight_decay=0.05),
    classification=Schedule("adamw", 0.0002, batch_size=16, epochs=12, decay="cosine", weight_decay=0.05),
    classification_views=Augmentation(shift=0.05, scale=0.1, rotation_deg=8.0, gain=0.05, channel_shift=1),
)
"""The preset ``demo``: cohorts as large as published, networks an eighth as wide, two processors."""

PAPER = replace(
    DEMO,
    pretraining_patients=0,
    folds=5,
    unet_width=1.0,
    xception_width=1.0,
    preprocessing=Preprocessing(
        segmenter=SegmenterSettings(
            intensity=_INTENSITY, spacing_mm=0.9375, rows=256, columns=256, mean=0.2, standard_deviation=0.25
        ),
        classifier=ClassifierSettings(
            intensity=_INTENSITY,
            slices=10,
            margin_mm=10.0,
            rows=224,
            columns=224,
            mean=0.35,
            standard_deviation=0.25,
        ),
        mask_threshold=0.5,
        minimum_component_ml=0.3,
    ),
    segmentation=Schedule("rmsprop", 0.001, batch_size=32, epochs=20),
    classification=Schedule("sgd", 0.001, batch_size=32, epochs=40, momentum=0.9, weight_decay=1e-4),
)
"""The preset ``paper``: published widths, optimisers, learning rates, batches and epochs (Hua et al. 2023).

Momentum and weight decay are from the authors' repository.  Their images have 512 × 512 pixels; 256 at
0.94 mm, five folds and the views are this project's choices.  Nothing is pre-trained.
"""

PRESETS: Final[Mapping[str, NpcResidualConfig]] = {"demo": DEMO, "paper": PAPER}
