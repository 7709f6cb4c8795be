"""The clinical form: what is typed, what is refused, and what can be had back."""

import json
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit

from gui.clinical.calm_combo_box import CalmComboBox
from gui.clinical.choice_editor import ChoiceEditor
from gui.clinical.date_editor import DateEditor
from gui.clinical.derived_editor import DerivedEditor
from gui.clinical.number_editor import NumberEditor
from gui.clinical.schema_form import ClinicalForm
from gui.commands.named_command import retranslate_commands
from gui.session import Session
from inference.clinical.record import MissingReason, Provenance
from inference.clinical.record_json import record_to_json
from inference.clinical.schema import FieldSchema, UnitChoice, load_form
from tests.gui.panel_session import open_case
from tests.inference.clinical.all_forms import STUDIES
from tests.inference.synthetic_case import case, record


def number(form: ClinicalForm, field_id: str) -> QLineEdit:
    editor = form.editors[field_id]
    assert isinstance(editor, NumberEditor)
    return editor.edit


def choice(form: ClinicalForm, field_id: str) -> CalmComboBox:
    editor = form.editors[field_id]
    assert isinstance(editor, ChoiceEditor)
    return editor.combo


def choose(combo: CalmComboBox, data: str) -> None:
    index = combo.findData(data)
    assert index >= 0
    combo.setCurrentIndex(index)
    combo.activated.emit(index)


def type_text(qtbot: Any, edit: QLineEdit, text: str, key: Qt.Key = Qt.Key.Key_Return) -> None:
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, text)
    qtbot.keyClick(edit, key)


def test_every_field_of_the_schema_has_a_row_in_its_order(form: ClinicalForm) -> None:
    assert list(form.editors) == [field.id for field in load_form("npc-residual").fields]


def test_enter_commits_a_number_with_its_canonical_value(form: ClinicalForm, qtbot: Any) -> None:
    type_text(qtbot, number(form, "age"), "61")
    assert form._session.record.canonical("age") == 61.0
    assert form._session.undo_stack.count() == 1


def test_leaving_the_field_commits_too(form: ClinicalForm, qtbot: Any) -> None:
    form.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is form)
    type_text(qtbot, number(form, "age"), "44", Qt.Key.Key_Tab)
    assert form._session.record.canonical("age") == 44.0


def test_two_hundred_years_are_refused_inline_and_not_committed(form: ClinicalForm, qtbot: Any) -> None:
    type_text(qtbot, number(form, "age"), "200")
    editor = form.editors["age"]
    assert form._session.record.canonical("age") == 52.0
    assert form._session.undo_stack.count() == 0
    assert editor.note.isVisible()
    assert "18 to 100\u00a0years" in editor.problem
    assert editor.control.property("tone") == "bad"
    assert number(form, "age").text() == "200"


def test_words_are_refused_where_a_number_is_asked_for(form: ClinicalForm, qtbot: Any) -> None:
    type_text(qtbot, number(form, "ebv_dna"), "many")
    assert "many" in form.editors["ebv_dna"].problem
    assert form._session.record.canonical("ebv_dna") == 1200.0


def test_a_corrected_text_takes_the_message_away(form: ClinicalForm, qtbot: Any) -> None:
    type_text(qtbot, number(form, "age"), "200")
    type_text(qtbot, number(form, "age"), "20")
    assert form.editors["age"].problem == ""
    assert form._session.record.canonical("age") == 20.0


def test_a_refused_text_stays_while_another_field_changes(form: ClinicalForm, qtbot: Any) -> None:
    type_text(qtbot, number(form, "age"), "200")
    choose(choice(form, "sex"), "female")
    assert number(form, "age").text() == "200"
    assert form.editors["age"].problem


def test_escape_takes_back_what_the_record_holds(form: ClinicalForm, qtbot: Any) -> None:
    type_text(qtbot, number(form, "age"), "200")
    qtbot.keyClick(number(form, "age"), Qt.Key.Key_Escape)
    assert number(form, "age").text() == "52"
    assert form.editors["age"].problem == ""


def test_undo_restores_the_value_and_names_the_field(form: ClinicalForm, qtbot: Any) -> None:
    stack = form._session.undo_stack
    type_text(qtbot, number(form, "age"), "61")
    assert stack.undoText() == "Age"
    stack.undo()
    assert form._session.record.canonical("age") == 52.0
    assert number(form, "age").text() == "52"
    assert stack.redoText() == "Age"
    stack.redo()
    assert number(form, "age").text() == "61"


def test_the_name_of_an_undo_step_follows_the_language(form: ClinicalForm, qtbot: Any) -> None:
    type_text(qtbot, number(form, "age"), "61")
    form._session.set_language("zh_CN")
    retranslate_commands(form._session.undo_stack)
    assert form._session.undo_stack.undoText() == "年龄"


def test_typing_the_same_number_again_is_no_change(form: ClinicalForm, qtbot: Any) -> None:
    type_text(qtbot, number(form, "age"), "52.0")
    assert form._session.undo_stack.count() == 0
    assert number(form, "age").text() == "52"


