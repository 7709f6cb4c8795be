"""Notices stand inline: bad news until it is closed, good news for a moment."""

from typing import Any

import pytest

from gui.feedback.notice_bar import NoticeBar
from gui.notice import NoticeKind
from gui.session import Session
from inference.findings import Verdict
from inference.messages.message import Message
from tests.gui.panel_session import open_case
from tests.inference.synthetic_case import case

FULL = Message("error.storage.full", {"file": "report.pdf", "folder": "reports", "reason": ""})


@pytest.fixture
def bar(opened: Session, qtbot: Any) -> NoticeBar:
    widget = NoticeBar(opened)
    qtbot.addWidget(widget)
    return widget


def test_there_is_no_bar_without_news(bar: NoticeBar) -> None:
    assert bar.isHidden()


def test_a_refusal_stays_until_it_is_closed(bar: NoticeBar, opened: Session) -> None:
    opened.raise_notice(NoticeKind.REFUSED, FULL)
    assert not bar.isHidden()
    assert bar.text.text().startswith("Refused: ") and "report.pdf" in bar.text.text()
    assert bar.mark.verdict is Verdict.NOTE
    assert not bar._timer.isActive()
    bar.close_button.click()
    assert bar.isHidden()


def test_good_news_goes_by_itself(bar: NoticeBar, opened: Session, qtbot: Any) -> None:
    bar._timer.setInterval(10)
    opened.raise_notice(NoticeKind.DONE, Message("panel.report.saved", {"file": "a.pdf"}))
    assert not bar.isHidden()
    qtbot.waitUntil(bar.isHidden)


def test_bad_news_after_good_news_is_not_taken_away(bar: NoticeBar, opened: Session, qtbot: Any) -> None:
    bar._timer.setInterval(10)
    opened.raise_notice(NoticeKind.DONE, Message("panel.report.saved", {"file": "a.pdf"}))
    opened.raise_notice(NoticeKind.FAILED, FULL)
    qtbot.wait(50)
    assert not bar.isHidden()


def test_it_follows_the_language(bar: NoticeBar, opened: Session) -> None:
    opened.raise_notice(NoticeKind.FAILED, FULL)
    english = bar.text.text()
    opened.set_language("zh_CN")
    assert bar.text.text() != english and bar.text.text().startswith("失败")


def test_what_was_said_about_one_patient_goes_with_the_next(bar: NoticeBar, opened: Session) -> None:
    opened.raise_notice(NoticeKind.FAILED, FULL)
    open_case(opened, case())
    assert bar.isHidden()
