"""The grid on which the planes of a mask file lie, where it is not the scan's."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.dicom.readers.protocol import MaskAnswer
from inference.geometry import Geometry
from inference.masks.codecs.refusal import MaskRefusedError

_MOST_VOXELS: Final = 1 << 30
_APART: Final = 0.1
"""Distance of a plane from its place on the grid, in slices, that decimals of a file explain."""


def own_grid(answer: MaskAnswer, file: str) -> tuple[Geometry, list[int]]:
    """The grid of the planes, and the slice of each frame on it; empty planes may have been left out.

    Raises
    ------
    MaskRefusedError
        When the planes do not lie at even distances, or too far apart.
    """
    positions = np.array([frame.position for frame in answer.frames])
    normal = np.cross(answer.column_step, answer.row_step)
    normal /= np.linalg.norm(normal)
    along = positions @ normal
    step = _step(answer, positions, along, normal)
    first = int(np.argmin(along if step @ normal > 0 else -along))
    exact = (along - along[first]) / float(step @ normal)
    slots = np.rint(exact)
    extent = float(slots.max()) + 1
    strays = positions - (positions[first] + slots[:, None] * step)
    aside = np.linalg.norm(strays, axis=1).max() / np.linalg.norm(step)
    if aside > _APART or extent * answer.rows * answer.columns > _MOST_VOXELS:
        raise MaskRefusedError("intake.mask.uneven_planes", file=file)
    geometry = Geometry.from_axes(
        origin_lps_mm=positions[first],
        slice_step_mm=step,
        row_step_mm=answer.row_step,
        column_step_mm=answer.column_step,
        shape=(int(extent), answer.rows, answer.columns),
    )
    return geometry, [int(slot) for slot in slots]


def _step(
    answer: MaskAnswer,
    positions: NDArray[np.float64],
    along: NDArray[np.float64],
    normal: NDArray[np.float64],
) -> NDArray[np.float64]:
    """From one plane to the next, LPS mm.

    The positions tell it, tilt included; what the file states (often the thickness) counts where the
    distances are multiples of it, or where there is one plane only.
    """
    stated = None if answer.slice_step is None else np.asarray(answer.slice_step, dtype=np.float64)
    levels = np.unique(np.round(along, 3))
    if len(levels) < 2:
        return normal if stated is None else stated
    smallest = float(np.diff(levels).min())
    length = smallest
    if stated is not None:
        claimed = abs(float(stated @ normal))
        if abs(smallest / claimed - round(smallest / claimed)) <= _APART and claimed <= smallest * (
            1 + _APART
        ):
            length = claimed
    low, high = int(np.argmin(along)), int(np.argmax(along))
    count = max(1, round(float(along[high] - along[low]) / length))
    run: NDArray[np.float64] = (positions[high] - positions[low]) / count
    return run
