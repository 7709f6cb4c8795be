"""One fold's classifier asked about a patient, and the folds' heat maps joined into one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from inference.errors import PackError
from inference.geometry import Geometry
from inference.jobs import ShouldStop
from inference.outcome import HeatMap
from inference.packs.load import LoadedPack
from inference.packs.manifest import NetworkEntry
from inference.predictors.grad_cam import grad_cams, upsample

Floats = NDArray[np.float64]
Embeddings: TypeAlias = Mapping[int | None, Floats]
"""A patient's by the network's fold, None for one that serves all folds."""


@dataclass(frozen=True, slots=True, eq=False)
class Classified:
    """What one network says of a patient: ``heat`` is its Grad-CAM (picture, h, w)."""

    score: float
    heat: NDArray[np.float32]
    activation: NDArray[np.float32]

    @property
    def embedding(self) -> Floats:
        """Its last activation, averaged: (channel,)."""
        return averaged(self.activation)


def averaged(activation: NDArray[np.float32]) -> Floats:
    """A patient's embedding: (picture, channel, row, column) → (channel,), which cannot be written."""
    vector: Floats = activation.mean(axis=(0, 2, 3), dtype=np.float64)
    vector.flags.writeable = False
    return vector


def classify(
    pack: LoadedPack, entry: NetworkEntry, pictures: NDArray[np.float32], should_stop: ShouldStop
) -> Classified:
    """Ask one classifier; the score is the network's own, or the mean over its pictures.

    Raises
    ------
    PackError
        When the network was altered, does not fit the manifest, or gives no probability.
    Cancelled
        When asked to stop.
    """
    outputs = pack.network(entry).run(pictures, should_stop=should_stop)
    score = float(outputs["score"][:, 0].mean(dtype=np.float64))
    if not 0.0 <= score <= 1.0:
        raise PackError("error.pack.not_a_probability", file=entry.file)
    return Classified(score, grad_cams(outputs["activation"], outputs["gradient"]), outputs["activation"])


def joined_heat(
    name: str,
    folds: Sequence[Classified],
    *,
    slices: tuple[int, ...],
    pictures: tuple[int, ...],
    geometry: Geometry,
) -> HeatMap:
    """The folds' mean, highest at 1; ``pictures`` are those that show ``slices``, ``geometry`` their grid."""
    mean = np.mean([fold.heat for fold in folds], axis=0, dtype=np.float32)
    highest = float(mean.max())
    scaled = np.asarray(mean / highest if highest > 0 else mean, dtype=np.float32)
    rows, columns = geometry.shape[1:]
    planes = [upsample(plane, (rows, columns)) for plane in scaled]
    return HeatMap(name, np.stack([planes[picture] for picture in pictures]), slices, geometry)