def test_an_emptied_field_is_not_recorded_and_amber(form: ClinicalForm, qtbot: Any) -> None:
    edit = number(form, "ebv_dna")
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClick(edit, Qt.Key.Key_Delete)
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    value = form._session.record.values["ebv_dna"]
    assert value.canonical is None and value.missing is MissingReason.NOT_RECORDED
    assert edit.placeholderText() == "not recorded"
    assert edit.property("tone") == "warn"


def test_the_reason_for_a_missing_number_can_be_chosen(form: ClinicalForm) -> None:
    button = form.editors["ebv_dna"].reason
    assert button is not None
    button.actions_by_reason[MissingReason.NOT_MEASURED].trigger()
    assert form._session.record.values["ebv_dna"].missing is MissingReason.NOT_MEASURED
    assert number(form, "ebv_dna").placeholderText() == "not measured"
    assert button.actions_by_reason[MissingReason.NOT_MEASURED].isChecked()


def test_the_reason_for_a_missing_choice_can_be_chosen(form: ClinicalForm) -> None:
    choose(choice(form, "sex"), "missing:unknown")
    assert form._session.record.values["sex"].missing is MissingReason.UNKNOWN
    assert choice(form, "sex").currentText() == "unknown"
    assert choice(form, "sex").property("tone") == "warn"


