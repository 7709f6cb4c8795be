"""What a missing value costs: which score cannot be given, and which answers in its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from inference.clinical.record import ClinicalRecord, MissingReason
from inference.clinical.schema import FormSchema
from inference.messages.message import LIST_MARK, Message


@dataclass(frozen=True, slots=True)
class ScoreNeeds:
    """The fields of the form that a score needs, those of the scores inside it included."""

    score: str
    fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class PathwayNeeds:
    """What the scores of a pathway need.

    ``answers`` are in the order in which they answer, ``beside`` are only shown; without the fields of
    ``first`` nothing is answered at all.
    """

    answers: tuple[ScoreNeeds, ...] = ()
    beside: tuple[ScoreNeeds, ...] = ()
    first: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MissingCost:
    """One missing field: the scores that it costs, and the one that answers without it.

    ``lost`` is empty where no score needs it.  ``instead`` is the score that answers as things stand, None
    where none can; ``costs_answer`` is False where only scores beside the answer are lost.  ``is_barred`` is
    True while something that must be known first is missing too.
    """

    field: str
    lost: tuple[str, ...] = ()
    instead: str | None = None
    costs_answer: bool = False
    is_first: bool = False
    is_barred: bool = False

    @property
    def message(self) -> Message:
        """The cost as a sentence."""
        fields = {"field": f"clinical.{self.field}"}
        if self.is_first:
            return Message("clinical.missing.nothing_before", fields)
        if not self.lost:
            return Message("clinical.missing.cost", fields)
        fields["lost"] = LIST_MARK.join(f"score.{name}" for name in self.lost)
        if not self.costs_answer:
            return Message("clinical.missing.beside", fields)
        if self.is_barred:
            return Message("clinical.missing.lost", fields)
        if self.instead is None:
            return Message("clinical.missing.no_answer", fields)
        return Message("clinical.missing.answer", fields | {"instead": f"score.{self.instead}"})


def costs_of_missing(
    form: FormSchema, record: ClinicalRecord, needs: PathwayNeeds
) -> tuple[MissingCost, ...]:
    """One cost per missing field that a score needs or that the form requires, in the form's order.

    Scans are taken to be there.
    """
    missing = _missing(form, record)
    scores = (*needs.answers, *needs.beside)
    is_barred = any(name in missing for name in needs.first)
    costs = []
    for field in form.fields:
        lost = tuple(one.score for one in scores if field.id in one.fields)
        is_first = field.id in needs.first
        if field.id not in missing or not (lost or is_first or field.required):
            continue
        costs.append(
            MissingCost(
                field.id,
                lost,
                None if is_barred else _answering(needs.answers, missing),
                any(field.id in one.fields for one in needs.answers[:1]),
                is_first,
                is_barred,
            )
        )
    return tuple(costs)


def _missing(form: FormSchema, record: ClinicalRecord) -> frozenset[str]:
    """Fields without a value that this patient could have; of alternatives the first alone."""
    missing = {
        field.id
        for field in form.fields
        if record.canonical(field.id) is None
        and (
            (value := record.values.get(field.id)) is None
            or value.missing is not MissingReason.NOT_APPLICABLE
        )
    }
    for group in form.alternatives:
        open_ones = [name for name in group if name in missing]
        is_served = any(record.canonical(name) is not None for name in group)
        missing -= set(group if is_served else open_ones[1:])
    return frozenset(missing)


def _answering(answers: Iterable[ScoreNeeds], missing: frozenset[str]) -> str | None:
    return next((one.score for one in answers if not one.fields & missing), None)
