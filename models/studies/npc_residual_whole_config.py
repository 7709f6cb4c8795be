"""Every choice of the whole ``npc-residual`` protocol; ``PAPER`` holds the published ones, ``DEMO`` less.

What the paper leaves open is marked (?) and named here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal

from inference.packs.manifest import Preprocessing
from inference.preprocessing.settings import ClassifierSettings
from models.studies import npc_residual_config
from models.training.augmentation import Augmentation
from models.training.engine.schedule import Schedule

Unit = Literal["image", "patient"]
UNITS: Final[tuple[Unit, ...]] = ("image", "patient")
"""What a training sample is: one slice, or the slices of a patient as channels."""

SEGMENTERS: Final = ("unet", "deeplabv3")
CLASSIFIERS: Final = ("efficientnet_b0", "inception_resnet_v2", "resnet50", "xception")
"""In the order of the paper's Table 2."""


@dataclass(frozen=True, slots=True)
class UnitChoices:
    """How a classifier learns where a sample is a slice, or a patient."""

    pretraining: Schedule
    classification: Schedule
    views: Augmentation


@dataclass(frozen=True, slots=True)
class NpcWholeConfig:
    """Sizes, networks and schedules; widths are shares of the published channel counts.

    Attributes
    ----------
    segmentation_patients, slices_per_segmentation_patient : the published 700 images come from 80 patients;
        these patients take no other part.
    tumour_free_share : (?) of those slices, since the board shows the network every slice.
    segmentation_test_share : (?) of the segmentation patients, on whom the segmenters are compared.
    pretraining_patients : of a further cohort whose classifiers' weights all others start from, none in the
        paper, which starts from ImageNet's.
    initial_weights : safetensors files by the name of the network, for those that do not start at random.
    test_share : 4:1 by patient, drawn once for each treatment, not stratified.
    folds : (?) of the training cohort, for cut-offs and the choice of a classifier, of which the paper has
        none; besides them each model has the paper's one network of the whole training cohort.
    smallest_margin, largest_margin : (?) bound the margin in which a score counts as borderline.
    dropout : (?) before the last layer.
    preprocessing : ``classifier.slices`` are the most slices of a patient; margin and size are (?).
    """

    seed: int
    threads: int
    segmentation_patients: int
    slices_per_segmentation_patient: int
    tumour_free_share: float
    segmentation_test_share: float
    segmenters: tuple[str, ...]
    segmenter_width: float
    segmentation: Schedule
    segmentation_views: Augmentation
    pretraining_patients: int
    classification_patients: int
    test_share: float
    folds: int
    smallest_margin: float
    largest_margin: float
    classifier_widths: Mapping[str, float]
    dropout: float
    image: UnitChoices
    patient: UnitChoices
    preprocessing: Preprocessing
    initial_weights: Mapping[str, Path] = field(default_factory=dict)

    @property
    def classifiers(self) -> tuple[str, ...]:
        """Names in the catalogue of networks."""
        return tuple(self.classifier_widths)

    @property
    def widths(self) -> Mapping[str, float]:
        """Share of the published channel counts by the network's name."""
        return {**dict.fromkeys(self.segmenters, self.segmenter_width), **self.classifier_widths}

    @property
    def pretraining(self) -> Schedule:
        """How the start of those classifiers learns that answer: the patient unit's."""
        return self.patient.pretraining

    @property
    def classification(self) -> Schedule:
        """How those classifiers learn that answer."""
        return self.patient.classification

    @property
    def classification_views(self) -> Augmentation:
        """What those classifiers learn from that answer."""
        return self.patient.views

    def choices(self, unit: Unit) -> UnitChoices:
        """How classifiers learn in ``unit``."""
        return self.image if unit == "image" else self.patient


_PACK = npc_residual_config.DEMO
_PUBLISHED = npc_residual_config.PAPER
_PATIENT_VIEWS = _PACK.classification_views
_IMAGE_VIEWS = replace(_PATIENT_VIEWS, channel_shift=0)


def _crops(side: int) -> Preprocessing:
    """The segmenter's frame as in the pack, and crops of ``side`` × ``side`` pixels."""
    classifier: ClassifierSettings = _PACK.preprocessing.classifier.model_copy(
        update={"rows": side, "columns": side}
    )
    return _PACK.preprocessing.model_copy(update={"classifier": classifier})


PAPER = NpcWholeConfig(
    seed=2023,
    threads=2,
    segmentation_patients=80,
    slices_per_segmentation_patient=9,
    tumour_free_share=_PUBLISHED.tumour_free_share,
    segmentation_test_share=0.2,
    segmenters=SEGMENTERS,
    segmenter_width=1.0,
    segmentation=_PUBLISHED.segmentation,
    segmentation_views=_PUBLISHED.segmentation_views,
    pretraining_patients=0,
    classification_patients=424,
    test_share=0.2,
    folds=5,
    smallest_margin=_PUBLISHED.smallest_margin,
    largest_margin=_PUBLISHED.largest_margin,
    classifier_widths=dict.fromkeys(CLASSIFIERS, 1.0),
    dropout=0.0,
    image=UnitChoices(_PUBLISHED.classification, _PUBLISHED.classification, Augmentation(flip=True)),
    patient=UnitChoices(_PUBLISHED.classification, _PUBLISHED.classification, Augmentation(flip=True)),
    preprocessing=_PUBLISHED.preprocessing,
)
"""Published widths, optimisers, learning rates, batches and epochs (Hua et al. 2023).

Momentum, weight decay, 224 × 224 pixels, the flip and at most ten slices are from the authors' repository,
which takes a learning rate of 0.01, a tenth of it every 30 epochs, and batches of 8 in the patient unit
where the paper says 0.001 and 32.  ImageNet's weights come from files.
"""

DEMO = replace(
    PAPER,
    threads=1,
    segmenter_width=1 / 8,
    segmentation=_PACK.segmentation,
    segmentation_views=_PACK.segmentation_views,
    pretraining_patients=400,
    folds=2,
    classifier_widths={
        "efficientnet_b0": 1 / 8,
        "inception_resnet_v2": 1 / 16,
        "resnet50": 1 / 10,
        "xception": 1 / 10,
    },
    dropout=0.2,
    image=UnitChoices(
        Schedule("adamw", 0.003, batch_size=64, epochs=4, decay="cosine", weight_decay=0.05),
        Schedule("adamw", 0.0003, batch_size=64, epochs=3, decay="cosine", weight_decay=0.05),
        _IMAGE_VIEWS,
    ),
    patient=UnitChoices(
        Schedule("adamw", 0.003, batch_size=16, epochs=20, decay="cosine", weight_decay=0.05),
        Schedule("adamw", 0.0002, batch_size=16, epochs=10, decay="cosine", weight_decay=0.05),
        _PATIENT_VIEWS,
    ),
    preprocessing=_crops(128),
)
"""Cohorts as large as published, narrow networks, crops of 128 pixels, one processor for an hour.

Nothing like ImageNet's weights is at hand, so the classifiers start from a separate cohort of phantoms.
"""

PRESETS: Final[Mapping[str, NpcWholeConfig]] = {"demo": DEMO, "paper": PAPER}
