"""The parameters of preprocessing, as a pack's manifest stores them and training uses them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class IntensitySettings(_Settings):
    """Robust scaling: two percentiles of the head's voxels become 0 and 1, values beyond are clipped.

    The head is what exceeds ``foreground_fraction`` of the 99th percentile of all voxels.
    """

    low_percentile: float = Field(ge=0, lt=100)
    high_percentile: float = Field(gt=0, le=100)
    foreground_fraction: float = Field(gt=0, lt=1)
    clip_maximum: float = Field(gt=0)


class SegmenterSettings(_Settings):
    """Axial slices, resampled in plane about the volume's centre to (rows, columns) at one spacing."""

    intensity: IntensitySettings
    spacing_mm: float = Field(gt=0)
    rows: int = Field(gt=0)
    columns: int = Field(gt=0)
    mean: float
    standard_deviation: float = Field(gt=0)


class ClassifierSettings(_Settings):
    """The rectangle around the mask with its surroundings, on the slices of largest mask area.

    Hua et al. 2023 keep the tissue around the tumour; margin, square shape and the one rectangle shared by
    all slices of a patient are choices of this project.  Absent slices are filled with zeros.
    """

    intensity: IntensitySettings
    slices: int = Field(gt=0)
    margin_mm: float = Field(ge=0)
    rows: int = Field(gt=0)
    columns: int = Field(gt=0)
    mean: float
    standard_deviation: float = Field(gt=0)


class IsotropicSettings(_Settings):
    """A region of CT on a grid of equal steps: windowed, then interpolated by cubic splines.

    The order is that of Song et al. 2021, who name windows for arterial (centre 130, width 310 HU) and
    venous phase (120, 320 HU) and steps of 1 mm.  ``margin_mm`` is kept around the region on every side.
    ``slice_spacing_mm`` is another step from slice to slice, None the same as in plane.
    """

    spacing_mm: float = Field(gt=0)
    slice_spacing_mm: float | None = Field(default=None, gt=0)
    margin_mm: float = Field(ge=0)
    window_centre_hu: float
    window_width_hu: float = Field(gt=0)


class TumourSlicesSettings(_Settings):
    """The slice of largest tumour area and its nearest neighbours, cut to the tumour's box with a margin.

    Hu et al. 2023: pixels of 1 mm, a window of -115 to 235 HU, the box (not masked) with 5 mm on every side,
    112 × 112 pixels, values from 0 to 1.  That three slices are three channels, and that the shorter side
    is padded with the window's minimum, are choices of this project.
    """

    spacing_mm: float = Field(gt=0)
    window_low_hu: float
    window_high_hu: float
    margin_mm: float = Field(ge=0)
    slices: int = Field(gt=0)
    rows: int = Field(gt=1)
    columns: int = Field(gt=1)


class FrameSettings(_Settings):
    """Slices of a region brought to one size for a network: stretched to it, padded and cut, or squared.

    Song et al. 2021 name 256 × 256; how a region of another size is brought to it they do not say.  *squared*
    fills the shorter side and then stretches, as Cao et al. 2024 do for 112 × 112.
    """

    framing: Literal["resized", "padded", "squared"]
    rows: int = Field(gt=0)
    columns: int = Field(gt=0)


class FixedWindowSettings(_Settings):
    """The slice of largest tumour area in a window of fixed millimetres about the tumour, no resized box.

    HU within the window become [0, 1].  ``surroundings`` that are *blanked* read as the window's minimum.
    """

    spacing_mm: float = Field(gt=0)
    rows: int = Field(gt=0)
    columns: int = Field(gt=0)
    window_centre_hu: float
    window_width_hu: float = Field(gt=0)
    surroundings: Literal["kept", "blanked"]
