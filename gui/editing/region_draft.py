"""What has been drawn so far of the three quadrilaterals of a rough region, as a value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from inference.masks.rough_roi import Quadrilateral

Corner = tuple[float, float]

CORNERS: Final = 4
SLICES: Final = ("top", "largest", "bottom")


@dataclass(frozen=True, slots=True)
class RegionDraft:
    """Whole quadrilaterals, and the corners (row, column) of the one that is drawn on ``slice_index``."""

    is_active: bool = False
    drawn: tuple[Quadrilateral, ...] = ()
    slice_index: int = -1
    corners: tuple[Corner, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True while no corner has been set."""
        return not self.corners and not self.drawn

    @property
    def is_whole(self) -> bool:
        """True once all three are there."""
        return len(self.drawn) == len(SLICES)

    def corners_on(self, slice_index: int) -> tuple[Corner, ...]:
        """The corners on a slice, of the quadrilateral that is drawn there or of a whole one."""
        place = self._place_on(slice_index)
        if place is None:
            return ()
        return self.corners if place == len(self.drawn) else self.drawn[place].corners

    def with_corner(self, slice_index: int, corner: Corner) -> RegionDraft:
        """One more corner; one on another slice begins the quadrilateral anew there."""
        corners = (*(self.corners if slice_index == self.slice_index else ()), corner)
        if len(corners) < CORNERS:
            return replace(self, slice_index=slice_index, corners=corners)
        first, second, third, fourth = corners
        whole = Quadrilateral(slice_index, (first, second, third, fourth))
        return replace(self, drawn=(*self.drawn, whole), slice_index=-1, corners=())

    def with_moved(self, slice_index: int, number: int, corner: Corner) -> RegionDraft:
        """Corner ``number`` of a slice at another place."""
        place = self._place_on(slice_index)
        if place is None:
            return self
        moved = [corner if at == number else one for at, one in enumerate(self.corners_on(slice_index))]
        if place == len(self.drawn):
            return replace(self, corners=tuple(moved))
        first, second, third, fourth = moved
        changed = Quadrilateral(slice_index, (first, second, third, fourth))
        return replace(self, drawn=(*self.drawn[:place], changed, *self.drawn[place + 1 :]))

    def without_last(self) -> RegionDraft:
        """Without the last corner, or that of the last quadrilateral where none has been begun."""
        if self.corners:
            return replace(self, corners=self.corners[:-1])
        if not self.drawn:
            return self
        last = self.drawn[-1]
        return replace(self, drawn=self.drawn[:-1], slice_index=last.slice, corners=last.corners[:-1])

    def _place_on(self, slice_index: int) -> int | None:
        """Which quadrilateral a slice shows; that which is drawn counts as one past the whole ones."""
        if self.corners and slice_index == self.slice_index:
            return len(self.drawn)
        return next((at for at, one in enumerate(self.drawn) if one.slice == slice_index), None)
