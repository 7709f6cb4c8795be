"""What is written on a picture: who, which slice, which edge, which values, how large."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from gui.theme.tokens import ANNOTATION_PX, OKABE_ITO
from gui.viewer.plane_transform import EdgeLetters

INK: Final = QColor("#e6e8eb")
FAINT_INK: Final = QColor("#ccd2da")
LETTER_INK: Final = QColor("#f2c063")
_SHADOW: Final = QColor(0, 0, 0, 225)
_VEIL: Final = QColor(0, 0, 0, 120)
_VEIL_PX: Final = 2.0
_EDGE: Final = tuple(QPointF(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1) if x or y)
_MARGIN_PX: Final = 10.0
_SCALE_LENGTHS_MM: Final = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0)
_SCALE_SHARE: Final = 0.28


@dataclass(frozen=True, slots=True)
class Annotations:
    """Texts of one picture by corner, letters by edge; ``message`` stands in the middle."""

    top_left: tuple[str, ...] = ()
    top_right: tuple[str, ...] = ()
    bottom_left: tuple[str, ...] = ()
    letters: EdgeLetters | None = None
    scale_unit: str = "mm"
    message: str = ""
    detail: str = ""


def paint_annotations(
    painter: QPainter, width: float, height: float, content: Annotations, mm_per_px: float
) -> None:
    """Write ``content`` on a picture of ``width`` × ``height`` device-independent pixels."""
    font = QFont(painter.font())
    font.setPixelSize(ANNOTATION_PX)
    painter.setFont(font)
    metrics = QFontMetricsF(font)
    step = metrics.height() + 2
    half = width / 2 - 2 * _MARGIN_PX
    for number, line in enumerate(content.top_left):
        colour = INK if number == 0 else FAINT_INK
        is_alone = number > 0 and number >= len(content.top_right)
        room = width - 2 * _MARGIN_PX if is_alone else half
        text = metrics.elidedText(line, Qt.TextElideMode.ElideRight, room)
        write(painter, QPointF(_MARGIN_PX, _MARGIN_PX + metrics.ascent() + number * step), text, colour)
    for number, line in enumerate(content.top_right):
        text = metrics.elidedText(line, Qt.TextElideMode.ElideRight, half)
        x = width - _MARGIN_PX - metrics.horizontalAdvance(text)
        colour = INK if number == 0 else FAINT_INK
        write(painter, QPointF(x, _MARGIN_PX + metrics.ascent() + number * step), text, colour)
    for number, line in enumerate(reversed(content.bottom_left)):
        # The scale bar and its length take two lines at the right.
        room = width - 3 * _MARGIN_PX - (_SCALE_SHARE * width if number < 2 else 0)
        y = height - _MARGIN_PX - metrics.descent() - number * step
        text = metrics.elidedText(line, Qt.TextElideMode.ElideRight, room)
        write(painter, QPointF(_MARGIN_PX, y), text, FAINT_INK)
    if content.letters is not None:
        _write_letters(painter, width, height, content.letters)
    if mm_per_px > 0:
        _draw_scale(painter, width, height, mm_per_px, content.scale_unit)
    if content.message:
        _write_message(painter, width, height, content.message, content.detail)


def write(painter: QPainter, at: QPointF, text: str, colour: QColor) -> None:
    """Text with a dark edge on a thin veil, readable on black and on bone."""
    metrics = QFontMetricsF(painter.font())
    line = QRectF(at.x(), at.y() - metrics.ascent(), metrics.horizontalAdvance(text), metrics.height())
    painter.fillRect(line.adjusted(-_VEIL_PX, 0, _VEIL_PX, 0), _VEIL)
    painter.setPen(_SHADOW)
    for offset in _EDGE:
        painter.drawText(at + offset, text)
    painter.setPen(colour)
    painter.drawText(at, text)


def hatch(painter: QPainter, outline: QPolygonF) -> None:
    """Hatch a region of which there is no data."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(40, 36, 26))
    painter.drawPolygon(outline)
    painter.setBrush(QBrush(QColor(242, 192, 99, 130), Qt.BrushStyle.BDiagPattern))
    painter.drawPolygon(outline)


def frame(painter: QPainter, width: float, height: float, colour: QColor) -> None:
    """A line around the picture that has the focus."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour, 1))
    painter.drawRect(QRectF(0.5, 0.5, width - 1, height - 1))


def paint_drop_target(painter: QPainter, width: float, height: float, text: str) -> None:
    """A dashed frame and a word: what is held over the picture can be let go here."""
    accent = QColor(OKABE_ITO["sky"])
    veil = QColor(accent)
    veil.setAlpha(46)
    painter.setBrush(veil)
    painter.setPen(QPen(accent, 2, Qt.PenStyle.DashLine))
    painter.drawRoundedRect(QRectF(5, 5, width - 10, height - 10), 6, 6)
    font = QFont(painter.font())
    font.setPixelSize(ANNOTATION_PX + 3)
    painter.setFont(font)
    x = (width - QFontMetricsF(font).horizontalAdvance(text)) / 2
    write(painter, QPointF(x, height / 2), text, INK)


def _write_letters(painter: QPainter, width: float, height: float, letters: EdgeLetters) -> None:
    font = QFont(painter.font())
    font.setPixelSize(ANNOTATION_PX + 2)
    painter.setFont(font)
    metrics = QFontMetricsF(font)
    middle = height / 2 + metrics.ascent() / 2
    right = width - _MARGIN_PX - metrics.horizontalAdvance(letters.right)
    write(painter, QPointF(_MARGIN_PX, middle), letters.left, LETTER_INK)
    write(painter, QPointF(right, middle), letters.right, LETTER_INK)
    for text, y in (
        (letters.top, _MARGIN_PX + metrics.ascent()),
        (letters.bottom, height - _MARGIN_PX - metrics.descent()),
    ):
        write(painter, QPointF((width - metrics.horizontalAdvance(text)) / 2, y), text, LETTER_INK)


def _draw_scale(painter: QPainter, width: float, height: float, mm_per_px: float, unit: str) -> None:
    fitting = [length for length in _SCALE_LENGTHS_MM if length / mm_per_px <= _SCALE_SHARE * width]
    if not fitting:
        return
    length_mm = fitting[-1]
    length = length_mm / mm_per_px
    x, y = width - _MARGIN_PX - length, height - _MARGIN_PX - 4
    for pen in (QPen(_SHADOW, 4), QPen(FAINT_INK, 1.4)):
        painter.setPen(pen)
        painter.drawLine(QPointF(x, y), QPointF(x + length, y))
        painter.drawLine(QPointF(x, y - 4), QPointF(x, y + 2))
        painter.drawLine(QPointF(x + length, y - 4), QPointF(x + length, y + 2))
    font = QFont(painter.font())
    font.setPixelSize(ANNOTATION_PX)
    painter.setFont(font)
    text = f"{length_mm:g} {unit}"
    advance = QFontMetricsF(font).horizontalAdvance(text)
    write(painter, QPointF(x + (length - advance) / 2, y - 7), text, FAINT_INK)


def _write_message(painter: QPainter, width: float, height: float, message: str, detail: str) -> None:
    for text, top, colour, size in (
        (message, height / 2 - 30, QColor(OKABE_ITO["orange"]), ANNOTATION_PX + 3),
        (detail, height / 2, FAINT_INK, ANNOTATION_PX),
    ):
        font = QFont(painter.font())
        font.setPixelSize(size)
        painter.setFont(font)
        box = QRectF(2 * _MARGIN_PX, top, width - 4 * _MARGIN_PX, 60)
        painter.setPen(colour)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap), text)
