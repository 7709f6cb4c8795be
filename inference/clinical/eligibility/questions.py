"""The questions of one study as data, read from ``inference/clinical/eligibility/<study>.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from inference.clinical.schema import load_form
from inference.pathways.studies import unknown_study


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Limits(_Part):
    """A number in the form's canonical unit, ends included."""

    minimum: float | None = None
    maximum: float | None = None


Condition = tuple[str, ...] | Limits
Conditions = Mapping[str, Condition]


class SeenFor(_Part):
    """The stated answer counts only where the patient was seen for ``months`` from ``start`` to ``seen``."""

    start: str
    seen: str
    months: int = Field(ge=1)


class Question(_Part):
    """One question, with its texts in the catalogue: ``eligibility.<id>.asked`` and ``….required``.

    It is met where all conditions of any entry of ``met_when`` hold, or where any of ``known`` is recorded,
    or where the scan was taken before treatment and in the time that the study's inputs state
    (``scan_in_time``).  A refusal has the code ``eligibility.<id>``, or that of the scan's dates.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    source: str
    met_when: tuple[Conditions, ...] = ()
    known: tuple[str, ...] = ()
    scan_in_time: bool = False
    seen_for: SeenFor | None = None

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> Question:
        if [bool(self.met_when), bool(self.known), self.scan_in_time].count(True) != 1:
            raise ValueError(f"{self.id}: a question is answered in one way")
        return self

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that answer it, each once."""
        named = [name for conditions in self.met_when for name in conditions]
        return tuple(dict.fromkeys((*named, *self.known)))


class Note(_Part):
    """What is said beside the questions: always, or where the conditions hold; a message id."""

    message: str
    when: Conditions = Field(default_factory=dict)


class StudyEligibility(_Part):
    """All questions of a study."""

    schema_version: Literal[1]
    study: str
    citation: str
    questions: tuple[Question, ...] = Field(min_length=1)
    notes: tuple[Note, ...] = ()

    @model_validator(mode="after")
    def _asks_for_fields_of_the_form(self) -> StudyEligibility:
        form = load_form(self.study)
        kinds = {field.id: field for field in form.fields}
        conditions = [entry for question in self.questions for entry in question.met_when]
        conditions += [note.when for note in self.notes]
        for name, condition in (pair for entry in conditions for pair in entry.items()):
            field = kinds.get(name)
            fits = field is not None and (
                field.kind == "number"
                if isinstance(condition, Limits)
                else field.kind == "choice" and set(condition) <= set(field.choices)
            )
            if not fits:
                raise ValueError(f"{name}: the form cannot answer so")
        if not {name for question in self.questions for name in question.known} <= set(kinds):
            raise ValueError("a known field is one of the form")
        if any(question.scan_in_time for question in self.questions) and form.treatment_day is None:
            raise ValueError("a scan in time needs the day of treatment")
        ids = [question.id for question in self.questions]
        if len(set(ids)) != len(ids):
            raise ValueError("every question has its own id")
        return self


@cache
def load_eligibility(study: str) -> StudyEligibility:
    """The questions of ``study``.

    Raises
    ------
    InputError
        ``error.study.unknown`` for a study that has none.
    """
    source = resources.files("inference.clinical.eligibility") / f"{study}.yaml"
    if not study.replace("-", "").isalnum() or not source.is_file():
        raise unknown_study(study)
    return StudyEligibility.model_validate(yaml.safe_load(source.read_text(encoding="utf-8")))
