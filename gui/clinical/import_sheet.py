"""What a file or the clipboard offers, inline: what would be taken, and what is refused and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui.clinical.calm_combo_box import CalmComboBox
from gui.clinical.patient_check import PatientCheck
from gui.feedback.text import label, say
from gui.theme.palette import set_look
from gui.theme.tokens import GRID_PX, Tone
from inference.clinical.importing.proposal import ImportProposal, ProposedValue, RefusedValue
from inference.clinical.importing.whose import of_the_scan, whose
from inference.clinical.quantity import quantity
from inference.clinical.record import ClinicalValue, MissingReason
from inference.clinical.schema import load_form
from inference.errors import InputError
from inference.messages.message import Message
from reports.wording import text_or_code

if TYPE_CHECKING:
    from gui.session import Session

_MOST_UNKNOWN: Final = 6
_MOST_REFUSED: Final = 20


class ImportSheet(QFrame):
    """Shows one proposal at a time; nothing is taken before its refusals are marked as seen.

    Where the source names another patient than the scan, nothing is taken before somebody confirms that both
    are one person.  ``taken`` carries the :class:`ImportProposal` and that release or None; ``closed`` says
    that nothing of it is wanted.
    """

    taken = Signal(object, object)
    closed = Signal()

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._proposals: tuple[ImportProposal, ...] = ()
        self.setProperty("role", "card")
        self.patient = CalmComboBox(self)
        self.patient.activated.connect(self._on_patient_chosen)
        self.heading = label("strong", self, wraps=True)
        self.whose = PatientCheck(session, self)
        self.whose.changed.connect(self._allow)
        self.refused = label("value", self, wraps=True)
        self.seen = QCheckBox(self)
        self.seen.toggled.connect(self._allow)
        self.accepted = label("value", self, wraps=True)
        self.unknown = label("annotation", self, wraps=True)
        self.problem = label("small", self, wraps=True)
        self.take_button = QPushButton(self)
        self.take_button.clicked.connect(self._on_taken)
        self.cancel_button = QPushButton(self)
        self.cancel_button.clicked.connect(self.closed)
        self.whose.entered.connect(self.take_button.click)
        session.identity_changed.connect(self.refresh)
        set_look(self.take_button, role="primary")
        buttons = QHBoxLayout()
        buttons.addWidget(self.take_button)
        buttons.addWidget(self.cancel_button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 10)
        column.setSpacing(GRID_PX + 2)
        for widget in (
            self.heading, self.patient, self.whose, self.refused, self.seen, self.accepted, self.unknown,
            self.problem,
        ):  # fmt: skip
            column.addWidget(widget)
        column.addLayout(buttons)
        self.hide()

    @property
    def proposal(self) -> ImportProposal | None:
        """What is shown now; None while several patients are offered and none is chosen."""
        index = 0 if len(self._proposals) == 1 else self.patient.currentIndex()
        return self._proposals[index] if 0 <= index < len(self._proposals) else None

    def show_proposals(self, proposals: Sequence[ImportProposal]) -> None:
        """Unfold with what was read; of several patients one has to be chosen."""
        self._proposals = tuple(proposals)
        self.whose.forget()
        self.patient.clear()
        self.patient.addItems([""] * len(self._proposals))
        named = of_the_scan(self._proposals, self._session.identity)
        self.patient.setCurrentIndex(-1 if named is None else self._proposals.index(named))
        self.patient.setVisible(len(self._proposals) > 1)
        self._show()
        self.show()
        (self.patient if self.proposal is None else self._first_control()).setFocus()

    def refresh(self) -> None:
        """Hold what is offered against the record as it is now, in the present language."""
        if self._proposals and not self.isHidden():
            self._show(keeps_seen=True)

    def dismiss(self) -> None:
        """Fold away; nothing of it is kept."""
        self._proposals = ()
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        # Escape belongs to the sheet while the focus is in it, and not to Cancel.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                event.accept()
                return True
        return super().event(event)

    def _first_control(self) -> QWidget:
        if self.whose.is_open:
            return self.patient if len(self._proposals) > 1 else self.whose.name
        if not self.seen.isHidden():
            return self.seen
        return self.take_button if self.take_button.isEnabled() else self.cancel_button

    def _show(self, *, keeps_seen: bool = False) -> None:
        tr, one = self._session.tr, self.proposal
        for number, offered in enumerate(self._proposals, start=1):
            self.patient.setItemText(number - 1, offered.patient or tr("panel.import.patient", number=number))
        self.patient.setPlaceholderText(tr("panel.import.which"))
        self.patient.setAccessibleName(tr("panel.import.which"))
        self.take_button.setText(tr("panel.import.take"))
        self.cancel_button.setText(tr("gui.release.cancel"))
        if not keeps_seen:
            self.seen.setChecked(False)
        if one is None:
            self.heading.setText(tr("panel.import.several", count=len(self._proposals)))
            for told in (self.refused, self.accepted, self.unknown, self.problem):
                say(told, "")
            self.whose.show_whose(None)
            self.seen.hide()
            self.take_button.setEnabled(False)
            return
        self.whose.show_whose(whose(one, self._session.identity))
        counts = {"accepted": len(one.accepted), "refused": len(one.refused)}
        self.heading.setText(tr("panel.import.heading", **counts))
        lines = [self._refusal(each) for each in one.refused[:_MOST_REFUSED]]
        if len(one.refused) > _MOST_REFUSED:
            lines.append(tr("panel.import.more", count=len(one.refused) - _MOST_REFUSED))
        say(self.refused, "\n".join(lines), Tone.BAD)
        self.seen.setText(tr("panel.import.seen", count=len(one.refused)))
        self.seen.setVisible(bool(one.refused))
        say(self.accepted, "\n".join(self._acceptance(each) for each in one.accepted))
        names = list(dict.fromkeys(entry.name for entry in one.unknown))
        more = f" +{len(names) - _MOST_UNKNOWN}" if len(names) > _MOST_UNKNOWN else ""
        listed = ", ".join(names[:_MOST_UNKNOWN]) + more
        say(self.unknown, tr("panel.import.unknown", names=listed) if names else "")
        conflict = one.conflict(load_form(one.study), self._session.record)
        say(self.problem, "" if conflict is None else self._words(conflict), Tone.BAD)
        self._allow()

    def _allow(self) -> None:
        one = self.proposal
        can_stand = one is not None and bool(one.accepted) and not self.problem.text()
        is_seen = one is not None and (not one.refused or self.seen.isChecked())
        self.take_button.setEnabled(can_stand and is_seen and not self.whose.is_open)
        first = "confirm_first" if self.whose.is_open else "" if is_seen else "look_first"
        tip = self._session.tr(f"panel.import.{first}") if first and can_stand else ""
        self.take_button.setToolTip(tip)

    def _refusal(self, one: RefusedValue) -> str:
        place = self._session.render(one.entry.place)
        is_named = one.entry.name in one.entry.place.fields.values()
        where = place if is_named else f"{place} · {one.entry.name}"
        return f"\u2715 {where} = {one.entry.text}\n{self._words(one.reason)}"

    def _acceptance(self, one: ProposedValue) -> str:
        old = self._session.record.values.get(one.value.field_id)
        field = self._session.tr(f"clinical.{one.value.field_id}")
        notes = "".join(f"\n    {self._words(note)}" for note in one.notes)
        told = self._value(one.value)
        if old is not None and old.canonical is not None:
            before = self._value(old)
            told = told if before == told else f"{before} \u2192 {told}"
            if old.canonical == one.value.canonical:
                told = self._session.tr("panel.import.unchanged", value=told)
        return f"\u2713 {field}: {told}{notes}"

    def _value(self, value: ClinicalValue) -> str:
        catalogue = self._session.catalogue
        if value.canonical is None:
            return self._session.tr(f"report.missing.{(value.missing or MissingReason.NOT_RECORDED).value}")
        if not value.typed_unit:
            return text_or_code(f"clinical.{value.field_id}", str(value.canonical), catalogue)
        return catalogue.shown(quantity(value.typed_value, value.typed_unit))

    def _words(self, message: Message) -> str:
        return self._session.render(message)

    def _on_patient_chosen(self) -> None:
        self._show()

    def _on_taken(self) -> None:
        try:
            released = self.whose.release()
        except InputError:
            self.whose.reason.setFocus()
            return
        if self.proposal is not None:
            self.taken.emit(self.proposal, released)
