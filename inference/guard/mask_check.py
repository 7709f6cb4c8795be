"""Is there enough of a tumour mask for the pack to answer?"""

from __future__ import annotations

from inference.assessment import GuardLine
from inference.findings import Verdict
from inference.masks.layer import MaskLayer
from inference.messages.message import Message
from inference.packs.manifest import InputConditions

_TOLERANCE_ML = 1e-6
"""A determinant's rounding: eight voxels of 0.125 ml may come out as 0.9999999 ml."""


def check_mask(mask: MaskLayer, conditions: InputConditions) -> GuardLine:
    """One line on the mask's volume; an empty mask is said to be empty."""
    volume_ml = mask.volume_ml
    is_empty = not mask.voxels.any()
    measured = (
        Message("guard.measured.mask_empty")
        if is_empty
        else Message("guard.measured.ml", {"value": f"{volume_ml:.2f}"})
    )
    fits = not is_empty and volume_ml >= conditions.minimum_mask_ml - _TOLERANCE_ML
    return GuardLine(
        "guard.mask",
        measured,
        Message("guard.allowed.at_least_ml", {"minimum": f"{conditions.minimum_mask_ml:g}"}),
        Verdict.FINE if fits else Verdict.REFUSED,
    )
