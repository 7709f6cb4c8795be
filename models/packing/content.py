"""What a trained study tells the maker of packs: everything but files, hashes and identity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from inference.evaluation.predictions import Kind
from inference.packs.fitted import (
    Calibration,
    LinearModel,
    Score,
    ScoreThreshold,
    Signature,
    SliceAggregation,
    SupportVectorMachine,
)
from inference.packs.manifest import InputConditions
from inference.packs.phases import PhaseInput, PhaseName
from models.networks.outputs import ExportedGraph
from models.packing.reference_data import ReferenceContent
from models.training.engine.history import CurvePoint


@dataclass(frozen=True, slots=True, eq=False)
class PackedNetwork:
    """A network with the image, (n, channels, rows, columns) of a phantom, that its self-test shows it."""

    file: str
    role: Literal["classifier", "encoder"]
    architecture: str
    graph: ExportedGraph
    image: NDArray[np.float32]
    fold: int | None = None
    phase: PhaseName | None = None
    unit: Literal["slice", "patient"] | None = None


@dataclass(frozen=True, slots=True)
class PredictionTable:
    """A table that ``main.py evaluate`` reads, with the cut-offs that were locked before.

    Its models are named as the scores of the pack; others are evaluated and stand in the report alone.
    """

    name: str
    kind: Kind
    csv: str
    thresholds: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Fitted:
    """The fitted numbers beside the networks, as a manifest holds them."""

    scores: tuple[Score, ...]
    thresholds: tuple[ScoreThreshold, ...]
    signatures: tuple[Signature, ...] = ()
    machines: tuple[SupportVectorMachine, ...] = ()
    linear_models: tuple[LinearModel, ...] = ()
    aggregation: SliceAggregation | None = None
    calibrations: tuple[Calibration, ...] = ()


@dataclass(frozen=True, slots=True)
class CardNotes:
    """What the card says beyond the manifest: the outcome, the training, and what differs from the paper."""

    citation: str
    outcome: str
    training: tuple[str, ...]
    departures: tuple[str, ...]
    limits: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PackContent:
    """One trained study, ready to be written."""

    study: str
    subject: str
    inputs: InputConditions
    phases: tuple[PhaseInput, ...]
    networks: tuple[PackedNetwork, ...]
    fitted: Fitted
    reference: ReferenceContent
    tables: tuple[PredictionTable, ...]
    notes: CardNotes
    cohort_sizes: Mapping[str, int]
    events: Mapping[str, int]
    seed: int
    threads: int
    curves: tuple[CurvePoint, ...] = field(default=())
