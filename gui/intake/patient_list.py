"""The patients of a source as lines to choose from: who, how many series, of when, and what to beware of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from gui.feedback.verdict_mark import paint_mark
from gui.intake.patient_words import describe_patient
from gui.session import Session
from gui.theme.palette import current_tokens
from gui.theme.tokens import SMALL_PX, TEXT_PX
from inference.cases.identity import PatientIdentity
from inference.findings import Verdict
from inference.scan import Plan
from reports.wording import person_name

_LINES: Final = int(Qt.ItemDataRole.UserRole) + 1
_PADDING: Final = 10
_STEP: Final = 19


@dataclass(frozen=True, slots=True)
class PatientLines:
    """Texts of one patient; ``warning`` says why two lines are easily taken for each other."""

    name: str
    who: str
    what: str
    warning: str = ""

    @property
    def spoken(self) -> str:
        """Everything in one line, for a screen reader."""
        return ". ".join(part for part in (self.name, self.who, self.what, self.warning) if part)


def patient_lines(session: Session, plan: Plan, patient: PatientIdentity) -> PatientLines:
    """What is said about one patient of a source."""
    tr = session.tr
    stacks = [stack for stack in plan.stacks if stack.identity.is_same_person_as(patient)]
    series = sum(any(s.identity.is_same_person_as(patient) for s in one.stacks) for one in plan.series)
    dates = sorted({stack.acquisition.study_date for stack in stacks} - {""})
    when = " – ".join(dict.fromkeys((dates[0], dates[-1]))) if dates else tr("gui.series.no_date")
    kinds = ", ".join(sorted({stack.acquisition.modality for stack in stacks} - {""}))
    name = person_name(patient.name) or tr("gui.identity.no_name")
    who = describe_patient(session, PatientIdentity(patient.key, "", patient.birth_date, patient.sex))
    what = " · ".join(part for part in (tr("gui.identity.series", count=series), kinds, when) if part)
    twin = any(
        other.key is not None and other.key == patient.key and other.birth_date != patient.birth_date
        for other in plan.patients
    )
    namesake = any(
        other is not patient and other.name and other.name == patient.name for other in plan.patients
    )
    if twin:
        warning = tr("gui.identity.same_id")
    else:
        warning = tr("gui.identity.same_name") if namesake else ""
    return PatientLines(name, who, what, warning)


class PatientList(QListWidget):
    """Nobody is marked until the reader marks somebody."""

    def __init__(self, count: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setItemDelegate(_Lines(self))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        for _ in range(count):
            self.addItem(QListWidgetItem())
        self.setCurrentRow(-1)

    def say(self, lines: Sequence[PatientLines]) -> None:
        """Fill every line; who is marked stays marked."""
        for row, one in enumerate(lines):
            item = self.item(row)
            item.setText(one.name)
            item.setData(_LINES, one)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, one.spoken)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The first arrow marks the first line: until then nobody was marked."""
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up) and not self.selectedItems() and self.count():
            self.setCurrentRow(0, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            event.accept()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        height = sum(self.sizeHintForRow(row) for row in range(self.count())) + 2 * self.frameWidth() + 10
        return QSize(440, min(max(height, 120), 420))


class _Lines(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        lines: PatientLines = index.data(_LINES)
        return QSize(200, 2 * _PADDING + _STEP * (4 if lines.warning else 3))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        tokens, lines = current_tokens(), index.data(_LINES)
        box = QRectF(option.rect).adjusted(0, 1, 0, -1)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if selected or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.selected if selected else tokens.hover))
            painter.drawRoundedRect(box, 4, 4)
        if selected:
            painter.fillRect(QRectF(box.left(), box.top() + 4, 2, box.height() - 8), QColor(tokens.accent))
        # A frame around a line that is not marked would look like a choice.
        if selected and option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(tokens.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        x, y = box.left() + 12, box.top() + _PADDING
        for text, colour, size, weight in (
            (lines.name, tokens.text, TEXT_PX, QFont.Weight.DemiBold),
            (lines.who, tokens.text, SMALL_PX, QFont.Weight.Normal),
            (lines.what, tokens.muted, SMALL_PX, QFont.Weight.Normal),
        ):
            _write(painter, QPointF(x, y), box.right() - 12 - x, text, colour, size, weight)
            y += _STEP
        if lines.warning:
            paint_mark(painter, Verdict.NOTE, QRectF(x, y + 2, 12, 12))
            room = box.right() - 30 - x
            _write(
                painter, QPointF(x + 18, y), room, lines.warning, tokens.warn, SMALL_PX, QFont.Weight.Normal
            )
        painter.restore()


def _write(
    painter: QPainter, at: QPointF, room: float, text: str, colour: str, size: int, weight: Any
) -> None:
    font = QFont(painter.font())
    font.setPixelSize(size)
    font.setWeight(weight)
    painter.setFont(font)
    painter.setPen(QColor(colour))
    metrics = QFontMetricsF(font)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
    painter.drawText(at + QPointF(0, metrics.ascent()), shown)