def test_the_wheel_never_changes_a_choice(form: ClinicalForm) -> None:
    combo = choice(form, "t_stage")
    combo.setFocus()
    wheel = QWheelEvent(
        QPointF(5, 5),
        QPointF(combo.mapToGlobal(QPoint(5, 5))),
        QPoint(0, -120),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(combo, wheel)
    assert combo.currentData() == "T3"
    assert not wheel.isAccepted()


def test_the_stage_follows_from_t_and_n_and_cannot_be_typed(form: ClinicalForm) -> None:
    stage = form.editors["stage"]
    assert isinstance(stage, DerivedEditor)
    assert stage.edit.text() == "III"
    choose(choice(form, "t_stage"), "T4")
    assert stage.edit.text() == "IVa"
    assert form._session.record.values["stage"].provenance is Provenance.DERIVED
    assert stage.edit.isReadOnly()
    form._session.undo_stack.undo()
    assert stage.edit.text() == "III"


def test_without_n_there_is_no_stage(form: ClinicalForm) -> None:
    choose(choice(form, "n_stage"), "missing:not_recorded")
    stage = form.editors["stage"]
    assert isinstance(stage, DerivedEditor)
    assert stage.edit.text() == ""
    assert stage.edit.placeholderText() and "N stage" in stage.edit.toolTip()


def write_record(path: Path, **values: object) -> Path:
    document = {
        "schema": "concilium.clinical",
        "schema_version": 1,
        "study": "npc-residual",
        "values": values,
    }
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_an_imported_record_fills_the_form_and_can_be_undone(form: ClinicalForm, tmp_path: Path) -> None:
    file = tmp_path / "record.json"
    file.write_text(json.dumps(record_to_json(record(age="70", t_stage="T4"))), encoding="utf-8")
    form.import_file(file)
    assert number(form, "age").text() == "52"
    form.sheet.take_button.click()
    assert number(form, "age").text() == "70"
    assert form._session.record.values["age"].provenance is Provenance.IMPORTED
    assert form._session.undo_stack.undoText() == "Import clinical values"
    form._session.undo_stack.undo()
    assert number(form, "age").text() == "52"


def test_a_stage_that_contradicts_an_imported_one_is_refused_inline(
    form: ClinicalForm, tmp_path: Path
) -> None:
    form._session.set_record(load_form("npc-residual").empty_record())
    form.import_file(write_record(tmp_path / "a.json", stage={"value": "II"}, t_stage={"value": "T2"}))
    form.sheet.take_button.click()
    choose(choice(form, "n_stage"), "N3")
    assert form._session.record.canonical("n_stage") is None
    assert "IVa" in form.editors["n_stage"].problem
    assert choice(form, "n_stage").currentText() == "not recorded"


def test_an_imported_stage_can_be_dropped(form: ClinicalForm, tmp_path: Path) -> None:
    form._session.set_record(load_form("npc-residual").empty_record())
    form.import_file(write_record(tmp_path / "a.json", stage={"value": "II"}))
    form.sheet.take_button.click()
    stage = form.editors["stage"]
    assert isinstance(stage, DerivedEditor) and stage._drop.isVisible()
    stage._drop.trigger()
    assert form._session.record.canonical("stage") is None
    assert not stage._drop.isVisible()


@pytest.mark.parametrize(
    "content",
    [b"not json", b"[1, 2]", b"{}", b"\xff\xfe", b'{"schema": "concilium.clinical"}', b"[" * 100_000],
)
def test_a_file_that_is_no_record_is_refused_in_one_sentence(
    content: bytes, form: ClinicalForm, tmp_path: Path
) -> None:
    file = tmp_path / "record.json"
    file.write_bytes(content)
    before = form._session.record
    form.import_file(file)
    assert form._session.record is before
    assert form.import_note.isVisible()
    assert "⟦" not in form.import_note.text()


def test_a_file_that_is_not_there_is_told(form: ClinicalForm, tmp_path: Path) -> None:
    form.import_file(tmp_path / "absent.json")
    assert "absent.json" in form.import_note.text()


def test_an_import_with_a_value_outside_its_range_changes_nothing(form: ClinicalForm, tmp_path: Path) -> None:
    form.import_file(
        write_record(tmp_path / "a.json", age={"value": "200", "unit": "a"}, sex={"value": "female"})
    )
    assert form._session.record.canonical("sex") == "male"
    assert "200" in form.sheet.refused.text() and not form.sheet.take_button.isEnabled()


def test_without_a_case_nothing_can_be_typed_and_nothing_is_amber(empty: Session, qtbot: Any) -> None:
    widget = ClinicalForm(empty)
    qtbot.addWidget(widget)
    assert not widget.import_button.isEnabled()
    for editor in widget.editors.values():
        assert not editor.control.isEnabled()
        assert editor.control.property("tone") == "plain"
    open_case(empty, case(clinical=record(age="")))
    assert widget.editors["age"].control.isEnabled()
    assert widget.editors["age"].control.property("tone") == "warn"


def test_another_patient_clears_what_was_typed(form: ClinicalForm, qtbot: Any) -> None:
    type_text(qtbot, number(form, "age"), "200")
    open_case(form._session, case(clinical=record(age="33")))
    assert number(form, "age").text() == "33"
    assert form.editors["age"].problem == ""


def test_the_form_speaks_the_other_language_at_once(form: ClinicalForm) -> None:
    form._session.set_language("zh_CN")
    assert form.editors["age"].label.text() == "年龄"
    assert choice(form, "sex").currentText() == "男"
    assert number(form, "age").text() == "52"


def test_the_range_and_meaning_are_said_on_hover_and_to_screen_readers(form: ClinicalForm) -> None:
    control = form.editors["age"].control
    assert "18" in control.toolTip() and "100" in control.toolTip() and "years" in control.toolTip()
    assert control.accessibleName() == "Age"
    assert "18" in control.accessibleDescription()


def test_every_control_can_be_reached_by_tab(form: ClinicalForm) -> None:
    assert all(
        editor.reachable[0].focusPolicy() & Qt.FocusPolicy.TabFocus for editor in form.editors.values()
    )


LENGTH = FieldSchema(
    id="length",
    group="tumour",
    kind="number",
    source="a test",
    units=(UnitChoice(code="cm", factor=1), UnitChoice(code="mm", factor=0.1)),
    minimum=0,
    maximum=20,
)


def test_another_unit_shows_the_same_quantity(opened: Session, form: ClinicalForm) -> None:
    editor = NumberEditor(opened, LENGTH, form)
    given: list[Any] = []
    editor.entered.connect(given.append)
    editor.retranslate()
    editor.edit.setText("3.5")
    editor.edit.setModified(True)
    editor.edit.editingFinished.emit()
    editor.show_value(given[-1])
    assert editor.units is not None
    editor.units.setCurrentIndex(1)
    editor.units.activated.emit(1)
    assert (given[-1].typed_value, given[-1].typed_unit) == ("35", "mm")
    assert given[-1].canonical == pytest.approx(3.5)
    assert "200" in editor._limits()


DAY = FieldSchema(id="surgery_day", group="course", kind="date", source="a test")


def test_a_day_is_typed_as_people_write_it_and_shown_year_first(
    opened: Session, form: ClinicalForm, qtbot: Any
) -> None:
    editor = DateEditor(opened, DAY, form)
    given: list[Any] = []
    editor.entered.connect(given.append)
    editor.retranslate()
    type_text(qtbot, editor.edit, "2026/3/9")
    editor.show_value(given[-1])
    assert given[-1].canonical == "2026-03-09" and editor.edit.text() == "2026-03-09"
    assert "2026-03-09" in editor._limits()


def test_a_day_that_is_none_is_refused_inline(opened: Session, form: ClinicalForm, qtbot: Any) -> None:
    editor = DateEditor(opened, DAY, form)
    editor.retranslate()
    type_text(qtbot, editor.edit, "03/04/2026")
    assert "03/04/2026" in editor.problem and "Day of surgery" in editor.problem


@pytest.mark.parametrize("study", STUDIES)
def test_the_form_of_every_study_has_words_for_all_its_fields(study: str, form: ClinicalForm) -> None:
    form._session.set_record(load_form(study).empty_record())
    assert list(form.editors) == [field.id for field in load_form(study).fields]
    shown = [f"{one.label.text()} {one.control.toolTip()}" for one in form.editors.values()]
    assert not [text for text in shown if "⟦" in text]


def test_a_body_mass_index_follows_and_can_be_typed(form: ClinicalForm, qtbot: Any) -> None:
    form._session.set_record(load_form("lagc-response").empty_record())
    type_text(qtbot, number(form, "height"), "170")
    type_text(qtbot, number(form, "weight"), "69")
    assert number(form, "bmi").text() == "23.9"
    type_text(qtbot, number(form, "bmi"), "30")
    assert "30" in form.editors["bmi"].problem and "23.9" in form.editors["bmi"].problem
