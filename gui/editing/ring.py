"""The brush under the pointer: a circle of its size in the patient, whatever the zoom."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsEllipseItem, QGraphicsItem, QStyleOptionGraphicsItem, QWidget

_EDGE: Final = QColor(0, 0, 0, 170)
_INK: Final = QColor("#ffffff")
_DASHES: Final = [3.0, 2.6]


class BrushRing(QGraphicsEllipseItem):
    """A light circle with a dark edge, readable on black and on bone; dashed while it erases."""

    def __init__(self, stage: QGraphicsItem) -> None:
        super().__init__(stage)
        self.is_erasing = False
        self.setZValue(1)
        self.hide()

    def show_at(self, centre_mm: QPointF, radius_mm: float, *, is_erasing: bool) -> None:
        """Show the brush about a point of the screen plane in mm."""
        self.is_erasing = is_erasing
        self.setRect(centre_mm.x() - radius_mm, centre_mm.y() - radius_mm, 2 * radius_mm, 2 * radius_mm)
        self.show()
        self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width_px in ((_EDGE, 3.4), (_INK, 1.4)):
            pen = QPen(colour, width_px)
            pen.setCosmetic(True)
            if self.is_erasing and colour is _INK:
                pen.setDashPattern(_DASHES)
            painter.setPen(pen)
            painter.drawEllipse(self.rect())
