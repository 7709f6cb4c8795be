"""The tree of series: what stands under what, how it is searched, and how a stack gets into a picture."""

from __future__ import annotations

import time
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from gui.actions import Actions
from gui.intake.series_badges import badges, split_reasons
from gui.intake.series_browser import SeriesBrowser
from gui.intake.series_model import SeriesRole
from gui.intake.series_tree import Level, Line, SeriesTree
from gui.intake.stack_drag import dragged_stack, stack_data
from gui.main_window import MainWindow
from gui.session import Session
from gui.theme.tokens import Tone
from inference.case_input import StatedFacts
from inference.dicom.verdicts import finding
from inference.findings import Verdict
from inference.scan import Stack
from inference.technique import Technique
from tests.gui.intake.plans import one_stack, plan_of, show
from tests.gui.studies import write_study
from tests.inference.synthetic_case import PATIENT, PHANTOM

ECHOES = tuple(
    one_stack(
        f"echo-{value}",
        name="Ax PD T2",
        number=3,
        findings=(finding("intake.split_by", tag="EchoTime", value=value),),
    )
    for value in ("15", "90")
)


@pytest.fixture
def browser(session: Session, qtbot: Any) -> SeriesBrowser:
    """The browser alone, on screen."""
    made = SeriesBrowser(session, Actions(session, session))
    qtbot.addWidget(made)
    made.resize(280, 500)
    made.show()
    return made


def lines(browser: SeriesBrowser, parent: QModelIndex | None = None, depth: int = 0) -> list[str]:
    """Everything listed, indented by depth."""
    here = parent if parent is not None else QModelIndex()
    found: list[str] = []
    for row in range(browser.filter.rowCount(here)):
        index = browser.filter.index(row, 0, here)
        found += ["  " * depth + str(index.data()), *lines(browser, index, depth + 1)]
    return found


def test_patients_studies_series_and_stacks_stand_under_each_other(
    session: Session, browser: SeriesBrowser, qtmodeltester: Any
) -> None:
    older = one_stack("old", name="Cor T2", number=1, study="1.1", date="2019-01-02")
    later = one_stack("late", name="Sag T1", number=7, technique=Technique(study_description="MR neck"))
    show(session, plan_of([older], [later], ECHOES))
    assert lines(browser) == [
        "PHANTOM^NPC-000001 · M · 1970-01-01 · ID NPC-000001",
        "  2020-04-21",
        "    Ax PD T2",
        "      Ax PD T2 · 12 slices",
        "      Ax PD T2 · 12 slices",
        "    Sag T1 · 12 slices",
        "  2019-01-02",
        "    Cor T2 · 12 slices",
    ]
    qtmodeltester.check(browser.model)
    qtmodeltester.check(browser.filter)


def test_a_study_is_called_by_its_date_and_description(session: Session, browser: SeriesBrowser) -> None:
    show(session, plan_of([one_stack("a", technique=Technique(study_description="MR neck"))]))
    assert lines(browser)[1].strip() == "2020-04-21 · MR neck"


def test_what_tells_stacks_of_a_series_apart_is_a_badge(session: Session) -> None:
    assert [split_reasons(session, one) for one in ECHOES] == [("echo 15 ms",), ("echo 90 ms",)]
    other = one_stack("b", findings=(finding("intake.split_by", tag="StackID", value="2"),))
    assert split_reasons(session, other) == ("StackID 2",)
    both = one_stack(
        "c", findings=(finding("intake.split_by", tag="EchoTime, DiffusionBValue", value="9, 1000"),)
    )
    assert split_reasons(session, both) == ("echo 9 ms", "b = 1000")


def test_every_stack_has_a_mark_with_a_word(session: Session, browser: SeriesBrowser) -> None:
    fine, noted = one_stack("a"), one_stack("b", findings=(finding("intake.derived"),))
    refused = one_stack("c", findings=(finding("intake.localiser"),))
    hidden = one_stack("d", findings=(finding("intake.duplicate_uid", file="a", other="b"),))
    said = [badges(session, one)[-1] for one in (fine, noted)]
    assert [(badge.text, badge.verdict, badge.tone) for badge in said] == [
        ("nothing odd", Verdict.FINE, Tone.GOOD),
        ("notes: 1", Verdict.NOTE, Tone.WARN),
    ]
    show(session, plan_of([fine], [noted], [refused], [hidden]))
    lines = [browser.model.index_of(one) for one in "abcd"]
    assert [index.data(SeriesRole.LINE) for index in lines] == [
        Line.CARD, Line.CARD, Line.REFUSED_CARD, Line.REFUSED_CARD,
    ]  # fmt: skip
    words = [(index.data(SeriesRole.REFUSAL), index.data(SeriesRole.REASON)) for index in lines[2:]]
    assert words == [
        ("not usable by the pack", session.render(refused.findings[0].message)),
        ("cannot be shown", session.render(hidden.findings[0].message)),
    ]
    heights = [browser.view.sizeHintForIndex(browser.filter.mapFromSource(index)).height() for index in lines]
    assert heights[0] <= heights[1] and heights[2] == heights[3]
    browser.view.set_exact(False)
    heights = [browser.view.sizeHintForIndex(browser.filter.mapFromSource(index)).height() for index in lines]
    assert heights[0] == heights[1] < heights[2] == heights[3]


