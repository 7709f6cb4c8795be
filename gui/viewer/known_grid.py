"""What of a grid the files state: without places there are no sides, without a pixel size no lengths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from inference.scan import Stack

_NO_PLACE: Final = "intake.no_position"
_NO_SIZE: Final = "intake.no_pixel_spacing"


@dataclass(frozen=True, slots=True)
class KnownGrid:
    """``has_places``: where the slices lie is stated; ``has_lengths``: how large a pixel is."""

    has_places: bool = True
    has_lengths: bool = True

    @property
    def is_volume(self) -> bool:
        """True when planes across the slices and positions in the patient mean something."""
        return self.has_places and self.has_lengths


def has_planes_across(stack: Stack) -> bool:
    """True when planes across the slices show anatomy: more slices than one, of known place and size."""
    return known_grid(stack).is_volume and stack.geometry.shape[0] > 1


def known_grid(stack: Stack) -> KnownGrid:
    """What is known, by the findings of the scan; the rest of the geometry is a place holder."""
    codes = {one.code for one in stack.findings}
    return KnownGrid(_NO_PLACE not in codes, _NO_SIZE not in codes)
