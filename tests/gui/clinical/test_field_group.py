"""Folds of the form: what is missing is counted, what it costs is said, and trouble is never hidden."""

from typing import Any

import pytest
from PySide6.QtCore import Qt

from gui.clinical.buttons_editor import ButtonsEditor
from gui.clinical.missing_lines import MissingLine
from gui.clinical.schema_form import ClinicalForm
from gui.session import Session
from inference.clinical.derivation import derive
from inference.clinical.missing_costs import PathwayNeeds, ScoreNeeds, costs_of_missing
from inference.clinical.record import ClinicalValue, MissingReason
from inference.clinical.schema import load_form, parse_value
from inference.messages.message import Message


@pytest.fixture
def findings(opened: Session, qtbot: Any) -> ClinicalForm:
    """The form of the pancreatic study, nothing recorded."""
    opened.set_record(load_form("pnen-recurrence").empty_record())
    widget = ClinicalForm(opened)
    qtbot.addWidget(widget)
    widget.show()
    return widget


def test_a_long_form_opens_its_first_group_alone(findings: ClinicalForm) -> None:
    assert [group.name for group in findings.groups.values() if group.is_open] == ["patient"]


def test_a_heading_counts_what_is_missing(findings: ClinicalForm) -> None:
    group = findings.groups["patient"]
    assert "3 missing" in group.head.text()
    form = load_form("pnen-recurrence")
    findings._session.set_record(findings._session.record.with_value(parse_value(form.field("age"), "50")))
    assert "2 missing" in group.head.text() and "2 missing" in group.head.accessibleName()


def test_a_missing_required_value_makes_its_heading_amber(opened: Session, qtbot: Any) -> None:
    form = ClinicalForm(opened)
    qtbot.addWidget(form)
    opened.set_record(opened.record.with_value(ClinicalValue.absent("age")))
    assert form.groups["patient"].head.property("tone") == "warn"
    assert "Age" in form.groups["patient"].cost.text()


def test_a_refused_value_unfolds_its_group(findings: ClinicalForm) -> None:
    findings.editors["portal_vein"].show_problem(Message("error.clinical.not_a_record"))
    assert findings.groups["findings"].is_open


def test_digits_fill_one_finding_after_another(findings: ClinicalForm, qtbot: Any) -> None:
    findings.groups["findings"].unfold()
    findings.activateWindow()
    first, second = findings.editors["location"], findings.editors["composition"]
    assert isinstance(first, ButtonsEditor) and isinstance(second, ButtonsEditor)
    qtbot.waitUntil(findings.isActiveWindow)
    first.buttons.setFocus()
    qtbot.keyClick(first.buttons, Qt.Key.Key_2)
    assert findings._session.record.canonical("location") == "head-neck"
    assert second.buttons.hasFocus()
    qtbot.keyClick(second.buttons, Qt.Key.Key_Right)
    assert findings._session.record.canonical("composition") == "solid"
    qtbot.keyClick(second.buttons, Qt.Key.Key_Delete)
    assert findings._session.record.canonical("composition") is None
    assert "not recorded" in second.buttons.accessibleName()


def test_the_reason_for_a_missing_finding_can_be_chosen(findings: ClinicalForm) -> None:
    editor = findings.editors["fatty_liver"]
    assert isinstance(editor, ButtonsEditor)
    editor.actions_by_reason[MissingReason.UNKNOWN].trigger()
    assert findings._session.record.values["fatty_liver"].missing is MissingReason.UNKNOWN


def test_fields_of_the_same_cost_share_one_line(findings: ClinicalForm) -> None:
    form = load_form("pnen-recurrence")
    needs = PathwayNeeds((ScoreNeeds("rs", frozenset({"age", "sex"})),))
    lines = [
        MissingLine(one)
        for one in costs_of_missing(form, form.empty_record(), needs)
        if one.field in ("age", "sex")
    ]
    assert len({line.key for line in lines}) == 1
    text = lines[0].text(findings._session, ("age", "sex"))
    assert text.startswith("Without Age, Sex: no ")


def test_a_derived_value_says_by_which_rule(opened: Session, qtbot: Any) -> None:
    form = ClinicalForm(opened)
    qtbot.addWidget(form)
    assert form.editors["stage"].hint.text().startswith("from T stage, N stage · AJCC 8")


def test_several_possible_stages_are_named_where_they_stand(opened: Session, qtbot: Any) -> None:
    schema = load_form("gc-recurrence")
    record = schema.empty_record()
    for name, text in (("pt_stage", "T4"), ("pn_stage", "N0"), ("preoperative_chemotherapy", "yes")):
        record = record.with_value(parse_value(schema.field(name), text))
    opened.set_record(derive(schema, record))
    form = ClinicalForm(opened)
    qtbot.addWidget(form)
    hint = form.editors["yptnm_stage"].hint
    assert hint.property("tone") == "warn" and "pT4" in hint.text()
