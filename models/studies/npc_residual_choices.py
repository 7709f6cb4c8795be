"""What a pack of ``npc-residual`` tells of the configuration that it was trained with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from inference.packs.manifest import Preprocessing
from models.training.augmentation import Augmentation
from models.training.engine.schedule import Schedule


class PackChoices(Protocol):
    """Of either configuration of the study; the classifiers' choices are those of the answering ones."""

    @property
    def seed(self) -> int:
        """Of cohorts, divisions, weights, order and views."""

    @property
    def threads(self) -> int:
        """Of torch."""

    @property
    def slices_per_segmentation_patient(self) -> int:
        """Slices that a patient shows the segmenter."""

    @property
    def tumour_free_share(self) -> float:
        """Of these slices."""

    @property
    def segmentation_test_share(self) -> float:
        """Of the segmenter's patients, kept for testing."""

    @property
    def folds(self) -> int:
        """Of each treatment's training cohort."""

    @property
    def widths(self) -> Mapping[str, float]:
        """Share of the published channel counts by the network's name."""

    @property
    def smallest_margin(self) -> float:
        """Of a borderline score."""

    @property
    def largest_margin(self) -> float:
        """Of a borderline score."""

    @property
    def preprocessing(self) -> Preprocessing:
        """The frames of the networks."""

    @property
    def segmentation(self) -> Schedule:
        """How the segmenter learns."""

    @property
    def pretraining(self) -> Schedule:
        """How the classifiers' common start learns."""

    @property
    def classification(self) -> Schedule:
        """How the classifiers learn."""

    @property
    def classification_views(self) -> Augmentation:
        """What the classifiers learn from."""
