"""The tree on screen: as high as its lines up to a limit, sensibly folded, and filtered by words."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QTreeView, QWidget

from gui.intake.series_delegate import SeriesDelegate
from gui.intake.series_model import SeriesRole
from gui.intake.series_tree import Level

Index = QModelIndex | QPersistentModelIndex

_TALLEST_PX: Final = 330
_TALLEST_SHARE: Final = 0.42
_MOST_UNFOLDED: Final = 40
_STEP_PX: Final = 10


class SeriesFilter(QSortFilterProxyModel):
    """Keeps the stacks in which every word occurs, and the headings above them."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words: tuple[str, ...] = ()
        self.setRecursiveFilteringEnabled(True)

    @property
    def is_filtering(self) -> bool:
        """True while words are looked for."""
        return bool(self._words)

    def look_for(self, text: str) -> None:
        """Keep what holds every word of ``text``, in any order and case."""
        words = tuple(text.casefold().split())
        if words != self._words:
            self.beginFilterChange()
            self._words = words
            self.endFilterChange()

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:
        if not self._words:
            return True
        index = self.sourceModel().index(row, 0, parent)
        text = index.data(SeriesRole.SEARCH)
        return bool(text) and all(word in text for word in self._words)

    def stack_count(self, parent: Index | None = None) -> int:
        """How many stacks are left, at or below ``parent``."""
        here = parent if parent is not None else QModelIndex()
        count = 0
        for row in range(self.rowCount(here)):
            index = self.index(row, 0, here)
            is_stack = index.data(SeriesRole.LEVEL) == Level.STACK
            count += 1 if is_stack else self.stack_count(index)
        return count


class SeriesView(QTreeView):
    """A tree whose lines its delegate draws over the whole width."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._delegate = SeriesDelegate(self)
        self.setItemDelegate(self._delegate)
        self.setHeaderHidden(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setIndentation(_STEP_PX)
        self.setExpandsOnDoubleClick(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalScrollBar().setSingleStep(24)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setMouseTracking(True)

    def drawBranches(self, painter: QPainter, rect: QRect, index: Index) -> None:
        """The delegate draws the arrows."""

    def sizeHint(self) -> QSize:
        return QSize(220, min(self._height_of_lines(), self._tallest()))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        is_other = self._delegate.width != self.viewport().width()
        self._delegate.width = self.viewport().width()
        super().resizeEvent(event)
        if is_other and self._delegate.is_exact:
            # Of thousands the heights do not follow from the width: they need not be laid out again.
            self.scheduleDelayedItemsLayout()
            self.updateGeometry()

    def set_exact(self, is_exact: bool) -> None:
        """Whether cards are as high as their badges, or all alike."""
        self._delegate.is_exact = is_exact
        self.scheduleDelayedItemsLayout()

    def keyPressEvent(self, event: Any) -> None:
        """Enter opens, whatever the platform thinks of it; on a heading it folds."""
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            if index.data(SeriesRole.LEVEL) == Level.STACK:
                self.activated.emit(index)
            else:
                self.setExpanded(index, not self.isExpanded(index))
            event.accept()
            return
        super().keyPressEvent(event)

    def fold(self, open_index: QModelIndex) -> None:
        """Everything in sight when it is little; else the newest study and where the open stack lies."""
        model = self.model()
        if not isinstance(model, SeriesFilter):
            return
        if model.stack_count() <= _MOST_UNFOLDED:
            self.expandAll()
            return
        self.collapseAll()
        for row in range(model.rowCount()):
            patient = model.index(row, 0)
            self.expand(patient)
            self.expand(model.index(0, 0, patient))
        self.unfold_to(open_index)

    def unfold_to(self, index: QModelIndex) -> None:
        """Open the headings above a line."""
        above = index.parent()
        while above.isValid():
            if not self.isExpanded(above):
                self.expand(above)
            above = above.parent()

    def _tallest(self) -> int:
        window = self.window()
        return max(_TALLEST_PX, round(_TALLEST_SHARE * window.height()))

    def _height_of_lines(self) -> int:
        """Height of the lines that are unfolded, counted no further than the limit."""
        height, limit = 0, self._tallest()
        model = self.model()
        index = model.index(0, 0) if model is not None else QModelIndex()
        while index.isValid() and height < limit:
            height += self.rowHeight(index) or self.sizeHintForIndex(index).height()
            index = self.indexBelow(index)
        return height
