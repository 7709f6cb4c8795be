"""One clinical field on screen: its value, unit and range, why it is missing, and what was wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QStyle, QWidget

from gui.clinical.calm_combo_box import CalmComboBox
from gui.clinical.reason_button import TEXT_MARGINS, ReasonButton
from gui.clinical.unit_words import with_unit_words
from gui.feedback.text import label, say
from gui.theme.palette import set_look
from gui.theme.tokens import Tone
from inference.clinical.record import ClinicalValue, MissingReason, Provenance
from inference.clinical.schema import FieldSchema, parse_value
from inference.errors import InputError
from inference.messages.message import Message
from reports.wording import text_or_code

if TYPE_CHECKING:
    from gui.session import Session

_SHORTEST_CONTROL_PX: Final = 88
_MISSING_MARK: Final = "missing:"


class FieldEditor(QObject):
    """Label, control, unit and note of one field; the form lays them out.

    ``entered`` carries a :class:`ClinicalValue` that the user has asked for and that fits the schema.
    """

    entered = Signal(object)

    def __init__(self, session: Session, schema: FieldSchema, control: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self.schema = schema
        self.value = ClinicalValue.absent(schema.id)
        self._is_active = True
        self.label = label("", parent, wraps=True)
        self.control = control
        self.unit: QWidget = label("annotation", parent)
        self.reason: ReasonButton | None = None
        self.note = label("small", parent, wraps=True)
        self.label.setBuddy(control)
        self.note.hide()
        control.setMinimumWidth(_SHORTEST_CONTROL_PX)
        control.setObjectName(f"field-{schema.id}")

    @property
    def problem(self) -> str:
        """What is wrong with the text in the control, or nothing."""
        return self.note.text()

    def show_value(self, value: ClinicalValue) -> None:
        """Show the record's value; a text that was refused stays until it is mended or the value changes."""
        unchanged = value == self.value
        self.value = value
        if unchanged and self.problem:
            return
        self.reset()

    def reset(self) -> None:
        """Show the record's value and drop whatever else stands in the control."""
        self._say("")
        self._display()
        self._describe()

    def set_active(self, is_active: bool) -> None:
        """Open the field for a case; without one it is neither typed in nor amber."""
        self._is_active = is_active
        for widget in (self.label, self.control, self.unit):
            widget.setEnabled(is_active)
        self._say(self.problem)

    def show_problem(self, message: Message) -> None:
        """Say beneath the field why its text is not used."""
        self._say(self._session.render(with_unit_words(message, self._session.catalogue)))
        self.control.setAccessibleDescription(self.note.text())

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
        parts.append(self._session.tr("panel.clinical.source", source=self.schema.source))
        tip = "\n".join(part for part in parts if part)
        self.control.setToolTip(tip)
        self.label.setToolTip(tip)
        self.control.setAccessibleDescription(tip)

    def _say(self, problem: str) -> None:
        say(self.note, problem, Tone.BAD)
        missing = self.value.missing is not None and self._is_active
        tone = Tone.BAD if problem else Tone.WARN if missing else Tone.PLAIN
        set_look(self.control, tone=tone.value)

    def _accept(self, text: str, unit: str) -> None:
        try:
            value = parse_value(self.schema, text, unit)
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


class NumberEditor(FieldEditor):
    """A number typed with its unit; Enter or Tab commits, Escape takes the record's value back."""

    def __init__(self, session: Session, schema: FieldSchema, parent: QWidget) -> None:
        self.edit = QLineEdit(parent)
        super().__init__(session, schema, self.edit, parent)
        self.edit.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.edit.editingFinished.connect(self._on_editing_finished)
        self.edit.installEventFilter(self)
        self.units: QComboBox | None = None
        if len(schema.units) > 1:
            self.units = CalmComboBox(parent)
            self.units.activated.connect(self._on_unit_chosen)
            self.unit.deleteLater()
            self.unit = self.units
        self.reason = ReasonButton(self.edit)
        self.reason.chosen.connect(self._on_reason_chosen)

    @property
    def unit_code(self) -> str:
        """The unit that a typed number is in."""
        return str(self.units.currentData()) if self.units is not None else self.schema.units[0].code

    def retranslate(self) -> None:
        assert self.reason is not None
        name = self._session.tr("panel.clinical.why_missing", field=f"clinical.{self.schema.id}")
        self.reason.name_reasons(name, {reason: self.missing_text(reason) for reason in MissingReason})
        if self.units is not None:
            kept = self.units.currentIndex()
            self.units.clear()
            for unit in self.schema.units:
                self.units.addItem(self._unit_text(unit.code), unit.code)
            self.units.setCurrentIndex(max(kept, 0))
            self.units.setAccessibleName(
                self._session.tr("panel.clinical.unit_of", field=f"clinical.{self.schema.id}")
            )
        elif isinstance(self.unit, QLabel):
            self.unit.setText(self._unit_text(self.schema.units[0].code))
        super().retranslate()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape and self.edit.isModified():
                self.reset()
                return True
        return super().eventFilter(watched, event)

    def _display(self) -> None:
        if self.units is not None and self.value.typed_unit:
            self.units.setCurrentIndex(self.units.findData(self.value.typed_unit))
        missing = self.value.missing
        self.edit.setText("" if missing is not None else self.value.typed_value)
        self.edit.setModified(False)
        self.edit.setPlaceholderText("" if missing is None else self.missing_text(missing))
        if self.reason is not None:
            self.reason.show_reason(missing)

    def _limits(self) -> str:
        factor = next(unit.factor for unit in self.schema.units if unit.code == self.unit_code)
        assert self.schema.minimum is not None and self.schema.maximum is not None
        return self._session.tr(
            "panel.clinical.range",
            minimum=f"{self.schema.minimum / factor:,.10g}",
            maximum=f"{self.schema.maximum / factor:,.10g}",
            unit=self._unit_text(self.unit_code),
        )

    def _unit_text(self, code: str) -> str:
        return text_or_code("report.unit", code, self._session.catalogue)

    def _on_editing_finished(self) -> None:
        if self.edit.isModified():
            self.edit.setModified(False)
            self._accept(self.edit.text(), self.unit_code)
            self.edit.setModified(bool(self.problem))

    def _on_unit_chosen(self) -> None:
        """Show the same quantity in the other unit; what was refused is read again in it."""
        if self.problem or not isinstance(self.value.canonical, float):
            self._accept(self.edit.text(), self.unit_code)
            return
        factor = next(unit.factor for unit in self.schema.units if unit.code == self.unit_code)
        text = f"{self.value.canonical / factor:.10g}"
        self.entered.emit(parse_value(self.schema, text, self.unit_code))

    def _on_reason_chosen(self, reason: MissingReason) -> None:
        self._say("")
        self.entered.emit(ClinicalValue.absent(self.schema.id, reason))
        self.reset()


