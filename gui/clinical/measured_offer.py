"""Beside a length: what the tumour's mask measures, to be confirmed by a named reader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from gui.feedback.text import label, say
from gui.theme.tokens import Tone
from inference.clinical.measured import (
    MeasuredProposal,
    confirmed,
    disagreement,
    is_outdated,
    kept_as_typed,
    outdated,
    propose,
)
from inference.clinical.quantity import quantity
from inference.clinical.record import ClinicalValue, Provenance
from inference.clinical.schema import FieldSchema
from inference.errors import InputError
from inference.release import LONGEST_NAME

if TYPE_CHECKING:
    from gui.session import Session

_SETTLING_MS: Final = 150
"""Strokes follow one another; the mask is measured once they rest."""


class MeasuredOffer(QWidget):
    """ "Confirm measured 47 mm": the first time it asks who confirms; ``confirmed`` carries the value.

    A length that stands on an earlier outline is offered to be confirmed anew or kept as typed, which
    ``confirmed`` carries too.  ``named`` carries the reader's name, which serves every other length of the
    session; ``doubted`` says whether the recorded length waits for that.
    """

    confirmed = Signal(object)
    named = Signal(str)
    doubted = Signal(bool)

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
        self.keep = QPushButton(self)
        self.keep.setProperty("role", "link")
        self.keep.clicked.connect(self._on_kept)
        self._outlines: frozenset[str] | None = None
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
        column.addWidget(self.keep, 0, Qt.AlignmentFlag.AlignLeft)
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
        self._outlines = None
        self.refresh()

    def refresh(self) -> None:
        """Offer what is measured where the record says nothing, something else, or what is outdated."""
        record, proposal, session = self._session.record, self.proposal, self._session
        recorded = record.values.get(self._schema.id)
        is_earlier = recorded is not None and is_outdated(recorded, self._outlines_of(recorded))
        doubt = outdated(recorded) if recorded is not None and is_earlier else None
        if doubt is None and proposal is not None:
            doubt = disagreement(proposal, record)
        is_offered = proposal is not None and (doubt is not None or record.canonical(self._schema.id) is None)
        self.setVisible((is_offered or is_earlier) and session.stack is not None)
        self.doubted.emit(is_earlier and session.stack is not None)
        self.button.setVisible(is_offered)
        self.keep.setVisible(is_earlier)
        if not is_offered:
            self.name.hide()
        side = None if proposal is None or not is_offered else proposal.side
        beside = "" if side is None else session.render(side)
        say(
            self.said,
            beside if doubt is None else session.render(doubt),
            Tone.PLAIN if doubt is None else Tone.WARN,
        )
        field = session.tr(f"clinical.{self._schema.id}")
        if proposal is not None:
            measured = quantity(proposal.text, proposal.unit)
            words = session.tr("panel.clinical.measured.confirm", value=measured)
            self.button.setText(words)
            self.button.setToolTip("\n".join(filter(None, (session.render(proposal.message), beside))))
            self.button.setAccessibleName(f"{field}: {words}")
        if recorded is not None and is_earlier:
            stated = quantity(recorded.typed_value, recorded.typed_unit)
            self.keep.setText(session.tr("panel.clinical.measured.keep", value=stated))
            self.keep.setAccessibleName(f"{field}: {self.keep.text()}")
        self.name.setPlaceholderText(session.tr("panel.clinical.measured.by"))
        self.name.setAccessibleName(self.name.placeholderText())

    def _outlines_of(self, recorded: ClinicalValue) -> frozenset[str]:
        """The outlines of the case; hashed only where a recorded length stands on one."""
        if recorded.provenance is not Provenance.MEASURED:
            return frozenset()
        if self._outlines is None:
            self._outlines = frozenset(mask.sha256() for mask in self._session.masks)
        return self._outlines

    def _on_kept(self) -> None:
        recorded = self._session.record.values[self._schema.id]
        if recorded.provenance is Provenance.MEASURED:
            self.confirmed.emit(kept_as_typed(recorded))

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
