"""A simulated second segmentation: the tumour as another reader, or the same one later, would draw it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage


@dataclass(frozen=True, slots=True)
class SecondReader:
    """How far the second outline may lie from the first; in plane, in pixels, but for the slices.

    Attributes
    ----------
    growth_px : the outline as a whole moves out or in by one of −growth … growth whole pixels.
    jitter_px : standard deviation by which single places of the outline move besides.
    jitter_length_px : over which distance neighbouring places move together.
    slice_shift : the drawing as a whole moves by one of −shift … shift slices.
    """

    growth_px: int = 1
    jitter_px: float = 0.7
    jitter_length_px: float = 3.0
    slice_shift: int = 1

    def __post_init__(self) -> None:
        if min(self.growth_px, self.jitter_px, self.slice_shift) < 0 or not self.jitter_length_px > 0:
            raise ValueError("reaches must not be negative, and the jitter needs a length")


@dataclass(frozen=True, slots=True, eq=False)
class Redrawing:
    """What chance decided: ``outward_px`` (slice, row, column) moves the outline, ``slices`` the whole."""

    outward_px: NDArray[np.float64]
    slices: int


def draw_redrawing(shape: tuple[int, int, int], reader: SecondReader, rng: np.random.Generator) -> Redrawing:
    """Draw the parameters of one second segmentation."""
    growth = int(rng.integers(-reader.growth_px, reader.growth_px + 1))
    slices = int(rng.integers(-reader.slice_shift, reader.slice_shift + 1))
    sigma = reader.jitter_length_px
    noise = ndimage.gaussian_filter(rng.standard_normal(shape), (0.5, sigma, sigma), mode="wrap")
    noise *= reader.jitter_px / max(float(noise.std()), np.finfo(np.float64).tiny)
    return Redrawing(growth + noise, slices)


def redraw(mask: NDArray[np.bool_], redrawing: Redrawing) -> NDArray[np.bool_]:
    """The second segmentation of ``mask`` (slice, row, column).

    Only slices that the first reader outlined are outlined.  A tumour so small that it would vanish is drawn
    as it was.
    """
    redrawn = np.zeros_like(mask)
    for index in np.flatnonzero(mask.any(axis=(1, 2))):
        to = int(index) + redrawing.slices
        if 0 <= to < len(mask):
            redrawn[to] = _depth_px(mask[index]) + redrawing.outward_px[index] > 0
    return redrawn if redrawn.any() else mask.copy()


def second_segmentation(
    mask: NDArray[np.bool_], reader: SecondReader, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """``mask`` (slice, row, column) as ``reader`` would draw it."""
    return redraw(mask, draw_redrawing((mask.shape[0], mask.shape[1], mask.shape[2]), reader, rng))


def _depth_px(plane: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Distance from the outline, which runs between pixels: positive inside, negative outside."""
    framed = np.pad(plane, 1)
    inside = ndimage.distance_transform_edt(framed)[1:-1, 1:-1]
    outside = ndimage.distance_transform_edt(~plane)
    depth: NDArray[np.float64] = np.where(plane, inside - 0.5, 0.5 - outside)
    return depth