class ChoiceEditor(FieldEditor):
    """One of the allowed values, or the reason why there is none."""

    def __init__(self, session: Session, schema: FieldSchema, parent: QWidget) -> None:
        self.combo = CalmComboBox(parent, as_number=True)
        super().__init__(session, schema, self.combo, parent)
        self.combo.activated.connect(self._on_activated)
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.combo.setMinimumContentsLength(8)

    def retranslate(self) -> None:
        self.combo.clear()
        for code in self.schema.choices:
            self.combo.addItem(self.choice_text(code), code)
        self.combo.insertSeparator(self.combo.count())
        for reason in MissingReason:
            self.combo.addItem(self.missing_text(reason), _MISSING_MARK + reason.value)
        super().retranslate()

    def _display(self) -> None:
        missing = self.value.missing
        shown = self.value.canonical if missing is None else _MISSING_MARK + missing.value
        self.combo.setCurrentIndex(self.combo.findData(shown))
        if isinstance(self.unit, QLabel):
            told = self.value.missing is None and self.value.provenance is not Provenance.TYPED
            self.unit.setText(
                self._session.tr(f"panel.provenance.short.{self.value.provenance.value}") if told else ""
            )

    def _limits(self) -> str:
        names = " · ".join(self.choice_text(code) for code in self.schema.choices)
        return self._session.tr("panel.clinical.allowed", values=names)

    def _on_activated(self, index: int) -> None:
        chosen = str(self.combo.itemData(index))
        if chosen.startswith(_MISSING_MARK):
            self._say("")
            reason = MissingReason(chosen.removeprefix(_MISSING_MARK))
            self.entered.emit(ClinicalValue.absent(self.schema.id, reason))
        else:
            self._accept(chosen, "")

    def show_problem(self, message: Message) -> None:
        """Say why the choice is not used, and show the one that is."""
        super().show_problem(message)
        self._display()


class DerivedEditor(FieldEditor):
    """A value that follows from others: read, never typed; an imported one can be dropped."""

    def __init__(self, session: Session, schema: FieldSchema, parent: QWidget) -> None:
        self.edit = QLineEdit(parent)
        super().__init__(session, schema, self.edit, parent)
        self.edit.setReadOnly(True)
        self.edit.setTextMargins(*TEXT_MARGINS)
        self.edit.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        icon = self.edit.style().standardIcon(QStyle.StandardPixmap.SP_LineEditClearButton)
        self._drop = self.edit.addAction(icon, QLineEdit.ActionPosition.TrailingPosition)
        self._drop.triggered.connect(self._on_dropped)

    def retranslate(self) -> None:
        self._drop.setText(self._session.tr("panel.clinical.drop_imported"))
        self._drop.setToolTip(self._drop.text())
        super().retranslate()

    def _display(self) -> None:
        imported = self.value.missing is None and self.value.provenance is not Provenance.DERIVED
        self._drop.setVisible(imported)
        code = self.value.canonical
        self.edit.setText(self.choice_text(code) if isinstance(code, str) else "")
        self.edit.setPlaceholderText(self._session.tr("panel.clinical.pending"))
        if isinstance(self.unit, QLabel):
            kind = self.value.provenance if imported else Provenance.DERIVED
            self.unit.setText(self._session.tr(f"panel.provenance.short.{kind.value}"))

    def _limits(self) -> str:
        sources = ", ".join(self._session.tr(f"clinical.{name}") for name in self.schema.derived_from)
        return self._session.tr("panel.clinical.derived_from", fields=sources)

    def _on_dropped(self) -> None:
        self.entered.emit(ClinicalValue.absent(self.schema.id))


def editor_for(session: Session, schema: FieldSchema, parent: QWidget) -> FieldEditor:
    """The editor that fits a field."""
    if schema.derived_from:
        return DerivedEditor(session, schema, parent)
    if schema.kind == "number":
        return NumberEditor(session, schema, parent)
    return ChoiceEditor(session, schema, parent)
