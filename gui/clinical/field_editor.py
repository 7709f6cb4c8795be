"""One clinical field on screen: its value, unit and range, why it is missing, and what was wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from gui.clinical.reason_button import ReasonButton
from gui.clinical.rule_words import rule_words
from gui.feedback.text import label, say
from gui.theme.palette import set_look
from gui.theme.tokens import Tone
from inference.clinical.conversion import conversion
from inference.clinical.measured import side_of_cut
from inference.clinical.record import ClinicalValue, MissingReason, Provenance
from inference.clinical.schema import FieldSchema, parse_value
from inference.errors import InputError
from inference.messages.message import Message
from reports.wording import text_or_code

if TYPE_CHECKING:
    from gui.session import Session

_SHORTEST_CONTROL_PX: Final = 78


class FieldEditor(QObject):
    """Label, control, unit and note of one field; the form lays them out.

    ``entered`` carries a :class:`ClinicalValue` that the user has asked for and that fits the schema;
    ``noted`` says that something is wrong, ``settled`` that it was taken back, ``passed_on`` that the next
    field may follow.
    """

    entered = Signal(object)
    noted = Signal()
    passed_on = Signal()
    settled = Signal()

    def __init__(self, session: Session, schema: FieldSchema, control: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self.schema = schema
        self.value = ClinicalValue.absent(schema.id)
        self._is_active = True
        self._is_doubtful = False
        self._is_told_of_another = False
        self._several = ""
        self.has_unit = True
        self.label = label("", parent, wraps=True)
        self.control = control
        self.unit: QWidget = label("annotation", parent)
        self.reason: ReasonButton | None = None
        self.note = label("small", parent, wraps=True)
        self.hint = label("annotation", parent, wraps=True)
        self.offer: QWidget = QWidget(parent)
        self.label.setBuddy(control)
        for told in (self.note, self.hint, self.offer):
            told.hide()
        control.setMinimumWidth(_SHORTEST_CONTROL_PX)
        control.setObjectName(f"field-{schema.id}")

    @property
    def problem(self) -> str:
        """What is wrong with the text in the control, or nothing."""
        return self.note.text()

    @property
    def needs_own_row(self) -> bool:
        """True when the control leaves no room for its label in the narrowest column."""
        return False

    @property
    def keeps_refused_text(self) -> bool:
        """True where a refused text stays in the control to be mended."""
        return True

    @property
    def reachable(self) -> list[QWidget]:
        """What Tab reaches, in its order."""
        found = [self.control, self.unit] if self.has_unit else [self.control]
        if self.reason is not None:
            found.insert(1, self.reason)
        return found

    def show_value(self, value: ClinicalValue) -> None:
        """Show the record's value; a text that was refused stays until it is mended or the value changes."""
        unchanged = value == self.value
        self.value = value
        if unchanged and self.problem and not self._is_told_of_another and self.keeps_refused_text:
            return
        self.reset()

    def reset(self) -> None:
        """Show the record's value and drop whatever else stands in the control."""
        had_problem = bool(self.problem) and not self._is_told_of_another
        self._is_told_of_another = False
        self._say("")
        self._display()
        self._describe()
        if had_problem:
            self.settled.emit()

    def set_active(self, is_active: bool) -> None:
        """Open the field for a case; without one it is neither typed in nor amber."""
        self._is_active = is_active
        for widget in (self.label, self.control, self.unit):
            widget.setEnabled(is_active)
        self._say(self.problem)

    def set_doubtful(self, is_doubtful: bool) -> None:
        """Amber, and in sight, while what it holds waits for a second look."""
        if is_doubtful and not self._is_doubtful:
            self.noted.emit()
        self._is_doubtful = is_doubtful
        self._say(self.problem)

    def show_problem(self, message: Message) -> None:
        """Say beneath the field why its text is not used."""
        self._say(self._session.render(message))
        self.control.setAccessibleDescription(self.note.text())
        self.noted.emit()

    def show_conflict(self, message: Message) -> None:
        """Say that another field's entry contradicts this value, until that entry is mended or taken back."""
        self.show_problem(message)
        self._is_told_of_another = True

    def forget_conflict(self) -> None:
        """Take back what :meth:`show_conflict` said."""
        if self._is_told_of_another:
            self.reset()

    def show_several(self, text: str) -> None:
        """Say beneath a derived value that several are possible, and what would tell them apart."""
        self._several = text
        self._hint()

    def retranslate(self) -> None:
        """Take all words from the present catalogue."""
        self.label.setText(self._session.tr(f"clinical.{self.schema.id}"))
        self.control.setAccessibleName(self.label.text())
        self.reset()

    def choice_text(self, code: str) -> str:
        """How an allowed value is called; a code such as ``T3`` stands for itself."""
        return text_or_code(f"clinical.{self.schema.id}", code, self._session.catalogue)

    def missing_text(self, reason: MissingReason) -> str:
        """How a reason for a missing value is called."""
        return self._session.tr(f"report.missing.{reason.value}")

    def _display(self) -> None:
        """Put ``self.value`` into the control."""

    def _limits(self) -> str:
        """What is allowed, in words."""
        return ""

    def _describe(self) -> None:
        parts = [self._session.tr(f"clinical.{self.schema.id}.meaning"), self._limits()]
        if self.value.missing is not None:
            parts.insert(0, self.missing_text(self.value.missing))
        elif self.value.provenance is not Provenance.TYPED:
            parts.append(self._session.tr(f"panel.provenance.{self.value.provenance.value}"))
        converted = conversion(self.schema, self.value)
        if converted is not None:
            parts.append(self._session.render(converted))
        parts.append(self._session.tr("panel.clinical.source", source=self.schema.source))
        tip = "\n".join(part for part in parts if part)
        self.control.setToolTip(tip)
        self.label.setToolTip(tip)
        self.control.setAccessibleDescription(tip)
        self._hint()

    def _hint(self) -> None:
        """By which rule a derived value follows, what is open in it, or where a value came from."""
        rule, kind = self.schema.rule, self.value.provenance
        is_there = self.value.missing is None
        text = self._several
        if not text and is_there and rule is not None and kind is Provenance.DERIVED:
            text = self._session.render(rule_words(rule, self.schema))
        elif not text and is_there and not self.has_unit and kind is not Provenance.TYPED:
            text = self._session.tr(f"panel.provenance.{kind.value}")
        elif not text and isinstance(self.value.canonical, float):
            side = side_of_cut(self.schema, self.value.canonical)
            text = "" if side is None else self._session.render(side)
        say(self.hint, text, Tone.WARN if self._several else Tone.PLAIN)

    def _say(self, problem: str) -> None:
        say(self.note, problem, Tone.BAD)
        is_open = self.value.missing not in (None, MissingReason.NOT_APPLICABLE)
        is_amber = self._is_active and (is_open or self._is_doubtful)
        tone = Tone.BAD if problem else Tone.WARN if is_amber else Tone.PLAIN
        set_look(self.control, tone=tone.value)

    def _parsed(self, text: str, unit: str) -> ClinicalValue:
        return parse_value(self.schema, text, unit)

    def _accept(self, text: str, unit: str) -> None:
        self._is_told_of_another = False
        self.settled.emit()
        try:
            value = self._parsed(text, unit)
        except InputError as error:
            self.show_problem(error.message)
            return
        self._say("")
        if (value.canonical, value.missing) == (self.value.canonical, self.value.missing) or (
            value.canonical is None and self.value.canonical is None
        ):
            self.reset()
            return
        self.entered.emit(value)
