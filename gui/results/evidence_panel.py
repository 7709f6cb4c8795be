"""What the study's paper observed in patients who share a factor with this one; it needs no pack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QPushButton, QVBoxLayout, QWidget

from gui.feedback.text import label, say
from gui.results.card import Card
from gui.theme.tokens import GRID_PX
from inference.clinical.schema import load_form
from inference.evidence.for_patient import evidence_for
from inference.evidence.published_tables import published_tables
from reports.evidence_wording import (
    EvidenceRow,
    RatioRow,
    described_lines,
    evidence_caveat,
    evidence_rows,
    missing_line,
    performance_lines,
    ratio_rows,
)

if TYPE_CHECKING:
    from PySide6.QtWidgets import QLabel

    from gui.session import Session


class EvidencePanel(QWidget):
    """A card of counts by factor and group, folded until somebody asks: it never crowds the answer."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._is_open = False
        self._shown: list[QLabel] = []
        self._rows = 0
        self.card = Card(self)
        self.title = label("muted", self.card, wraps=True)
        self.introduction = label("annotation", self.card, wraps=True)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(2 * GRID_PX)
        self._grid.setVerticalSpacing(GRID_PX // 2)
        self._grid.setColumnStretch(2, 1)
        self.missing = label("annotation", self.card, wraps=True)
        self.caveat = label("annotation", self.card, wraps=True)
        self.citation = label("annotation", self.card, wraps=True)
        self.toggle = QPushButton(self.card)
        self.toggle.setProperty("role", "link")
        self.toggle.clicked.connect(self._on_toggled)
        self.card.column.addWidget(self.title)
        self.card.column.addWidget(self.introduction)
        self.card.column.addLayout(self._grid)
        for widget in (self.missing, self.caveat, self.citation, self.toggle):
            self.card.column.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.card)
        for signal in (session.record_changed, session.stack_changed, session.language_changed):
            signal.connect(self._on_changed)
        self._on_changed()

    def _on_toggled(self) -> None:
        self._is_open = not self._is_open
        self._on_changed()

    def _on_changed(self) -> None:
        session = self._session
        catalogue = session.catalogue
        record = session.record
        evidence = evidence_for(published_tables(record.study), record)
        self.setVisible(session.stack is not None)
        self.title.setText(catalogue.text("evidence.heading"))
        self.setAccessibleName(self.title.text())
        self.toggle.setText(catalogue.text("panel.evidence.hide" if self._is_open else "panel.evidence.show"))
        self._clear()
        form = load_form(record.study)
        rows = evidence_rows(evidence, form, catalogue)
        ratios = ratio_rows(evidence, form, catalogue)
        is_open = self._is_open and bool(rows or ratios)
        say(self.introduction, catalogue.text("evidence.introduction" if rows or ratios else "evidence.none"))
        self.toggle.setVisible(bool(rows or ratios))
        if is_open:
            if rows:
                self._add("muted", catalogue.text("evidence.with_outcome", outcome=rows[0].outcome), 0, 3)
            for row in rows:
                self._add_factor(row)
            self._add_ratios(ratios)
            self._add_lines("evidence.described", described_lines(evidence, form, catalogue))
            self._add_lines("evidence.performance", performance_lines(evidence, catalogue))
        say(self.missing, missing_line(evidence, catalogue) if is_open else "")
        say(self.caveat, evidence_caveat(catalogue) if is_open else "")
        say(self.citation, evidence.citation if is_open else "")

    def _clear(self) -> None:
        for shown in self._shown:
            self._grid.removeWidget(shown)
            shown.hide()
            shown.deleteLater()
        self._shown = []
        self._rows = 0

    def _add_factor(self, row: EvidenceRow) -> None:
        self._add("strong", row.factor, 0, 3)
        for cell in row.cells:
            self._add("annotation", cell.group, 0, 1)
            counts = self._add("small", cell.counts, 1, 1)
            counts.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            counts.setAccessibleName(cell.sentence)
            counts.setToolTip(cell.sentence)
            self._add("small", cell.share, 2, 1)
            if cell.note:
                self._add("annotation", cell.note, 0, 3)

    def _add_ratios(self, ratios: tuple[RatioRow, ...]) -> None:
        if not ratios:
            return
        catalogue = self._session.catalogue
        self._add("muted", catalogue.text("evidence.ratios", outcome=ratios[0].outcome), 0, 3)
        for ratio in ratios:
            self._add("strong", ratio.factor, 0, 3)
            self._add("small", " · ".join(part for part in (ratio.figure, ratio.note) if part), 0, 3)

    def _add_lines(self, heading: str, lines: tuple[str, ...]) -> None:
        for role, text in zip(
            ("muted", *["small"] * len(lines)), (self._session.tr(heading), *lines), strict=True
        ):
            if lines:
                self._add(role, text, 0, 3)

    def _add(self, role: str, text: str, column: int, span: int) -> QLabel:
        """A label in the present row; the first column begins a new one."""
        if column == 0:
            self._rows += 1
        shown = label(role, self.card, wraps=span > 1)
        shown.setText(text)
        self._grid.addWidget(shown, self._rows, column, 1, span)
        shown.show()
        self._shown.append(shown)
        return shown
