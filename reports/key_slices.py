"""Which slices stand for the whole scan on paper, and why each of them was chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from inference.masks.layer import MaskLayer
from inference.messages.message import Message
from inference.prediction import Prediction, PredictionStatus
from inference.volume import Volume
from reports.figures.slice_shares import strongest_slice

KEY_SLICE_COUNT: Final = 5


@dataclass(frozen=True, slots=True)
class KeySlice:
    """One slice of the volume's grid and why it is shown."""

    index: int
    reasons: tuple[Message, ...]


def choose_key_slices(
    volume: Volume,
    mask: MaskLayer | None,
    predictions: Sequence[Prediction] = (),
    count: int = KEY_SLICE_COUNT,
) -> tuple[KeySlice, ...]:
    """At most ``count`` slices in the order of the grid.

    First the slice of largest mask area, then the slice that carries most of each answered score, then the
    neighbours of the largest, then further slices by mask area.  Without a mask: slices spread evenly.
    Gaps of the grid are never chosen.
    """
    usable = [index for index in range(volume.geometry.shape[0]) if index not in volume.missing_slices]
    areas = _areas(mask, usable)
    if not areas:
        return _overview(usable, count)
    largest = max(areas, key=lambda index: (areas[index], -index))
    chosen: dict[int, list[Message]] = {largest: [Message("report.slice.largest")]}
    for prediction in predictions:
        strongest = strongest_slice(prediction)
        if prediction.status is PredictionStatus.ANSWERED and strongest in usable:
            reason = Message("report.slice.share", {"treatment": f"treatment.{prediction.treatment}"})
            chosen.setdefault(strongest, []).append(reason)
    neighbours = [index for index in (largest - 1, largest + 1) if index in usable]
    by_area = sorted(areas, key=lambda index: (-areas[index], index))
    for index in (*neighbours, *by_area):
        if len(chosen) < count:
            chosen.setdefault(index, [])
    return tuple(KeySlice(index, tuple(chosen[index])) for index in sorted(chosen)[:count])


def _areas(mask: MaskLayer | None, usable: Sequence[int]) -> dict[int, int]:
    """Marked voxels per slice that has any."""
    if mask is None:
        return {}
    counts = np.count_nonzero(mask.voxels, axis=(1, 2))
    return {index: int(counts[index]) for index in usable if counts[index]}


def _overview(usable: Sequence[int], count: int) -> tuple[KeySlice, ...]:
    places = np.linspace(0, len(usable) - 1, num=min(count, len(usable)) + 2)[1:-1]
    return tuple(KeySlice(index, ()) for index in sorted({usable[round(place)] for place in places}))
