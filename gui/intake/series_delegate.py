"""Draws one series: picture, title, size, badges, and why it cannot be used."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from gui.intake.series_badges import Badge
from gui.intake.series_model import SeriesRole
from gui.intake.thumbnail import SIZE_PX
from gui.theme.palette import current_tokens
from gui.theme.tokens import ANNOTATION_PX, TEXT_PX, Tone

_PADDING: Final = 8
_BADGE_HEIGHT: Final = 17
_GAP: Final = 4


class SeriesDelegate(QStyledItemDelegate):
    """Rows as cards; the open one carries the accent at its left edge."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        reason = str(index.data(SeriesRole.REASON) or "")
        width = max(option.rect.width(), 200)
        height = 2 * _PADDING + 19 + 17 + _GAP + _BADGE_HEIGHT
        if reason:
            height += self._reason_height(reason, width) + _GAP
        return QSize(width, height)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        tokens = current_tokens()
        box = QRect(option.rect)
        state = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        usable = bool(index.flags() & Qt.ItemFlag.ItemIsSelectable)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if selected or state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, QColor(tokens.selected if selected else tokens.hover))
        if selected:
            painter.fillRect(QRect(box.left(), box.top(), 2, box.height()), QColor(tokens.accent))
        left = box.left() + _PADDING + 2
        picture = index.data(SeriesRole.THUMBNAIL)
        frame = QRect(left, box.top() + _PADDING, SIZE_PX, SIZE_PX)
        painter.fillRect(frame, QColor("#000000"))
        if isinstance(picture, QImage):
            painter.setOpacity(1.0 if usable else 0.5)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(QRectF(frame), picture)
            painter.setOpacity(1.0)
        text_left = left + SIZE_PX + 10
        width = box.right() - _PADDING - text_left
        y = box.top() + _PADDING
        title = str(index.data(Qt.ItemDataRole.DisplayRole))
        self._line(painter, text_left, y, width, title, tokens.text if usable else tokens.muted, TEXT_PX)
        self._line(
            painter,
            text_left,
            y + 19,
            width,
            str(index.data(SeriesRole.DETAILS)),
            tokens.muted,
            ANNOTATION_PX,
        )
        y += 19 + 17 + _GAP
        self._badges(painter, text_left, y, width, index.data(SeriesRole.BADGES) or ())
        reason = str(index.data(SeriesRole.REASON) or "")
        if reason:
            y += _BADGE_HEIGHT + _GAP
            painter.setFont(_font(painter, ANNOTATION_PX))
            painter.setPen(QColor(tokens.muted))
            height = self._reason_height(reason, box.width())
            painter.drawText(
                QRect(text_left, y, width, height),
                int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop),
                reason,
            )
        painter.restore()

    def _reason_height(self, reason: str, width: int) -> int:
        font = QFont()
        font.setPixelSize(ANNOTATION_PX)
        room = QRectF(0, 0, width - SIZE_PX - 2 * _PADDING - 14, 300)
        flags = int(Qt.TextFlag.TextWordWrap)
        return int(QFontMetricsF(font).boundingRect(room, flags, reason).height()) + 2

    @staticmethod
    def _line(painter: QPainter, x: int, y: int, width: int, text: str, colour: str, size_px: int) -> None:
        font = _font(painter, size_px)
        painter.setFont(font)
        painter.setPen(QColor(colour))
        metrics = QFontMetricsF(font)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
        painter.drawText(QPointF(x, y + metrics.ascent()), shown)

    @staticmethod
    def _badges(painter: QPainter, x: int, y: int, width: int, badges: tuple[Badge, ...] | Any) -> None:
        tokens = current_tokens()
        font = _font(painter, ANNOTATION_PX)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        end = x + width
        for badge in badges:
            advance = metrics.horizontalAdvance(badge.text) + 10
            if x + advance > end:
                break
            box = QRectF(x + 0.5, y + 0.5, advance, _BADGE_HEIGHT - 1)
            painter.setPen(QPen(QColor(tokens.line_of(badge.tone)), 1))
            painter.setBrush(QColor(tokens.ground_of(badge.tone)))
            painter.drawRoundedRect(box, 3, 3)
            colour = tokens.muted if badge.tone is Tone.PLAIN else tokens.text_of(badge.tone)
            painter.setPen(QColor(colour))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), badge.text)
            x += int(advance) + _GAP


def _font(painter: QPainter, size_px: int) -> QFont:
    font = QFont(painter.font())
    font.setPixelSize(size_px)
    return font
