"""The list of series, the findings beside it, and the ways in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtWidgets import QApplication, QLabel

from gui.intake.open_source import dropped_path
from gui.intake.patient_words import describe_patient
from gui.intake.series_badges import badges, refusal_words
from gui.intake.series_browser import SeriesBrowser
from gui.intake.series_model import SeriesRole
from gui.intake.stack_choice import first_to_open
from gui.intake.thumbnail import thumbnail
from gui.main_window import MainWindow
from gui.session import Session
from gui.theme.tokens import Tone
from inference.cases.identity import PatientIdentity
from inference.findings import Finding, Verdict
from inference.geometry import Geometry
from tests.gui.intake.plans import plan_of, show
from tests.gui.studies import write_study
from tests.inference.synthetic_case import stack

GAP = Finding("intake.gap", Verdict.NOTE, Verdict.REFUSED, {"missing": 1, "position": "S 1.0", "count": 1})
THICK = Finding("intake.thickness_differs", Verdict.NOTE, Verdict.NOTE, {"thickness": 4.0, "spacing": 4.8})
LOCALISER = Finding("intake.no_pixels", Verdict.REFUSED, Verdict.REFUSED, {"file": "x"})

SAGITTAL = Geometry.from_axes(
    origin_lps_mm=(0, 0, 0),
    slice_step_mm=(5, 0, 0),
    row_step_mm=(0, 0, -1),
    column_step_mm=(0, 1, 0),
    shape=(12, 48, 48),
)


def test_the_model_of_series_is_sound(opened: MainWindow, qtmodeltester: Any) -> None:
    qtmodeltester.check(opened.series.model)


def test_a_series_says_what_it_is(opened: MainWindow, qtbot: Any) -> None:
    index = open_index(opened)
    assert index.data() == "Ax T1 +C · 12 slices"
    assert index.data(SeriesRole.DETAILS) == "no. 3 · 48² · 5.00 × 5.00 × 5.0 mm"
    said = {badge.text: badge.tone for badge in index.data(SeriesRole.BADGES)}
    assert said["MR"] is Tone.GOOD and said["contrast"] is Tone.GOOD and said["axial"] is Tone.GOOD
    qtbot.waitUntil(lambda: index.data(SeriesRole.THUMBNAIL) is not None, timeout=5_000)


def test_badges_turn_amber_where_the_pack_wants_something_else(session: Session, qtbot: Any) -> None:
    with qtbot.waitSignal(session.pack_changed, timeout=10_000):
        session.open_pack()
    said = {badge.text: badge.tone for badge in badges(session, stack(SAGITTAL, findings=(THICK,)))}
    assert said["sagittal"] is Tone.WARN
    assert said["notes: 1"] is Tone.WARN
    assert not any(badge.verdict for badge in badges(session, stack(findings=(GAP,))))
    assert refusal_words(session, stack(findings=(GAP,))) == "not usable by the pack"


def test_a_series_that_may_not_be_viewed_cannot_be_chosen(session: Session, qtbot: Any) -> None:
    shown = stack(findings=(LOCALISER,))
    show(session, plan_of([shown]))
    browser = SeriesBrowser(session, _actions(session))
    qtbot.addWidget(browser)
    index = browser.model.index_of(shown.stack_id)
    assert not browser.model.flags(index) & Qt.ItemFlag.ItemIsDragEnabled
    assert index.data(SeriesRole.REASON) == session.render(LOCALISER.message)
    with qtbot.waitSignal(session.notice_raised, timeout=1_000) as raised:
        browser.open_stack(shown.stack_id)
    assert raised.args is not None and raised.args[0].message == LOCALISER.message
    session.choose_stack(shown.stack_id)
    assert session.stack is None


def test_the_series_to_open_first_is_one_that_a_pack_can_use() -> None:
    axial, gap, hidden = stack(), stack(findings=(GAP,)), stack(findings=(LOCALISER,))
    sagittal, noted = stack(SAGITTAL), stack(findings=(THICK,))
    assert first_to_open([gap, axial, hidden]) is axial
    assert first_to_open([sagittal, axial]) is axial
    assert first_to_open([gap, sagittal]) is sagittal, "usable goes before axial"
    assert first_to_open([noted, axial]) is axial
    assert first_to_open([hidden]) is None and first_to_open([]) is None


def test_another_series_is_opened_from_the_list(window: MainWindow, tmp_path: Path, qtbot: Any) -> None:
    write_study(tmp_path, series="1")

    def coarser(dataset: Any, _: int) -> None:
        dataset.SeriesDescription = "Ax T2"

    write_study(tmp_path, series="2", change=coarser)
    session = window.session
    session.open_path(tmp_path)
    qtbot.waitUntil(lambda: session.volume is not None, timeout=10_000)
    assert window.series.model.stack_count == 2
    first = session.stack
    assert first is not None
    view = window.series.view
    view.setFocus()
    other = next(one for one in session.stacks_of_patient() if one is not first)
    away = window.series.filter.mapFromSource(window.series.model.index_of(other.stack_id))
    steps = away.row() - view.currentIndex().row()
    qtbot.keyClick(view, Qt.Key.Key_Down if steps > 0 else Qt.Key.Key_Up)
    assert session.stack is first, "arrows look, Enter opens"
    qtbot.keyClick(view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: session.volume is not None and session.stack is not first, timeout=10_000)
    assert session.stack is not None and session.stack.stack_id != first.stack_id
    assert session.record.study == "npc-residual"


def test_a_cancelled_reading_is_taken_up_again_by_a_click(
    window: MainWindow, study_folder: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from inference.errors import Cancelled

    session, real = window.session, window.session.intake.load

    def cancelled(*_: Any, **__: Any) -> Any:
        raise Cancelled

    monkeypatch.setattr(session.intake, "load", cancelled, raising=False)
    session.open_path(study_folder)
    qtbot.waitUntil(lambda: session.stack is not None and session.intake_job is None, timeout=10_000)
    assert session.volume is None
    monkeypatch.setattr(session.intake, "load", real, raising=False)
    window.series.view.activated.emit(window.series.view.currentIndex())
    qtbot.waitUntil(lambda: session.volume is not None, timeout=10_000)


def test_a_refused_source_leaves_the_open_case_as_it_was(
    opened: MainWindow, tmp_path: Path, qtbot: Any
) -> None:
    session = opened.session
    before = session.volume
    with qtbot.waitSignal(session.notice_raised, timeout=10_000):
        session.open_path(tmp_path / "not-there")
    qtbot.waitUntil(lambda: session.intake_job is None, timeout=5_000)
    assert session.volume is before and session.stack is not None


def test_a_missing_slice_is_listed_with_what_to_do(window: MainWindow, tmp_path: Path, qtbot: Any) -> None:
    write_study(tmp_path, without=(5,))
    window.session.open_path(tmp_path)
    qtbot.waitUntil(lambda: window.session.volume is not None, timeout=10_000)
    texts = [label.text() for label in window.viewer.problems.findChildren(QLabel)]
    assert window.session.stack is not None
    finding = next(f for f in window.session.stack.findings if f.code == "intake.gap")
    assert window.session.render(finding.message) in texts
    assert window.session.render(finding.advice) in texts


def test_the_browser_says_what_it_waits_for(session: Session, qtbot: Any) -> None:
    browser = SeriesBrowser(session, _actions(session))
    qtbot.addWidget(browser)
    assert browser.hint.text() == "No study is open."
    assert not browser.open_button.isHidden()


def test_a_thumbnail_is_upright_and_in_proportion(qapp: QApplication) -> None:
    """Rows run from feet to head in the file, so the bright feet must be at the bottom."""
    coronal = Geometry.from_axes(
        origin_lps_mm=(0, 0, 0),
        slice_step_mm=(0, 5, 0),
        row_step_mm=(0, 0, 1),
        column_step_mm=(0.5, 0, 0),
        shape=(12, 48, 48),
    )
    pixels = np.zeros((48, 48), dtype=np.int16)
    pixels[:24] = 1000
    image = thumbnail(pixels, stack(coronal))
    middle = image.width() // 2
    assert image.pixelColor(middle, 10).lightness() < 20
    assert image.pixelColor(middle, image.height() - 10).lightness() > 200
    assert image.pixelColor(5, image.height() - 10).lightness() == 0, "half as wide as high"


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["a"], "a"),
        (["a/1.dcm", "a/2.dcm"], "a"),
        (["a/1.dcm", "b/2.dcm"], None),
        ([], None),
    ],
)
def test_several_dropped_files_of_one_folder_are_that_folder(
    tmp_path: Path, paths: list[str], expected: str | None
) -> None:
    for name in paths:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch() if path.suffix else path.mkdir(exist_ok=True)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in paths])
    assert dropped_path(data) == (tmp_path / expected if expected else None)


def test_an_unknown_person_is_said_to_be_unknown(session: Session) -> None:
    assert describe_patient(session, PatientIdentity()) == "Identity unknown"


def open_index(window: MainWindow) -> Any:
    """The line of the open stack."""
    assert window.session.stack is not None
    return window.series.model.index_of(window.session.stack.stack_id)


def _actions(session: Session) -> Any:
    from gui.actions import Actions

    return Actions(session, session)


def test_the_whole_card_of_the_open_stack_is_in_sight(window: MainWindow, tmp_path: Path, qtbot: Any) -> None:
    for number in range(1, 8):
        write_study(tmp_path / str(number), series=str(number), without=(5,))
    session, view = window.session, window.series.view
    session.open_path(tmp_path)
    qtbot.waitUntil(lambda: session.volume is not None and session.intake_job is None, timeout=20_000)
    last = session.stacks_of_patient()[-1]
    session.choose_stack(last.stack_id)
    qtbot.waitUntil(lambda: session.volume is not None and session.intake_job is None, timeout=20_000)
    index = window.series.filter.mapFromSource(window.series.model.index_of(last.stack_id))
    room = view.viewport().rect().adjusted(-2, -2, 2, 2)
    qtbot.waitUntil(lambda: room.contains(view.visualRect(index)), timeout=2_000)
    qtbot.wait(700)
    view.verticalScrollBar().setValue(0)
    qtbot.wait(50)
    assert view.verticalScrollBar().value() == 0, "afterwards it is the hand that scrolls"
