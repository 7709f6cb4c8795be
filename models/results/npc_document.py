"""What the page reads of a run of the whole ``npc-residual`` protocol."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, FiniteFloat

from models.results.leaks import Leaks
from models.results.reading import Document, Measured

PublishedFigure = tuple[FiniteFloat, FiniteFloat, FiniteFloat]


class Reading(Document):
    """One model scored per slice or per patient."""

    training_auc_pooled_out_of_fold: Measured
    test_auc: Measured
    published_auc: PublishedFigure | None = None


class Arm(Document):
    """One treatment."""

    training: dict[str, int]
    test: dict[str, int]
    slices: int
    models: dict[str, dict[str, Reading]]
    mean_test_auc: dict[str, dict[str, FiniteFloat]]
    ceilings: dict[str, dict[str, FiniteFloat]]


class Dice(Measured):
    """A segmenter's mean Dice per slice."""

    published: PublishedFigure | None = None


class Segmentation(Document):
    """Both segmenters on phantoms that taught neither."""

    chosen: str
    test_patients: int
    test_slices: int
    dice: dict[str, Dice]


class Chosen(Document):
    """The classifier that answers in the pack."""

    chosen: str


class Judged(Document):
    """One side of the decision audit."""

    correct: int
    wrong: int
    undeterminable: int
    rate: Measured
    published: dict[str, FiniteFloat] = Field(default_factory=dict)


class Decisions(Document):
    """The decision audit."""

    patients: int
    model: Judged
    physician: Judged


class NpcDocument(Document):
    """What the page shows of ``result.json``."""

    study: Literal["npc-residual"]
    synthetic: Literal[True]
    published: str
    segmentation: Segmentation
    treatments: dict[str, Arm]
    classifier: Chosen
    decisions: Decisions
    leaks: Leaks
    minutes: FiniteFloat | None = None
