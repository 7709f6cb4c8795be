"""The report page shows the pages that will be printed, and saves them only while they are true."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QFileDialog

from gui.jobs.writing import report_content
from gui.reporting.report_page import ReportPage
from gui.session import Session
from inference.cases.identity import PatientIdentity, PatientKey
from tests.gui.panel_session import open_case, run
from tests.inference.synthetic_case import case, mask_layer, record


@pytest.fixture
def page(answered: Session, qtbot: Any) -> ReportPage:
    widget = ReportPage(answered)
    qtbot.addWidget(widget)
    widget.resize(1100, 700)
    widget.show()
    qtbot.waitUntil(lambda: bool(widget.pages.pages), timeout=20_000)
    return widget


def test_the_pages_are_those_of_the_pdf(page: ReportPage, answered: Session) -> None:
    from reports.page_images import page_images
    from reports.report import build_report

    expected = page_images(build_report(report_content(answered, "en")), 20.0)
    assert len(page.pages.pages) == len(expected)
    assert page.pages.isVisible() and not page.message.isVisible()
    first = page.pages.pages[0]
    assert first.height() / first.width() == pytest.approx(297 / 210, rel=0.01)
    assert f"of {len(expected)}" in first.accessibleName()


def test_without_an_answer_nothing_can_be_saved_and_the_page_says_why(opened: Session, qtbot: Any) -> None:
    widget = ReportPage(opened)
    qtbot.addWidget(widget)
    widget.show()
    assert not widget.save_button.isEnabled() and not widget.save_data_button.isEnabled()
    assert "run the assessment" in widget.save_button.toolTip()
    assert widget.message.isVisible() and widget.message.text() == widget.status.text()


def test_a_stale_answer_cannot_be_saved(page: ReportPage, answered: Session, qtbot: Any) -> None:
    assert page.save_button.isEnabled()
    answered.set_record(record(age="61"))
    assert not page.save_button.isEnabled() and not page.save_data_button.isEnabled()
    assert page.recalculate.isVisible()
    qtbot.waitUntil(lambda: not page.pages.pages)
    assert page.message.isVisible()


def test_a_page_that_nobody_sees_draws_nothing(answered: Session, qtbot: Any) -> None:
    widget = ReportPage(answered)
    qtbot.addWidget(widget)
    answered.currency_changed.emit()
    assert widget._job is None


def test_saving_writes_the_report_in_the_chosen_language(
    page: ReportPage, answered: Session, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pypdf

    target = tmp_path / "out.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (str(target), ""))
    index = page.language_choice.findData("zh_CN")
    page.language_choice.setCurrentIndex(index)
    page.language_choice.activated.emit(index)
    assert page.report_language == "zh_CN"
    assert page.status.text() == answered.tr("panel.report.drawing"), "other pages still stand there"
    qtbot.waitUntil(lambda: page.status.text() == answered.tr("panel.report.ready"), timeout=20_000)
    with qtbot.waitSignal(answered.report_saved, timeout=20_000):
        page.save_button.click()
    text = pypdf.PdfReader(target).pages[0].extract_text()
    assert "鼻咽癌" in text
    assert page.saved.text() and "out.pdf" in page.saved.text()
    assert not page.open_button.isHidden()
    assert str(tmp_path) not in page.saved.text()


def test_a_place_that_cannot_be_written_is_told_in_one_sentence(
    page: ReportPage, answered: Session, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (str(blocked / "out.pdf"), ""))
    with qtbot.waitSignal(answered.notice_raised, timeout=20_000) as told:
        page.save_button.click()
    assert "⟦" not in answered.render(told.args[0].message)
    assert page.open_button.isHidden()


def test_a_dialog_that_is_cancelled_saves_nothing(
    page: ReportPage, answered: Session, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: ("", ""))
    with qtbot.assertNotEmitted(answered.report_saved, wait=100):
        page.save_button.click()


def test_the_preview_follows_the_windows_language(page: ReportPage, answered: Session, qtbot: Any) -> None:
    before = page.pages.pages[0]
    answered.set_language("zh_CN")
    assert page.report_language == "zh_CN"
    qtbot.waitUntil(lambda: bool(page.pages.pages) and page.pages.pages[0] is not before, timeout=20_000)


@pytest.fixture
def nameless(empty: Session, qtbot: Any) -> ReportPage:
    """An answer for a scan that names a phantom by name alone, without an identifier."""
    open_case(empty, case(mask=mask_layer(), identity=PatientIdentity(name="PHANTOM^NPC-1")))
    run(empty)
    widget = ReportPage(empty)
    qtbot.addWidget(widget)
    widget.show()
    return widget


def test_a_report_about_nobody_is_refused_and_says_what_to_enter(nameless: ReportPage) -> None:
    assert not nameless.save_button.isEnabled()
    assert nameless.identity.isVisible()
    assert "two identifiers" in nameless.status.text()
    assert nameless.identity.name.isReadOnly() and not nameless.identity.patient_id.isReadOnly()


def test_what_is_entered_makes_the_report_possible(nameless: ReportPage, empty: Session, qtbot: Any) -> None:
    form = nameless.identity
    form.use_button.click()
    assert "ID" in form.problem.text()
    form.patient_id.setText("000042")
    form.birth_date.setText("2.5.1974")
    form.use_button.click()
    assert "2.5.1974" in form.problem.text()
    assert not nameless.save_button.isEnabled()
    form.birth_date.setText("1974-05-02")
    form.use_button.click()
    assert empty.identity is not None and empty.identity.is_known
    assert empty.identity.name == "PHANTOM^NPC-1"
    assert nameless.save_button.isEnabled() and not nameless.identity.isVisible()
    content = report_content(empty, "en")
    assert content.identity == empty.identity
    assert content.file_identity == PatientIdentity(name="PHANTOM^NPC-1")
    qtbot.waitUntil(lambda: bool(nameless.pages.pages), timeout=20_000)


def test_what_the_scan_says_cannot_be_overwritten(nameless: ReportPage, empty: Session) -> None:
    assert empty.identity is not None
    empty.set_identity(replace(empty.identity, key=PatientKey("H", "7"), name=""))
    assert nameless.identity.patient_id.isReadOnly()
    nameless.identity.name.setText("PHANTOM^A")
    nameless.identity.use_button.click()
    assert empty.identity.key == PatientKey("H", "7")


def test_a_name_from_the_file_is_shown_as_written_by_people_and_kept_as_it_is(
    nameless: ReportPage, empty: Session
) -> None:
    empty.set_identity(PatientIdentity(name="Muster^Erika"))
    assert nameless.identity.name.text() == "Muster, Erika" and nameless.identity.name.isReadOnly()
    nameless.identity.patient_id.setText("7")
    nameless.identity.use_button.click()
    assert empty.identity is not None and empty.identity.is_known and empty.identity.name == "Muster^Erika"
