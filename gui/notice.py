"""A notice: one sentence about what just ended or what needs attention, shown inline and never as a popup."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from inference.messages.message import Message


class NoticeKind(StrEnum):
    """How a notice is meant; each has a word and a shape beside its colour."""

    INFORMATION = "information"
    DONE = "done"
    CANCELLED = "cancelled"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Notice:
    """What to say; ``advice`` is what the user can do about it, where there is something."""

    kind: NoticeKind
    message: Message
    advice: Message | None = None
