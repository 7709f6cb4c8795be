"""The form in the narrowest column: nothing of it lies outside, in any study and language."""

from typing import Any

import pytest

from gui.clinical.number_editor import NumberEditor
from gui.clinical.schema_form import ClinicalForm
from gui.session import Session
from inference.clinical.schema import load_form
from tests.inference.clinical.all_forms import STUDIES

NARROWEST_PX = 228
"""The left column of 262 without its margins and its scroll bar."""


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_form_fits_the_narrowest_column_with_all_groups_open(
    language: str, opened: Session, qtbot: Any
) -> None:
    opened.set_language(language)
    form = ClinicalForm(opened)
    qtbot.addWidget(form)
    form.show()
    for study in STUDIES:
        opened.set_record(load_form(study).empty_record())
        for group in form.groups.values():
            group.unfold()
        widths = {name: group.minimumSizeHint().width() for name, group in form.groups.items()}
        assert max(widths.values()) <= NARROWEST_PX, (study, widths)


def test_a_missing_number_is_said_in_fewer_words_where_its_control_is_short(
    opened: Session, qtbot: Any
) -> None:
    opened.set_record(load_form("gnen-os").empty_record())
    form = ClinicalForm(opened)
    qtbot.addWidget(form)
    form.show()
    editor = form.editors["age"]
    assert isinstance(editor, NumberEditor)
    editor.edit.resize(72, editor.edit.height())
    assert editor.edit.placeholderText() == "missing"
    editor.edit.resize(200, editor.edit.height())
    assert editor.edit.placeholderText() == "not recorded"
