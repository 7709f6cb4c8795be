"""What a classifier reads: a square around the tumour, with its surroundings, on its largest slices.

Hua et al. 2023 cut the rectangle around the mask and keep what lies in it; the authors' public code
stacks up to ten slices as channels and fills with zeros.  One square for all slices of a patient, so that
they share a scale, is this project's choice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.geometry import Geometry
from inference.preprocessing.intensity import measure_intensity, scale
from inference.preprocessing.orientation import CanonicalOrientation
from inference.preprocessing.placed_slices import crop_geometry
from inference.preprocessing.resampling import linear_weights, resample_planes
from inference.preprocessing.settings import ClassifierSettings
from inference.volume import Volume


@dataclass(frozen=True, slots=True, eq=False)
class ClassifierInput:
    """Channels for one patient, and where they come from.

    ``array`` is float32 (1, channels, rows, columns), standardised; channels run from inferior to superior
    and the absent ones at the end are zero.  ``slices`` are the volume's own slice indices, one per filled
    channel.  ``geometry`` places crop pixel (row, column) on the volume's slice k at index (k, row, column).
    """

    array: NDArray[np.float32]
    slices: tuple[int, ...]
    geometry: Geometry


def largest_slices(mask: NDArray[np.bool_], count: int) -> tuple[int, ...]:
    """The ``count`` slices of largest mask area, in index order; empty slices never count."""
    area = np.count_nonzero(mask, axis=(1, 2))
    ranked = sorted(np.flatnonzero(area), key=lambda index: (-int(area[index]), int(index)))
    return tuple(sorted(int(index) for index in ranked[:count]))


def classifier_input(
    volume: Volume, mask: NDArray[np.bool_], settings: ClassifierSettings
) -> ClassifierInput:
    """Cut the square around ``mask`` (Boolean, on the volume's grid) out of an axial volume.

    Raises
    ------
    ValueError
        When the mask is empty or of another shape.
    """
    if mask.shape != volume.geometry.shape:
        raise ValueError("the mask must stand on the volume's grid")
    orientation = CanonicalOrientation.of(volume.geometry)
    canonical = orientation.geometry(volume.geometry)
    marked = orientation.apply(mask)
    chosen = largest_slices(marked, settings.slices)
    if not chosen:
        raise ValueError("the mask is empty")
    rows, columns = _square_samples(marked[list(chosen)], canonical.spacing_mm, settings)
    row_weights = linear_weights(rows, canonical.shape[1])
    column_weights = linear_weights(columns, canonical.shape[2])
    own = [orientation.own_slice(index, volume.geometry.shape[0]) for index in chosen]
    intensity = measure_intensity(volume, settings.intensity)
    in_plane = CanonicalOrientation(
        False, orientation.transpose, orientation.flip_rows, orientation.flip_columns
    )
    array = np.zeros((1, settings.slices, settings.rows, settings.columns), dtype=np.float32)
    for channel, index in enumerate(own):
        plane = in_plane.apply(scale(volume.slab(index, index + 1), intensity, settings.intensity))[0]
        crop = resample_planes(plane, row_weights, column_weights)
        array[0, channel] = (crop - settings.mean) / settings.standard_deviation
    geometry = crop_geometry(volume.geometry, orientation, rows, columns)
    return ClassifierInput(array, tuple(own), geometry)


def _square_samples(
    marked: NDArray[np.bool_], spacing_mm: tuple[float, float, float], settings: ClassifierSettings
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Row and column positions (canonical pixel indices) of the crop's pixel centres."""
    edges = []
    for axis, spacing in ((2, spacing_mm[1]), (1, spacing_mm[2])):
        hit = np.flatnonzero(marked.any(axis=(0, axis)))
        edges.append(((hit[0] - 0.5) * spacing, (hit[-1] + 0.5) * spacing))
    side_mm = max(high - low for low, high in edges) + 2 * settings.margin_mm
    positions = []
    for (low, high), count, spacing in zip(
        edges, (settings.rows, settings.columns), spacing_mm[1:], strict=True
    ):
        start_mm = (low + high - side_mm) / 2
        positions.append((start_mm + (np.arange(count) + 0.5) * side_mm / count) / spacing)
    return positions[0], positions[1]
