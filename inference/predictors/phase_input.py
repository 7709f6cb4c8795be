"""From a phase's scan and mask to what the networks read, by the steps that the pack's manifest names.

The steps are data; what they name are the functions that training runs.  A sequence that none of them
computes is refused, not guessed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.errors import InputError, PackError
from inference.packs.phases import (
    CropBox,
    CropFixed,
    Pad,
    PhaseInput,
    Resample,
    Resize,
    SelectSlices,
    Window,
)
from inference.preprocessing.fixed_window import placed_fixed_window
from inference.preprocessing.placed_slices import PlacedSlices
from inference.preprocessing.settings import (
    FixedWindowSettings,
    FrameSettings,
    IsotropicSettings,
    TumourSlicesSettings,
)
from inference.preprocessing.tumour_slices import placed_tumour_slices
from inference.preprocessing.tumour_stack import placed_tumour_stack
from inference.volume import Volume

Prepare = Callable[[Volume, NDArray[np.bool_]], PlacedSlices]


@dataclass(frozen=True, slots=True, eq=False)
class PhaseScan:
    """One phase of a case: its volume, and the tumour's mask (slice, row, column) on the volume's grid."""

    volume: Volume
    mask: NDArray[np.bool_]

    def __post_init__(self) -> None:
        if self.mask.dtype != np.bool_ or self.mask.shape != self.volume.geometry.shape:
            raise ValueError("a mask is Boolean and stands on its volume's grid")


def prepare_phase(scan: PhaseScan, stated: PhaseInput) -> PlacedSlices:
    """Run the steps.

    Raises
    ------
    PackError
        When this version knows no preprocessing that takes these steps.
    InputError
        When the volume is not axial, or the mask is empty.
    """
    prepare = preparation(stated)
    try:
        return prepare(scan.volume, scan.mask)
    except ValueError as error:
        raise InputError("error.scan.not_prepared") from error


def preparation(stated: PhaseInput) -> Prepare:
    """The function that takes the steps.

    Raises
    ------
    PackError
        When this version knows none.
    """
    match stated.steps:
        case (
            SelectSlices(choice="largest") as slices,
            Resample(slice_spacing_mm=None, interpolation="linear") as grid,
            Window(low=0.0, high=1.0) as window,
            CropBox(to_square=True) as box,
            Resize() as size,
        ):
            return _tumour_slices(slices, grid, window, box, size)
        case (
            SelectSlices(choice="largest", neighbours=0),
            Window(low=0.0, high=1.0) as window,
            Resample(slice_spacing_mm=None, interpolation="cubic") as grid,
            CropFixed() as square,
            Resize() as size,
        ) if size.rows == size.columns and np.isclose(size.rows * grid.pixel_spacing_mm, square.side_mm):
            return _fixed_window(window, grid, square, size)
        case (
            CropBox() as box,
            Window(low=0.0, high=1.0) as window,
            Resample(interpolation="cubic") as grid,
            SelectSlices(choice="all") as slices,
            Resize() | Pad() as size,
        ) | (
            Window(low=0.0, high=1.0) as window,
            Resample(interpolation="cubic") as grid,
            CropBox() as box,
            SelectSlices(choice="all") as slices,
            Resize() | Pad() as size,
        ) if grid.slice_spacing_mm is not None and not (box.to_square and isinstance(size, Pad)):
            return _tumour_stack(window, grid, box, slices, size)
    steps = ", ".join(step.step for step in stated.steps)
    raise PackError("error.pack.steps", phase=stated.phase, steps=steps)


def _tumour_slices(
    slices: SelectSlices, grid: Resample, window: Window, box: CropBox, size: Resize
) -> Prepare:
    settings = TumourSlicesSettings(
        spacing_mm=grid.pixel_spacing_mm,
        window_low_hu=window.lower_hu,
        window_high_hu=window.upper_hu,
        margin_mm=box.margin_mm,
        slices=2 * slices.neighbours + 1,
        rows=size.rows,
        columns=size.columns,
    )
    return lambda volume, mask: placed_tumour_slices(volume, mask, settings)


def _fixed_window(window: Window, grid: Resample, square: CropFixed, size: Resize) -> Prepare:
    settings = FixedWindowSettings(
        spacing_mm=grid.pixel_spacing_mm,
        rows=size.rows,
        columns=size.columns,
        window_centre_hu=_centre_hu(window),
        window_width_hu=window.upper_hu - window.lower_hu,
        surroundings=square.surroundings,
    )
    return lambda volume, mask: placed_fixed_window(volume, mask, settings)


def _tumour_stack(
    window: Window, grid: Resample, box: CropBox, slices: SelectSlices, size: Resize | Pad
) -> Prepare:
    region = IsotropicSettings(
        spacing_mm=grid.pixel_spacing_mm,
        slice_spacing_mm=grid.slice_spacing_mm,
        margin_mm=box.margin_mm,
        window_centre_hu=_centre_hu(window),
        window_width_hu=window.upper_hu - window.lower_hu,
    )
    frame = FrameSettings(
        framing="padded" if isinstance(size, Pad) else "squared" if box.to_square else "resized",
        rows=size.rows,
        columns=size.columns,
    )
    channels = 2 * slices.neighbours + 1
    return lambda volume, mask: placed_tumour_stack(volume, mask, region, frame, channels)


def _centre_hu(window: Window) -> float:
    return (window.lower_hu + window.upper_hu) / 2
