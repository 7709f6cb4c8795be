"""The slice on which a synthetic gastric tumour is largest, without rendering the whole series.

The search climbs from the tumour's centre, so that of a tumour with two bulges it may find the one nearer to
its centre.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inference.meaning.opinion import Phase
from inference.volume import Volume
from models.phantoms.abdomen.abdomen_volume import TUMOUR, render_slices, volume_geometry
from models.phantoms.abdomen.anatomy import draw_abdomen
from models.phantoms.abdomen.gastric_lesion import draw_gastric_lesion
from models.phantoms.abdomen.parameters import AbdomenCase

REACH = 2
"""Slices either side of the largest that the search has looked at."""


def render_largest_slice(
    case: AbdomenCase, phase: Phase, *, size: int = 512
) -> tuple[Volume, NDArray[np.bool_]]:
    """One slice as a volume, and the tumour on it."""
    search = _Search(case, phase, size)
    return search.volume((search.largest(),))


def render_about_largest(
    case: AbdomenCase, phase: Phase, *, size: int = 512
) -> tuple[Volume, NDArray[np.bool_]]:
    """The largest slice between up to ``REACH`` on either side, as a volume, and the tumour on it."""
    search = _Search(case, phase, size)
    return search.volume(search.about(search.largest()))


def render_tumour(case: AbdomenCase, phase: Phase, *, size: int = 512) -> tuple[Volume, NDArray[np.bool_]]:
    """All slices of the tumour around its largest, one beyond either end, as a volume, and the tumour."""
    search = _Search(case, phase, size)
    return search.volume(search.whole(search.largest()))


class _Search:
    """Renders no slice twice."""

    def __init__(self, case: AbdomenCase, phase: Phase, size: int) -> None:
        self._case, self._phase, self._size = case, phase, size
        self._planes: dict[int, tuple[NDArray[np.int16], NDArray[np.bool_]]] = {}

    def _start(self) -> int:
        scanner = self._case.scanner
        lesion = draw_gastric_lesion(self._case, draw_abdomen(self._case))
        centre_mm = float(lesion.centre[2]) * self._case.habitus.scale
        start = round((centre_mm - scanner.lowest_mm) / scanner.step_mm)
        return min(max(start, 0), scanner.slices - 1)

    def largest(self) -> int:
        """Index of the largest slice; of equal areas the lower counts."""
        scanner = self._case.scanner
        largest = self._start()
        if not any(self._area(index) for index in self.about(largest)):
            largest = max(range(scanner.slices), key=self._area)
        while (better := max(self.about(largest), key=self._area)) != largest:
            largest = better
        return largest

    def about(self, index: int) -> range:
        """The slices within ``REACH``."""
        return range(max(0, index - REACH), min(self._case.scanner.slices, index + REACH + 1))

    def whole(self, index: int) -> range:
        """From the first slice without tumour below ``index`` to the first above it."""
        first = last = index
        while first > 0 and self._area(first):
            first -= 1
        while last < self._case.scanner.slices - 1 and self._area(last):
            last += 1
        return range(first, last + 1)

    def volume(self, slices: Sequence[int]) -> tuple[Volume, NDArray[np.bool_]]:
        """A contiguous run of slices, and the tumour on it."""
        planes = [self._plane(index) for index in slices]
        geometry = volume_geometry(self._case.scanner, self._size, slices)
        voxels = np.stack([voxels for voxels, _ in planes])
        count = len(planes)
        return Volume(voxels, np.ones(count), np.zeros(count), geometry), np.stack(
            [mask for _, mask in planes]
        )

    def _area(self, index: int) -> int:
        return int(np.count_nonzero(self._plane(index)[1]))

    def _plane(self, index: int) -> tuple[NDArray[np.int16], NDArray[np.bool_]]:
        if index not in self._planes:
            voxels, label = render_slices(self._case, self._phase, (index,), size=self._size)
            self._planes[index] = voxels[0], label[0] == TUMOUR
        return self._planes[index]
