"""The questions whom the study was made from, before Run, with the release of what is not met."""

from typing import Any

import pytest

from gui.clinical.eligibility_list import EligibilityList
from gui.intake.release_form import ReleaseForm, WithdrawButton
from gui.session import Session
from inference.clinical.schema import load_form, parse_value
from tests.gui.clinical.test_narrow_form import NARROWEST_PX


def metastatic(session: Session, qtbot: Any) -> EligibilityList:
    schema = load_form("npc-residual").field("m_stage")
    session.set_record(session.record.with_value(parse_value(schema, "M1")))
    shown = EligibilityList(session)
    qtbot.addWidget(shown)
    shown.show()
    return shown


def test_open_questions_are_counted_and_folded(opened: Session, qtbot: Any) -> None:
    shown = EligibilityList(opened)
    qtbot.addWidget(shown)
    assert "open" in shown.head.text() and "not met" not in shown.head.text()
    assert "⟦" not in shown.head.text()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_its_counts_do_not_widen_the_narrowest_column(language: str, opened: Session, qtbot: Any) -> None:
    opened.set_language(language)
    shown = metastatic(opened, qtbot)
    assert all(str(count) in shown.head.text() for count in (1, 2))
    assert shown.minimumSizeHint().width() <= NARROWEST_PX


def test_what_is_not_met_is_released_by_name_and_can_be_withdrawn(opened: Session, qtbot: Any) -> None:
    shown = metastatic(opened, qtbot)
    assert "1 not met" in shown.head.text() and shown.head.property("tone") == "bad"
    form = shown.findChild(ReleaseForm)
    assert isinstance(form, ReleaseForm)
    form.open_button.click()
    form.name.setText("Dr Lin")
    form.reason.setText("Single bone lesion, board agrees")
    form.release_button.click()
    qtbot.waitUntil(lambda: bool(opened.stated.releases))
    assert opened.stated.releases[0].code == "eligibility.no_metastasis"
    assert shown.head.property("tone") != "bad"
    withdraw = shown.findChildren(WithdrawButton)[-1]
    withdraw.click()
    qtbot.waitUntil(lambda: not opened.stated.releases)


def test_a_half_typed_release_stays_while_another_value_changes(opened: Session, qtbot: Any) -> None:
    shown = metastatic(opened, qtbot)
    form = shown.findChild(ReleaseForm)
    assert isinstance(form, ReleaseForm)
    form.name.setText("Dr Lin")
    schema = load_form("npc-residual").field("age")
    opened.set_record(opened.record.with_value(parse_value(schema, "33")))
    assert shown.findChild(ReleaseForm) is form and form.name.text() == "Dr Lin"
