"""A finding: what is odd about an input, where, and what follows for viewing and for answering."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from types import MappingProxyType
from typing import Final

from inference.messages.message import FieldValue, Message


class Verdict(IntEnum):
    """How far an input may go; the worst of several wins."""

    FINE = 0
    NOTE = 1
    REFUSED = 2


FILE_FIELDS: Final = MappingProxyType(
    {
        "file": "fact.one_file",
        "other": "fact.one_file",
        "before": "fact.one_slice",
        "after": "fact.next_slice",
    }
)
"""Fields of a finding that hold file names, which may hold patients' names; and what is said instead."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One observation by intake or guard.

    ``code`` names the rule (``geometry.gap``).  The catalogue holds ``finding.<code>`` (what and where)
    and, where there is something to do, ``finding.<code>.do``.  ``view`` says whether the input may be
    looked at, ``answer`` whether a pack may use it, and ``releasable`` whether a named user may lift
    the refusal with a reason.
    """

    code: str
    view: Verdict
    answer: Verdict
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    releasable: bool = False

    @property
    def message(self) -> Message:
        """What was found, as a catalogue message."""
        return Message(f"finding.{self.code}", self.fields)

    @property
    def message_without_files(self) -> Message:
        """As :attr:`message`, naming no file: what a result may carry."""
        fields = {name: FILE_FIELDS.get(name, self.fields[name]) for name in self.fields}
        return Message(f"finding.{self.code}", fields)

    @property
    def advice(self) -> Message:
        """What the user can do about it, as a catalogue message."""
        return Message(f"finding.{self.code}.do", self.fields)


def worst_answer(findings: Iterable[Finding]) -> Verdict:
    """The verdict for answering when all ``findings`` apply."""
    return max((finding.answer for finding in findings), default=Verdict.FINE)


def worst_view(findings: Iterable[Finding]) -> Verdict:
    """The verdict for viewing when all ``findings`` apply."""
    return max((finding.view for finding in findings), default=Verdict.FINE)
