"""What the pixels of a CT tell of phase, contrast and body part; silent, with a reason, where they cannot."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from inference.meaning.anatomy import Anatomy, find_anatomy
from inference.meaning.axial_sample import AxialSample, Slices, take_sample
from inference.meaning.body import BODY_HU
from inference.meaning.body_part_pixels import body_part_by_pixels
from inference.meaning.opinion import Evidence, Opinion, evidence
from inference.meaning.phase_pixels import contrast_by_pixels, phase_by_pixels
from inference.scan import Stack

NOT_HOUNSFIELD: Final = frozenset(
    {
        "intake.rescale_missing",
        "intake.rescale_coarse",
        "intake.not_hounsfield",
        "intake.modality_table",
        "intake.inverted",
    }
)
"""Findings with which the numbers of a CT are no Hounsfield units, or too coarse to tell tissues apart."""

_AIR_HU: Final = -700.0
_TISSUE_HU: Final = (-160.0, 160.0)


@dataclass(frozen=True, slots=True)
class PixelOpinions:
    """Opinions that need the picture; without a value where it does not tell."""

    phase: Opinion = field(default_factory=Opinion)
    contrast: Opinion = field(default_factory=Opinion)
    body_part: Opinion = field(default_factory=Opinion)


def opinions_by_pixels(stack: Stack, slices: Slices, kind: str) -> PixelOpinions:
    """Look at a few slices of ``stack``; ``kind`` is its modality, empty where nobody knows it."""
    anatomy, obstacle = _anatomy(stack, slices, kind)
    if anatomy is None:
        silent = Opinion() if obstacle is None else Opinion(evidence=(obstacle,))
        return PixelOpinions(silent, silent, silent)
    body_part = body_part_by_pixels(anatomy)
    if kind != "CT":
        return PixelOpinions(body_part=body_part)
    return PixelOpinions(phase_by_pixels(anatomy), contrast_by_pixels(anatomy), body_part)


def _anatomy(stack: Stack, slices: Slices, kind: str) -> tuple[Anatomy | None, Evidence | None]:
    """The anatomy of a CT, or the reason why there is none (None for other modalities, which need none)."""
    if kind not in ("", "CT"):
        return None, None
    codes = {one.code for one in stack.findings}
    if codes & NOT_HOUNSFIELD:
        return None, evidence("no_hounsfield_units")
    present = [index for index, frame in enumerate(stack.frames) if frame is not None]
    sample = take_sample(stack.geometry, present, slices)
    if sample is None:
        return None, evidence("not_axial")
    if not _looks_like_hounsfield(sample):
        return None, evidence("no_hounsfield_units")
    return find_anatomy(sample), None


def _looks_like_hounsfield(sample: AxialSample) -> bool:
    """Air or lung is far below zero and most of the rest is near it, as in every CT of a person."""
    low = float(np.percentile(sample.hu, 2))
    solid = sample.hu[sample.hu > BODY_HU]
    return low < _AIR_HU and solid.size > 0 and _TISSUE_HU[0] < float(np.median(solid)) < _TISSUE_HU[1]
