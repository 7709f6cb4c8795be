"""What is known about a scan, and who says so: its file, its geometry, the user, or nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from inference.assessment import Fact, FactSource
from inference.case_input import CaseInput
from inference.geometry import Plane
from inference.guard.body_part import body_part_of, body_part_text, canonical_body_part

Value = TypeVar("Value")

_NO_AGENT = frozenset({"NO", "NONE", "NOCONTRAST", "WITHOUT", "N", "0"})


@dataclass(frozen=True, slots=True)
class Known(Generic[Value]):
    """A value with its source; None from nobody is *unknown*.

    ``contradicted_by`` holds what the user states when the file says otherwise.
    """

    value: Value | None
    source: FactSource
    contradicted_by: Value | None = None


@dataclass(frozen=True, slots=True)
class ScanFacts:
    """Everything that the guard reads of a scan; lengths in mm, angles in degrees."""

    modality: Known[str]
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

    def as_facts(self) -> tuple[Fact, ...]:
        """The facts as an Assessment lists them; an unknown one is listed as such."""
        row_mm, column_mm = self.pixel_spacing_mm
        height_mm, width_mm = self.field_of_view_mm
        contrast = {True: "fact.yes", False: "fact.no", None: "fact.unknown"}[self.contrast_enhanced.value]
        thickness = self.slice_thickness_mm
        return (
            Fact("fact.modality", self.modality.value or "fact.unknown", self.modality.source),
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
    """Read the facts from tags and geometry; what the user states counts only where the file is silent."""
    acquisition = case.stack.acquisition
    geometry = case.volume.geometry
    slice_mm, row_mm, column_mm = geometry.spacing_mm
    written = body_part_of(acquisition.body_part, acquisition.series_description, acquisition.protocol_name)
    missing = {index for index, frame in enumerate(case.stack.frames) if frame is None}
    return ScanFacts(
        modality=_known(acquisition.modality.strip().upper(), case.stated.modality.strip().upper()),
        contrast_enhanced=_contrast(acquisition.contrast_agent, case.stated.contrast_enhanced),
        body_part=_known(written, canonical_body_part(case.stated.body_part)),
        plane=geometry.plane,
        obliquity_deg=geometry.obliquity_deg,
        pixel_spacing_mm=(row_mm, column_mm),
        slice_spacing_mm=slice_mm,
        slice_thickness_mm=_positive(acquisition.slice_thickness_mm),
        field_of_view_mm=(row_mm * geometry.shape[1], column_mm * geometry.shape[2]),
        slices_present=geometry.shape[0] - len(missing | case.volume.missing_slices),
        slices_expected=geometry.shape[0],
    )


def _known(written: str, stated: str) -> Known[str]:
    if written:
        return Known(written, FactSource.FILE, stated if stated and stated != written else None)
    return Known(stated, FactSource.USER) if stated else Known(None, FactSource.NOBODY)


def _contrast(agent: str, stated: bool | None) -> Known[bool]:
    """An agent named in (0018,0010) means contrast; an absent or empty tag means nothing either way."""
    letters = "".join(character for character in agent.upper() if character.isalnum())
    if not letters:
        return Known(stated, FactSource.NOBODY if stated is None else FactSource.USER)
    written = letters not in _NO_AGENT
    return Known(written, FactSource.FILE, stated if stated is not None and stated != written else None)


def _positive(written: float | None) -> Known[float]:
    if written is None or not written > 0:
        return Known(None, FactSource.NOBODY)
    return Known(written, FactSource.FILE)
