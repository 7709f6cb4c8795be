"""What an import offers, inline: refusals are seen before anything is taken, and one undo takes it back."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from gui.clinical.schema_form import ClinicalForm

TABLE = "age,ebv_dna,shoe size\n70,<500,43\n"


def paste(form: ClinicalForm, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    form.paste_button.click()


def test_a_pasted_table_shows_old_and_new_and_why_a_value_is_refused(form: ClinicalForm) -> None:
    paste(form, TABLE)
    assert form.sheet.isVisible()
    assert "Age: 52\u00a0years \u2192 70\u00a0years" in form.sheet.accepted.text()
    assert "row 1" in form.sheet.refused.text() and "<500" in form.sheet.refused.text()
    assert "shoe size" in form.sheet.unknown.text()
    assert form._session.record.canonical("age") == 52.0


def test_nothing_is_taken_before_the_refusals_were_seen(form: ClinicalForm) -> None:
    paste(form, TABLE)
    assert not form.sheet.take_button.isEnabled() and form.sheet.take_button.toolTip()
    form.sheet.seen.setChecked(True)
    form.sheet.take_button.click()
    stack = form._session.undo_stack
    assert form._session.record.canonical("age") == 70.0 and stack.count() == 1
    assert not form.sheet.isVisible()
    stack.undo()
    assert form._session.record.canonical("age") == 52.0


def test_of_several_patients_one_is_chosen_first(form: ClinicalForm) -> None:
    paste(form, "patient,age\nA,61\nB,62\n")
    sheet = form.sheet
    assert sheet.patient.isVisible() and not sheet.take_button.isEnabled()
    placeholder = sheet.patient.placeholderText()
    sheet._session.set_language("zh_CN")
    sheet.refresh()
    assert sheet.patient.placeholderText() != placeholder and sheet.patient.currentIndex() == -1
    sheet._session.set_language("en")
    sheet.refresh()
    sheet.patient.setCurrentIndex(1)
    sheet.patient.activated.emit(1)
    sheet.whose.name.setText("Dr Lin")
    sheet.whose.reason.setText("Neither is an identifier of ours.")
    sheet.take_button.click()
    assert form._session.record.canonical("age") == 62.0


def test_escape_folds_the_sheet_away_and_takes_nothing(form: ClinicalForm, qtbot: Any) -> None:
    paste(form, TABLE)
    qtbot.keyClick(form.sheet, Qt.Key.Key_Escape)
    assert not form.sheet.isVisible() and form._session.undo_stack.count() == 0


def test_an_empty_clipboard_is_told_in_one_sentence(form: ClinicalForm) -> None:
    paste(form, "")
    assert form.import_note.isVisible() and not form.sheet.isVisible()
    assert "\u27e6" not in form.import_note.text()


def test_a_value_that_stays_is_called_unchanged(form: ClinicalForm) -> None:
    paste(form, "age\n52\n")
    assert form.sheet.accepted.text().startswith("\u2713 Age: 52\u00a0years (unchanged)")
    assert form.sheet.heading.text() == "To take: 1. Refused: 0."


def test_a_column_is_named_once(form: ClinicalForm) -> None:
    paste(form, TABLE)
    assert form.sheet.refused.text().startswith("\u2715 row 1, column ebv_dna = <500")


def test_of_thousands_of_refused_values_the_first_are_shown_and_the_others_counted(
    form: ClinicalForm,
) -> None:
    paste(form, "age\t70\n" + "ebv_dna\t<500\n" * 4000)
    shown = form.sheet.refused.text()
    assert shown.count("\u2715") == 20 and shown.endswith("and 3980 more refused")
    form.sheet.seen.setChecked(True)
    form.sheet.take_button.click()
    assert form._session.record.canonical("age") == 70.0
