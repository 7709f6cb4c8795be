"""The tree of series as an item model; a thumbnail is asked for when its line is drawn."""

from __future__ import annotations

from dataclasses import replace
from enum import IntEnum
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractItemModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QImage

from gui.intake.finding_actions import is_answered
from gui.intake.patient_words import describe_patient
from gui.intake.series_badges import badges, details, is_released, name_of, refusal, refusal_words, title
from gui.intake.series_tree import Level, Line, Node, SeriesTree, refuses
from gui.intake.stack_choice import is_viewable
from gui.intake.stack_drag import stack_data
from gui.intake.thumbnail import thumbnail
from gui.session import Session
from inference.findings import Verdict
from inference.scan import Stack

Index = QModelIndex | QPersistentModelIndex

_PREPARED_AT_ONCE: Final = 20
_NOWHERE: Final = QModelIndex()
_ANY: Final = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
_FLAGS: Final = {
    (False, False): _ANY,
    (False, True): _ANY | Qt.ItemFlag.ItemNeverHasChildren,
    (True, True): _ANY | Qt.ItemFlag.ItemNeverHasChildren | Qt.ItemFlag.ItemIsDragEnabled,
}


class SeriesRole(IntEnum):
    """What the delegate and the filter ask for beside the text."""

    LEVEL = Qt.ItemDataRole.UserRole + 1
    STACK_ID = Qt.ItemDataRole.UserRole + 2
    DETAILS = Qt.ItemDataRole.UserRole + 3
    BADGES = Qt.ItemDataRole.UserRole + 4
    REASON = Qt.ItemDataRole.UserRole + 5
    THUMBNAIL = Qt.ItemDataRole.UserRole + 6
    COUNT = Qt.ItemDataRole.UserRole + 7
    IS_OPEN = Qt.ItemDataRole.UserRole + 8
    SEARCH = Qt.ItemDataRole.UserRole + 9
    REFUSAL = Qt.ItemDataRole.UserRole + 10
    LINE = Qt.ItemDataRole.UserRole + 11
    IS_RELEASED = Qt.ItemDataRole.UserRole + 12


