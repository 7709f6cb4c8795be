"""A named mask on a volume's grid, with where it came from; and the journal of what was done to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from inference.findings import Finding
from inference.geometry import Geometry


class MaskOrigin(StrEnum):
    """Who made a mask first; edits by a person are told by the journal."""

    HUMAN = "human"
    MODEL = "model"
    IMPORTED = "imported"


@dataclass(frozen=True, slots=True, eq=False)
class MaskEdit:
    """One change: the box it touched and the voxels before and after.

    ``start`` is the (slice, row, column) of the box; ``before`` and ``after`` are Boolean arrays of its
    shape; ``step`` is the message id of what the user did (``edit.paint``).
    """

    step: str
    start: tuple[int, int, int]
    before: NDArray[np.bool_]
    after: NDArray[np.bool_]

    def __post_init__(self) -> None:
        if self.before.shape != self.after.shape or self.before.ndim != 3:
            raise ValueError("before and after must be boxes of one shape")
        for array in (self.before, self.after):
            array.flags.writeable = False

    @property
    def box(self) -> tuple[slice, slice, slice]:
        """The box as an index into the mask."""
        first, second, third = (
            slice(low, low + extent) for low, extent in zip(self.start, self.before.shape, strict=True)
        )
        return first, second, third

    def inverted(self) -> MaskEdit:
        """The edit that takes this one back."""
        return MaskEdit(self.step, self.start, self.after.copy(), self.before.copy())


@dataclass(frozen=True, slots=True, eq=False)
class MaskLayer:
    """A Boolean mask, (slice, row, column), read-only; ``maker`` is a pack, a file or empty for a person.

    ``drawn_as`` is what an imported file says about who drew it (``MANUAL``, ``AUTOMATIC``,
    ``SEMIAUTOMATIC``), empty where it says nothing; ``findings`` are those of its import.
    """

    name: str
    origin: MaskOrigin
    voxels: NDArray[np.bool_]
    geometry: Geometry
    maker: str = ""
    journal: tuple[MaskEdit, ...] = field(default=())
    drawn_as: str = ""
    findings: tuple[Finding, ...] = ()

    def __post_init__(self) -> None:
        if self.voxels.dtype != np.bool_ or self.voxels.shape != self.geometry.shape:
            raise ValueError("a mask is Boolean and shaped as its geometry")
        self.voxels.flags.writeable = False

    @property
    def is_edited(self) -> bool:
        """True when a person changed it after it was made."""
        return bool(self.journal)

    @property
    def volume_ml(self) -> float:
        """Volume of the marked voxels in millilitres."""
        voxel_mm3 = abs(float(np.linalg.det(self.geometry.affine[:3, :3])))
        return float(np.count_nonzero(self.voxels)) * voxel_mm3 / 1000.0

    @property
    def marked_slices(self) -> tuple[int, ...]:
        """Indices of the slices that hold at least one marked voxel."""
        return tuple(int(index) for index in np.flatnonzero(self.voxels.any(axis=(1, 2))))

    def apply(self, edit: MaskEdit) -> MaskLayer:
        """The layer after ``edit``, which is appended to the journal.

        Raises
        ------
        ValueError
            When the voxels under the edit are not those it says it found: it belongs to another state.
        """
        return replace(self._changed(edit), journal=(*self.journal, edit))

    def take_back(self) -> MaskLayer:
        """The layer before its last edit."""
        if not self.journal:
            raise ValueError("nothing to take back")
        return replace(self._changed(self.journal[-1].inverted()), journal=self.journal[:-1])

    def sha256(self) -> str:
        """Hash of the grid and the marked voxels."""
        digest = sha256(np.asarray(self.voxels.shape, dtype="<i8").tobytes())
        digest.update(np.ascontiguousarray(self.geometry.affine, dtype="<f8").tobytes())
        digest.update(np.packbits(self.voxels).tobytes())
        return digest.hexdigest()

    def _changed(self, edit: MaskEdit) -> MaskLayer:
        if not np.array_equal(self.voxels[edit.box], edit.before):
            raise ValueError("the edit does not fit the mask's present state")
        voxels = self.voxels.copy()
        voxels[edit.box] = edit.after
        return replace(self, voxels=voxels)


def nothing_drawn(geometry: Geometry) -> MaskLayer:
    """The tumour mask of a person who has not marked anything yet."""
    return MaskLayer("mask.tumour", MaskOrigin.HUMAN, np.zeros(geometry.shape, dtype=np.bool_), geometry)


def edit_between(step: str, before: NDArray[np.bool_], after: NDArray[np.bool_]) -> MaskEdit | None:
    """The smallest edit that turns one mask into another; None when they are equal."""
    changed = before != after
    if not changed.any():
        return None
    start: list[int] = []
    box: list[slice] = []
    for axis in range(3):
        others = tuple(other for other in range(3) if other != axis)
        hit = np.flatnonzero(changed.any(axis=others))
        start.append(int(hit[0]))
        box.append(slice(int(hit[0]), int(hit[-1]) + 1))
    index = tuple(box)
    return MaskEdit(step, (start[0], start[1], start[2]), before[index].copy(), after[index].copy())


def replay(layer: MaskLayer, edits: Sequence[MaskEdit]) -> MaskLayer:
    """Apply a saved journal to the mask as it was first made."""
    for edit in edits:
        layer = layer.apply(edit)
    return layer
