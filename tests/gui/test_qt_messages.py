"""Qt's remarks reach the log with their level and nobody's terminal."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler, qWarning

from gui.qt_messages import _keep, log_qt_messages


@pytest.fixture
def _handler_of_the_test_back() -> Iterator[None]:
    before = qInstallMessageHandler(None)
    yield
    qInstallMessageHandler(before)


@pytest.mark.usefixtures("_handler_of_the_test_back")
def test_a_remark_is_logged_and_not_printed(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    log_qt_messages()
    with caplog.at_level(logging.WARNING, logger="gui.qt"):
        qWarning("the plugin cannot do this")
    assert [(r.levelname, r.getMessage()) for r in caplog.records] == [
        ("WARNING", "the plugin cannot do this")
    ]
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("remark", "said", "code"),
    [
        (
            "This application failed to start because no Qt platform plugin could be initialized.",
            "display",
            2,
        ),
        ("something else", "log", 1),
    ],
)
def test_a_fatal_remark_ends_with_a_sentence_instead_of_an_abort(
    remark: str, said: str, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ended: list[int] = []
    monkeypatch.setattr("gui.qt_messages.os._exit", ended.append)
    monkeypatch.setattr("gui.qt_messages.logging.shutdown", lambda: None)
    _keep(QtMsgType.QtFatalMsg, QMessageLogContext(), remark)
    assert ended == [code] and said in capsys.readouterr().err
