"""The pages of the report as they will be printed, one beneath the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from gui.theme.palette import current_tokens
from gui.theme.tokens import GRID_PX

if TYPE_CHECKING:
    from gui.session import Session

_WIDEST_PAGE_PX: Final = 860


class PageView(QWidget):
    """One page, scaled to the width it is given."""

    def __init__(self, pixels: NDArray[np.uint8], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        rows, columns = pixels.shape[:2]
        image = QImage(pixels.tobytes(), columns, rows, 3 * columns, QImage.Format.Format_RGB888)
        self._image = image.copy()
        self._ratio = rows / columns

    def fit(self, width: int) -> None:
        """Take the height that the page has at this width."""
        self.setFixedSize(width, round(width * self._ratio))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(self.rect()), self._image)
        painter.setPen(QPen(QColor(current_tokens().line), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()


class PagesView(QScrollArea):
    """A scrolling stack of pages."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.pages: list[PageView] = []
        inside = QWidget()
        inside.setObjectName("ground")
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(5 * GRID_PX, 5 * GRID_PX, 5 * GRID_PX, 5 * GRID_PX)
        self._column.setSpacing(4 * GRID_PX)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_pages(self, images: Sequence[NDArray[np.uint8]]) -> None:
        """Show these pages; none empties the view."""
        for page in self.pages:
            self._column.removeWidget(page)
            page.hide()
            page.deleteLater()
        self.pages = [PageView(image) for image in images]
        for number, page in enumerate(self.pages, start=1):
            page.setAccessibleName(self._session.tr("panel.report.page", page=number, pages=len(self.pages)))
            self._column.addWidget(page, 0, Qt.AlignmentFlag.AlignHCenter)
        self._fit()
        self.setAccessibleName(self._session.tr("panel.report.pages", count=len(self.pages)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        margins = self._column.contentsMargins()
        width = self.viewport().width() - margins.left() - margins.right()
        for page in self.pages:
            page.fit(max(200, min(_WIDEST_PAGE_PX, width)))
