"""The series of the chosen patient as an item model; thumbnails arrive when they have been drawn."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QImage

from gui.intake.series_badges import badges, can_be_viewed, details, refusal, title
from gui.intake.thumbnail import thumbnail
from gui.session import Session
from inference.scan import Stack

Index = QModelIndex | QPersistentModelIndex


class SeriesRole(IntEnum):
    """What the delegate asks for beside the text."""

    STACK_ID = Qt.ItemDataRole.UserRole + 1
    DETAILS = Qt.ItemDataRole.UserRole + 2
    BADGES = Qt.ItemDataRole.UserRole + 3
    REASON = Qt.ItemDataRole.UserRole + 4
    THUMBNAIL = Qt.ItemDataRole.UserRole + 5


class SeriesModel(QAbstractListModel):
    """Rows are stacks: the frames of one grid."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._stacks: tuple[Stack, ...] = ()
        self._pictures: dict[str, QImage] = {}
        session.plan_changed.connect(self._on_plan_changed)
        session.language_changed.connect(self._on_texts_changed)
        session.pack_changed.connect(self._on_texts_changed)
        session.thumbnail_ready.connect(self._on_thumbnail_ready)
        self._on_plan_changed()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._stacks)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self._stacks):
            return None
        stack = self._stacks[index.row()]
        reason = refusal(stack)
        if role == Qt.ItemDataRole.DisplayRole:
            return title(self._session, stack)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            lines = [details(stack), *(badge.text for badge in badges(self._session, stack))]
            lines += [self._session.render(finding.message) for finding in stack.findings]
            return "\n".join(lines)
        if role == SeriesRole.STACK_ID:
            return stack.stack_id
        if role == SeriesRole.DETAILS:
            return details(stack)
        if role == SeriesRole.BADGES:
            return badges(self._session, stack)
        if role == SeriesRole.REASON:
            return self._session.render(reason.message) if reason is not None else ""
        if role == SeriesRole.THUMBNAIL:
            return self._picture(stack)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        usable = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return usable if can_be_viewed(self._stacks[index.row()]) else Qt.ItemFlag.ItemIsEnabled

    def row_of(self, stack_id: str) -> int:
        """The row of a stack, or -1."""
        for row, stack in enumerate(self._stacks):
            if stack.stack_id == stack_id:
                return row
        return -1

    def _picture(self, stack: Stack) -> QImage | None:
        pixels = self._session.thumbnails.get(stack.stack_id)
        if pixels is not None and stack.stack_id not in self._pictures:
            self._pictures[stack.stack_id] = thumbnail(pixels, stack)
        return self._pictures.get(stack.stack_id)

    def _on_plan_changed(self) -> None:
        self.beginResetModel()
        self._pictures.clear()
        self._stacks = self._session.stacks_of_patient()
        self.endResetModel()

    def _on_texts_changed(self) -> None:
        if self._stacks:
            self.dataChanged.emit(self.index(0), self.index(len(self._stacks) - 1))

    def _on_thumbnail_ready(self, stack_id: str) -> None:
        row = self.row_of(stack_id)
        if row >= 0:
            self.dataChanged.emit(self.index(row), self.index(row))
