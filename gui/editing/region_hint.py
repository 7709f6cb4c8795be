"""The line above the pictures while a rough region is drawn: which corner comes next, and how to leave."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui.editing.rough_region import RoughRegion
from gui.feedback.text import label
from gui.session import Session


class RegionHint(QFrame):
    """There only while a region is drawn; it says the same to screen readers."""

    def __init__(self, session: Session, region: RoughRegion, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._region = region
        self.setProperty("role", "bar")
        self.text = label("strong", self, wraps=True)
        self.keys = label("annotation", self, wraps=True)
        self.back = QPushButton(self)
        self.back.setProperty("role", "link")
        self.back.clicked.connect(region.take_back)
        self.leave = QPushButton(self)
        self.leave.setProperty("role", "link")
        self.leave.clicked.connect(region.leave)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 4)
        row.setSpacing(10)
        said = QVBoxLayout()
        said.setSpacing(0)
        said.addWidget(self.text)
        said.addWidget(self.keys)
        row.addLayout(said, 1)
        row.addWidget(self.back)
        row.addWidget(self.leave)
        region.changed.connect(self._on_changed)
        session.language_changed.connect(self._on_changed)
        self._on_changed()

    def _on_changed(self) -> None:
        region, tr = self._region, self._session.tr
        self.setVisible(region.is_active)
        if not region.is_active:
            return
        self.text.setText(self._session.render(region.hint))
        self.setAccessibleName(self.text.text())
        self.keys.setText(tr("gui.region.keys"))
        self.back.setText(tr("gui.region.back"))
        self.back.setEnabled(not region.draft.is_empty)
        self.leave.setText(tr("gui.region.leave"))
