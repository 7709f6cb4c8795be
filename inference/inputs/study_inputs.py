"""The scans that a study was made from, as named conditions read from ``inference/inputs/<study>.yaml``.

These are the study's own conditions.  A pack's manifest may be narrower and is checked by the guard.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from inference.errors import InputError
from inference.guard.body_part import BODY_PARTS
from inference.meaning.opinion import Phase, Weighting
from inference.pathways.studies import unknown_study


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LengthRange(_Part):
    """Lengths in mm, both ends included."""

    minimum: float = Field(gt=0)
    maximum: float = Field(gt=0)

    @model_validator(mode="after")
    def _is_a_range(self) -> LengthRange:
        if self.minimum > self.maximum:
            raise ValueError("minimum is above maximum")
        return self


class NamedInput(_Part):
    """One scan that the study asks for; what the study does not state is None and not checked.

    ``maximum_obliquity_deg`` is the angle to the named plane.  ``studied_field_t`` is the field strength of
    the studied scans in tesla; another one is told, not refused.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    required: bool = True
    modality: Literal["CT", "MR"]
    phase: Phase | None = None
    weighting: Weighting | None = None
    contrast: Literal["yes", "no"] | None = None
    plane: Literal["axial", "coronal", "sagittal"]
    maximum_obliquity_deg: float = Field(ge=0, le=54.7)
    slice_thickness_mm: LengthRange | None = None
    slice_spacing_mm: LengthRange | None = None
    studied_field_t: float | None = Field(default=None, gt=0)
    body_parts: tuple[str, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _makes_sense(self) -> NamedInput:
        if (self.modality == "CT") != (self.phase is not None) or (self.modality == "MR") != (
            self.weighting is not None
        ):
            raise ValueError("a CT input names its phase, an MR input its weighting")
        unknown = set(self.body_parts) - set(BODY_PARTS)
        if unknown:
            raise ValueError(f"unknown body parts: {', '.join(sorted(unknown))}")
        return self

    @property
    def title(self) -> str:
        """The id of the input's name in the catalogue."""
        return f"input.{self.id}"


class ScanDates(_Part):
    """When scans must have been taken; days.

    ``before_treatment_days`` is how long before treatment at most, None where the study states no limit;
    ``apart_days`` how far the scans of one pathway may lie apart.
    """

    before_treatment_days: int | None = Field(default=None, ge=1)
    apart_days: int = Field(ge=1)


class StudyInputs(_Part):
    """All named inputs of one study."""

    schema_version: Literal[1]
    study: str
    citation: str
    dates: ScanDates
    inputs: tuple[NamedInput, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_each_once(self) -> StudyInputs:
        ids = [one.id for one in self.inputs]
        if len(set(ids)) != len(ids) or not any(one.required for one in self.inputs):
            raise ValueError("inputs have different ids, and at least one is required")
        return self

    def named(self, scan: str) -> NamedInput:
        """The input that a case's scan serves; the empty name is the first.

        Raises
        ------
        InputError
            When the study names no such input.
        """
        if not scan:
            return self.inputs[0]
        for one in self.inputs[1:]:
            if one.id == scan:
                return one
        allowed = ", ".join(one.id for one in self.inputs[1:])
        raise InputError("error.scan.unknown_input", study=self.study, input=scan, allowed=allowed)


@cache
def load_study_inputs(study: str) -> StudyInputs:
    """The named inputs of ``study``.

    Raises
    ------
    InputError
        ``error.study.unknown`` for a study that has none.
    """
    source = resources.files("inference.inputs") / f"{study}.yaml"
    if not study.replace("-", "").isalnum() or not source.is_file():
        raise unknown_study(study)
    return StudyInputs.model_validate(yaml.safe_load(source.read_text(encoding="utf-8")))
