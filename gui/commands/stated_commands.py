"""Undoable statements of the user about the scan, where the file itself is silent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.commands.named_command import NamedCommand
from inference.messages.message import Message

if TYPE_CHECKING:
    from gui.session import Session
    from inference.pipeline import StatedFacts


class StateFact(NamedCommand):
    """Replace what the user has stated about the scan; ``fact`` is the message id of what is stated."""

    def __init__(self, session: Session, stated: StatedFacts, fact: str) -> None:
        super().__init__(session, Message("panel.edit.state", {"fact": fact}))
        self._before = session.stated
        self._after = stated

    def redo(self) -> None:
        self._session.set_stated(self._after)

    def undo(self) -> None:
        self._session.set_stated(self._before)
