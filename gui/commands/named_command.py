"""An undoable change whose name is a catalogue message, so that Undo can be read in either language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QUndoCommand, QUndoStack

from inference.messages.message import Message

if TYPE_CHECKING:
    from gui.session import Session


class NamedCommand(QUndoCommand):
    """A change of the session; ``name`` says what the user did (``panel.edit.value``: "Age")."""

    def __init__(self, session: Session, name: Message) -> None:
        super().__init__(session.render(name))
        self._session = session
        self._name = name

    def retranslate(self) -> None:
        """Take the name from the session's present catalogue."""
        self.setText(self._session.render(self._name))


def retranslate_commands(stack: QUndoStack) -> None:
    """Rename every command on ``stack`` after the language has changed."""
    for index in range(stack.count()):
        command = stack.command(index)
        if isinstance(command, NamedCommand):
            command.retranslate()
