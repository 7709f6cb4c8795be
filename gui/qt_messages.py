"""Qt's own remarks go to the log, not to the terminal of somebody who runs a command."""

from __future__ import annotations

import logging
import os
import sys

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from inference.errors import EXIT_BAD_INPUT, EXIT_INTERNAL
from inference.messages.catalogue import load_catalogue

_log = logging.getLogger("gui.qt")

_NO_DISPLAY = "no Qt platform plugin could be initialized"

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def log_qt_messages() -> None:
    """Send what Qt has to say to the application's log from now on."""
    qInstallMessageHandler(_keep)


def _keep(kind: QtMsgType, _: QMessageLogContext, text: str | None) -> None:
    _log.log(_LEVELS.get(kind, logging.WARNING), "%s", text or "")
    if kind is QtMsgType.QtFatalMsg:
        _end(text or "")


def _end(text: str) -> None:
    """After a fatal remark Qt aborts the process; before that, say why and end with an exit code of ours."""
    missing = _NO_DISPLAY in text
    sentence = load_catalogue("en").text("error.display.missing" if missing else "error.internal")
    print(sentence, file=sys.stderr, flush=True)
    logging.shutdown()
    os._exit(EXIT_BAD_INPUT if missing else EXIT_INTERNAL)