def test_a_card_is_as_high_as_its_badges(session: Session, browser: SeriesBrowser) -> None:
    few = one_stack("a", modality="CT")
    long = tuple(finding("intake.split_by", tag="StackID", value=f"a long value {n}") for n in range(4))
    many = one_stack("b", findings=long)
    show(session, plan_of([few], [many]))
    browser.view.expandAll()

    def height(stack_id: str) -> int:
        index = browser.filter.mapFromSource(browser.model.index_of(stack_id))
        return browser.view.sizeHintForIndex(index).height()

    wide, narrow = 900, 230
    browser.view._delegate.width = wide
    assert height("a") == height("b")
    browser.view._delegate.width = narrow
    assert height("b") - height("a") in (0, 21) and height("b") > 73


def test_only_the_chosen_patient_is_listed() -> None:
    plan = plan_of([one_stack("a", identity=PHANTOM)], [one_stack("b", identity=PATIENT)])
    tree = SeriesTree(plan, PATIENT)
    assert [node.stacks[0].stack_id for node in tree.nodes if node.level is Level.STACK] == ["b"]
    assert SeriesTree(plan, None).roots == []


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("t1", {"t1c"}),
        ("T1 axial", {"t1c"}),
        ("coronal", set()),
        ("echo 90", {"echo-90"}),
        ("3", {"echo-15", "echo-90"}),
        ("neck", {"t1c"}),
        ("contrast t2", set()),
    ],
)
def test_search_finds_by_name_number_plane_and_description(
    session: Session, browser: SeriesBrowser, words: str, found: set[str]
) -> None:
    neck = Technique(study_description="MR neck")
    show(session, plan_of([one_stack("t1c", number=12, technique=neck, contrast_agent="Gd")], ECHOES))
    # The day and the size hold digits too: look for what was meant to be found.
    browser.search.setText(words)
    assert found <= listed(browser)
    if words != "3":
        assert listed(browser) == found


def listed(browser: SeriesBrowser) -> set[str]:
    """Ids of the stacks that the filter leaves."""
    model = browser.filter

    def below(parent: QModelIndex) -> set[str]:
        ids: set[str] = set()
        for row in range(model.rowCount(parent)):
            index = model.index(row, 0, parent)
            ids |= {str(index.data(SeriesRole.STACK_ID))} - {""}
            ids |= below(index)
        return ids

    return below(QModelIndex())


def test_a_search_without_a_match_says_so_and_escape_clears_it(
    session: Session, browser: SeriesBrowser, qtbot: Any
) -> None:
    show(session, plan_of(*([one_stack(str(number), number=number)] for number in range(5))))
    assert browser.search.isVisible()
    browser.begin_search()
    qtbot.keyClicks(browser.search, "liver")
    assert browser.view.isHidden()
    assert browser.hint.text() == "No series matches “liver”. Escape clears the search."
    assert browser.count.text() == "0 of 5"
    qtbot.keyClick(browser.search, Qt.Key.Key_Escape)
    assert browser.search.text() == "" and browser.view.isVisible() and browser.hint.isHidden()
    assert browser.count.text() == "5"


def test_the_arrow_down_leaves_the_search_for_what_was_found(
    session: Session, browser: SeriesBrowser, qtbot: Any
) -> None:
    show(session, plan_of(*([one_stack(f"s{number}", name=f"Series {number}")] for number in range(5))))
    browser.begin_search()
    qtbot.keyClicks(browser.search, "series 3")
    qtbot.keyClick(browser.search, Qt.Key.Key_Down)
    assert browser.view.currentIndex().data(SeriesRole.STACK_ID) == "s3"


def test_letters_jump_to_a_name(session: Session, browser: SeriesBrowser, qtbot: Any) -> None:
    show(session, plan_of([one_stack("a", name="Ax T1")], [one_stack("b", name="Sag T2")]))
    browser.view.setFocus()
    qtbot.waitUntil(lambda: browser.view.isExpanded(browser.filter.index(0, 0)), timeout=5_000)
    qtbot.keyClicks(browser.view, "sag")
    assert browser.view.currentIndex().data(SeriesRole.STACK_ID) == "b"


def test_a_listed_stack_says_everything_to_a_screen_reader(session: Session, browser: SeriesBrowser) -> None:
    show(session, plan_of(ECHOES))
    index = browser.model.index_of("echo-90")
    said = str(index.data(Qt.ItemDataRole.AccessibleDescriptionRole))
    assert "echo 90 ms" in said and "axial" in said
    assert browser.view.accessibleName() == "Series" and browser.search.accessibleName() == "Search series"


