"""What can be wrong with a cohort: every problem with the row and the scan that it is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from inference.errors import InputError
from inference.messages.catalogue import Catalogue
from inference.messages.message import FieldValue, Message


@dataclass(frozen=True, slots=True)
class CohortProblem:
    """One thing to put right.

    ``row`` counts from 1 below the header, 0 for what concerns the whole; ``place`` is the patient's folder,
    with the series where it is about one; ``message`` says what is wrong and what to do.
    """

    message: Message
    row: int = 0
    place: str = ""

    def text(self, catalogue: Catalogue) -> str:
        """One line, in the language of ``catalogue``."""
        sentence = catalogue.render(self.message)
        if self.place and not self.row:
            return catalogue.text("cohort.at", place=self.place, sentence=sentence)
        if self.place:
            return catalogue.text("cohort.at_place", row=self.row, place=self.place, sentence=sentence)
        if self.row:
            return catalogue.text("cohort.at_row", row=self.row, sentence=sentence)
        return sentence


def problem(kind: str, row: int = 0, place: str = "", **fields: FieldValue) -> CohortProblem:
    """The problem whose text is ``cohort.<kind>`` in the catalogue."""
    return CohortProblem(Message(f"cohort.{kind}", fields), row, place)


class CohortError(InputError):
    """A cohort that cannot be trained on; ``problems`` are all of them, in the order of the table."""

    def __init__(self, problems: Sequence[CohortProblem]) -> None:
        super().__init__("cohort.problems", count=len(problems))
        self.problems = tuple(sorted(problems, key=lambda one: one.row))


class UnreadableScanError(InputError):
    """A scan or mask that could be read when the cohort was checked, and now cannot; ``problem`` says why."""

    def __init__(self, patient_id: str, scan: str, reason: Message) -> None:
        place = f"{patient_id}/{scan}"
        super().__init__("cohort.unreadable_meanwhile", place=place)
        self.problem = CohortProblem(reason, place=place)
