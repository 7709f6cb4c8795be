"""Qt's remarks reach the log with their level and nobody's terminal."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from PySide6.QtCore import qInstallMessageHandler, qWarning

from gui.qt_messages import log_qt_messages


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
