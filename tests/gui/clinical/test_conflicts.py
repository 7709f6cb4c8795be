"""Values that contradict one another: said at each of them, until one is mended or taken back."""

from typing import Any

import pytest
from PySide6.QtCore import Qt

from gui.clinical.choice_editor import ChoiceEditor
from gui.clinical.number_editor import NumberEditor
from gui.clinical.schema_form import ClinicalForm
from gui.session import Session
from tests.inference.clinical.all_forms import settled


@pytest.fixture
def form(opened: Session, qtbot: Any) -> ClinicalForm:
    """A NET G1 with a fitting Ki-67."""
    opened.set_record(settled("gnen-os", grade="NET G1", ki67="2", age="60"))
    widget = ClinicalForm(opened)
    qtbot.addWidget(widget)
    widget.show()
    return widget


def type_ki67(form: ClinicalForm, qtbot: Any, text: str) -> None:
    editor = form.editors["ki67"]
    assert isinstance(editor, NumberEditor)
    editor.edit.selectAll()
    qtbot.keyClicks(editor.edit, text)
    qtbot.keyClick(editor.edit, Qt.Key.Key_Return)


def choose_grade(form: ClinicalForm, code: str) -> None:
    editor = form.editors["grade"]
    assert isinstance(editor, ChoiceEditor)
    editor.combo.setCurrentIndex(editor.combo.findData(code))
    editor.combo.activated.emit(editor.combo.currentIndex())


def told(form: ClinicalForm) -> set[str]:
    return {name for name, editor in form.editors.items() if editor.problem}


def test_a_conflict_is_said_at_every_value_that_takes_part(form: ClinicalForm, qtbot: Any) -> None:
    type_ki67(form, qtbot, "40")
    assert told(form) == {"ki67", "grade"}
    assert "contradicts NET G1" in form.editors["ki67"].problem
    assert form.editors["grade"].problem == "The entry for Ki-67 contradicts this value: see there."
    assert form.editors["grade"].note.isVisible() and form._session.record.canonical("ki67") == 2.0


@pytest.mark.parametrize("text", ["3000", "1"])
def test_another_entry_settles_the_former_conflict(text: str, form: ClinicalForm, qtbot: Any) -> None:
    type_ki67(form, qtbot, "40")
    type_ki67(form, qtbot, text)
    assert told(form) == ({"ki67"} if text == "3000" else set())


def test_taking_the_entry_back_settles_it(form: ClinicalForm, qtbot: Any) -> None:
    type_ki67(form, qtbot, "40")
    qtbot.keyClick(form.editors["ki67"].control, Qt.Key.Key_Escape)
    assert told(form) == set()


def test_two_values_that_are_both_to_be_mended_are_taken_together(form: ClinicalForm, qtbot: Any) -> None:
    type_ki67(form, qtbot, "40")
    choose_grade(form, "NEC")
    assert told(form) == set()
    record = form._session.record
    assert (record.canonical("ki67"), record.canonical("grade")) == (40.0, "NEC")
    form._session.undo_stack.undo()
    assert form._session.record.canonical("ki67") == 2.0


def test_a_text_that_was_taken_back_is_not_taken_later(form: ClinicalForm, qtbot: Any) -> None:
    type_ki67(form, qtbot, "40")
    qtbot.keyClick(form.editors["ki67"].control, Qt.Key.Key_Escape)
    choose_grade(form, "NEC")
    assert told(form) == {"ki67", "grade"} and form._session.record.canonical("grade") == "NET G1"


def test_a_refused_choice_is_forgotten_with_the_next_change(form: ClinicalForm, qtbot: Any) -> None:
    choose_grade(form, "NEC")
    assert told(form) == {"ki67", "grade"}
    editor = form.editors["age"]
    assert isinstance(editor, NumberEditor)
    editor.edit.selectAll()
    qtbot.keyClicks(editor.edit, "61")
    qtbot.keyClick(editor.edit, Qt.Key.Key_Return)
    assert told(form) == set()
