"""Whether a report of the open case can be written now, and what is missing if not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inference.messages.message import Message

if TYPE_CHECKING:
    from gui.session import Session


def report_obstacle(session: Session) -> Message | None:
    """Why no report can be written now, or None when it can."""
    if session.outcome is None:
        return Message("panel.report.need_outcome")
    if session.board.hides:
        return Message("error.report.opinion_first")
    if not session.is_current:
        return Message("panel.report.stale")
    if session.jobs.variation.is_running:
        return Message("error.report.varying")
    if session.identity is None or not session.identity.is_known:
        return Message("panel.identity.missing")
    return None
