"""Stacks that nobody opened are understood by their pixels, quietly, and never in anybody's way."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from gui.intake.series_badges import kind_of_picture
from gui.intake.series_model import SeriesRole
from gui.main_window import MainWindow
from inference.errors import InputError
from inference.jobs import stop_if_asked
from inference.meaning.opinion import Opinion, Source
from inference.meaning.understanding import Meaning
from inference.scan import Stack
from tests.gui.studies import write_study

ARTERIAL = Opinion("arterial", Source.PIXELS)


class Understanding:
    """Stands in the intake's place for one verb, and counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.gave_way = 0
        self.holds = False
        self.fails = False

    def __call__(self, plan: Any, stack: Stack, *, modality: str = "", should_stop: Any) -> Meaning:
        self.asked.append(stack.stack_id)
        if self.fails:
            raise InputError("intake.file_gone", file="a")
        while self.holds:
            try:
                stop_if_asked(should_stop)
            except Exception:
                self.gave_way += 1
                raise
            time.sleep(0.005)
        return Meaning(modality=Opinion("CT", Source.TAGS), phase=ARTERIAL)


@pytest.fixture
def understanding(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> Understanding:
    made = Understanding()
    monkeypatch.setattr(window.session.intake, "understand", made, raising=False)
    return made


def open_two(window: MainWindow, folder: Path, qtbot: Any, modality: str = "CT") -> tuple[Stack, Stack]:
    """Two series of one patient; the one that is open, and the other."""

    def change(dataset: Any, _index: int) -> None:
        dataset.Modality = modality

    write_study(folder / "1", series="1", change=change)
    write_study(folder / "2", series="2", change=change)
    session = window.session
    session.open_path(folder)
    qtbot.waitUntil(lambda: session.volume is not None and session.intake_job is None, timeout=20_000)
    assert session.plan is not None and session.stack is not None
    other = next(one for one in session.plan.stacks if one is not session.stack)
    return session.stack, other


def test_a_stack_in_sight_is_understood_without_being_opened(
    window: MainWindow, understanding: Understanding, tmp_path: Path, qtbot: Any
) -> None:
    opened, other = open_two(window, tmp_path, qtbot)
    session = window.session
    assert kind_of_picture(session, other) == ()
    pixels = session.inputs.pixels
    qtbot.waitUntil(lambda: pixels.of(other) is not None, timeout=10_000)
    assert session.stack is opened and understanding.asked == [other.stack_id]
    index = window.series.model.index_of(other.stack_id)
    assert "arterial" in [badge.text for badge in index.data(SeriesRole.BADGES)]
    assert "arterial" in index.data(SeriesRole.SEARCH)
    qtbot.waitUntil(
        lambda: any(
            candidate.read.meaning.phase == ARTERIAL
            for match in session.inputs.matches
            for candidate in match.candidates
        ),
        timeout=5_000,
    )


def test_opening_makes_it_give_way_and_it_goes_on_afterwards(
    window: MainWindow, understanding: Understanding, tmp_path: Path, qtbot: Any
) -> None:
    understanding.holds = True
    first, other = open_two(window, tmp_path, qtbot)
    qtbot.waitUntil(lambda: understanding.asked == [other.stack_id], timeout=10_000)
    session = window.session
    session.choose_stack(other.stack_id)
    qtbot.waitUntil(lambda: session.volume is not None and session.stack is other, timeout=5_000)
    assert understanding.gave_way == 1
    understanding.holds = False
    qtbot.wait(400)
    assert understanding.asked == [other.stack_id], "what is open was understood by its reader"
    assert session.inputs.pixels.of(first) is not None, "what was open is still known"


def test_nothing_is_shown_of_what_is_found_quietly(
    window: MainWindow, understanding: Understanding, tmp_path: Path, qtbot: Any
) -> None:
    understanding.holds = True
    open_two(window, tmp_path, qtbot)
    qtbot.waitUntil(lambda: bool(understanding.asked), timeout=10_000)
    assert not window.series.progress.isVisible() and window.session.intake_job is None


def test_what_cannot_be_read_is_left_in_peace(
    window: MainWindow, understanding: Understanding, tmp_path: Path, qtbot: Any
) -> None:
    understanding.fails = True
    _, other = open_two(window, tmp_path, qtbot)
    qtbot.waitUntil(lambda: bool(understanding.asked), timeout=10_000)
    qtbot.wait(500)
    assert understanding.asked == [other.stack_id] and window.session.inputs.pixels.of(other) is None
    assert not window.notices.isVisible()


def test_another_source_begins_anew(
    window: MainWindow, understanding: Understanding, tmp_path: Path, qtbot: Any
) -> None:
    _, other = open_two(window, tmp_path, qtbot)
    pixels = window.session.inputs.pixels
    qtbot.waitUntil(lambda: pixels.of(other) is not None, timeout=10_000)
    window.session.close_case()
    assert pixels.of(other) is None


def test_pictures_whose_pixels_say_nothing_are_not_read(
    window: MainWindow, understanding: Understanding, tmp_path: Path, qtbot: Any
) -> None:
    open_two(window, tmp_path, qtbot, modality="MR")
    qtbot.wait(500)
    assert understanding.asked == []


def test_a_window_that_closes_begins_nothing_more(
    window: MainWindow, understanding: Understanding, tmp_path: Path, qtbot: Any
) -> None:
    understanding.holds = True
    open_two(window, tmp_path, qtbot)
    qtbot.waitUntil(lambda: len(understanding.asked) == 1, timeout=10_000)
    window.session.shut_down()
    understanding.holds = False
    qtbot.wait(400)
    assert len(understanding.asked) == 1 and understanding.gave_way == 1
