"""A stack on its way from the list to a picture: what the drag carries, and where it may be let go."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QByteArray, QEvent, QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

STACK_FORMAT: Final = "application/x-concilium-stack"
_WITHIN: Final = (QEvent.Type.DragEnter, QEvent.Type.DragMove)


def stack_data(stack_id: str) -> QMimeData:
    """What a drag carries: the stack's id, which holds no patient data."""
    data = QMimeData()
    data.setData(STACK_FORMAT, QByteArray(stack_id.encode()))
    return data


def dragged_stack(data: QMimeData) -> str:
    """The stack that a drag carries, or empty when it carries something else."""
    return (
        bytes(data.data(STACK_FORMAT).data()).decode("ascii", "replace")
        if data.hasFormat(STACK_FORMAT)
        else ""
    )


class StackDrop(QObject):
    """Lets stacks be dropped on a widget; everything else goes on to the window beneath.

    ``hovered`` says whether a stack is held over the widget, ``dropped`` which was let go.
    """

    hovered = Signal(bool)
    dropped = Signal(str)

    def __init__(self, target: QWidget, parent: QObject | None = None) -> None:
        super().__init__(parent or target)
        target.setAcceptDrops(True)
        target.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _WITHIN and isinstance(event, QDragEnterEvent | QDragMoveEvent):
            if dragged_stack(event.mimeData()):
                event.setDropAction(Qt.DropAction.CopyAction)
                event.accept()
                self.hovered.emit(True)
            else:
                event.ignore()
            return True
        if event.type() == QEvent.Type.DragLeave:
            self.hovered.emit(False)
            return True
        if event.type() == QEvent.Type.Drop and isinstance(event, QDropEvent):
            self.hovered.emit(False)
            stack_id = dragged_stack(event.mimeData())
            if not stack_id:
                event.ignore()
                return True
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.dropped.emit(stack_id)
            return True
        return False
