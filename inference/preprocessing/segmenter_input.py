"""What the segmenter reads: axial slices at one spacing about the volume's centre, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.geometry import Geometry
from inference.preprocessing.intensity import IntensityRange, measure_intensity, scale
from inference.preprocessing.orientation import CanonicalOrientation
from inference.preprocessing.resampling import linear_weights, resample_planes
from inference.preprocessing.settings import SegmenterSettings
from inference.volume import Volume


@dataclass(frozen=True, slots=True, eq=False)
class SegmenterFrame:
    """One volume in the segmenter's frame; slices are counted in canonical order, inferior to superior."""

    volume: Volume
    settings: SegmenterSettings
    orientation: CanonicalOrientation
    intensity: IntensityRange
    geometry: Geometry

    @classmethod
    def of(cls, volume: Volume, settings: SegmenterSettings) -> SegmenterFrame:
        """Measure the intensity range and lay the frame about the centre of an axial volume."""
        orientation = CanonicalOrientation.of(volume.geometry)
        canonical = orientation.geometry(volume.geometry)
        spacing = (settings.spacing_mm, settings.spacing_mm)
        return cls(
            volume,
            settings,
            orientation,
            measure_intensity(volume, settings.intensity),
            canonical.resampled_in_plane(spacing, (settings.rows, settings.columns)),
        )

    @property
    def slice_count(self) -> int:
        """Number of slices, gaps included."""
        return self.volume.geometry.shape[0]

    def own_slice(self, canonical_slice: int) -> int:
        """The volume's own index of a canonical slice."""
        return self.orientation.own_slice(canonical_slice, self.slice_count)

    def batch(self, slices: Sequence[int]) -> NDArray[np.float32]:
        """Network input for canonical ``slices``: float32 (n, 1, rows, columns), standardised."""
        rows, columns = self._weights(into_frame=True)
        batch = np.empty((len(slices), 1, self.settings.rows, self.settings.columns), dtype=np.float32)
        for position, canonical_slice in enumerate(slices):
            plane = self.scaled_plane(canonical_slice)
            batch[position, 0] = resample_planes(plane, rows, columns)
        batch -= np.float32(self.settings.mean)
        batch /= np.float32(self.settings.standard_deviation)
        return batch

    def scaled_plane(self, canonical_slice: int) -> NDArray[np.float32]:
        """One canonical slice scaled to the head's range; a gap is all zero."""
        own = self.own_slice(canonical_slice)
        if own in self.volume.missing_slices:
            rows, columns = self.orientation.geometry(self.volume.geometry).shape[1:]
            return np.zeros((rows, columns), dtype=np.float32)
        values = scale(self.volume.slab(own, own + 1), self.intensity, self.settings.intensity)
        in_plane = CanonicalOrientation(
            False, self.orientation.transpose, self.orientation.flip_rows, self.orientation.flip_columns
        )
        plane: NDArray[np.float32] = in_plane.apply(values)[0]
        return plane

    def to_mask(self, probabilities: NDArray[np.float32], threshold: float) -> NDArray[np.bool_]:
        """Mask on the volume's own grid where the probability, interpolated, is ≥ ``threshold``.

        ``probabilities`` is (slices, rows, columns) in canonical order.
        """
        rows, columns = self._weights(into_frame=False)
        canonical_shape = self.orientation.geometry(self.volume.geometry).shape
        marked = np.empty(canonical_shape, dtype=np.bool_)
        for index in range(canonical_shape[0]):
            marked[index] = resample_planes(probabilities[index], rows, columns) >= threshold
        return np.ascontiguousarray(self.orientation.undo(marked))

    def to_frame(self, mask: NDArray[np.bool_], slices: Sequence[int]) -> NDArray[np.float32]:
        """Share of each frame pixel that a mask on the volume's grid covers: (n, rows, columns)."""
        rows, columns = self._weights(into_frame=True)
        canonical = self.orientation.apply(mask)
        return np.stack([resample_planes(canonical[k].astype(np.float32), rows, columns) for k in slices])

    def _weights(self, *, into_frame: bool) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        canonical = self.orientation.geometry(self.volume.geometry)
        source, target = (canonical, self.geometry) if into_frame else (self.geometry, canonical)
        steps = np.arange(max(target.shape[1:]), dtype=np.float64)
        first = source.lps_to_index(target.index_to_lps((0, 0, 0)))
        last = source.lps_to_index(target.index_to_lps((0, 1, 1)))
        rows = first[1] + (last[1] - first[1]) * steps[: target.shape[1]]
        columns = first[2] + (last[2] - first[2]) * steps[: target.shape[2]]
        return linear_weights(rows, source.shape[1]), linear_weights(columns, source.shape[2])
