"""Two patients in one source: who they are, which are easily confused, and that nobody is assumed."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt

from gui.intake.identity_dialog import IdentityDialog
from gui.intake.open_source import OpenSource
from gui.intake.patient_list import patient_lines
from gui.intake.patient_words import describe_patient
from gui.main_window import MainWindow
from gui.session import Session
from inference.cases.identity import PatientIdentity, PatientKey
from inference.dicom.verdicts import finding
from inference.scan import Plan
from tests.gui.intake.plans import one_stack, plan_of, show
from tests.inference.synthetic_case import PATIENT, PHANTOM

TWIN = PatientIdentity(PHANTOM.key, PHANTOM.name, birth_date="1971-02-03", sex="M")
NAMESAKE = PatientIdentity(PatientKey("ELSEWHERE", "9"), PATIENT.name, birth_date="1950-01-01")


def two() -> Plan:
    return plan_of(
        [one_stack("a", identity=PHANTOM, date="2020-04-21")],
        [one_stack("b", identity=PHANTOM, date="2021-05-01")],
        [one_stack("c", identity=PATIENT)],
    )


@pytest.fixture
def dialog(session: Session, qtbot: Any) -> IdentityDialog:
    """The dialog over two patients."""
    show(session, two())
    made = IdentityDialog(session, two())
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_patient_is_told_by_id_birth_date_series_and_dates(session: Session) -> None:
    lines = patient_lines(session, two(), PHANTOM)
    assert lines.name == "PHANTOM^NPC-000001"
    assert lines.who == "M · 1970-01-01 · ID NPC-000001"
    assert lines.what == "series: 2 · MR · 2020-04-21 – 2021-05-01"
    assert lines.warning == ""
    assert lines.spoken.startswith("PHANTOM^NPC-000001. M · 1970-01-01")


def test_a_name_is_written_as_people_write_it(window: MainWindow) -> None:
    session = window.session
    show(session, two())
    assert patient_lines(session, two(), PATIENT).name == "Muster, Erika"
    assert describe_patient(session, PATIENT).startswith("Muster, Erika · ")
    session.choose_patient(PATIENT)
    heading = window.series.model.index(0)
    assert str(heading.data()).startswith("Muster, Erika · ")
    session.set_identity(PATIENT)
    assert window.top.patient.text().startswith("Muster, Erika · ")


def test_one_id_with_two_birth_dates_is_two_patients_and_said(session: Session) -> None:
    plan = plan_of([one_stack("a", identity=PHANTOM)], [one_stack("b", identity=TWIN)])
    assert len(plan.patients) == 2
    for one in plan.patients:
        assert "Same ID" in patient_lines(session, plan, one).warning


def test_one_name_with_two_ids_is_said(session: Session) -> None:
    plan = plan_of([one_stack("a", identity=PATIENT)], [one_stack("b", identity=NAMESAKE)])
    assert "Same name" in patient_lines(session, plan, NAMESAKE).warning


def test_nobody_is_preselected_and_enter_opens_nobody(dialog: IdentityDialog, qtbot: Any) -> None:
    assert dialog.chosen is None and not dialog.open_button.isEnabled()
    qtbot.keyClick(dialog.list, Qt.Key.Key_Return)
    assert dialog.isVisible(), "nothing was marked, so nothing is opened"


def test_arrows_mark_a_patient_and_enter_opens(dialog: IdentityDialog, qtbot: Any) -> None:
    assert dialog.focusWidget() is dialog.list
    qtbot.keyClick(dialog.list, Qt.Key.Key_Down)
    assert dialog.chosen is not None
    first = dialog.chosen
    qtbot.keyClick(dialog.list, Qt.Key.Key_Down)
    assert dialog.chosen is not None and dialog.chosen != first and dialog.open_button.isEnabled()
    qtbot.keyClick(dialog.list, Qt.Key.Key_Return)
    assert dialog.result() == IdentityDialog.DialogCode.Accepted


def test_escape_opens_nobody_and_nothing_stays_open(window: MainWindow, qtbot: Any) -> None:
    show(window.session, two())
    window.source.ask_patient()
    dialog = window.source.dialog
    assert dialog is not None
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert window.session.plan is None and window.session.stack is None
    assert window.viewer.hint.isVisible()


def test_choosing_anew_and_leaving_keeps_the_patient(session: Session, qtbot: Any) -> None:
    from PySide6.QtWidgets import QWidget

    parent = QWidget()
    qtbot.addWidget(parent)
    source = OpenSource(session, parent)
    plan = two()
    show(session, plan)
    session.patient = plan.patients[0]
    source.ask_patient()
    first = source.dialog
    source.ask_patient()
    assert source.dialog is first is not None, "one question at a time"
    assert first.leave_button.text() == "Cancel"
    first.reject()
    assert session.plan is plan and session.patient == PHANTOM


def test_another_patient_closes_the_case_even_when_nothing_of_theirs_can_be_shown(session: Session) -> None:
    hidden = finding("intake.duplicate_uid", file="a", other="b")
    theirs = one_stack("c", identity=PATIENT, findings=(hidden,))
    mine = one_stack("a", identity=PHANTOM)
    show(session, plan_of([mine], [theirs]))
    session.patient, session.stack, session.identity = PHANTOM, mine, PHANTOM
    session.choose_patient(PATIENT)
    assert session.stack is None and session.identity is None and session.patient == PATIENT


def test_an_open_question_goes_on_in_another_language_with_the_same_patient_marked(
    session: Session, dialog: IdentityDialog, qtbot: Any
) -> None:
    qtbot.keyClick(dialog.list, Qt.Key.Key_Down)
    session.set_language("zh_CN")
    assert dialog.chosen == PHANTOM
    assert dialog.heading.text() == session.tr("gui.identity.heading", count=2)
    assert dialog.explanation.text() == session.tr("gui.identity.explanation")
    assert dialog.open_button.text() == session.tr("gui.identity.open")
    spoken = dialog.list.item(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == patient_lines(session, two(), PHANTOM).spoken and "series" not in spoken
