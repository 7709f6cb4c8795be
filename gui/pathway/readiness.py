"""Whether the open case can be run, and what the answer would meet: read from the session, never stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.actions import needs_pick
from gui.pathway.requirements import Requirement, blocking, requirements
from inference.findings import Verdict
from inference.messages.message import Message

if TYPE_CHECKING:
    from gui.session import Session
    from inference.assessment import GuardLine


def guard_lines(session: Session) -> tuple[GuardLine, ...]:
    """What the guard says about the inputs as they are now; nothing while they are not complete."""
    case = session.case_input
    if case is None or session.pack is None:
        return ()
    from inference.pipeline import check_inputs

    return check_inputs(case, session.pack)


def run_obstacle(session: Session) -> Message | None:
    """Why the case cannot be run now, or None when it can."""
    if session.pack is None and session.pack_problem is not None:
        return session.pack_problem
    reason = needs_pick(session)
    if reason and reason != "gui.why_not.inputs":
        return Message(reason)
    return blocking(session)


def unmet(session: Session) -> tuple[Requirement, ...]:
    """What a run does without: the answer would rest on less, or be withheld."""
    return tuple(one for one in requirements(session) if one.verdict is Verdict.REFUSED)


def refused_names(lines: tuple[GuardLine, ...]) -> tuple[str, ...]:
    """Message ids of the checks because of which an answer would be withheld."""
    return tuple(line.name for line in lines if line.verdict is Verdict.REFUSED)