def test_two_thousand_series_are_listed_and_searched_without_a_pause(
    session: Session, browser: SeriesBrowser, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted: list[Stack] = []
    monkeypatch.setattr(session.jobs, "draw_thumbnails", lambda _, stacks: wanted.extend(stacks))
    series = [
        [one_stack(f"s{number}", name=f"Series {number}", number=number, study=f"1.{number // 100}")]
        for number in range(2000)
    ]
    plan = plan_of(*series)
    started = time.perf_counter()
    show(session, plan)
    qapp.processEvents()
    shown_s = time.perf_counter() - started
    started = time.perf_counter()
    browser.search.setText("series 1777")
    qapp.processEvents()
    searched_s = time.perf_counter() - started
    assert listed(browser) == {"s1777"}
    # Generous: the promise is that nobody waits; a widget for each line would take many seconds.
    assert shown_s < 1.5 and searched_s < 1.5
    assert len({stack.stack_id for stack in wanted}) < 40, "only lines in sight ask for their picture"


def test_many_series_are_folded_but_for_the_newest_study(
    session: Session, browser: SeriesBrowser, qtbot: Any
) -> None:
    def study(number: int) -> list[list[Stack]]:
        uid, date = f"1.{number}", f"202{number}-01-01"
        return [[one_stack(f"{number}-{k}", number=k, study=uid, date=date)] for k in range(30)]

    show(session, plan_of(*study(1), *study(2)))
    qtbot.waitUntil(lambda: browser.view.isExpanded(browser.filter.index(0, 0)), timeout=1_000)
    patient = browser.filter.index(0, 0)
    newest, older = (browser.filter.index(row, 0, patient) for row in range(2))
    assert str(newest.data()).startswith("2022")
    assert browser.view.isExpanded(newest) and not browser.view.isExpanded(older)


def test_a_stack_dropped_on_a_picture_is_opened(window: MainWindow, tmp_path: Any, qtbot: Any) -> None:
    write_study(tmp_path, series="1")
    write_study(
        tmp_path, series="2", change=lambda dataset, _: setattr(dataset, "SeriesDescription", "Ax T2")
    )
    session = window.session
    session.open_path(tmp_path)
    qtbot.waitUntil(lambda: session.volume is not None, timeout=10_000)
    first = session.stack
    other = next(stack for stack in session.stacks_of_patient() if stack is not first)
    target = window.viewer.viewports[1].viewport()
    data = window.series.model.mimeData([window.series.model.index_of(other.stack_id)])
    assert dragged_stack(data) == other.stack_id
    makers: tuple[Any, ...] = (QDragEnterEvent, QDropEvent)
    for made in makers:
        place = QPointF(20, 20) if made is QDropEvent else QPointF(20, 20).toPoint()
        event = made(
            place, Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        )
        QApplication.sendEvent(target, event)
        assert event.isAccepted()
    qtbot.waitUntil(lambda: session.stack is other and session.volume is not None, timeout=10_000)


def test_files_held_over_a_picture_are_left_to_the_window(opened: MainWindow, tmp_path: Any) -> None:
    from PySide6.QtCore import QMimeData, QUrl

    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path))])
    place = QPointF(20, 20).toPoint()
    event = QDragEnterEvent(
        place, Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(opened.viewer.viewports[0].viewport(), event)
    assert dragged_stack(data) == "" and dragged_stack(stack_data("x")) == "x"
    assert event.isAccepted(), "the window took it"


def test_an_empty_list_offers_to_open_a_study_unless_one_is_being_read(
    session: Session, browser: SeriesBrowser
) -> None:
    assert browser.hint.isVisible() and browser.open_button.isVisible()

    class Reading:
        kind, is_running, is_cancelling, progress, stage, fraction, remaining_s = (
            "scan", True, False, None, "", None, None,
        )  # fmt: skip

    session.intake_job = Reading()  # type: ignore[assignment]
    session.intake_job_changed.emit()
    assert not browser.hint.isVisible() and not browser.open_button.isVisible()
    session.intake_job = None
    session.intake_job_changed.emit()
    assert browser.hint.isVisible() and browser.open_button.isVisible()


def test_what_the_user_states_stands_on_the_card_of_the_open_stack(
    session: Session, browser: SeriesBrowser
) -> None:
    unknown = one_stack("a", modality="", findings=(finding("intake.modality_unknown"),))
    other = one_stack("b", modality="", findings=(finding("intake.modality_unknown"),))
    show(session, plan_of([unknown], [other]))
    session.stack = unknown
    session.stack_changed.emit()
    mine, theirs = browser.model.index_of("a"), browser.model.index_of("b")
    assert mine.data(SeriesRole.LINE) == Line.REFUSED_CARD
    session.set_stated(StatedFacts(modality="MR"))
    said = [one.text for one in mine.data(SeriesRole.BADGES)]
    assert said[0] == "MR · stated" and said[-1] == "notes: 1"
    assert mine.data(SeriesRole.LINE) == Line.CARD and mine.data(SeriesRole.REASON) == ""
    assert theirs.data(SeriesRole.BADGES)[0].text == "modality unknown"
    assert theirs.data(SeriesRole.LINE) == Line.REFUSED_CARD
    session.set_stated(StatedFacts())
    assert mine.data(SeriesRole.LINE) == Line.REFUSED_CARD
