"""Which CT a study's pack may answer for: the study's own conditions, and ranges that it does not state."""

from __future__ import annotations

from typing import Final

from inference.inputs.study_inputs import load_study_inputs
from inference.packs.manifest import InputConditions, Range

PIXELS_MM: Final = Range(minimum=0.4, maximum=1.2)
SLICES_MM: Final = Range(minimum=0.5, maximum=8.0)
FIELD_MM: Final = Range(minimum=250.0, maximum=600.0)
"""Of abdominal CT; the publications print none."""

_FEWEST_SLICES: Final = 10
_SMALLEST_TUMOUR_ML: Final = 0.05


def ct_inputs(study: str) -> InputConditions:
    """The conditions on the study's first series, which all its series share."""
    first = load_study_inputs(study).inputs[0]
    thickness, spacing = (
        SLICES_MM if stated is None else Range(minimum=stated.minimum, maximum=stated.maximum)
        for stated in (first.slice_thickness_mm, first.slice_spacing_mm)
    )
    return InputConditions(
        modality=first.modality,
        contrast_enhanced=True,
        plane=first.plane,
        maximum_obliquity_deg=first.maximum_obliquity_deg,
        body_parts=first.body_parts,
        pixel_spacing_mm=PIXELS_MM,
        slice_spacing_mm=spacing,
        slice_thickness_mm=thickness,
        field_of_view_mm=FIELD_MM,
        minimum_slices=_FEWEST_SLICES,
        minimum_mask_ml=_SMALLEST_TUMOUR_ML,
    )