class SeriesModel(QAbstractItemModel):
    """Patient, studies, series, stacks; see :class:`SeriesTree`.

    ``thumbnail_wanted`` carries a stack whose line was drawn before its picture was there.
    """

    thumbnail_wanted = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._tree = SeriesTree(None, None)
        self._pictures: dict[str, QImage] = {}
        self._asked: set[str] = set()
        self._kept: dict[tuple[int, int], Any] = {}
        self._opened = ""
        session.plan_changed.connect(self._on_plan_changed)
        session.language_changed.connect(self._on_texts_changed)
        session.pack_changed.connect(self._on_texts_changed)
        session.stack_changed.connect(self._on_open_changed)
        session.stated_changed.connect(self._on_open_changed)
        session.volume_changed.connect(self._on_volume_changed)
        session.inputs.pixels.learned.connect(self._on_meaning_learned)
        session.thumbnail_ready.connect(self._on_thumbnail_ready)
        self._idle = QTimer(self)
        self._idle.setInterval(0)
        self._idle.timeout.connect(self._prepare_search)
        self._unprepared: list[int] = []
        self._on_plan_changed()

    # What Qt asks

    def index(self, row: int, column: int = 0, parent: Index = _NOWHERE) -> QModelIndex:
        siblings = self._children(parent)
        if column != 0 or not 0 <= row < len(siblings):
            return QModelIndex()
        return self.createIndex(row, 0, siblings[row])

    def parent(self, index: Index = _NOWHERE) -> Any:  # type: ignore[override]
        node = self._node(index)
        if node is None or node.parent < 0:
            return QModelIndex()
        return self.createIndex(self._tree.nodes[node.parent].row, 0, node.parent)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return len(self._children(parent))

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 1

    def flags(self, index: Index) -> Qt.ItemFlag:
        node = self._node(index)
        if node is None:
            return Qt.ItemFlag.NoItemFlags
        return _FLAGS[node.can_be_opened, node.level is Level.STACK]

    def mimeTypes(self) -> list[str]:
        return stack_data("").formats()

    def mimeData(self, indexes: Any) -> QMimeData:
        return stack_data(next((str(index.data(SeriesRole.STACK_ID) or "") for index in indexes), ""))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        node = self._node(index)
        if node is None:
            return None
        if role == SeriesRole.LINE:
            return int(self._line_of(node))
        if role == SeriesRole.LEVEL:
            return int(node.level)
        if role == SeriesRole.COUNT:
            return len(node.stacks)
        if role == SeriesRole.THUMBNAIL:
            return self._picture(node.stacks[0]) if node.level is Level.STACK else None
        if role == SeriesRole.STACK_ID:
            return node.stacks[0].stack_id if node.level is Level.STACK else ""
        if role == SeriesRole.IS_OPEN:
            opened = self._session.stack
            return opened is not None and self._tree.number_of(opened.stack_id) == index.internalId()
        # What the user releases changes while the line stays.
        if role == SeriesRole.IS_RELEASED:
            return node.level is Level.STACK and is_released(self._session, self._stack_of(node))
        if role == SeriesRole.REFUSAL:
            return refusal_words(self._session, self._stack_of(node)) if node.level is Level.STACK else ""
        if role == Qt.ItemDataRole.DisplayRole or role >= SeriesRole.LEVEL:
            key = (index.internalId(), int(role))
            if key not in self._kept:
                self._kept[key] = self._text(node, role)
            return self._kept[key]
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            return self._described(node)
        return None

    # What the browser asks

    def index_of(self, stack_id: str) -> QModelIndex:
        """Where a stack stands; invalid when it is not listed."""
        number = self._tree.number_of(stack_id)
        return self.createIndex(self._tree.nodes[number].row, 0, number) if number >= 0 else QModelIndex()

    @property
    def stack_count(self) -> int:
        """How many stacks are listed."""
        return sum(len(self._tree.nodes[root].stacks) for root in self._tree.roots)

    # Inside

    def _node(self, index: Index) -> Node | None:
        if not index.isValid() or index.model() is not self:
            return None
        number = index.internalId()
        return self._tree.nodes[number] if 0 <= number < len(self._tree.nodes) else None

    def _children(self, parent: Index) -> list[int]:
        if not parent.isValid():
            return self._tree.roots
        node = self._node(parent)
        return node.children if node is not None else []

    def _stack_of(self, node: Node) -> Stack:
        """The open one as it is now: straightened, or with a note where the user has stated what is asked."""
        stack, opened, stated = node.stacks[0], self._session.stack, self._session.stated
        if node.level is not Level.STACK or opened is None or opened.stack_id != stack.stack_id:
            return stack
        if not any(is_answered(one.code, stated) for one in opened.findings):
            return opened
        findings = tuple(
            replace(one, answer=Verdict.NOTE) if is_answered(one.code, stated) else one
            for one in opened.findings
        )
        return replace(opened, findings=findings)

    def _line_of(self, node: Node) -> Line:
        stack = self._stack_of(node)
        if stack is node.stacks[0]:
            return node.line
        return Line.REFUSED_CARD if refuses(stack) else Line.CARD

    def _text(self, node: Node, role: int) -> Any:
        session, stack = self._session, self._stack_of(node)
        is_stack = node.level is Level.STACK
        if role == Qt.ItemDataRole.DisplayRole:
            return _line(session, node)
        if role == SeriesRole.DETAILS:
            return details(session, stack) if is_stack else ""
        if role == SeriesRole.BADGES:
            return badges(session, stack) if is_stack else ()
        if role == SeriesRole.REASON:
            reason = refusal(stack) if is_stack else None
            return session.render(reason.message) if reason is not None else ""
        if role == SeriesRole.SEARCH:
            return search_text(session, stack) if is_stack else ""
        return None

    def _described(self, node: Node) -> str:
        session = self._session
        if node.level is not Level.STACK:
            return session.tr("gui.series.count", count=len(node.stacks))
        stack = self._stack_of(node)
        lines = [refusal_words(session, stack)] if refusal(stack) is not None else []
        lines += [details(session, stack), *(badge.text for badge in badges(session, stack))]
        lines += [session.render(finding.message) for finding in stack.findings]
        return "\n".join(dict.fromkeys(lines))

    def _picture(self, stack: Stack) -> QImage | None:
        key = stack.stack_id
        if key not in self._pictures:
            pixels = self._session.thumbnails.get(key)
            if pixels is not None:
                self._pictures[key] = thumbnail(pixels, stack)
            elif key not in self._asked and is_viewable(stack):
                self._asked.add(key)
                self.thumbnail_wanted.emit(stack)
        return self._pictures.get(key)

    def _on_plan_changed(self) -> None:
        self.beginResetModel()
        self._pictures.clear()
        self._asked.clear()
        self._kept.clear()
        self._tree = SeriesTree(self._session.plan, self._session.patient)
        self.endResetModel()
        self._prepare_later()

    def _prepare_later(self) -> None:
        """Words to search are gathered while nothing else is to do: of thousands they take a while."""
        self._unprepared = [
            number for number, node in enumerate(self._tree.nodes) if node.level is Level.STACK
        ]
        self._idle.start()

    def _prepare_search(self) -> None:
        for number in self._unprepared[-_PREPARED_AT_ONCE:]:
            key = (number, int(SeriesRole.SEARCH))
            if key not in self._kept:
                self._kept[key] = self._text(self._tree.nodes[number], SeriesRole.SEARCH)
        del self._unprepared[-_PREPARED_AT_ONCE:]
        if not self._unprepared:
            self._idle.stop()

    def _on_texts_changed(self) -> None:
        self._kept.clear()
        self._changed(self._tree.roots)
        self._prepare_later()

    def _changed(self, siblings: list[int]) -> None:
        if not siblings:
            return
        first, last = siblings[0], siblings[-1]
        self.dataChanged.emit(self.createIndex(0, 0, first), self.createIndex(len(siblings) - 1, 0, last))
        for number in siblings:
            self._changed(self._tree.nodes[number].children)

    def _on_open_changed(self) -> None:
        stack = self._session.stack
        opened, before = stack.stack_id if stack is not None else "", self._opened
        self._opened = opened
        for stack_id in dict.fromkeys((before, opened)):
            number = self._tree.number_of(stack_id)
            for key in [key for key in self._kept if key[0] == number]:
                del self._kept[key]
            index = self.index_of(stack_id)
            if index.isValid():
                self.dataChanged.emit(index, index)

    def _on_volume_changed(self) -> None:
        """The pixels may tell more than the tags."""
        stack = self._session.stack
        if stack is not None and self._session.volume is not None:
            self._on_meaning_learned(stack.stack_id)

    def _on_meaning_learned(self, stack_id: str) -> None:
        number = self._tree.number_of(stack_id)
        for role in (SeriesRole.BADGES, SeriesRole.SEARCH):
            self._kept.pop((number, int(role)), None)
        index = self.index_of(stack_id)
        if index.isValid():
            self.dataChanged.emit(index, index)

    def _on_thumbnail_ready(self, stack_id: str) -> None:
        index = self.index_of(stack_id)
        if index.isValid():
            self.dataChanged.emit(index, index, [SeriesRole.THUMBNAIL])


def search_text(session: Session, stack: Stack) -> str:
    """Everything by which somebody may look for a stack, in small letters."""
    made = stack.acquisition
    number = "" if made.series_number is None else str(made.series_number)
    words = [name_of(session, stack), made.protocol_name, made.body_part, made.study_date, number]
    words += [refusal_words(session, stack)] if refusal(stack) is not None else []
    words += [made.technique.study_description, made.technique.kernel]
    words += [badge.text for badge in badges(session, stack)]
    return "\n".join(words).casefold()


def _line(session: Session, node: Node) -> str:
    stack = node.stacks[0]
    if node.level is Level.PATIENT:
        return describe_patient(session, session.patient)
    if node.level is Level.STUDY:
        date = stack.acquisition.study_date or session.tr("gui.series.no_date")
        described = stack.acquisition.technique.study_description
        return f"{date} · {described}" if described else date
    return title(session, stack) if node.level is Level.STACK else name_of(session, stack)
