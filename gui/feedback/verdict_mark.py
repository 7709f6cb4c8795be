"""A verdict as a shape, drawn as in the report, so that colour never speaks alone."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QByteArray, QEvent, QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QWidget

from gui.feedback.figure import screen_style
from gui.theme.palette import current_tokens
from gui.theme.tokens import Tone
from inference.findings import Verdict
from reports.figures.drawing import Circle, Drawing, to_svg
from reports.figures.style import FigureStyle
from reports.figures.verdict_mark import verdict_mark

_SIZE_PX: Final = 14
_LINE_PX: Final = 18
"""Height of a line of text, in which the mark stands in the middle."""

TONE_BY_VERDICT: Final = {
    Verdict.FINE: Tone.GOOD,
    Verdict.NOTE: Tone.WARN,
    Verdict.REFUSED: Tone.BAD,
}


_RENDERERS: Final[dict[tuple[str, Verdict], QSvgRenderer]] = {}


class VerdictMark(QWidget):
    """A small mark beside a line of text, which says the same in words; an open ring says nothing yet."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.verdict: Verdict | None = None
        self._renderer = QSvgRenderer(self)
        self.setFixedSize(_SIZE_PX, _LINE_PX)
        self._draw()

    def show_verdict(self, verdict: Verdict | None) -> None:
        """Show the mark of a verdict, or the ring for none."""
        if verdict is not self.verdict:
            self.verdict = verdict
            self._draw()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._draw()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._renderer.render(painter, QRectF(0, (_LINE_PX - _SIZE_PX) / 2, _SIZE_PX, _SIZE_PX))
        painter.end()

    def _draw(self) -> None:
        style = screen_style(current_tokens())
        drawing = (
            _ring(_SIZE_PX, style) if self.verdict is None else verdict_mark(self.verdict, _SIZE_PX, style)
        )
        self._renderer.load(QByteArray(to_svg(drawing).encode()))
        self.update()


def paint_mark(painter: QPainter, verdict: Verdict, box: QRectF) -> None:
    """Draw the mark of a verdict into a list or picture, in the colours of the theme."""
    key = (current_tokens().name, verdict)
    if key not in _RENDERERS:
        drawing = verdict_mark(verdict, _SIZE_PX, screen_style(current_tokens()))
        _RENDERERS[key] = QSvgRenderer(QByteArray(to_svg(drawing).encode()))
    _RENDERERS[key].render(painter, box)


def _ring(size: float, style: FigureStyle) -> Drawing:
    ring = Circle(size / 2, size / 2, size * 0.34, stroke=style.quiet, stroke_width=size * 0.1)
    return Drawing(size, size, (ring,))
