"""Numbers typed as people write them: taken in sight, or refused each with its own reason."""

from typing import Any

import pytest

from gui.clinical.number_editor import NumberEditor
from gui.clinical.schema_form import ClinicalForm
from inference.clinical.schema import load_form
from tests.gui.clinical.test_schema_form import number, type_text


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("4.2 cm", ("4.2", "cm")), ("42mm", ("42", "mm")), ("4,2cm", ("4.2", "cm"))],
)
def test_a_unit_may_be_typed_behind_the_number(
    typed: str, shown: tuple[str, str], form: ClinicalForm, qtbot: Any
) -> None:
    form._session.set_record(load_form("gnen-os").empty_record())
    type_text(qtbot, number(form, "long_diameter"), typed)
    assert form._session.record.canonical("long_diameter") == pytest.approx(42.0)
    editor = form.editors["long_diameter"]
    assert isinstance(editor, NumberEditor) and (editor.edit.text(), editor.unit_code) == shown


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("61 furlong", "unit \u201cfurlong\u201d"),
        ("<61", "a bound"),
        ("1,234", "part decimals or thousands"),
        ("03/04/2026", "not a number"),
        ("6 1", "not a number"),
        ("61.5", "not a whole number"),
    ],
)
def test_each_slip_has_its_own_reason(typed: str, said: str, form: ClinicalForm, qtbot: Any) -> None:
    type_text(qtbot, number(form, "age"), typed)
    assert said in form.editors["age"].problem and number(form, "age").text() == typed
    assert form._session.record.canonical("age") == 52.0
