"""Beside a length: what the tumour's mask measures, to be confirmed by a named reader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from gui.feedback.text import label, say
from gui.theme.tokens import Tone
from inference.clinical.measured import MeasuredProposal, confirmed, disagreement, propose
from inference.clinical.quantity import quantity
from inference.clinical.schema import FieldSchema
from inference.errors import InputError
from inference.release import LONGEST_NAME

if TYPE_CHECKING:
    from gui.session import Session

_SETTLING_MS: Final = 150
"""Strokes follow one another; the mask is measured once they rest."""


class MeasuredOffer(QWidget):
    """ "Confirm measured 47 mm": the first time it asks who confirms; ``confirmed`` carries the value.

    ``named`` carries the reader's name, which serves every other length of the session.
    """

    confirmed = Signal(object)
    named = Signal(str)

    def __init__(self, session: Session, schema: FieldSchema, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._schema = schema
        self._reader = ""
        self.proposal: MeasuredProposal | None = None
        self.said = label("annotation", self, wraps=True)
        self.button = QPushButton(self)
        self.button.setProperty("role", "link")
        self.button.clicked.connect(self._on_clicked)
        self.name = QLineEdit(self)
        self.name.setMaxLength(LONGEST_NAME)
        self.name.returnPressed.connect(self._on_named)
        self.name.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 2)
        column.setSpacing(2)
        column.addWidget(self.said)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.name)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_SETTLING_MS)
        self._later.timeout.connect(self.measure)
        session.mask_changed.connect(self._on_mask_changed)
        self.measure()

    def take_name(self, name: str) -> None:
        """The reader of this session, so that nobody is asked twice."""
        self._reader = name

    def measure(self) -> None:
        """Measure the mask as it is now."""
        mask = self._session.mask
        self.proposal = None if mask is None else propose(self._schema, mask)
        self.refresh()

    def refresh(self) -> None:
        """Offer what is measured where the record says nothing or something else."""
        record, proposal = self._session.record, self.proposal
        differs = None if proposal is None else disagreement(proposal, record)
        is_open = proposal is not None and (differs is not None or record.canonical(self._schema.id) is None)
        self.setVisible(is_open and self._session.stack is not None)
        if proposal is None or not is_open:
            self.name.hide()
            return
        text = "" if differs is None else self._session.render(differs)
        say(self.said, text, Tone.WARN)
        measured = quantity(proposal.text, proposal.unit)
        words = self._session.tr("panel.clinical.measured.confirm", value=measured)
        self.button.setText(words)
        self.button.setToolTip(self._session.render(proposal.message))
        field = self._session.tr(f"clinical.{self._schema.id}")
        self.button.setAccessibleName(f"{field}: {words}")
        self.name.setPlaceholderText(self._session.tr("panel.clinical.measured.by"))
        self.name.setAccessibleName(self.name.placeholderText())

    def _on_mask_changed(self) -> None:
        self._later.start()

    def _on_clicked(self) -> None:
        if self.proposal is not None:
            self._session.slice_requested.emit(self.proposal.diameter.slice_index)
        if self._reader:
            self._confirm(self._reader)
        else:
            self.name.show()
            self.name.setFocus()

    def _on_named(self) -> None:
        self._confirm(self.name.text())

    def _confirm(self, reader: str) -> None:
        # A pending stroke counts: what is confirmed is what the mask measures now.
        if self._later.isActive():
            self._later.stop()
            self.measure()
            return
        if self.proposal is None:
            return
        try:
            value = confirmed(self.proposal, reader)
        except InputError as error:
            say(self.said, self._session.render(error.message), Tone.BAD)
            return
        self.name.hide()
        self.named.emit(value.confirmed_by)
        self.confirmed.emit(value)
