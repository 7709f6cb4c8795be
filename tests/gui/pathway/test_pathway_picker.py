"""The pathway: chosen by the user alone; form, pack, rules and scans follow, and nothing is carried over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gui.application import remembered_study
from gui.main_window import MainWindow
from gui.pathway.pathway_picker import PathwayPicker
from gui.session import Session
from gui.settings import Settings
from inference.case_input import StatedFacts
from inference.clinical.schema import load_form, parse_value
from inference.clock import SeededIds
from inference.errors import PackError
from inference.pathways.studies import STUDIES
from inference.release import Release
from tests.gui.panel_session import NoIntake, new_session, open_case
from tests.inference.synthetic_case import case, mask_layer, record


class NoPacks:
    """A store in which nothing is installed."""

    def open(self, study: str, request: str | None) -> Any:
        """Refuse."""
        raise PackError("error.pack.none_for_study", study=study)


@pytest.fixture
def without_packs(qapp: object) -> Any:
    session = Session(intake=NoIntake(), packs=NoPacks(), ids=SeededIds(1))  # type: ignore[arg-type]
    yield session
    session.shut_down()


def test_every_pathway_says_what_it_answers(opened: Session) -> None:
    picker = PathwayPicker(opened)
    assert tuple(picker.entries) == STUDIES
    picker.change.click()
    for entry in picker.entries.values():
        assert entry.title.text() and "?" in entry.asks.text() and entry.button.accessibleName()
    assert picker.entries["npc-residual"].button.isChecked()


def test_another_pathway_brings_its_form_and_closes_the_answer(answered: Session, qtbot: Any) -> None:
    before = answered.record
    picker = PathwayPicker(answered)
    with qtbot.waitSignal(answered.pack_changed):
        picker.entries["gnen-os"].button.click()
    assert answered.study == "gnen-os" and answered.record.study == "gnen-os"
    assert answered.outcome is None and answered.last_end is None
    assert answered.record.canonical("age") is None, "nothing that was typed is carried over"
    assert answered.undo_stack.count() == 0
    answered.set_record(answered.record.with_value(parse_value(load_form("gnen-os").field("age"), "44", "a")))
    answered.choose_study("npc-residual")
    assert answered.record is before, "what was typed is there again"
    answered.choose_study("gnen-os")
    assert answered.record.canonical("age") == 44
    assert answered.mask is not None, "the mask is the scan's"


def test_what_was_typed_stays_with_its_patient(answered: Session) -> None:
    answered.choose_study("gnen-os")
    answered.close_case()
    answered.choose_study("npc-residual")
    assert answered.record.canonical("age") is None


def test_a_release_holds_for_its_pathway_alone(opened: Session) -> None:
    opened.set_stated(StatedFacts(modality="MR", releases=(Release("intake.gap", "A. Reader", "seen"),)))
    opened.choose_study("lagc-response")
    assert opened.stated == StatedFacts(modality="MR")


def test_without_a_pack_it_says_what_to_do(without_packs: Session, qtbot: Any) -> None:
    open_case(without_packs, case(mask=mask_layer(), clinical=record()))
    picker = PathwayPicker(without_packs)
    with qtbot.waitSignal(without_packs.pack_changed):
        without_packs.open_pack()
    without_packs.choose_study("gc-recurrence")
    qtbot.waitUntil(lambda: without_packs.pack_problem is not None)
    assert "Install" in picker.problem.text() and not picker.problem.isHidden()


def test_a_pack_of_a_pathway_that_was_left_is_dropped(good_pack: Any, qapp: object, qtbot: Any) -> None:
    session = new_session(good_pack)
    session.choose_study("gnen-os")
    session.choose_study("npc-residual")
    with qtbot.waitSignal(session.pack_changed):
        pass
    assert session.pack is good_pack
    session.shut_down()


def test_keys_choose_and_the_choice_is_remembered(window: MainWindow, settings: Settings) -> None:
    command = window.pathway.menu.commands["pnen-recurrence"]
    assert command.shortcut().toString() == "Ctrl+Alt+4"
    assert settings.study == "" and remembered_study(settings) == "npc-residual"
    command.trigger()
    assert window.session.study == "pnen-recurrence"
    assert remembered_study(settings) == "pnen-recurrence"
    assert window.clinical.editors.keys() == {field.id for field in load_form("pnen-recurrence").fields}


def test_an_unknown_remembered_pathway_is_passed_over(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "window.ini")
    settings.study = "of-another-version"
    assert remembered_study(settings) == "npc-residual"
