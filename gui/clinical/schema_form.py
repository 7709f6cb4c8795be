"""The clinical form of a study: one row per field of its schema, and an import from a file."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui.clinical.buttons_editor import ButtonsEditor, takes_buttons
from gui.clinical.choice_editor import ChoiceEditor
from gui.clinical.date_editor import DateEditor
from gui.clinical.derived_editor import DerivedEditor
from gui.clinical.eligibility_list import EligibilityList
from gui.clinical.field_editor import FieldEditor
from gui.clinical.field_group import FieldGroup
from gui.clinical.import_sheet import ImportSheet
from gui.clinical.measured_offer import MeasuredOffer
from gui.clinical.missing_lines import missing_lines
from gui.clinical.number_editor import NumberEditor
from gui.commands.clinical_commands import ReplaceRecord, set_clinical_value, take_proposal
from gui.feedback.text import label, say
from gui.theme.tokens import GRID_PX, Tone
from inference.clinical.derivation import fields_of_conflict, open_derivations
from inference.clinical.importing.proposal import ImportProposal
from inference.clinical.importing.reading_file import read_import
from inference.clinical.record import ClinicalValue
from inference.clinical.schema import FieldSchema, FormSchema, load_form
from inference.clinical.taken_over import statements_of
from inference.errors import ConciliumError, InputError
from inference.inputs.scan_dates import date_of
from inference.messages.message import Message
from inference.tables.csv_table import TableError, as_text, read_bytes

if TYPE_CHECKING:
    from gui.session import Session
    from inference.release import Release

_SHORT_FORM: Final = 9
"""A form of so few fields needs no folding."""


class ClinicalForm(QWidget):
    """Shows the session's record and asks for changes by commands; it keeps no value itself."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._study = ""
        self._reader = ""
        self._refused: dict[str, ClinicalValue] = {}
        self.editors: dict[str, FieldEditor] = {}
        self._heading = label("heading", self)
        self.import_button = QPushButton(self)
        self.import_button.setProperty("role", "link")
        self.import_button.clicked.connect(self._on_import_clicked)
        self.import_note = label("small", self, wraps=True)
        self.import_note.hide()
        self.taken_over = label("small", self, wraps=True)
        self._rows = QWidget(self)
        self.groups: dict[str, FieldGroup] = {}
        self._groups_column = QVBoxLayout(self._rows)
        self._groups_column.setContentsMargins(0, 0, 0, 0)
        self._groups_column.setSpacing(GRID_PX)
        self.paste_button = QPushButton(self)
        self.paste_button.setProperty("role", "link")
        self.paste_button.clicked.connect(self.paste)
        self.sheet = ImportSheet(session, self)
        self.sheet.taken.connect(self._on_taken)
        self.sheet.closed.connect(self.sheet.dismiss)
        top = QHBoxLayout()
        top.addWidget(self._heading, 1)
        top.addWidget(self.paste_button)
        top.addWidget(self.import_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID_PX)
        column.addLayout(top)
        column.addWidget(self.import_note)
        column.addWidget(self.sheet)
        column.addWidget(self.taken_over)
        column.addWidget(self._rows)
        self.eligibility = EligibilityList(session, self)
        column.addWidget(self.eligibility)
        session.record_changed.connect(self._on_record_changed)
        session.stack_changed.connect(self._on_stack_changed)
        session.pack_changed.connect(self._say_what_is_missing)
        session.language_changed.connect(self._on_language_changed)
        self._on_record_changed()
        self._on_language_changed()
        self._open_for_case()

    def import_file(self, path: Path) -> None:
        """Show what a CSV, JSON or FHIR file offers; what is wrong with it is said inline."""
        self._say(None)
        try:
            if not path.is_file():
                raise InputError("error.input.not_found", file=path.name)
            self._offer(as_text(read_bytes(path)))
        except ConciliumError as error:
            self._refuse(error)

    def paste(self) -> None:
        """Show what the text on the clipboard offers."""
        self._say(None)
        try:
            self._offer(QGuiApplication.clipboard().text())
        except ConciliumError as error:
            self._refuse(error)

    def _offer(self, text: str) -> None:
        stack = self._session.stack
        on = None if stack is None else date_of(stack)
        if not text.strip():
            raise InputError("error.import.nothing")
        self.sheet.show_proposals(read_import(load_form(self._session.record.study), text, on))

    def _refuse(self, error: ConciliumError) -> None:
        self.sheet.dismiss()
        problems = error.problems[:1] if isinstance(error, TableError) else ()
        self._say(problems[0] if problems else error.message)

    def _on_taken(self, proposal: ImportProposal, released: Release | None) -> None:
        try:
            command = take_proposal(self._session, proposal, released)
        except InputError as error:
            self._say(error.message)
            return
        self.sheet.dismiss()
        self._session.undo_stack.push(command)

    def _on_record_changed(self) -> None:
        record = self._session.record
        if record.study != self._study:
            self.sheet.dismiss()
            self._build(load_form(record.study))
        for field_id, editor in self.editors.items():
            editor.show_value(record.values.get(field_id, ClinicalValue.absent(field_id)))
        several = open_derivations(load_form(record.study), record)
        by_field = {message.fields["field"]: self._session.render(message) for message in several}
        for field_id, editor in self.editors.items():
            if isinstance(editor.offer, MeasuredOffer):
                editor.offer.refresh()
            editor.show_several(by_field.get(f"clinical.{field_id}", ""))
        of_another = [self._session.render(message) for message in statements_of(record)]
        say(self.taken_over, "\n".join(of_another), Tone.WARN)
        self.sheet.refresh()
        self._say_what_is_missing()

    def _say_what_is_missing(self) -> None:
        costs = missing_lines(self._session)
        for group in self.groups.values():
            group.show_missing(costs, self._session.stack is not None)

    def _on_stack_changed(self) -> None:
        """Another patient: nothing that was typed for the former one may stay."""
        self._say(None)
        self.sheet.dismiss()
        self._on_record_changed()
        for editor in self.editors.values():
            editor.reset()
        self._open_for_case()

    def _on_language_changed(self) -> None:
        self._heading.setText(self._session.tr("panel.clinical.heading"))
        self.setAccessibleName(self._session.tr("panel.clinical.heading"))
        self.import_button.setText(self._session.tr("panel.clinical.import"))
        self.import_button.setToolTip(self._session.tr("panel.clinical.import.tip"))
        self.paste_button.setText(self._session.tr("panel.clinical.paste"))
        self.paste_button.setToolTip(self._session.tr("panel.clinical.paste.tip"))
        for group in self.groups.values():
            group.retranslate()
        self._on_record_changed()
        self._say(None)

    def _open_for_case(self) -> None:
        has_case = self._session.stack is not None
        self.import_button.setEnabled(has_case)
        self.paste_button.setEnabled(has_case)
        for editor in self.editors.values():
            editor.set_active(has_case)
        self._say_what_is_missing()

    def _build(self, form: FormSchema) -> None:
        self._study = form.study
        for group in self.groups.values():
            self._groups_column.removeWidget(group)
            group.hide()
            group.deleteLater()
        for editor in self.editors.values():
            editor.deleteLater()
        self.editors, self.groups, self._refused = {}, {}, {}
        for schema in form.fields:
            if schema.group not in self.groups:
                self.groups[schema.group] = FieldGroup(self._session, schema.group, self._rows)
                self._groups_column.addWidget(self.groups[schema.group])
            group = self.groups[schema.group]
            editor = _editor_for(self._session, schema, group.body)
            editor.entered.connect(self._on_entered)
            editor.passed_on.connect(self._on_passed_on)
            editor.settled.connect(self._on_settled)
            if schema.measured_as is not None:
                self._offer_measured(editor, group.body)
            group.add(editor)
            editor.set_active(self._session.stack is not None)
            self.editors[schema.id] = editor
        for number, group in enumerate(self.groups.values()):
            group.retranslate()
            group.unfold(not number or len(form.fields) <= _SHORT_FORM)
            group.head.toggled.connect(self._put_in_tab_order)
        self._put_in_tab_order()

    def _offer_measured(self, editor: FieldEditor, parent: QWidget) -> None:
        offer = MeasuredOffer(self._session, editor.schema, parent)
        offer.take_name(self._reader)
        offer.confirmed.connect(self._on_entered)
        offer.named.connect(self._on_reader_named)
        offer.doubted.connect(editor.set_doubtful)
        editor.offer.deleteLater()
        editor.offer = offer

    def _on_reader_named(self, name: str) -> None:
        self._reader = name
        for offer in self.findChildren(MeasuredOffer):
            offer.take_name(name)

    def _put_in_tab_order(self) -> None:
        previous: QWidget = self.import_button
        for group in self.groups.values():
            reachable: list[QWidget] = [group.head]
            for editor in group.editors.values():
                reachable += editor.reachable
            for widget in reachable:
                if widget.focusPolicy() != Qt.FocusPolicy.NoFocus:
                    QWidget.setTabOrder(previous, widget)
                    previous = widget

    def _on_passed_on(self) -> None:
        """Go on to the next field of the same group, or to the next group's heading."""
        placed = [editor for group in self.groups.values() for editor in group.editors.values()]
        sender = self.sender()
        following = next((b for a, b in pairwise(placed) if a is sender), None)
        if following is None:
            return
        group = self.groups[following.schema.group]
        (following.reachable[0] if group.is_open else group.head).setFocus(Qt.FocusReason.TabFocusReason)

    def _on_entered(self, value: ClinicalValue) -> None:
        self._forget_conflict()
        try:
            command = self._command_for(value)
        except InputError as error:
            self._show_conflict(value, error.message)
            return
        if command is not None:
            self._session.undo_stack.push(command)

    def _command_for(self, value: ClinicalValue) -> ReplaceRecord | None:
        """With the refused texts that still stand in their fields, where all can stand together; else alone.

        Grade and Ki-67, both to be mended, could otherwise be entered in no order.
        """
        others = [one for name, one in self._refused.items() if name != value.field_id]
        if others:
            try:
                return set_clinical_value(self._session, value, *others)
            except InputError:
                pass
        return set_clinical_value(self._session, value)

    def _on_settled(self) -> None:
        sender = self.sender()
        self._refused = {name: one for name, one in self._refused.items() if self.editors[name] is not sender}
        self._forget_conflict()

    def _show_conflict(self, value: ClinicalValue, message: Message) -> None:
        """Beneath the field why its entry is refused; beneath each value that takes part, where to look."""
        entered = self.editors[value.field_id]
        entered.show_problem(message)
        if entered.keeps_refused_text:
            self._refused[value.field_id] = value
        at_others = Message("panel.clinical.conflict", {"field": f"clinical.{entered.schema.id}"})
        for name in fields_of_conflict(load_form(self._study), message):
            if self.editors[name] is not entered and self._session.record.canonical(name) is not None:
                self.editors[name].show_conflict(at_others)

    def _forget_conflict(self) -> None:
        for editor in self.editors.values():
            editor.forget_conflict()

    def _on_import_clicked(self) -> None:
        title = self._session.tr("panel.clinical.import.tip")
        name, _ = QFileDialog.getOpenFileName(self, title, "", "CSV, JSON, FHIR (*.csv *.tsv *.txt *.json)")
        if name:
            self.import_file(Path(name))

    def _say(self, message: Message | None) -> None:
        say(self.import_note, "" if message is None else self._session.render(message), Tone.BAD)


def _editor_for(session: Session, schema: FieldSchema, parent: QWidget) -> FieldEditor:
    """The editor that fits a field."""
    if not schema.is_typed:
        return DerivedEditor(session, schema, parent)
    if schema.kind == "number":
        return NumberEditor(session, schema, parent)
    if schema.kind == "date":
        return DateEditor(session, schema, parent)
    if takes_buttons(schema):
        return ButtonsEditor(session, schema, parent)
    return ChoiceEditor(session, schema, parent)
