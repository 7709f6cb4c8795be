"""Every choice of the ``npc-residual`` protocol; ``PAPER`` holds the published ones, ``DEMO`` less.

What the paper leaves open is marked (?) and named here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal

from inference.packs.manifest import Preprocessing
from inference.preprocessing.settings import ClassifierSettings, IntensitySettings, SegmenterSettings
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
class NpcResidualConfig:
    """Sizes, networks and schedules; widths are shares of the published channel counts.

    Attributes
    ----------
    segmentation_patients, slices_per_segmentation_patient : the published 700 images come from 80 patients;
        these patients take no other part.
    tumour_free_share : (?) of those slices, since the board shows the network every slice.
    segmentation_test_share : (?) of the segmentation patients, on whom the segmenters are compared.
    pretraining_patients : of a further cohort of phantoms whose classifiers' weights all others start from,
        none in the paper, which starts from ImageNet's.
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

    def choices(self, unit: Unit) -> UnitChoices:
        """How classifiers learn in ``unit``."""
        return self.image if unit == "image" else self.patient

    def without_further_patients(self) -> NpcResidualConfig:
        """The same for a cohort that has nobody to spare: classifiers learn as their start would have."""
        image, patient = (
            replace(choices, classification=choices.pretraining) for choices in (self.image, self.patient)
        )
        return replace(self, pretraining_patients=0, image=image, patient=patient)


_INTENSITY = IntensitySettings(
    low_percentile=2.0, high_percentile=99.0, foreground_fraction=0.1, clip_maximum=1.5
)


def _frames(spacing_mm: float, slice_side: int, crop_side: int) -> Preprocessing:
    """Slices of ``slice_side`` pixels for the segmenter, crops of ``crop_side`` for the classifiers."""
    return Preprocessing(
        segmenter=SegmenterSettings(
            intensity=_INTENSITY,
            spacing_mm=spacing_mm,
            rows=slice_side,
            columns=slice_side,
            mean=0.2,
            standard_deviation=0.25,
        ),
        classifier=ClassifierSettings(
            intensity=_INTENSITY,
            slices=10,
            margin_mm=10.0,
            rows=crop_side,
            columns=crop_side,
            mean=0.35,
            standard_deviation=0.25,
        ),
        mask_threshold=0.5,
        minimum_component_ml=0.3,
    )


_SGD = Schedule("sgd", 0.001, batch_size=32, epochs=40, momentum=0.9, weight_decay=1e-4)
_IMAGE_VIEWS = Augmentation(shift=0.05, scale=0.1, rotation_deg=8.0, gain=0.05)
_PATIENT_VIEWS = replace(_IMAGE_VIEWS, channel_shift=1)

PAPER = NpcResidualConfig(
    seed=2023,
    threads=2,
    segmentation_patients=80,
    slices_per_segmentation_patient=9,
    tumour_free_share=0.3,
    segmentation_test_share=0.2,
    segmenters=SEGMENTERS,
    segmenter_width=1.0,
    segmentation=Schedule("rmsprop", 0.001, batch_size=32, epochs=20),
    segmentation_views=Augmentation(shift=0.06, scale=0.1, rotation_deg=8.0, gain=0.1),
    pretraining_patients=0,
    classification_patients=424,
    test_share=0.2,
    folds=5,
    smallest_margin=0.02,
    largest_margin=0.10,
    classifier_widths=dict.fromkeys(CLASSIFIERS, 1.0),
    dropout=0.0,
    image=UnitChoices(_SGD, _SGD, Augmentation(flip=True)),
    patient=UnitChoices(_SGD, _SGD, Augmentation(flip=True)),
    preprocessing=_frames(0.9375, 256, 224),
)
"""Published widths, optimisers, learning rates, batches and epochs (Hua et al. 2023).

Momentum, weight decay, 224 × 224 pixels, the flip and at most ten slices are from the authors' repository,
which takes a learning rate of 0.01, a tenth of it every 30 epochs, and batches of 8 in the patient unit
where the paper says 0.001 and 32.  ImageNet's weights come from files.  The segmenters' images have 512 × 512
pixels there; 256 of 0.94 mm are this project's choice.
"""

DEMO = replace(
    PAPER,
    threads=1,
    segmenter_width=1 / 8,
    segmentation=Schedule("adamw", 0.005, batch_size=16, epochs=20, decay="cosine", weight_decay=0.01),
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
    preprocessing=_frames(1.5, 128, 128),
)
"""Cohorts as large as published, narrow networks, crops of 128 pixels, one processor for an hour.

Nothing like ImageNet's weights is at hand, so the classifiers start from a separate cohort of phantoms.
"""

PRESETS: Final[Mapping[str, NpcResidualConfig]] = {"demo": DEMO, "paper": PAPER}
