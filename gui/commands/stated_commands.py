"""Undoable statements of the user about the scan: what the file leaves open, and refusals released."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.commands.named_command import NamedCommand
from inference.messages.message import Message

if TYPE_CHECKING:
    from gui.session import Session
    from gui.session_scans import OpenScan
    from inference.pipeline import StatedFacts
    from inference.release import Release


class ReplaceStated(NamedCommand):
    """Put other statements in the place of those about a scan, which is shown then; undo restores them
    exactly.
    """

    def __init__(self, session: Session, scan: OpenScan | None, stated: StatedFacts, name: Message) -> None:
        super().__init__(session, name)
        self.stack_id = "" if scan is None else scan.stack.stack_id
        self._before = session.stated if scan is None else scan.stated
        self._after = stated

    def redo(self) -> None:
        self._session.look_at(self.stack_id)
        self._session.set_stated(self._after)

    def undo(self) -> None:
        self._session.look_at(self.stack_id)
        self._session.set_stated(self._before)


class StateFact(ReplaceStated):
    """Replace what the user has stated about the scan; ``fact`` is the message id of what is stated."""

    def __init__(self, session: Session, stated: StatedFacts, fact: str) -> None:
        super().__init__(session, session.viewed_scan, stated, Message("panel.edit.state", {"fact": fact}))


def release_finding(session: Session, release: Release, scan: OpenScan | None = None) -> ReplaceStated:
    """The command by which a named user lifts one refusal of a scan; without one, of the viewed."""
    meant = scan or session.viewed_scan
    stated = (session.stated if meant is None else meant.stated).with_release(release)
    return ReplaceStated(session, meant, stated, Message("panel.edit.release"))


def withdraw_release(session: Session, code: str, scan: OpenScan | None = None) -> ReplaceStated:
    """The command that takes a release back; the finding refuses again."""
    meant = scan or session.viewed_scan
    stated = (session.stated if meant is None else meant.stated).without_releases({code})
    return ReplaceStated(session, meant, stated, Message("panel.edit.withdraw_release"))
