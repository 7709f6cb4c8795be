"""A card: the raised frame in which one answer stands."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from gui.theme.palette import set_look
from gui.theme.tokens import GRID_PX, Tone


class Card(QFrame):
    """A frame with a column of contents; its tone and staleness colour the ground and border."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(3 * GRID_PX, int(2.5 * GRID_PX), 3 * GRID_PX, 3 * GRID_PX)
        self.column.setSpacing(int(1.5 * GRID_PX))

    def look(self, tone: Tone, *, stale: bool = False) -> None:
        """Colour the card; what is stale has no tone."""
        set_look(self, tone=(Tone.PLAIN if stale else tone).value, stale=stale)
