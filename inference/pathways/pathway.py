"""The pathway of one study as data, read from ``inference/pathways/<study>.yaml``.

It says which named scans feed the phases of a pack, which of the pack's scores answers, which answer in its
place when something is missing, and which are shown beside.  A pack need not hold every score named here.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from inference.packs.fitted import Name
from inference.packs.phases import PhaseName
from inference.pathways.studies import unknown_study

FallbackKind = Literal["image_only", "clinical_only", "fewer_phases"]
Outcome = Literal["good_response", "relapse", "recurrence", "death"]
Months = Annotated[float, Field(gt=0)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FeedingInput(_Part):
    """A named scan of ``inference/inputs/<study>.yaml`` and the phase of the pack that it feeds."""

    input: str
    phase: PhaseName


class AnsweringScore(_Part):
    """A score that may answer; ``fallback`` says what it lacks beside the main one, which has none."""

    score: Name
    fallback: FallbackKind | None = None


class ScoreBeside(_Part):
    """A score that is shown beside the answer, and never read by a rule."""

    score: Name
    outcome: Outcome
    horizons_months: tuple[Months, ...] = ()


class Replacement(_Part):
    """``by`` is asked for instead of ``field`` where the choice ``where`` is ``value``, and only there.

    Where that choice itself is missing, whichever of the two was entered counts.
    """

    field: str
    by: str
    where: str
    value: str


class AxisRange(_Part):
    """What a nomogram's axis of a clinical number spans, in the form's canonical unit (?)."""

    low: float
    high: float

    @model_validator(mode="after")
    def _is_a_range(self) -> AxisRange:
        if not self.low < self.high:
            raise ValueError("an axis runs from low to high")
        return self


class Pathway(_Part):
    """One study.

    ``region`` is what the reader marks: the tumour's *outline*, or a *cuboid* about three quadrilaterals.
    ``answers`` are in order, the main score first.  ``needed_first`` are fields without which nothing at all
    is answered.  ``horizons_months`` are those of the answer, empty where the study states none.
    """

    schema_version: Literal[1]
    study: str
    outcome: Outcome
    horizons_months: tuple[Months, ...] = ()
    region: Literal["outline", "cuboid"]
    inputs: tuple[FeedingInput, ...] = Field(min_length=1)
    answers: tuple[AnsweringScore, ...] = Field(min_length=1)
    beside: tuple[ScoreBeside, ...] = ()
    needed_first: tuple[str, ...] = ()
    replacements: tuple[Replacement, ...] = ()
    axes: dict[str, AxisRange] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _has_one_main_score(self) -> Pathway:
        if [answer.fallback is None for answer in self.answers] != [
            place == 0 for place in range(len(self.answers))
        ]:
            raise ValueError("the first answer is the main one, and every other says what it lacks")
        names = [answer.score for answer in self.answers] + [one.score for one in self.beside]
        feeding = [one.input for one in self.inputs], [one.phase for one in self.inputs]
        for every in (names, *feeding):
            if len(set(every)) != len(every):
                raise ValueError("scores, inputs and phases are named once")
        return self

    @property
    def main(self) -> str:
        """The score that answers when nothing is missing."""
        return self.answers[0].score

    def phase_of(self, input_id: str) -> PhaseName | None:
        """The phase that a named scan feeds; None where it feeds none."""
        return next((one.phase for one in self.inputs if one.input == input_id), None)

    def input_of(self, phase: str) -> str | None:
        """The named scan that feeds a phase."""
        return next((one.input for one in self.inputs if one.phase == phase), None)


@cache
def load_pathway(study: str) -> Pathway:
    """The pathway of ``study``.

    Raises
    ------
    InputError
        ``error.study.unknown`` for a study that has none.
    """
    source = resources.files("inference.pathways") / f"{study}.yaml"
    if not study.replace("-", "").isalnum() or not source.is_file():
        raise unknown_study(study)
    return Pathway.model_validate(yaml.safe_load(source.read_text(encoding="utf-8")))
