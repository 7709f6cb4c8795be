"""A mask that came from a file, on the grid of a stack."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.findings import Finding
from inference.geometry import Geometry
from inference.masks.layer import MaskLayer, MaskOrigin

Code = tuple[str, str, str]
"""Value, scheme and meaning of a coded concept, e.g. ``("86049000", "SCT", "Neoplasm, Primary")``."""


@dataclass(frozen=True, slots=True, eq=False)
class ImportedSegment:
    """One segment: its number and label in the file, its codes, and its voxels (slice, row, column)."""

    number: int
    label: str
    voxels: NDArray[np.bool_]
    category: Code = ("", "", "")
    kind: Code = ("", "", "")
    algorithm_type: str = ""
    colour: tuple[int, int, int] | None = None

    def __post_init__(self) -> None:
        self.voxels.flags.writeable = False


@dataclass(frozen=True, slots=True, eq=False)
class ImportedMask:
    """All segments of a file; ``voxels`` is their union, Boolean, (slice, row, column), read-only.

    ``sha256`` is the hash of the file, ``lost_fraction`` the relative change of volume by resampling.
    """

    voxels: NDArray[np.bool_]
    segments: tuple[ImportedSegment, ...]
    sha256: str
    findings: tuple[Finding, ...] = ()
    lost_fraction: float = 0.0

    def __post_init__(self) -> None:
        self.voxels.flags.writeable = False


def as_layer(imported: ImportedMask, file_name: str, geometry: Geometry) -> MaskLayer:
    """The union of all segments as a layer that says which file it came from."""
    labels = [segment.label for segment in imported.segments if segment.label]
    return MaskLayer(
        ", ".join(labels) or file_name, MaskOrigin.IMPORTED, imported.voxels, geometry, file_name
    )
