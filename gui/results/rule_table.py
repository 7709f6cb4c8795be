"""The rule table as the pack's rules state it, with the patient's row marked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QTableView, QWidget

from gui.theme.palette import current_tokens
from gui.theme.tokens import Tone
from inference.assessment import Recommendation, RuleRow
from reports.wording import reading_name, row_conditions, row_recommendation

if TYPE_CHECKING:
    from inference.messages.catalogue import Catalogue

Index = QModelIndex | QPersistentModelIndex

MARK = "▸"
_MARK_PX: Final = 16
_BETWEEN_COLUMNS_PX: Final = 10


class RuleTableModel(QAbstractTableModel):
    """Rows of the rule set; a mark, a column per reading, what a row asks for, and what is recommended."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[RuleRow, ...] = ()
        self._readings: tuple[str, ...] = ()
        self._has_conditions = False
        self._marked: int | None = None
        self._catalogue: Catalogue | None = None
        self._tone = Tone.PLAIN

    def show_recommendation(
        self, recommendation: Recommendation | None, catalogue: Catalogue, *, tone: Tone = Tone.PLAIN
    ) -> None:
        """Show the table of a recommendation, the marked row in ``tone``; none empties it."""
        self.beginResetModel()
        self._rows = () if recommendation is None else recommendation.table
        self._readings = tuple(dict.fromkeys(name for row in self._rows for name in row.when))
        self._has_conditions = any(row.fields for row in self._rows)
        self._marked = None if recommendation is None else recommendation.row
        self._catalogue = catalogue
        self._tone = tone
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own signature)
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() or not self._rows else len(self._readings) + self._has_conditions + 2

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role != Qt.ItemDataRole.DisplayRole or self._catalogue is None:
            return None
        if orientation is Qt.Orientation.Vertical:
            return str(self._rows[section].row)
        if section == 0:
            return ""
        if section <= len(self._readings):
            return reading_name(self._readings[section - 1], self._catalogue)
        if section < self.columnCount() - 1:
            return self._catalogue.text("report.rules.conditions")
        return self._catalogue.text("panel.rules.recommend")

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or self._catalogue is None:
            return None
        row = self._rows[index.row()]
        is_marked = row.row == self._marked
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, index.column(), is_marked)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            text = self._text(row, index.column(), False)
            return self._catalogue.text("panel.rules.this_patient", text=text) if is_marked else text
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        tokens = current_tokens()
        if role == Qt.ItemDataRole.ForegroundRole:
            return QBrush(QColor(tokens.text if is_marked else tokens.muted))
        if role == Qt.ItemDataRole.BackgroundRole and is_marked:
            return QBrush(QColor(tokens.line_of(self._tone)))
        if role == Qt.ItemDataRole.FontRole and is_marked:
            font = QFont()
            font.setWeight(QFont.Weight.DemiBold)
            return font
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        return Qt.ItemFlag.ItemIsEnabled if index.isValid() else Qt.ItemFlag.NoItemFlags

    def _text(self, row: RuleRow, column: int, is_marked: bool) -> str:
        assert self._catalogue is not None
        if column == 0:
            return MARK if is_marked else ""
        if column <= len(self._readings):
            word = row.when.get(self._readings[column - 1])
            return "" if word is None else self._catalogue.text(f"class.{word}")
        if column < self.columnCount() - 1:
            return row_conditions(row, self._catalogue)
        return row_recommendation(row, self._catalogue)


class RuleTable(QTableView):
    """As high as its rows; nothing in it can be chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rules = RuleTableModel(self)
        self.setModel(self.rules)
        self.setShowGrid(False)
        self.setWordWrap(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setTabKeyNavigation(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(1)
        header = self.horizontalHeader()
        header.setMinimumSectionSize(12)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom)
        header.setSectionsClickable(False)
        header.setHighlightSections(False)

    def show_recommendation(
        self, recommendation: Recommendation | None, catalogue: Catalogue, *, tone: Tone = Tone.PLAIN
    ) -> None:
        """Show the table of a recommendation with the patient's row marked."""
        self.rules.show_recommendation(recommendation, catalogue, tone=tone)
        self.setVisible(self.rules.rowCount() > 0)
        self.setAccessibleName(catalogue.text("panel.rules.heading"))
        if self.rules.rowCount():
            header, last = self.horizontalHeader(), self.rules.columnCount() - 1
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setSectionResizeMode(last, QHeaderView.ResizeMode.Stretch)
            header.resizeSection(0, _MARK_PX)
            for column in range(1, last):
                wide = max(self.sizeHintForColumn(column), header.sectionSizeHint(column))
                header.resizeSection(column, wide + _BETWEEN_COLUMNS_PX)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.resizeRowsToContents()
        rows = sum(self.rowHeight(row) for row in range(self.rules.rowCount()))
        self.setFixedHeight(self.horizontalHeader().sizeHint().height() + rows + 2)
