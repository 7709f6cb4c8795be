"""Steps that every picture of the window needs: a synthetic patient, the window, waiting, the grab."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QWidget

    from gui.main_window import MainWindow

COHORT: Final = "internal"
NOON: Final = datetime(2026, 11, 24, 9, 41, tzinfo=UTC)
PATIENCE_S: Final = 120.0
_IDS: Final = 20
_STEP_S: Final = 0.01
_ROUNDS: Final = 40


def synthetic_patient(study: str, folder: Path, seed: int) -> Path:
    """Write one patient of a study; returns the folder of the scans."""
    from models.phantoms.command import write_cohort

    return write_cohort(study, cohort=COHORT, patients=1, seed=seed, out=folder)[0]


def open_window(application: QApplication, packs: Path | None, language: str, folder: Path) -> MainWindow:
    """The window with the packs that come with the program, or others; its settings lie in ``folder``."""
    from gui.main_window import MainWindow
    from gui.session import Session
    from gui.settings import Settings
    from inference.clock import FixedClock, SeededIds
    from inference.dicom.intake import Intake
    from inference.packs.store import BUNDLED_PACKS, PackStore

    session = Session(
        intake=Intake(),
        packs=PackStore([packs or BUNDLED_PACKS]),
        clock=FixedClock(NOON),
        ids=SeededIds(_IDS),
        language=language,
    )
    window = MainWindow(session, Settings(folder / "window.ini"))
    window.show()
    window.begin()
    return window


def wait_for(application: QApplication, is_done: Callable[[], bool]) -> bool:
    """Let the window live until something is so; False when it is not in good time."""
    end_s = time.monotonic() + PATIENCE_S
    while not is_done() and time.monotonic() < end_s:
        application.processEvents()
        time.sleep(_STEP_S)
    return is_done()


def settle(application: QApplication) -> None:
    """Layouts of wrapped texts settle over a few rounds of events."""
    for _ in range(_ROUNDS):
        application.processEvents()
        time.sleep(_STEP_S)


def grab(application: QApplication, widget: QWidget, path: Path) -> None:
    """Write the picture of a widget once it stands still."""
    settle(application)
    widget.grab().save(str(path), "PNG", 0)
