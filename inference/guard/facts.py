"""What is known about a scan, and who says so: its file, geometry or pixels, the user, or nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from inference.assessment import Fact, FactSource
from inference.case_input import CaseInput
from inference.geometry import Plane
from inference.guard.body_part import body_part_text, canonical_body_part
from inference.meaning.contrast_tags import agent_says
from inference.meaning.known_meanings import meaning_of
from inference.meaning.opinion import NO, YES, Opinion
from inference.meaning.understanding import Meaning

Value = TypeVar("Value")

_ENHANCED = {YES: True, NO: False, "": None}


@dataclass(frozen=True, slots=True)
class Known(Generic[Value]):
    """A value with its source; None from nobody is *unknown*.

    ``contradicted_by`` holds what the user states when file or pixels say otherwise.  ``disputed`` holds
    what the file says and what the pixels show where these differ and the user has not picked.
    """

    value: Value | None
    source: FactSource
    contradicted_by: Value | None = None
    disputed: tuple[Value, Value] | None = None


@dataclass(frozen=True, slots=True)
class ScanFacts:
    """Everything that the guard reads of a scan; lengths in mm, angles in degrees.

    ``phase`` is None where there are no phases: on anything but a CT.
    """

    modality: Known[str]
    phase: Known[str] | None
    contrast_enhanced: Known[bool]
    body_part: Known[str]
    plane: Plane
    obliquity_deg: float
    pixel_spacing_mm: tuple[float, float]
    slice_spacing_mm: float
    slice_thickness_mm: Known[float]
    field_of_view_mm: tuple[float, float]
    slices_present: int
    slices_expected: int
    is_isotropic: bool = False

    def as_facts(self) -> tuple[Fact, ...]:
        """The facts as an Assessment lists them; an unknown one is listed as such."""
        row_mm, column_mm = self.pixel_spacing_mm
        height_mm, width_mm = self.field_of_view_mm
        contrast = {True: "fact.yes", False: "fact.no", None: "fact.unknown"}[self.contrast_enhanced.value]
        thickness = self.slice_thickness_mm
        phase = self.phase
        return (
            Fact("fact.modality", self.modality.value or "fact.unknown", self.modality.source),
            *(
                ()
                if phase is None
                else (Fact("fact.phase", f"phase.{phase.value or 'unknown'}", phase.source),)
            ),
            Fact("fact.contrast", contrast, self.contrast_enhanced.source),
            Fact(
                "fact.body_part",
                body_part_text(self.body_part.value) if self.body_part.value else "fact.unknown",
                self.body_part.source,
            ),
            Fact("fact.plane", f"plane.{self.plane}", FactSource.GEOMETRY),
            Fact("fact.obliquity", f"{self.obliquity_deg:.1f}°", FactSource.GEOMETRY),
            Fact("fact.pixel_spacing", f"{row_mm:.3f} × {column_mm:.3f} mm", FactSource.GEOMETRY),
            Fact("fact.slice_spacing", f"{self.slice_spacing_mm:.2f} mm", FactSource.GEOMETRY),
            Fact(
                "fact.slice_thickness",
                "fact.unknown" if thickness.value is None else f"{thickness.value:.2f} mm",
                thickness.source,
            ),
            Fact("fact.field_of_view", f"{height_mm:.0f} × {width_mm:.0f} mm", FactSource.GEOMETRY),
            Fact("fact.slices", str(self.slices_present), FactSource.GEOMETRY),
        )


def gather_facts(case: CaseInput) -> ScanFacts:
    """Read the facts; pixels speak where the tags are silent, and the user where both are or differ."""
    acquisition = case.stack.acquisition
    geometry = case.volume.geometry
    slice_mm, row_mm, column_mm = geometry.spacing_mm
    meaning = meaning_of(case.stack, case.volume, modality=case.stated.modality)
    missing = {index for index, frame in enumerate(case.stack.frames) if frame is None}
    return ScanFacts(
        modality=_known(acquisition.modality.strip().upper(), case.stated.modality.strip().upper()),
        phase=_phase(meaning, case.stated.phase) if meaning.modality.value == "CT" else None,
        contrast_enhanced=_contrast(case, meaning),
        body_part=_opinion(
            meaning.body_part_by_tags, meaning.body_part_by_pixels, canonical_body_part(case.stated.body_part)
        ),
        plane=geometry.plane,
        obliquity_deg=geometry.obliquity_deg,
        pixel_spacing_mm=(row_mm, column_mm),
        slice_spacing_mm=slice_mm,
        slice_thickness_mm=_positive(acquisition.slice_thickness_mm),
        field_of_view_mm=(row_mm * geometry.shape[1], column_mm * geometry.shape[2]),
        slices_present=geometry.shape[0] - len(missing | case.volume.missing_slices),
        slices_expected=geometry.shape[0],
        is_isotropic=geometry.is_isotropic(),
    )


def _known(written: str, stated: str) -> Known[str]:
    if written:
        return Known(written, FactSource.FILE, stated if stated and stated != written else None)
    return Known(stated, FactSource.USER) if stated else Known(None, FactSource.NOBODY)


def _opinion(tags: Opinion, pixels: Opinion, stated: str) -> Known[str]:
    """The tags' word, else the pixels', else the user's."""
    if tags.is_known or not pixels.is_known:
        return _known(tags.value, stated)
    return Known(pixels.value, FactSource.PIXELS, stated if stated and stated != pixels.value else None)


def _phase(meaning: Meaning, stated: str) -> Known[str]:
    """Where tags and pixels differ nobody is right before the user has picked."""
    tags, pixels = meaning.phase_by_tags, meaning.phase_by_pixels
    if tags.is_known and pixels.is_known and tags.value != pixels.value:
        if stated:
            return Known(stated, FactSource.USER)
        return Known(None, FactSource.NOBODY, disputed=(tags.value, pixels.value))
    return _opinion(tags, pixels, stated)


def _contrast(case: CaseInput, meaning: Meaning) -> Known[bool]:
    """The agent in (0018,0010), else words and pixels; an absent or empty tag means nothing either way.

    Contrast that the tags name and the pixels do not show is nobody's before the user has picked.
    """
    stated = case.stated.contrast_enhanced
    agent = agent_says(case.stack.acquisition)
    written = _ENHANCED[agent.points_to] if agent is not None else None
    if written is None:
        written = _ENHANCED[meaning.contrast_by_tags.value]
    seen = _ENHANCED[meaning.contrast_by_pixels.value]
    if written is True and seen is False:
        if stated is not None:
            return Known(stated, FactSource.USER)
        return Known(None, FactSource.NOBODY, disputed=(written, seen))
    if written is not None:
        contradicted = stated is not None and stated != written
        return Known(written, FactSource.FILE, stated if contradicted else None)
    if seen is not None:
        return Known(seen, FactSource.PIXELS, stated if stated is not None and stated != seen else None)
    return Known(stated, FactSource.NOBODY if stated is None else FactSource.USER)


def _positive(written: float | None) -> Known[float]:
    if written is None or not written > 0:
        return Known(None, FactSource.NOBODY)
    return Known(written, FactSource.FILE)
