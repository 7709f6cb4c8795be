"""A figure of the report on screen: the same drawing, in the colours of the theme."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QByteArray, QEvent, QRectF, QSize
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme.palette import current_tokens
from gui.theme.tokens import Tokens
from reports.figures.drawing import Drawing, to_svg
from reports.figures.style import ON_DARK, ON_LIGHT, FigureStyle
from reports.fonts import font_families

PX_PER_POINT: Final = 1.55
"""The report's 7 point labels become 11 px on screen."""

MakeDrawing = Callable[[float, FigureStyle], Drawing]


def screen_style(tokens: Tokens) -> FigureStyle:
    """The colours of figures in the theme that is shown."""
    return FigureStyle(
        ground=tokens.raised,
        ink=tokens.text,
        quiet=tokens.muted,
        track=tokens.bar_track,
        spread="#33618a" if tokens.is_dark else "#a9c9e6",
        accent=tokens.accent,
        cutoff=tokens.text,
        fine=tokens.good,
        note=tokens.warn,
        refused=tokens.bad,
        series=ON_DARK if tokens.is_dark else ON_LIGHT,
    )


def grey_style(tokens: Tokens) -> FigureStyle:
    """The colours of a figure that no longer fits the inputs."""
    return FigureStyle(
        ground=tokens.panel,
        ink=tokens.muted,
        quiet=tokens.muted,
        track=tokens.bar_track,
        spread=tokens.strong_line,
        accent=tokens.muted,
        cutoff=tokens.muted,
        fine=tokens.muted,
        note=tokens.muted,
        refused=tokens.muted,
        series=(tokens.muted,),
    )


class Figure(QWidget):
    """Draws what ``show_figure`` is given, anew for every width and theme; without a height, at its own."""

    def __init__(self, height_points: float | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._has_own_height = height_points is None
        self._height_px = round((height_points or 0.0) * PX_PER_POINT)
        self._make: MakeDrawing | None = None
        self._is_stale = False
        # QtSvg takes a list of families for the name of one: say what that name stands for.
        QFont.insertSubstitutions(", ".join(font_families()), list(font_families()))
        self._renderer = QSvgRenderer(self)
        self.setFixedHeight(self._height_px)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def width_points(self) -> float:
        """Width of the drawing in its own points."""
        return max(1.0, self.width() / PX_PER_POINT)

    def show_figure(self, make: MakeDrawing | None, *, stale: bool = False) -> None:
        """Show the drawing that ``make`` gives for a width in points and a style."""
        self._make, self._is_stale = make, stale
        self._draw()

    def sizeHint(self) -> QSize:
        return QSize(120, self._height_px)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._draw()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._make is not None:
            painter = QPainter(self)
            self._renderer.render(painter, QRectF(self.rect()))
            painter.end()

    def _draw(self) -> None:
        if self._make is None:
            self.update()
            return
        style = (grey_style if self._is_stale else screen_style)(current_tokens())
        drawing = self._make(self.width_points, style)
        if self._has_own_height:
            self._height_px = round(drawing.height * PX_PER_POINT)
            self.setFixedHeight(self._height_px)
        self._renderer.load(QByteArray(to_svg(drawing).encode()))
        self.setAccessibleName(drawing.title)
        self.setToolTip(drawing.title)
        self.update()
