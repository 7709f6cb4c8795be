"""The columns beside the pictures: panels one beneath the other that scroll, with or without a foot."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

BETWEEN_PANELS_PX: Final = 18


def column(widgets: list[QWidget]) -> QWidget:
    """A scrolling column of panels."""
    inside = QWidget()
    inside.setObjectName("column")
    rows = QVBoxLayout(inside)
    rows.setContentsMargins(12, 12, 12, 16)
    rows.setSpacing(BETWEEN_PANELS_PX)
    for widget in widgets:
        rows.addWidget(widget)
    rows.addStretch(1)
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setWidget(inside)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return scroll


def column_with_foot(widgets: list[QWidget], foot: QWidget) -> tuple[QWidget, QWidget]:
    """A scrolling column of panels and, below it, a foot that is always in sight; and that foot."""
    panel = QFrame()
    panel.setProperty("role", "panel")
    outer = QVBoxLayout(panel)
    outer.setContentsMargins(0, 0, 0, 0)
    outer.setSpacing(0)
    outer.addWidget(column(widgets), 1)
    box = QFrame()
    box.setProperty("role", "footer")
    inner = QVBoxLayout(box)
    inner.setContentsMargins(12, 10, 12, 10)
    inner.addWidget(foot)
    outer.addWidget(box)
    return panel, box
