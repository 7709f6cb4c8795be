"""How well two masks of the same grid agree: the Dice coefficient and the 95 % Hausdorff distance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inference.statistics.estimate import Estimate
from inference.statistics.outcomes import Bools, Floats
from inference.statistics.reasons import DataError, Fault, NotEstimable, Reason

_PERCENTILE: Final = 95.0


def dice(one: ArrayLike, other: ArrayLike) -> Estimate | NotEstimable:
    """2 · common voxels / (voxels of one + voxels of the other), 0 … 1, of masks of one shape.

    0 where one alone is empty; two empty masks have no coefficient.

    Source: Dice, Ecology 1945; 26: 297–302.
    """
    first, second = _masks(one, other)
    marked = int(np.count_nonzero(first)) + int(np.count_nonzero(second))
    if not marked:
        return NotEstimable(Reason.EMPTY_MASK)
    return Estimate(2 * int(np.count_nonzero(first & second)) / marked)


def hausdorff_95_mm(one: ArrayLike, other: ArrayLike, spacing_mm: Sequence[float]) -> Estimate | NotEstimable:
    """The 95 % Hausdorff distance in mm of masks of one shape: the larger of the two directed ones.

    A directed distance is the 95th percentile (type 7), over the surface voxels of one mask, of the distance
    from their centre to the nearest centre of a surface voxel of the other.  On the surface are marked voxels
    with an unmarked one, or the edge of the grid, beyond a face.  ``spacing_mm`` is that of each axis, which
    are taken to be orthogonal.  Others pool both directions before taking the percentile; that gives less
    weight to the mask with the smaller surface.  An empty mask has no surface, and no distance.

    Source: Huttenlocher et al., IEEE Trans Pattern Anal Mach Intell 1993; 15: 850–863; Taha and Hanbury, BMC
    Med Imaging 2015; 15: 29; Maier-Hein et al., Nat Methods 2024; 21: 195–212 (the larger of the two).
    """
    first, second = _masks(one, other)
    if len(spacing_mm) != first.ndim:
        raise DataError(Fault.LENGTHS_DIFFER, field="spacing, mask")
    for axis, step in enumerate(spacing_mm, start=1):
        if not (np.isfinite(step) and step > 0):
            raise DataError(Fault.OUT_OF_RANGE, field="spacing", row=axis, allowed="> 0 mm")
    if not first.any() or not second.any():
        return NotEstimable(Reason.EMPTY_MASK)
    box = _bounding_box(first | second)
    surfaces = [_surface(mask[box]) for mask in (first, second)]
    there, back = (
        float(np.percentile(_distances(source, target, spacing_mm), _PERCENTILE))
        for source, target in (surfaces, surfaces[::-1])
    )
    return Estimate(max(there, back))


def _masks(one: ArrayLike, other: ArrayLike) -> tuple[Bools, Bools]:
    first, second = _mask(one, "first mask"), _mask(other, "second mask")
    if first.shape != second.shape:
        raise DataError(Fault.LENGTHS_DIFFER, field="first mask, second mask")
    return first, second


def _mask(values: ArrayLike, name: str) -> Bools:
    array = np.asarray(values)
    if array.dtype == np.bool_:
        return array
    marked: Bools = array == 1
    wrong = np.argwhere(~marked & (array != 0))
    if wrong.size:
        raise DataError(Fault.OUT_OF_RANGE, field=name, row=int(wrong[0][0]) + 1, allowed="0, 1")
    return marked


def _bounding_box(marked: Bools) -> tuple[slice, ...]:
    return tuple(slice(int(hit.min()), int(hit.max()) + 1) for hit in np.nonzero(marked))


def _surface(mask: Bools) -> Bools:
    from scipy.ndimage import binary_erosion

    surface: Bools = mask & ~binary_erosion(mask)
    return surface


def _distances(source: Bools, target: Bools, spacing_mm: Sequence[float]) -> Floats:
    """Distance in mm from each marked voxel of ``source`` to the nearest of ``target``."""
    from scipy.ndimage import distance_transform_edt

    away: NDArray[np.float64] = distance_transform_edt(~target, sampling=tuple(spacing_mm))
    return away[source]
