"""The error dialog: what, where and what to do, and nothing that a machine would say."""

from typing import Any

from PySide6.QtWidgets import QWidget

from gui.feedback.error_dialog import show_error
from inference.messages.catalogue import Catalogue, load_catalogue
from inference.messages.message import Message


def test_it_says_what_happened_in_the_users_language(qtbot: Any) -> None:
    for language in ("en", "zh_CN"):
        catalogue = load_catalogue(language)
        dialog = show_error(catalogue, Message("error.internal"))
        qtbot.addWidget(dialog)
        assert dialog.what.text() == catalogue.text("error.internal")
        assert "Traceback" not in dialog.what.text()
        assert dialog.windowTitle() == catalogue.text("panel.error.title")


def test_an_open_dialog_goes_on_in_another_language(qtbot: Any) -> None:
    dialog = show_error(load_catalogue("en"), Message("error.internal"))
    qtbot.addWidget(dialog)
    chinese = load_catalogue("zh_CN")
    dialog.speak(chinese)
    assert dialog.what.text() == chinese.text("error.internal")
    assert dialog.windowTitle() == chinese.text("panel.error.title")
    assert dialog.close_button.text() == chinese.text("panel.error.close")


def test_it_does_not_stop_the_window(qtbot: Any) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    dialog = show_error(load_catalogue("en"), Message("error.internal"), parent=window)
    assert dialog.isVisible()
    with qtbot.waitSignal(dialog.finished):
        dialog.close_button.click()


def test_advice_comes_from_the_catalogue_where_it_has_one(qtbot: Any) -> None:
    catalogue = Catalogue("en", {"a": "{file} is broken", "a.do": "Replace {file}.", "b": "no advice"})
    with_advice = show_error(catalogue, Message("a", {"file": "x.dcm"}))
    without = show_error(catalogue, Message("b"))
    qtbot.addWidget(with_advice)
    qtbot.addWidget(without)
    assert with_advice.what_to_do.text() == "Replace x.dcm."
    assert without.what_to_do.isHidden()


def test_markup_in_a_file_name_stays_text(qtbot: Any) -> None:
    catalogue = Catalogue("en", {"a": "{file} is broken"})
    dialog = show_error(catalogue, Message("a", {"file": "<b>x</b>"}))
    qtbot.addWidget(dialog)
    assert dialog.what.text() == "<b>x</b> is broken"
    assert dialog.what.textFormat().name == "PlainText"
