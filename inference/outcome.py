"""What a run gives back: the Assessment, the mask it used, and the heat maps to lay over the picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from inference.assessment import Assessment
from inference.geometry import Geometry
from inference.masks.layer import MaskLayer

if TYPE_CHECKING:
    from inference.predictors.explanation import StudyExplanation
    from inference.rules.reading import Reading


@dataclass(frozen=True, slots=True, eq=False)
class HeatMap:
    """Where the networks of one treatment or score looked (Grad-CAM, fold mean), on the slices they read.

    Parameters
    ----------
    treatment
        What was scored: a treatment (``ccrt``, ``ic_ccrt``), or the pack's name of a score.
    values
        float32, (n, row, column) in [0, 1]; ``values[i]`` lies on slice ``slices[i]`` of the volume.  A
        network that reads all slices at once has one map, which is then the same on each of them.
    slices
        Indices on the volume's grid.
    geometry
        The map's grid over all slices of the volume: its slice index is the volume's, its rows and columns
        are the map's.
    """

    treatment: str
    values: NDArray[np.float32]
    slices: tuple[int, ...]
    geometry: Geometry

    def __post_init__(self) -> None:
        shape = (len(self.slices), *self.geometry.shape[1:])
        if self.values.dtype != np.float32 or self.values.shape != shape:
            raise ValueError("a heat map is float32 with one (row, column) plane per slice")
        if self.slices and not 0 <= min(self.slices) <= max(self.slices) < self.geometry.shape[0]:
            raise ValueError("a heat map's slices lie on the volume's grid")
        self.values.flags.writeable = False

    def plane(self, slice_index: int) -> NDArray[np.float32] | None:
        """The (row, column) map on one slice of the volume, or None where the networks did not look."""
        if slice_index not in self.slices:
            return None
        plane: NDArray[np.float32] = self.values[self.slices.index(slice_index)]
        return plane

    def plane_geometry(self, slice_index: int) -> Geometry:
        """The grid of :meth:`plane`: index (0, row, column) of a map pixel to LPS mm on that slice."""
        return self.geometry.cropped((slice_index, 0, 0), (1, *self.geometry.shape[1:]))


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """The Assessment with the mask it used; ``heat_maps`` are empty when predictions are withheld.

    ``readings`` are what the rules read; ``explanation`` is what a study's pack tells of its answer beyond
    the numbers.
    """

    assessment: Assessment
    mask: MaskLayer | None
    heat_maps: tuple[HeatMap, ...] = ()
    explanation: StudyExplanation | None = None
    readings: tuple[Reading, ...] = ()
