"""A mask that came from a file, on the grid of a stack."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.findings import Finding
from inference.geometry import Geometry
from inference.masks.layer import MaskLayer, MaskOrigin

Code = tuple[str, str, str]
"""Value, scheme and meaning of a coded concept, e.g. ``("86049000", "SCT", "Neoplasm, Primary")``."""

Triple = tuple[int, int, int]

TO_CONFIRM: Final = frozenset(
    {"intake.mask_fractional", "intake.mask_frame_of_reference_absent", "intake.form_codes_disagree"}
)
"""Findings under which a mask is usable once a person has said so."""

_LONGEST_NAME: Final = 64


@dataclass(frozen=True, slots=True, eq=False)
class ImportedSegment:
    """One segment: its number and label in the file, its codes, and its voxels.

    Only the box that holds them is kept: ``cropped``, Boolean, (slice, row, column), begins at ``start`` of a
    grid of ``shape``.
    """

    number: int
    label: str
    start: Triple
    cropped: NDArray[np.bool_]
    shape: Triple
    category: Code = ("", "", "")
    kind: Code = ("", "", "")
    algorithm_type: str = ""
    colour: tuple[int, int, int] | None = None
    count: int = field(init=False)

    def __post_init__(self) -> None:
        self.cropped.flags.writeable = False
        object.__setattr__(self, "count", int(np.count_nonzero(self.cropped)))

    @property
    def box(self) -> tuple[slice, slice, slice]:
        """Where the kept voxels lie, as an index into the grid."""
        first, second, third = (
            slice(low, low + extent) for low, extent in zip(self.start, self.cropped.shape, strict=True)
        )
        return first, second, third

    @property
    def voxels(self) -> NDArray[np.bool_]:
        """The whole grid, Boolean, (slice, row, column); made anew each time."""
        whole = np.zeros(self.shape, np.bool_)
        whole[self.box] = self.cropped
        return whole


@dataclass(frozen=True, slots=True, eq=False)
class ImportedMask:
    """All segments of a file; ``voxels`` is their union, Boolean, (slice, row, column), read-only.

    ``sha256`` is the hash of the file, ``lost_fraction`` the relative change of volume by resampling, and
    ``threshold`` the fraction from which a voxel of a fractional file counts (None for others).
    """

    voxels: NDArray[np.bool_]
    segments: tuple[ImportedSegment, ...]
    sha256: str
    findings: tuple[Finding, ...] = ()
    lost_fraction: float = 0.0
    threshold: float | None = None

    def __post_init__(self) -> None:
        self.voxels.flags.writeable = False

    @property
    def to_confirm(self) -> tuple[Finding, ...]:
        """What a person has to confirm before the mask is used."""
        return tuple(finding for finding in self.findings if finding.code in TO_CONFIRM)


def boxed(voxels: NDArray[np.bool_]) -> tuple[Triple, NDArray[np.bool_]]:
    """Start and content of the smallest box that holds every marked voxel; empty when there is none."""
    start: list[int] = []
    index: list[slice] = []
    for axis in range(3):
        others = tuple(other for other in range(3) if other != axis)
        hit = np.flatnonzero(voxels.any(axis=others))
        if len(hit) == 0:
            return (0, 0, 0), np.zeros((0, 0, 0), np.bool_)
        start.append(int(hit[0]))
        index.append(slice(int(hit[0]), int(hit[-1]) + 1))
    return (start[0], start[1], start[2]), voxels[tuple(index)].copy()


def boxed_planes(planes: Mapping[int, NDArray[np.bool_]]) -> tuple[Triple, NDArray[np.bool_]]:
    """As :func:`boxed`, for planes (row, column) by slice; slices that are not named are empty."""
    if not planes:
        return (0, 0, 0), np.zeros((0, 0, 0), np.bool_)
    lowest = min(planes)
    extent = next(iter(planes.values())).shape
    voxels = np.zeros((max(planes) - lowest + 1, *extent), np.bool_)
    for index, plane in planes.items():
        voxels[index - lowest] = plane
    (first, row, column), cropped = boxed(voxels)
    return (first + lowest, row, column), cropped


def as_layer(
    imported: ImportedMask, file_name: str, geometry: Geometry, numbers: Collection[int] | None = None
) -> MaskLayer:
    """The union of the segments of these numbers, or of all, as a layer that says which file it is from."""
    chosen = [one for one in imported.segments if numbers is None or one.number in numbers]
    if len(chosen) == len(imported.segments):
        voxels = imported.voxels
    else:
        voxels = np.zeros(geometry.shape, np.bool_)
        for segment in chosen:
            voxels[segment.box] |= segment.cropped
    labels = ", ".join(segment.label for segment in chosen if segment.label)
    drawn = {segment.algorithm_type for segment in chosen}
    return MaskLayer(
        labels[:_LONGEST_NAME] or file_name,
        MaskOrigin.IMPORTED,
        voxels,
        geometry,
        file_name,
        drawn_as=drawn.pop() if len(drawn) == 1 else "",
        findings=imported.findings,
    )
