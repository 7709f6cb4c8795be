"""Where a source is open and no picture can be, the window says what to do and nothing else asks for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gui.main_window import MainWindow
from gui.viewer.stop_page import Stop, stop_of
from inference.dicom.verdicts import finding
from inference.scan import Plan
from tests.gui.intake.plans import one_stack, plan_of, show
from tests.inference.synthetic_case import PATIENT

HIDDEN = finding("intake.duplicate_uid", file="a", other="b")


def two_patients() -> Plan:
    return plan_of([one_stack("a")], [one_stack("b", identity=PATIENT)])


def distractions(window: MainWindow) -> list[bool]:
    return [
        widget.isVisible()
        for widget in (
            window.run_bar,
            window.layers,
            window.clinical,
            window.checklist,
            window.recommendation,
        )
    ]


def test_nothing_is_a_stop_while_nothing_is_open_or_a_picture_can_be_shown(window: MainWindow) -> None:
    assert stop_of(window.session) is None and window.viewer.hint.isVisible()
    show(window.session, plan_of([one_stack("a")]))
    assert stop_of(window.session) is None and not window.viewer.stop.isVisible()
    assert all(distractions(window))


def test_while_nobody_is_chosen_there_is_one_thing_to_do(window: MainWindow, qtbot: Any) -> None:
    show(window.session, two_patients())
    page = window.viewer.stop
    assert stop_of(window.session) is Stop.CHOOSE_PATIENT and page.isVisible()
    assert not any(viewport.isVisible() for viewport in window.viewer.viewports)
    assert not any(distractions(window))
    assert page.title.text() == "2 patients are in this source" == page.accessibleName()
    assert page.choose_button.text() == "Choose a patient…"
    assert window.top.patient.text() == "Patient not chosen"
    with qtbot.waitSignal(window.session.patient_choice_needed, timeout=1_000):
        page.choose_button.click()


def test_where_nothing_can_be_shown_the_reasons_stand_on_the_page(window: MainWindow) -> None:
    show(window.session, plan_of([one_stack("a", findings=(HIDDEN,))]))
    page = window.viewer.stop
    assert stop_of(window.session) is Stop.NOTHING_TO_SHOW and page.isVisible()
    assert page.isAncestorOf(window.viewer.problems) and window.viewer.problems.isVisible()
    assert not page.choose_button.isVisible() and page.folder_button.isVisible()
    assert window.top.patient.text() == "No patient"


def test_the_pictures_come_back_with_their_problems_beside_them(
    window: MainWindow, study_folder: Path, qtbot: Any
) -> None:
    show(window.session, two_patients())
    window.session.open_path(study_folder)
    qtbot.waitUntil(lambda: window.session.volume is not None, timeout=10_000)
    assert not window.viewer.stop.isVisible() and all(distractions(window))
    assert not window.viewer.stop.isAncestorOf(window.viewer.problems)
    assert window.viewer.problems.isVisible()


def test_reasons_are_seen_even_when_one_picture_is_usually_shown_alone(window: MainWindow) -> None:
    window.viewer.maximise(0)
    show(window.session, plan_of([one_stack("a", findings=(HIDDEN,))]))
    assert window.viewer.problems.isVisible()
    window.session.close_case()
    assert not window.viewer.problems.isVisible()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_page_speaks_both_languages(window: MainWindow, language: str) -> None:
    show(window.session, two_patients())
    window.session.set_language(language)
    page = window.viewer.stop
    said = [page.title.text(), page.text.text(), page.choose_button.text(), page.folder_button.text()]
    assert all(said) and not any("⟦" in text for text in said)
    assert ("2 名患者" in page.title.text()) == (language == "zh_CN")
