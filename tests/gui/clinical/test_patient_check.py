"""Whose the offered values are: of the scan's patient, of another whom a named user confirms, or unknown."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from gui.clinical.schema_form import ClinicalForm
from headless.read_record import read_record_for
from inference.case_input import CaseInput, input_references
from inference.clinical.schema import load_form
from inference.clinical.taken_over import OTHER_PATIENT, releases_of
from inference.pipeline import assess
from inference.release import Release
from tests.gui.clinical.test_import_sheet import paste
from tests.inference.synthetic_case import PHANTOM, volume

OWN = "NPC-000001"
OTHER = "patient,age\nP-9,61\n"


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_another_patients_values_wait_for_a_name_and_a_reason(
    form: ClinicalForm, language: str, qtbot: Any
) -> None:
    form._session.set_language(language)
    paste(form, OTHER)
    sheet, check = form.sheet, form.sheet.whose
    assert "P-9" in check.told.text() and OWN in check.told.text() and "\u27e6" not in check.told.text()
    assert check.told.property("tone") == "bad" and check.name.isVisible()
    assert not sheet.take_button.isEnabled() and sheet.take_button.toolTip()
    check.name.setText("Dr. 林")
    assert not sheet.take_button.isEnabled()
    check.reason.setText("One person, two hospitals.")
    assert sheet.take_button.isEnabled()
    qtbot.keyClick(check.reason, Qt.Key.Key_Return)
    session = form._session
    assert session.record.canonical("age") == 61.0 and not sheet.isVisible()
    assert releases_of(session.record) == (Release(OTHER_PATIENT, "Dr. 林", "One person, two hospitals."),)
    assert "Dr. 林" in form.taken_over.text() and "P-9" not in form.taken_over.text()
    session.undo_stack.undo()
    assert not releases_of(session.record) and form.taken_over.isHidden()


def test_of_several_the_scans_is_preselected_and_another_needs_a_confirmation(form: ClinicalForm) -> None:
    paste(form, f"patient,age\nP-9,61\n{OWN},62\n")
    sheet = form.sheet
    assert sheet.patient.currentText() == OWN and sheet.take_button.isEnabled()
    assert sheet.whose.told.property("tone") == "good" and not sheet.whose.name.isVisible()
    sheet.patient.setCurrentIndex(0)
    sheet.patient.activated.emit(0)
    assert sheet.whose.is_open and not sheet.take_button.isEnabled()
    sheet.whose.name.setText("Dr Lin")
    sheet.whose.reason.setText("Typed anew at the desk.")
    sheet.patient.setCurrentIndex(1)
    sheet.patient.activated.emit(1)
    sheet.take_button.click()
    assert form._session.record.canonical("age") == 62.0 and not releases_of(form._session.record)


@pytest.mark.parametrize(
    ("identity", "text", "said"),
    [
        (PHANTOM, "age,sex\n61,m\n", "names no patient"),
        (replace(PHANTOM, key=None), OTHER, "scan names no patient"),
        (replace(PHANTOM, key=None), "age,sex\n61,m\n", "Neither"),
        (replace(PHANTOM, is_deidentified=True), OTHER, "de-identified"),
    ],
)
def test_what_cannot_be_compared_is_said_and_taken(
    form: ClinicalForm, identity: Any, text: str, said: str
) -> None:
    form._session.set_identity(identity)
    paste(form, text)
    told = form.sheet.whose.told
    assert said in told.text() and told.property("tone") == "warn"
    form.sheet.take_button.click()
    assert form._session.record.canonical("age") == 61.0 and form.taken_over.isHidden()


def test_an_identity_that_is_entered_later_is_compared_at_once(form: ClinicalForm) -> None:
    form._session.set_identity(replace(PHANTOM, key=None))
    paste(form, OTHER)
    assert form.sheet.take_button.isEnabled()
    form._session.set_identity(PHANTOM)
    assert form.sheet.whose.is_open and not form.sheet.take_button.isEnabled()


def test_a_reason_that_cannot_be_printed_is_said_beneath_it(form: ClinicalForm) -> None:
    paste(form, OTHER)
    form.sheet.whose.name.setText("Dr Lin")
    form.sheet.whose.reason.setText("One\u202eperson")
    form.sheet.take_button.click()
    assert form.sheet.isVisible() and form.sheet.whose.problem.isVisible()
    assert form._session.record.canonical("age") == 52.0


def test_a_value_typed_over_is_nobodys_but_this_patients(form: ClinicalForm) -> None:
    paste(form, OTHER)
    form.sheet.whose.name.setText("Dr Lin")
    form.sheet.whose.reason.setText("One person.")
    form.sheet.take_button.click()
    assert form.taken_over.isVisible()
    value = replace(form._session.record.values["age"], released=None)
    form.editors["age"].entered.emit(value)
    assert form.taken_over.isHidden()


def test_window_and_command_line_give_equal_hashes(form: ClinicalForm, tmp_path: Path) -> None:
    session = form._session
    session.set_record(load_form(session.study).empty_record())
    path = tmp_path / "values.csv"
    path.write_text("patient,age,sex,t_stage,n_stage\nP-9,61,m,T3,N2\n", encoding="utf-8")
    form.import_file(path)
    form.sheet.whose.name.setText("Dr Lin")
    form.sheet.whose.reason.setText("One person.")
    form.sheet.take_button.click()
    assert session.stack is not None and session.pack is not None
    release = Release(OTHER_PATIENT, "Dr Lin", "One person.")
    read = read_record_for(session.stack, session.study, path, patient=None, releases=(release,))
    shown = CaseInput(session.stack, volume(), session.record, session.mask)
    written = replace(shown, record=read.record)
    assert input_references(shown) == input_references(written)
    hashes = {assess(case, session.pack).assessment.content_sha256() for case in (shown, written)}
    assert len(hashes) == 1
