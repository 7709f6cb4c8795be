"""The clinical form of a study: one row per field of its schema, and an import from a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui.clinical.choice_editor import ChoiceEditor
from gui.clinical.date_editor import DateEditor
from gui.clinical.derived_editor import DerivedEditor
from gui.clinical.field_editor import FieldEditor
from gui.clinical.number_editor import NumberEditor
from gui.clinical.unit_words import with_unit_words
from gui.commands.clinical_commands import import_record, set_clinical_value
from gui.feedback.text import label, say
from gui.theme.tokens import GRID_PX, Tone
from inference.clinical.record import ClinicalRecord, ClinicalValue
from inference.clinical.record_json import record_from_json
from inference.clinical.schema import FieldSchema, FormSchema, load_form
from inference.errors import ConciliumError, InputError
from inference.messages.message import Message
from inference.storage import storage_error

if TYPE_CHECKING:
    from gui.session import Session

_LABEL_WIDTH_PX: Final = 64
_UNIT_WIDTH_PX: Final = 56
_LARGEST_RECORD_BYTES: Final = 1024 * 1024


class ClinicalForm(QWidget):
    """Shows the session's record and asks for changes by commands; it keeps no value itself."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._study = ""
        self.editors: dict[str, FieldEditor] = {}
        self._heading = label("heading", self)
        self.import_button = QPushButton(self)
        self.import_button.setProperty("role", "link")
        self.import_button.clicked.connect(self._on_import_clicked)
        self.import_note = label("small", self, wraps=True)
        self.import_note.hide()
        self._rows = QWidget(self)
        self._grid = QGridLayout(self._rows)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(2 * GRID_PX)
        self._grid.setVerticalSpacing(GRID_PX)
        self._grid.setColumnStretch(1, 1)
        top = QHBoxLayout()
        top.addWidget(self._heading, 1)
        top.addWidget(self.import_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID_PX)
        column.addLayout(top)
        column.addWidget(self.import_note)
        column.addWidget(self._rows)
        session.record_changed.connect(self._on_record_changed)
        session.stack_changed.connect(self._on_stack_changed)
        session.language_changed.connect(self._on_language_changed)
        self._on_record_changed()
        self._on_language_changed()
        self._open_for_case()

    def import_file(self, path: Path) -> None:
        """Take the record from a ``concilium.clinical`` file; what is wrong with it is said inline."""
        self._say(None)
        try:
            form = load_form(self._session.record.study)
            self._session.undo_stack.push(import_record(self._session, _read_record(form, path)))
        except ConciliumError as error:
            self._say(error.message)

    def _on_record_changed(self) -> None:
        record = self._session.record
        if record.study != self._study:
            self._build(load_form(record.study))
        for field_id, editor in self.editors.items():
            editor.show_value(record.values.get(field_id, ClinicalValue.absent(field_id)))

    def _on_stack_changed(self) -> None:
        """Another patient: nothing that was typed for the former one may stay."""
        self._say(None)
        self._on_record_changed()
        for editor in self.editors.values():
            editor.reset()
        self._open_for_case()

    def _on_language_changed(self) -> None:
        self._heading.setText(self._session.tr("panel.clinical.heading"))
        self.setAccessibleName(self._session.tr("panel.clinical.heading"))
        self.import_button.setText(self._session.tr("panel.clinical.import"))
        self.import_button.setToolTip(self._session.tr("panel.clinical.import.tip"))
        for editor in self.editors.values():
            editor.retranslate()
        self._say(None)

    def _open_for_case(self) -> None:
        has_case = self._session.stack is not None
        self.import_button.setEnabled(has_case)
        for editor in self.editors.values():
            editor.set_active(has_case)

    def _build(self, form: FormSchema) -> None:
        self._study = form.study
        for editor in self.editors.values():
            for widget in (editor.label, editor.control, editor.unit, editor.note):
                widget.hide()
                widget.deleteLater()
            editor.deleteLater()
        self.editors = {}
        previous: QWidget = self.import_button
        for number, schema in enumerate(form.fields):
            editor = _editor_for(self._session, schema, self._rows)
            editor.entered.connect(self._on_entered)
            self._place(editor, 2 * number)
            reachable: list[QWidget] = [editor.control, editor.unit]
            if editor.reason is not None:
                reachable.insert(1, editor.reason)
            for widget in reachable:
                if widget.focusPolicy() != Qt.FocusPolicy.NoFocus:
                    QWidget.setTabOrder(previous, widget)
                    previous = widget
            editor.retranslate()
            editor.set_active(self._session.stack is not None)
            self.editors[schema.id] = editor

    def _place(self, editor: FieldEditor, row: int) -> None:
        middle = Qt.AlignmentFlag.AlignVCenter
        editor.label.setFixedWidth(_LABEL_WIDTH_PX)
        editor.unit.setMinimumWidth(_UNIT_WIDTH_PX)
        self._grid.addWidget(editor.label, row, 0, middle)
        self._grid.addWidget(editor.control, row, 1)
        self._grid.addWidget(editor.unit, row, 2, middle)
        self._grid.addWidget(editor.note, row + 1, 1, 1, 2)

    def _on_entered(self, value: ClinicalValue) -> None:
        editor = self.editors[value.field_id]
        try:
            command = set_clinical_value(self._session, value)
        except InputError as error:
            editor.show_problem(error.message)
            return
        if command is not None:
            self._session.undo_stack.push(command)

    def _on_import_clicked(self) -> None:
        title = self._session.tr("panel.clinical.import.tip")
        name, _ = QFileDialog.getOpenFileName(self, title, "", "JSON (*.json)")
        if name:
            self.import_file(Path(name))

    def _say(self, message: Message | None) -> None:
        text = ""
        if message is not None:
            text = self._session.render(with_unit_words(message, self._session.catalogue))
        say(self.import_note, text, Tone.BAD)


def _editor_for(session: Session, schema: FieldSchema, parent: QWidget) -> FieldEditor:
    """The editor that fits a field."""
    if not schema.is_typed:
        return DerivedEditor(session, schema, parent)
    if schema.kind == "number":
        return NumberEditor(session, schema, parent)
    if schema.kind == "date":
        return DateEditor(session, schema, parent)
    return ChoiceEditor(session, schema, parent)


def _read_record(form: FormSchema, path: Path) -> ClinicalRecord:
    try:
        if path.stat().st_size > _LARGEST_RECORD_BYTES:
            raise InputError("error.clinical.not_a_record")
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise storage_error(error, path) from error
    except (ValueError, RecursionError) as error:
        raise InputError("error.clinical.not_a_record") from error
    if not isinstance(document, dict):
        raise InputError("error.clinical.not_a_record")
    return record_from_json(form, document)
