"""The series of the open study: which there are, which is open, which cannot be used; search and progress."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui.actions import Actions
from gui.feedback.text import label
from gui.intake.search_field import SearchField
from gui.intake.series_badges import refusal
from gui.intake.series_model import SeriesModel, SeriesRole
from gui.intake.series_tree import Level
from gui.intake.series_view import SeriesFilter, SeriesView
from gui.intake.stack_choice import is_viewable
from gui.jobs.progress_line import ProgressLine, is_shown
from gui.notice import NoticeKind
from gui.session import Session
from inference.scan import Stack

_SEARCH_FROM: Final = 4
"""Fewer stacks than these are found by the eye."""

_SETTLING_MS: Final = 600
_EXACT_UP_TO: Final = 60
"""So many cards are laid out by their badges without a pause."""


class SeriesBrowser(QWidget):
    """Lists the stacks of the chosen patient; Enter, a double click or a drag into a picture opens one."""

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._wanted: dict[str, Stack] = {}
        self._is_new = False
        self.model = SeriesModel(session, self)
        self.filter = SeriesFilter(self)
        self.filter.setSourceModel(self.model)
        self.view = SeriesView(self)
        self.view.setModel(self.filter)
        self.heading = label("heading", self)
        self.count = label("annotation", self)
        self.search = SearchField(self)
        self.hint = label("small", self, wraps=True)
        self.open_button = QPushButton(self)
        self.open_button.clicked.connect(actions["open_folder"].trigger)
        self.progress = ProgressLine(session, self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._draw_wanted)
        self._scroll = QTimer(self)
        self._scroll.setSingleShot(True)
        self._scroll.setInterval(0)
        self._scroll.timeout.connect(self._scroll_to_open)
        # Badges, a scroll bar, the progress above: the list settles over a few rounds of layout.
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(_SETTLING_MS)
        self.view.verticalScrollBar().rangeChanged.connect(self._on_range_changed)
        top = QHBoxLayout()
        top.addWidget(self.heading, 1)
        top.addWidget(self.count)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(top)
        column.addWidget(self.progress)
        column.addWidget(self.search)
        column.addWidget(self.view)
        column.addWidget(self.hint)
        column.addWidget(self.open_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.search.textChanged.connect(self._on_search_changed)
        self.search.left_downwards.connect(self._on_search_left)
        self.view.activated.connect(self._on_activated)
        self.view.doubleClicked.connect(self._on_double_clicked)
        self.view.clicked.connect(self._on_clicked)
        self.view.expanded.connect(self._on_folded)
        self.view.collapsed.connect(self._on_folded)
        self.model.thumbnail_wanted.connect(self._on_thumbnail_wanted)
        actions["find_series"].triggered.connect(self.begin_search)
        session.plan_changed.connect(self._on_plan_changed)
        session.stack_changed.connect(self._on_stack_changed)
        session.stated_changed.connect(self.view.updateGeometry)
        session.inputs.pixels.learned.connect(self._on_meaning_learned)
        session.intake_job_changed.connect(self._on_reading_changed)
        session.pack_changed.connect(self._on_texts_changed)
        session.volume_changed.connect(self._on_volume_changed)
        session.language_changed.connect(self._on_language_changed)
        self._on_language_changed()
        self._on_plan_changed()

    def begin_search(self) -> None:
        """Take the keys to the search field."""
        if self._session.plan is not None and self.model.stack_count:
            self.search.setVisible(True)
            self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.search.selectAll()

    def open_stack(self, stack_id: str) -> None:
        """Open a stack, or say why it cannot be shown; one whose reading was cancelled is read again."""
        session = self._session
        stack = next((one for one in session.stacks_of_patient() if one.stack_id == stack_id), None)
        if stack is None:
            return
        if not is_viewable(stack):
            reason = refusal(stack)
            if reason is not None:
                advice = reason.advice if session.catalogue.has(reason.advice.id) else None
                session.raise_notice(NoticeKind.REFUSED, reason.message, advice)
            return
        session.choose_stack(stack_id)
        session.jobs.reload()

    # What the hand does

    def _on_activated(self, index: QModelIndex) -> None:
        if index.data(SeriesRole.LEVEL) == Level.STACK:
            self.open_stack(str(index.data(SeriesRole.STACK_ID)))

    def _on_double_clicked(self, index: QModelIndex) -> None:
        # Where the platform activates on a double click, this finds the stack open already.
        self._on_activated(index)

    def _on_clicked(self, index: QModelIndex) -> None:
        if index.data(SeriesRole.LEVEL) != Level.STACK:
            self.view.setExpanded(index, not self.view.isExpanded(index))

    def _on_folded(self, _index: QModelIndex) -> None:
        self.view.updateGeometry()

    def _on_search_changed(self, text: str) -> None:
        self.filter.look_for(text)
        self.view.fold(self._open_index())
        self._say_how_many()
        self.view.updateGeometry()

    def _on_search_left(self) -> None:
        """The first stack that was found."""
        index = self.filter.index(0, 0)
        while index.isValid() and index.data(SeriesRole.LEVEL) != Level.STACK:
            index = self.view.indexBelow(index)
        if index.isValid():
            self.view.setCurrentIndex(index)
            self.view.setFocus(Qt.FocusReason.TabFocusReason)

    def _on_thumbnail_wanted(self, stack: Stack) -> None:
        """Lines that are drawn in one go are asked for together."""
        self._wanted[stack.stack_id] = stack
        self._timer.start()

    def _draw_wanted(self) -> None:
        wanted, self._wanted = tuple(self._wanted.values()), {}
        if self._session.plan is not None:
            self._session.jobs.draw_thumbnails(self._session.plan, wanted)

    # What the session says

    def _on_plan_changed(self) -> None:
        self._wanted = {}
        self.view.set_exact(self.model.stack_count <= _EXACT_UP_TO)
        self.search.clear()
        self._say_how_many()
        self._on_stack_changed()
        self._is_new = True
        self._scroll.start()

    def _on_reading_changed(self) -> None:
        """While a source is looked through, that is what is said; nothing else is offered."""
        is_empty, is_reading = self._session.plan is None, is_shown(self._session.intake_job)
        self.hint.setVisible(self.view.isHidden() and not (is_empty and is_reading))
        self.open_button.setVisible(is_empty and not is_reading)

    def _on_texts_changed(self) -> None:
        self.view.scheduleDelayedItemsLayout()
        self._say_how_many()

    def _on_stack_changed(self) -> None:
        index = self._open_index()
        if not index.isValid():
            self.view.selectionModel().clear()
            return
        self.view.unfold_to(index)
        select = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.view.selectionModel().setCurrentIndex(index, select)
        # The lines are laid out, and the list given its height, after this signal.
        self._settling.start()
        self._scroll.start()

    def _on_volume_changed(self) -> None:
        """What its pixels tell may make a card higher."""
        self.view.updateGeometry()
        if self._session.volume is not None:
            self._settling.start()
            self._scroll.start()

    def _on_range_changed(self, _low: int, _high: int) -> None:
        """The open stack stays in sight while the list settles; afterwards it is the hand that scrolls."""
        if self._settling.isActive():
            self._scroll.start()

    def _on_meaning_learned(self, _stack_id: str) -> None:
        self.view.updateGeometry()

    def _scroll_to_open(self) -> None:
        """In a turn of its own: thousands of lines are laid out when they unfold."""
        index = self._open_index()
        if self._is_new:
            self._is_new = False
            self.view.fold(index)
            self.view.updateGeometry()
        if index.isValid():
            self.view.scrollTo(index)

    def _on_language_changed(self) -> None:
        tr = self._session.tr
        self.heading.setText(tr("gui.heading.series").upper())
        self.open_button.setText(tr("gui.open_study"))
        self.view.setAccessibleName(tr("gui.heading.series"))
        self.view.setAccessibleDescription(tr("gui.series.how_to"))
        self.search.setPlaceholderText(tr("gui.series.search"))
        self.search.setAccessibleName(tr("gui.series.search"))
        self.search.refresh_theme()
        self._on_texts_changed()

    def _open_index(self) -> QModelIndex:
        stack = self._session.stack
        if stack is None:
            return QModelIndex()
        return self.filter.mapFromSource(self.model.index_of(stack.stack_id))

    def _say_how_many(self) -> None:
        session, listed = self._session, self.model.stack_count
        found = self.filter.stack_count() if self.filter.is_filtering else listed
        self.search.setVisible(listed >= _SEARCH_FROM)
        self.view.setVisible(found > 0)
        self._on_reading_changed()
        part = session.tr("gui.series.found", count=found, total=listed)
        self.count.setText(part if self.filter.is_filtering else str(listed or ""))
        if session.plan is None:
            self.hint.setText(session.tr("gui.series.none"))
        elif session.patient is None and len(session.plan.patients) > 1:
            self.hint.setText(session.tr("gui.series.choose_patient"))
        elif listed:
            self.hint.setText(session.tr("gui.series.no_match", text=self.search.text().strip()))
        else:
            self.hint.setText(session.tr("gui.series.unusable"))
