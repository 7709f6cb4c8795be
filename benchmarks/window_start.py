"""Seconds from the start of the process until the window is painted: ``python -m benchmarks.window_start``.

The parent notes the time, starts a fresh interpreter on this module, and that one tells when its window's
first paint has ended.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

_CHILD = "--child"
_ROOT = Path(__file__).parents[1]


def seconds_to_window() -> float:
    """Start the application off-screen and return the seconds until its window was painted."""
    began = time.time()
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.window_start", _CHILD],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        cwd=_ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
        timeout=60,
    )
    return float(told.stdout.split()[-1]) - began


def _show_once() -> None:
    from PySide6.QtCore import QEvent, QObject, QTimer

    from gui.application import make_application, make_session, make_window
    from gui.settings import default_settings

    class FirstPaint(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's spelling
            if event.type() == QEvent.Type.Paint:
                watched.removeEventFilter(self)
                QTimer.singleShot(0, self._tell)
            return False

        def _tell(self) -> None:
            print(time.time(), flush=True)
            QTimer.singleShot(0, window.close)

    application = make_application()
    session = make_session("en")
    window = make_window(application, session, default_settings())
    first_paint = FirstPaint()
    window.installEventFilter(first_paint)
    window.show()
    window.begin()
    application.exec()


if __name__ == "__main__":
    if _CHILD in sys.argv:
        _show_once()
    else:
        print(f"{seconds_to_window():.2f} s")
