"""Draws the tree of series: headings for patients and studies, a card with picture and badges for a stack."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from gui.feedback.verdict_mark import paint_mark
from gui.intake.series_badges import Badge
from gui.intake.series_model import SeriesRole
from gui.intake.series_tree import Level, Line
from gui.intake.thumbnail import SIZE_PX
from gui.theme.palette import current_tokens
from gui.theme.tokens import ANNOTATION_PX, SMALL_PX, TEXT_PX, Tokens, Tone
from inference.findings import Verdict

Index = QModelIndex | QPersistentModelIndex

_PADDING: Final = 8
_HEADING_HEIGHT: Final = 26
_BADGE_HEIGHT: Final = 17
_BADGE_LINES: Final = 2
_GAP: Final = 4
_MARK_PX: Final = 11
_STEP_PX: Final = 10
_TEXT_LEFT: Final = SIZE_PX + 10
_TITLE_HEIGHT: Final = 2 * _PADDING + 19 + 17
_LEAST_HEIGHT: Final = 2 * _PADDING + SIZE_PX
_BADGE_STEP: Final = _BADGE_HEIGHT + _GAP
_REASON_HEIGHT: Final = 34


class SeriesDelegate(QStyledItemDelegate):
    """Lines over the whole width; the open stack carries the accent at its left edge."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.width = 240
        """Width of the list: how many lines the badges take follows from it."""
        self.is_exact = True
        """Whether a card is as high as its badges; of thousands, laid out at once, all are alike."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Headings of one height; cards by their verdict, and by their badges where they are few."""
        line = index.data(SeriesRole.LINE)
        if line == Line.HEADING:
            return QSize(120, _HEADING_HEIGHT)
        height = max(_LEAST_HEIGHT, _TITLE_HEIGHT + self._badge_lines(index) * _BADGE_STEP)
        return QSize(120, height + (_REASON_HEIGHT if line == Line.REFUSED_CARD else 0))

    def _badge_lines(self, index: Index) -> int:
        if not self.is_exact:
            return _BADGE_LINES
        places = _places(_words(index.data(SeriesRole.BADGES) or ()), self._room(index))
        return min(_BADGE_LINES, 1 + max((line for line, _, _ in places), default=-1))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens = current_tokens()
        # Over the whole line, whatever the depth: the room is narrow.
        box = QRect(0, option.rect.top(), self.width, option.rect.height())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_open = bool(index.data(SeriesRole.IS_OPEN))
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_open or selected or option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, QColor(tokens.selected if is_open else tokens.hover))
        if is_open:
            painter.fillRect(QRect(0, box.top(), 2, box.height()), QColor(tokens.accent))
        if index.data(SeriesRole.LEVEL) == Level.STACK:
            self._card(painter, box, index, tokens)
        else:
            self._heading(painter, box, option, index, tokens)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(tokens.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.restore()

    def _heading(
        self, painter: QPainter, box: QRect, option: QStyleOptionViewItem, index: Index, tokens: Tokens
    ) -> None:
        level = Level(index.data(SeriesRole.LEVEL))
        left = 4 + _STEP_PX * int(level)
        is_shut = not option.state & QStyle.StateFlag.State_Open
        _caret(painter, QPointF(left + 4, box.center().y() + 0.5), is_shut, tokens)
        count = str(index.data(SeriesRole.COUNT))
        font = _font(painter, ANNOTATION_PX)
        end = box.right() - _PADDING - int(QFontMetricsF(font).horizontalAdvance(count))
        y = box.top() + (_HEADING_HEIGHT - 16) // 2
        _line(painter, end, y + 1, 60, count, tokens.muted, font)
        font = _font(painter, SMALL_PX)
        font.setWeight(QFont.Weight.DemiBold if level is Level.PATIENT else QFont.Weight.Normal)
        colour = tokens.muted if level is Level.STUDY else tokens.text
        text = str(index.data(Qt.ItemDataRole.DisplayRole))
        _line(painter, left + 14, y, end - left - 22, text, colour, font)

    def _card(self, painter: QPainter, box: QRect, index: Index, tokens: Tokens) -> None:
        usable = bool(index.flags() & Qt.ItemFlag.ItemIsDragEnabled)
        left = _PADDING + 2 + self._inset(index)
        frame = QRect(left, box.top() + _PADDING, SIZE_PX, SIZE_PX)
        painter.fillRect(frame, QColor("#000000"))
        picture = index.data(SeriesRole.THUMBNAIL)
        if isinstance(picture, QImage):
            painter.setOpacity(1.0 if usable else 0.5)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(QRectF(frame), picture)
            painter.setOpacity(1.0)
        x, y, room = left + _TEXT_LEFT, box.top() + _PADDING, self._room(index)
        title = str(index.data(Qt.ItemDataRole.DisplayRole))
        name, _, slices = title.rpartition(" · ")
        font = _font(painter, TEXT_PX)
        kept = QFontMetricsF(font).horizontalAdvance(f" · {slices}")
        shown = QFontMetricsF(font).elidedText(name, Qt.TextElideMode.ElideRight, room - kept)
        colour = tokens.text if usable else tokens.muted
        _line(painter, x, y, room, f"{shown} · {slices}", colour, font)
        small = _font(painter, ANNOTATION_PX)
        _line(painter, x, y + 19, room, str(index.data(SeriesRole.DETAILS)), tokens.muted, small)
        y += 19 + 17 + _GAP
        self._badges(painter, x, y, room, index.data(SeriesRole.BADGES) or ())
        if index.data(SeriesRole.LINE) == Line.REFUSED_CARD:
            y += self._badge_lines(index) * _BADGE_STEP
            released = bool(index.data(SeriesRole.IS_RELEASED))
            verdict, tone = (Verdict.NOTE, Tone.WARN) if released else (Verdict.REFUSED, Tone.BAD)
            paint_mark(painter, verdict, QRectF(x, y + 2, _MARK_PX, _MARK_PX))
            word = str(index.data(SeriesRole.REFUSAL))
            colour = tokens.text_of(tone)
            _line(painter, x + _MARK_PX + 5, y, room - _MARK_PX - 5, word, colour, small)
            _line(painter, x, y + 16, room, str(index.data(SeriesRole.REASON)), tokens.muted, small)

    @staticmethod
    def _badges(painter: QPainter, x: int, y: int, room: int, badges: tuple[Badge, ...] | Any) -> None:
        """Draw the badges in two lines; what has no room there is in the tooltip."""
        tokens = current_tokens()
        font = _font(painter, ANNOTATION_PX)
        painter.setFont(font)
        for badge, (line, start, width) in zip(badges, _places(_words(badges), room), strict=True):
            if line >= _BADGE_LINES:
                break
            box = QRectF(x + start + 0.5, y + line * (_BADGE_HEIGHT + _GAP) + 0.5, width, _BADGE_HEIGHT - 1)
            painter.setPen(QPen(QColor(tokens.line_of(badge.tone)), 1))
            painter.setBrush(QColor(tokens.ground_of(badge.tone)))
            painter.drawRoundedRect(box, 3, 3)
            colour = tokens.muted if badge.tone is Tone.PLAIN else tokens.text_of(badge.tone)
            inside = box.adjusted(5, 0, -5, 0)
            if badge.verdict is not None:
                side = _MARK_PX
                paint_mark(
                    painter, badge.verdict, QRectF(inside.left(), box.center().y() - side / 2, side, side)
                )
                inside.setLeft(inside.left() + side + 3)
            painter.setPen(QColor(colour))
            text = QFontMetricsF(font).elidedText(badge.text, Qt.TextElideMode.ElideRight, inside.width() + 1)
            painter.drawText(inside, int(Qt.AlignmentFlag.AlignVCenter), text)

    def _room(self, index: Index) -> int:
        return max(60, self.width - _PADDING - (_PADDING + 2) - self._inset(index) - _TEXT_LEFT)

    @staticmethod
    def _inset(index: Index) -> int:
        """Parts of one series stand a little further in."""
        return _STEP_PX if index.parent().data(SeriesRole.LEVEL) == Level.SERIES else 0


Words = tuple[tuple[str, bool], ...]


def _words(badges: tuple[Badge, ...]) -> Words:
    """Text of each badge, and whether it has a mark."""
    return tuple((badge.text, badge.verdict is not None) for badge in badges)


@lru_cache(maxsize=4096)
def _places(words: Words, room: int) -> tuple[tuple[int, int, int], ...]:
    """Line, start and width of each badge, as many in a line as there is room for."""
    metrics = QFontMetricsF(_sized(ANNOTATION_PX))
    places: list[tuple[int, int, int]] = []
    line = start = 0
    for text, has_mark in words:
        width = int(metrics.horizontalAdvance(text) + 11 + (_MARK_PX + 3 if has_mark else 0))
        width = min(width, room - 1)
        if start and start + width > room:
            line, start = line + 1, 0
        places.append((line, start, width))
        start += width + _GAP
    return tuple(places)


def _sized(size_px: int) -> QFont:
    font = QFont()
    font.setPixelSize(size_px)
    return font


def _font(painter: QPainter, size_px: int) -> QFont:
    font = QFont(painter.font())
    font.setPixelSize(size_px)
    return font


def _line(painter: QPainter, x: int, y: int, width: int, text: str, colour: str, font: QFont) -> None:
    painter.setFont(font)
    painter.setPen(QColor(colour))
    metrics = QFontMetricsF(font)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
    painter.drawText(QPointF(x, y + metrics.ascent()), shown)


def _caret(painter: QPainter, middle: QPointF, is_shut: bool, tokens: Tokens) -> None:
    """A small arrow: right while shut, down while open."""
    points = ((-1.5, -3.5), (2.5, 0.0), (-1.5, 3.5)) if is_shut else ((-3.5, -1.5), (0.0, 2.5), (3.5, -1.5))
    painter.setPen(QPen(QColor(tokens.muted), 1.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(QPolygonF([middle + QPointF(x, y) for x, y in points]))
