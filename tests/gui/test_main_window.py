"""The real window from an empty case to a saved report, and everything that can go wrong on the way."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

import inference.pipeline
from gui.actions import SPECS
from gui.main_window import MainWindow
from gui.notice import Notice, NoticeKind
from gui.pathway import guide
from gui.pathway.requirements import FIELD, INPUTS, MASK
from gui.session import Session
from gui.settings import Settings
from gui.viewer.view_state import Tool
from inference.errors import Cancelled
from inference.jobs import EndState, Progress
from tests.gui.studies import write_study
from tests.inference.synthetic_case import mask_layer


def shown_texts(widget: QWidget) -> list[str]:
    """Every text that can be read on a widget now."""
    texts = [label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget)]
    texts += [button.text() for button in widget.findChildren(QAbstractButton) if button.isVisibleTo(widget)]
    return [text for text in texts if text]


def run(window: MainWindow, qtbot: Any) -> None:
    with qtbot.waitSignal(window.session.outcome_changed, timeout=20_000):
        window.actions_["run"].trigger()
    qtbot.waitUntil(lambda: not window.session.is_busy, timeout=5_000)


def test_a_study_is_opened_listed_and_shown(opened: MainWindow) -> None:
    session = opened.session
    assert opened.series.model.stack_count == 1
    assert opened.session.stack is not None
    line = opened.series.model.index_of(opened.session.stack.stack_id)
    assert line.data() == "Ax T1 +C · 12 slices"
    assert session.volume is not None and session.volume.geometry.shape == (12, 48, 48)
    axial = opened.viewer.viewports[0]
    assert axial.accessibleName() == "axial picture"
    assert axial.accessibleDescription().startswith("slice 7 of 12")
    assert "NPC-000001" in opened.top.patient.text()


def test_a_case_is_assessed_from_the_run_action_to_the_result(opened: MainWindow, qtbot: Any) -> None:
    run(opened, qtbot)
    session = opened.session
    assert session.is_current and session.last_end is not None
    assert session.last_end.state is EndState.DONE
    assert session.mask is not None and session.mask.volume_ml > 1
    assert opened.layers.name.text() == "Tumour (automatic)"
    assert session.outcome is not None
    assert session.outcome.assessment.content_sha256()[:8] in opened.status.content.text()
    treatments = [opened.viewer.toolbar.treatment.itemData(row) for row in range(3)]
    assert treatments == ["", "ccrt", "ic_ccrt"]


def test_a_changed_value_makes_the_result_stale_and_undo_makes_it_current(
    opened: MainWindow, qtbot: Any
) -> None:
    from gui.commands.clinical_commands import set_clinical_value
    from inference.clinical.schema import load_form, parse_value

    run(opened, qtbot)
    session = opened.session
    value = parse_value(load_form(session.study).field("age"), "61")
    command = set_clinical_value(session, value)
    assert command is not None
    session.undo_stack.push(command)
    assert not session.is_current
    assert opened.actions_.why_not("save_report") == "gui.why_not.stale"
    assert not opened.actions_["save_report"].isEnabled()
    session.undo_stack.undo()
    assert session.is_current
    qtbot.waitUntil(lambda: opened.actions_["save_report"].isEnabled(), timeout=20_000)


def test_report_and_assessment_are_saved_from_what_is_shown(
    opened: MainWindow, qtbot: Any, tmp_path: Path
) -> None:
    run(opened, qtbot)
    qtbot.waitUntil(opened.actions_["save_report"].isEnabled, timeout=20_000)
    for name, save in (
        ("report.pdf", opened.session.save_report),
        ("assessment.json", opened.session.save_assessment),
    ):
        with qtbot.waitSignal(opened.session.report_saved, timeout=20_000):
            save(tmp_path / name)
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
    assert opened.session.saved_report == tmp_path / "report.pdf"
    document = json.loads((tmp_path / "assessment.json").read_text(encoding="utf-8"))
    assert opened.session.outcome is not None
    assert document["content_sha256"] == opened.session.outcome.assessment.content_sha256()
    assert "12:00" in opened.status.saved.text() or "saved" in opened.status.saved.text()


def test_a_stale_report_is_refused_in_one_sentence(opened: MainWindow, qtbot: Any, tmp_path: Path) -> None:
    notices: list[Notice] = []
    opened.session.notice_raised.connect(notices.append)
    opened.session.save_report(tmp_path / "report.pdf")
    assert [notice.kind for notice in notices] == [NoticeKind.REFUSED]
    assert not (tmp_path / "report.pdf").exists()


def test_the_language_changes_everywhere_at_once(opened: MainWindow, qtbot: Any) -> None:
    run(opened, qtbot)
    opened.actions_["language"].trigger()
    assert opened.top.case_tab.text() == "病例"
    assert opened.viewer.viewports[0].accessibleName() == "横断位图像"
    assert opened.actions_["run"].text().startswith("运行")
    assert opened.settings.language == "zh_CN"
    for text in shown_texts(opened):
        assert "⟦" not in text, text
    opened.actions_["language"].trigger()
    assert opened.top.case_tab.text() == "Case"
    qtbot.wait(20)  # replaced widgets go with the next events
    left = [text for text in shown_texts(opened) if re.search("[\u4e00-\u9fff]", text)]
    assert left == ["中文"]


def test_every_text_comes_from_the_catalogue(opened: MainWindow, qtbot: Any) -> None:
    """In the pseudo language every sentence stands in brackets; what does not is data or typed by hand."""
    run(opened, qtbot)
    opened.session.set_language("xx")
    qtbot.wait(20)
    data = {"Concilium", "HEADNECK", "GADOLINIUM"}
    said = [text.removeprefix("\u2013 ") for text in shown_texts(opened)]
    bare = [text for text in said if re.search("[A-Za-z]{3}", text) and text[0] != "["]
    left = [text for text in bare if text not in data and "PHANTOM^" not in text and "doi:" not in text]
    assert left == []


def test_an_empty_case_says_what_to_do_next(window: MainWindow) -> None:
    assert window.viewer.hint.title.isVisible()
    assert window.viewer.hint.title.text() == "Drop a study here"
    assert not window.viewer.viewports[0].isVisible()
    assert all("⟦" not in text for text in shown_texts(window))


def test_a_dropped_folder_is_opened(window: MainWindow, study_folder: Path, qtbot: Any) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(study_folder))])
    event = QDropEvent(
        QPoint(200, 200).toPointF(),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dropEvent(event)
    qtbot.waitUntil(lambda: window.session.volume is not None, timeout=10_000)


def slow_assess(*_: Any, on_progress: Any, should_stop: Any, **__: Any) -> Any:
    """An assessment that goes on until it is asked to stop."""
    while not should_stop():
        on_progress(Progress(1, 10, "stage.segmenting"))
        time.sleep(0.01)
    raise Cancelled


def test_cancel_is_visible_within_half_a_second(
    opened: MainWindow, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inference.pipeline, "assess", slow_assess)
    session = opened.session
    opened.actions_["run"].trigger()
    qtbot.waitUntil(lambda: session.job is not None and session.job.progress is not None, timeout=5_000)
    assert not opened.actions_["run"].isEnabled()
    started_s = time.monotonic()
    opened.actions_["cancel"].trigger()
    qtbot.waitUntil(lambda: not session.is_busy, timeout=2_000)
    assert time.monotonic() - started_s < 0.5
    assert session.last_end is not None and session.last_end.state is EndState.CANCELLED
    assert session.outcome is None
    assert opened.actions_["run"].isEnabled()


def test_the_window_closes_while_a_job_runs(
    opened: MainWindow, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inference.pipeline, "assess", slow_assess)
    opened.actions_["run"].trigger()
    job = opened.session.job
    assert job is not None
    started_s = time.monotonic()
    assert opened.close()
    assert time.monotonic() - started_s < 2
    assert job.wait(0)


def test_the_result_of_a_closed_case_is_dropped(
    opened: MainWindow, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = inference.pipeline.assess
    session = opened.session

    def late(*arguments: Any, on_progress: Any, should_stop: Any, **more: Any) -> Any:
        while not should_stop():
            time.sleep(0.005)
        return real(*arguments, **more)

    monkeypatch.setattr(inference.pipeline, "assess", late)
    opened.actions_["run"].trigger()
    job = session.job
    assert job is not None
    with qtbot.waitSignal(job.ended, timeout=20_000):
        session.close_case()
    assert session.outcome is None and session.mask is None and session.volume is None
    assert session.last_end is None and not session.is_busy


def test_an_empty_folder_is_refused_and_the_window_goes_on(
    window: MainWindow, tmp_path: Path, study_folder: Path, qtbot: Any
) -> None:
    (tmp_path / "nothing").mkdir()
    with qtbot.waitSignal(window.session.notice_raised, timeout=10_000) as raised:
        window.session.open_path(tmp_path / "nothing")
    assert raised.args is not None
    assert raised.args[0].message.id == "intake.nothing_found"
    assert window.notices.isVisible()
    window.session.open_path(study_folder)
    qtbot.waitUntil(lambda: window.session.volume is not None, timeout=10_000)


def test_a_text_file_named_dcm_is_listed_with_its_reason(
    window: MainWindow, tmp_path: Path, qtbot: Any
) -> None:
    (tmp_path / "note.dcm").write_text("not a picture", encoding="utf-8")
    with qtbot.waitSignal(window.session.notice_raised, timeout=10_000) as raised:
        window.session.open_path(tmp_path)
    assert raised.args is not None
    assert raised.args[0].message.id == "gui.notice.nothing_usable"
    assert any("note.dcm" in text for text in shown_texts(window.viewer.problems))
    assert not window.actions_["run"].isEnabled()


def test_two_patients_are_a_stop_until_one_is_chosen(window: MainWindow, tmp_path: Path, qtbot: Any) -> None:
    write_study(tmp_path / "first")
    write_study(tmp_path / "second", patient_id="NPC-000002", name="PHANTOM^NPC-000002", series="2")
    session = window.session
    with qtbot.waitSignal(session.patient_choice_needed, timeout=10_000):
        session.open_path(tmp_path)
    dialog = window.source.dialog
    assert dialog is not None and dialog.chosen is None
    assert not dialog.open_button.isEnabled()
    assert session.stack is None and window.series.model.stack_count == 0
    dialog.list.setCurrentRow(1)
    dialog.accept()
    qtbot.waitUntil(lambda: session.volume is not None, timeout=10_000)
    assert session.identity is not None and session.identity.name == "PHANTOM^NPC-000002"
    assert window.series.model.stack_count == 1


def test_nobody_chosen_of_two_patients_closes_the_source(
    window: MainWindow, tmp_path: Path, qtbot: Any
) -> None:
    write_study(tmp_path / "first")
    write_study(tmp_path / "second", patient_id="NPC-000002", name="PHANTOM^NPC-000002", series="2")
    with qtbot.waitSignal(window.session.patient_choice_needed, timeout=10_000):
        window.session.open_path(tmp_path)
    assert window.source.dialog is not None
    window.source.dialog.reject()
    assert window.session.plan is None
    assert window.viewer.hint.isVisible()


@pytest.mark.parametrize(
    "size",
    [(1366, 768), (1280, 720), (910, 512)],
    ids=["1366x768", "1920x1080 at 150 %", "1366x768 at 150 %"],
)
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_assessed_window_fits_a_small_screen(
    opened: MainWindow, qtbot: Any, size: tuple[int, int], language: str
) -> None:
    opened.session.set_language(language)
    run(opened, qtbot)
    opened.resize(*size)
    qtbot.waitUntil(lambda: (opened.width(), opened.height()) == size, timeout=2_000)
    assert opened.minimumSizeHint().width() <= size[0]
    assert opened.minimumSizeHint().height() <= size[1]


def test_every_action_has_a_text_in_both_languages_and_a_key_of_its_own(window: MainWindow) -> None:
    keys = [spec.key for spec in SPECS if spec.key]
    assert len(keys) == len(set(keys))
    for language in ("en", "zh_CN"):
        window.session.set_language(language)
        for action in window.actions_.all():
            assert action.text() and "⟦" not in action.text()
            assert "⟦" not in action.toolTip()


def test_a_disabled_action_says_why(window: MainWindow) -> None:
    run_action = window.actions_["run"]
    assert not run_action.isEnabled()
    assert "Open a series first." in run_action.toolTip()


def test_viewer_keys_work_in_a_picture_and_nowhere_else(opened: MainWindow, qtbot: Any) -> None:
    opened.session.set_mask(mask_layer())
    opened.activateWindow()
    qtbot.waitUntil(opened.isActiveWindow, timeout=2_000)
    overlay = opened.actions_["overlay"]
    opened.viewer.viewports[0].setFocus()
    qtbot.keyClick(opened.viewer.viewports[0], Qt.Key.Key_Space)
    assert not overlay.isChecked()
    qtbot.keyClick(opened.viewer.viewports[0], Qt.Key.Key_W)
    assert opened.viewer.state.tool is Tool.WINDOW
    opened.run_bar.run_button.setFocus()
    qtbot.keyClick(opened.run_bar.run_button, Qt.Key.Key_P)
    assert opened.viewer.state.tool is Tool.WINDOW
    assert not overlay.isChecked()


def test_the_menu_holds_every_command(window: MainWindow) -> None:
    reachable = {
        action.objectName()
        for menu in window._menus.values()
        for action in menu.actions()
        if not action.menu()
    }
    assert {spec.name for spec in SPECS} <= reachable


def test_nothing_of_the_patient_is_remembered(opened: MainWindow, qtbot: Any, settings: Settings) -> None:
    run(opened, qtbot)
    assert "NPC-000001" not in opened.windowTitle()
    opened.close()
    settings.save()
    stored = Path(settings._store.fileName()).read_text(encoding="utf-8")
    assert "schema_version" in stored
    assert "NPC-000001" not in stored and "dcm" not in stored and "study" not in stored


def test_sizes_are_remembered(opened: MainWindow, session: Session, settings: Settings) -> None:
    opened.resize(1400, 800)
    opened.columns.setSizes([320, 700, 380])
    before = opened.columns.sizes()
    opened.viewer.maximise(0)
    opened.close()
    again = MainWindow(session, settings)
    again.resize(1400, 800)
    again.show()
    assert abs(again.columns.sizes()[0] - before[0]) <= 2
    assert again.viewer.maximised == 0
    again.close()


def test_the_theme_changes_and_is_remembered(opened: MainWindow) -> None:
    opened.actions_["theme"].trigger()
    try:
        assert opened.settings.theme == "light"
        ground = opened.palette().color(opened.palette().ColorRole.Window)
        assert ground.lightness() > 200
    finally:
        opened.actions_["theme"].trigger()
    assert opened.settings.theme == "dark"


def test_a_share_bar_leads_to_its_slice(opened: MainWindow) -> None:
    opened.session.slice_requested.emit(3)
    assert opened.viewer.state.position[0] == 3
    assert opened.viewer.viewports[0].accessibleDescription().startswith("slice 4 of 12")


@pytest.mark.parametrize("place", [INPUTS, MASK + "t1c", FIELD + "t_stage"])
def test_it_goes_there_with_the_focus(
    place: str, opened: MainWindow, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guide, "next_place", lambda _: place)
    for group in opened.clinical.groups.values():
        group.unfold(False)
    opened.activateWindow()
    assert not opened.run_bar.show_me.isHidden()
    qtbot.mouseClick(opened.run_bar.show_me, Qt.MouseButton.LeftButton)
    expected = {INPUTS: opened.checklist.inputs, MASK + "t1c": opened.layers}.get(place, opened.clinical)
    qtbot.waitUntil(lambda: opened.focusWidget() is not None and expected.isAncestorOf(opened.focusWidget()))
    found = opened.focusWidget()
    qtbot.waitUntil(lambda: not found.visibleRegion().isEmpty())
    if place.startswith(FIELD):
        assert found is opened.clinical.editors["t_stage"].reachable[0]
