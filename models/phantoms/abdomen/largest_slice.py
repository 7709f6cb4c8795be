"""The slice on which a synthetic gastric tumour is largest, without rendering the whole series."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inference.meaning.opinion import Phase
from inference.volume import Volume
from models.phantoms.abdomen.abdomen_volume import SIZES, TUMOUR, render_slices, volume_geometry
from models.phantoms.abdomen.anatomy import draw_abdomen
from models.phantoms.abdomen.parameters import AbdomenCase
from models.phantoms.abdomen.stomach import draw_gastric_lesion

_REACH = 2


def render_largest_slice(
    case: AbdomenCase, phase: Phase, *, size: int = 512
) -> tuple[Volume, NDArray[np.bool_]]:
    """One slice as a volume, and the tumour on it.

    Areas are compared at the smallest size.  The search climbs from the tumour's centre, so that of a tumour
    with two bulges it may find the one nearer to its centre.
    """
    scanner = case.scanner
    lesion = draw_gastric_lesion(case, draw_abdomen(case))
    start = round((float(lesion.centre[2]) * case.habitus.scale - scanner.lowest_mm) / scanner.step_mm)
    areas: dict[int, int] = {}

    def area(index: int) -> int:
        if index not in areas:
            _, label = render_slices(case, phase, (index,), size=SIZES[-1])
            areas[index] = int(np.count_nonzero(label == TUMOUR))
        return areas[index]

    def about(index: int) -> range:
        return range(max(0, index - _REACH), min(scanner.slices, index + _REACH + 1))

    largest = min(max(start, 0), scanner.slices - 1)
    if not any(area(index) for index in about(largest)):
        largest = max(range(scanner.slices), key=area)
    while (better := max(about(largest), key=area)) != largest and area(better) > area(largest):
        largest = better
    voxels, label = render_slices(case, phase, (largest,), size=size)
    geometry = volume_geometry(scanner, size, (largest,))
    return Volume(voxels, np.ones(1), np.zeros(1), geometry), label == TUMOUR
