"""Starting: what is not loaded before the window is seen, fonts, Qt's own texts, and the last resort."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QFontDatabase, QFontMetrics
from PySide6.QtWidgets import QApplication

from gui.application import LastResort, make_application
from gui.feedback.error_dialog import ErrorDialog
from gui.language import QtTexts
from gui.main_window import MainWindow
from gui.session import Session
from reports.fonts import font_families

HEAVY = ("pydicom", "highdicom", "onnxruntime", "scipy", "reportlab", "nibabel", "PIL", "torch", "models")

START = """
import json, sys
from gui.application import make_application, make_window
from gui.session import Session
from gui.settings import Settings
from inference.dicom.intake import Intake
from inference.packs.store import BUNDLED_PACKS, PackStore
from pathlib import Path
application = make_application()
session = Session(intake=Intake(), packs=PackStore([BUNDLED_PACKS]))
window = make_window(application, session, Settings(Path(sys.argv[1]) / "window.ini"))
window.show()
application.processEvents()
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
window.close()
"""


def test_nothing_heavy_is_loaded_before_the_window_is_seen(repository: Path, tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-c", START, str(tmp_path)],
        cwd=repository,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(repository)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    loaded = set(json.loads(result.stdout.splitlines()[-1]))
    assert "pyqtgraph" in loaded
    assert not loaded & set(HEAVY)


def test_window_and_report_are_set_in_the_same_fonts(qapp: QApplication) -> None:
    assert qapp.font().families()[: len(font_families())] == list(font_families())
    assert set(font_families()) <= set(QFontDatabase.families())
    metrics = QFontMetrics(qapp.font())
    assert metrics.horizontalAdvance("鼻咽癌") > 2 * metrics.horizontalAdvance("i")


def test_qts_own_buttons_follow_the_language(qapp: QApplication, session: Session) -> None:
    texts = QtTexts(qapp, session)
    session.set_language("zh_CN")
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "取消"
    session.set_language("en")
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Cancel"
    texts.deleteLater()


def test_an_escaped_error_is_a_sentence_without_a_traceback(
    window: MainWindow, qtbot: Any, caplog: pytest.LogCaptureFixture
) -> None:
    hook = LastResort(window.session, window)
    try:
        raise ZeroDivisionError("secret detail")
    except ZeroDivisionError as error:
        hook.report(type(error), error, error.__traceback__)
        hook.report(type(error), error, error.__traceback__)
    qtbot.waitUntil(lambda: bool(window.findChildren(ErrorDialog)), timeout=2_000)
    dialogs = window.findChildren(ErrorDialog)
    assert len(dialogs) == 1
    assert dialogs[0].what.text() == window.session.tr("error.internal")
    assert "secret" not in dialogs[0].what.text() + dialogs[0].what_to_do.text()
    assert "secret detail" in caplog.text
    dialogs[0].accept()


def test_there_is_one_application(qapp: QApplication) -> None:
    assert make_application() is qapp
