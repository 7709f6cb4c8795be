"""The phases of a CT that a pack reads, and the named steps that prepare each for the networks.

The steps are data: training and the board run the same functions with them.  Source of the numbers for each
study is the publication that its card names.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from inference.packs.part import Part

PhaseName = Literal["unenhanced", "arterial", "portal_venous", "delayed"]


class Resample(Part):
    """To one spacing; ``slice_spacing_mm`` None leaves the slices where they are."""

    step: Literal["resample"] = "resample"
    pixel_spacing_mm: float = Field(gt=0)
    slice_spacing_mm: float | None = Field(gt=0)
    interpolation: Literal["linear", "cubic"]


class Window(Part):
    """Clip to [lower, upper] HU and map that interval to [low, high]."""

    step: Literal["window"] = "window"
    lower_hu: float
    upper_hu: float
    low: float
    high: float

    @model_validator(mode="after")
    def _is_open(self) -> Window:
        if not (self.lower_hu < self.upper_hu and self.low < self.high):
            raise ValueError("a window is wider than nothing")
        return self


class SelectSlices(Part):
    """Which slices: the one of largest mask area, with or without neighbours, or all that hold tumour."""

    step: Literal["select_slices"] = "select_slices"
    choice: Literal["largest", "all"]
    neighbours: int = Field(ge=0)
    """Slices on either side that become channels; beyond the volume the last one is repeated."""


class CropBox(Part):
    """The mask's box with a margin, its surroundings kept; short sides are filled to a square if asked."""

    step: Literal["crop_box"] = "crop_box"
    margin_mm: float = Field(ge=0)
    to_square: bool


class CropFixed(Part):
    """A square of fixed size about the mask's centre; *blanked* surroundings read as the lowest value."""

    LATER: ClassVar[frozenset[str]] = frozenset({"surroundings"})

    step: Literal["crop_fixed"] = "crop_fixed"
    side_mm: float = Field(gt=0)
    surroundings: Literal["kept", "blanked"] = "kept"


class Resize(Part):
    """To rows and columns, whatever the size was."""

    step: Literal["resize"] = "resize"
    rows: int = Field(gt=0)
    columns: int = Field(gt=0)


class Pad(Part):
    """Centred on rows and columns at its own scale: filled with the lowest value, cut off where larger."""

    step: Literal["pad"] = "pad"
    rows: int = Field(gt=0)
    columns: int = Field(gt=0)


class Standardise(Part):
    """Subtract a mean and divide by a standard deviation, both of the values that the steps before give."""

    step: Literal["standardise"] = "standardise"
    mean: float
    standard_deviation: float = Field(gt=0)


Step = Annotated[
    Resample | Window | SelectSlices | CropBox | CropFixed | Resize | Pad | Standardise,
    Field(discriminator="step"),
]


class PhaseInput(Part):
    """One phase: whether the pack can answer without it, and how it is prepared, in order."""

    phase: PhaseName
    is_required: bool
    steps: tuple[Step, ...]

    @property
    def prepared(self) -> tuple[int | None, int | None, int | None]:
        """Channels, rows and columns as the steps leave them; None where they do not say."""
        channels: int | None = None
        rows: int | None = None
        columns: int | None = None
        for step in self.steps:
            if isinstance(step, SelectSlices):
                channels = 2 * step.neighbours + 1
            elif isinstance(step, Resize | Pad):
                rows, columns = step.rows, step.columns
        return channels, rows, columns
