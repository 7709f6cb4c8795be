"""The real window over a small generated study and a pack of a few kilobytes."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from gui.application import make_application
from gui.main_window import MainWindow
from gui.session import Session
from gui.settings import Settings
from gui.theme.palette import apply_theme
from gui.theme.tokens import DARK
from inference.clock import FixedClock, SeededIds
from inference.dicom.intake import Intake
from inference.packs.store import PackStore
from tests.gui.studies import write_study
from tests.inference.tiny_pack import write_tiny_pack

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _collect_in_this_thread() -> Iterator[None]:
    """As in the window (``gui.garbage``): no worker thread ever destroys a widget."""
    gc.disable()
    yield
    gc.collect()
    gc.enable()


class KeptIntake:
    """One reader process for all tests; a window that closes does not end it."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    def __getattr__(self, name: str) -> Any:
        return getattr(self._intake, name)

    def close(self) -> None:
        """Left to the fixture."""


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    """The application as the window has it."""
    application = make_application()
    apply_theme(application, DARK)
    return application


@pytest.fixture(scope="session")
def kept_intake() -> Iterator[KeptIntake]:
    """The intake of every test window."""
    with Intake() as intake:
        yield KeptIntake(intake)


@pytest.fixture(scope="session")
def pack_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds one small pack: CCRT non-residual, IC+CCRT non-residual."""
    folder = tmp_path_factory.mktemp("gui-packs")
    write_tiny_pack(
        folder / "npc-residual-tiny", scores={"ccrt": (0.12, 0.18), "ic_ccrt": (0.06, 0.11)}, gain=1.0
    )
    return folder


@pytest.fixture(scope="session")
def study_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A phantom's study: one axial contrast-enhanced MR series of twelve slices."""
    return write_study(tmp_path_factory.mktemp("study"))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a user who has never been here."""
    return Settings(tmp_path / "window.ini")


def new_session(intake: KeptIntake, packs: PackStore) -> Session:
    """A session at noon with nothing open."""
    return Session(intake=intake, packs=packs, clock=FixedClock(NOON), ids=SeededIds(1))


@contextmanager
def shown_window(
    session: Session, settings: Settings, qtbot: Any, *, pack_within_ms: int = 10_000
) -> Iterator[MainWindow]:
    """The window of a session, shown, with its pack; closed at the end."""
    made = MainWindow(session, settings)
    made.resize(1366, 768)
    with qtbot.waitSignal(session.pack_changed, timeout=pack_within_ms):
        made.show()
        made.begin()
    yield made
    made.close()


@pytest.fixture
def session(qapp: QApplication, kept_intake: KeptIntake, pack_folder: Path) -> Iterator[Session]:
    """A session with real collaborators and nothing open."""
    made = new_session(kept_intake, PackStore([pack_folder], threads=1))
    yield made
    made.shut_down()


@pytest.fixture
def window(session: Session, settings: Settings, qtbot: Any) -> Iterator[MainWindow]:
    """The window, shown, with its pack."""
    with shown_window(session, settings, qtbot) as made:
        yield made


@pytest.fixture
def opened(window: MainWindow, study_folder: Path, qtbot: Any) -> MainWindow:
    """The window with the study open and read."""
    window.session.open_path(study_folder)
    qtbot.waitUntil(lambda: window.session.volume is not None, timeout=10_000)
    qtbot.waitUntil(lambda: window.session.intake_job is None, timeout=10_000)
    return window
