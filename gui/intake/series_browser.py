"""The series of the open study: which there are, which is open, which cannot be used; reading progress."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListView, QPushButton, QVBoxLayout, QWidget

from gui.actions import Actions
from gui.feedback.text import label
from gui.intake.series_delegate import SeriesDelegate
from gui.intake.series_model import SeriesModel, SeriesRole
from gui.jobs.progress_line import ProgressLine
from gui.session import Session

_TALLEST_PX: Final = 330


class SeriesList(QListView):
    """The list itself, as high as its rows up to a limit."""

    def sizeHint(self) -> QSize:
        model = self.model()
        rows = model.rowCount() if model is not None else 0
        height = sum(max(self.sizeHintForRow(row), 0) for row in range(rows))
        return QSize(220, min(height, _TALLEST_PX))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.scheduleDelayedItemsLayout()
            self.updateGeometry()


class SeriesBrowser(QWidget):
    """Lists the stacks of the chosen patient and opens the one that is activated."""

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.model = SeriesModel(session, self)
        self.view = SeriesList(self)
        self.view.setModel(self.model)
        self.view.setItemDelegate(SeriesDelegate(self.view))
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setResizeMode(QListView.ResizeMode.Adjust)
        self.view.setMouseTracking(True)
        self.heading = label("heading", self)
        self.hint = label("small", self, wraps=True)
        self.open_button = QPushButton(self)
        self.open_button.clicked.connect(actions["open_folder"].trigger)
        self.progress = ProgressLine(session, self)
        top = QHBoxLayout()
        top.addWidget(self.heading, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(top)
        column.addWidget(self.progress)
        column.addWidget(self.view)
        column.addWidget(self.hint)
        column.addWidget(self.open_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.view.clicked.connect(self._on_clicked)
        self.view.activated.connect(self._on_clicked)
        selection = self.view.selectionModel()
        selection.currentChanged.connect(self._on_activated)
        session.plan_changed.connect(self._on_plan_changed)
        session.stack_changed.connect(self._on_stack_changed)
        session.pack_changed.connect(self._on_plan_changed)
        session.language_changed.connect(self._on_language_changed)
        self._on_language_changed()

    def _on_activated(self, index: QModelIndex) -> None:
        stack_id = index.data(SeriesRole.STACK_ID)
        if stack_id and (self._session.stack is None or stack_id != self._session.stack.stack_id):
            self._session.choose_stack(str(stack_id))

    def _on_clicked(self, index: QModelIndex) -> None:
        """Open another series, or read the open one again after its reading was cancelled."""
        self._on_activated(index)
        self._session.jobs.reload()

    def _on_plan_changed(self) -> None:
        has_series = self.model.rowCount() > 0
        self.view.setVisible(has_series)
        self.hint.setVisible(not has_series)
        session = self._session
        self.open_button.setVisible(session.plan is None)
        if session.plan is None:
            self.hint.setText(session.tr("gui.series.none"))
        elif session.patient is None and len(session.plan.patients) > 1:
            self.hint.setText(session.tr("gui.series.choose_patient"))
        else:
            self.hint.setText(session.tr("gui.series.unusable"))
        self.view.updateGeometry()
        self._on_stack_changed()

    def _on_stack_changed(self) -> None:
        stack = self._session.stack
        row = self.model.row_of(stack.stack_id) if stack is not None else -1
        selection = self.view.selectionModel()
        if row < 0:
            selection.clear()
        elif selection.currentIndex().row() != row or not selection.hasSelection():
            selection.setCurrentIndex(self.model.index(row), QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def _on_language_changed(self) -> None:
        tr = self._session.tr
        self.heading.setText(tr("gui.heading.series").upper())
        self.open_button.setText(tr("gui.open_study"))
        self.view.setAccessibleName(tr("gui.heading.series"))
        self._on_plan_changed()
