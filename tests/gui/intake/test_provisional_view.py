"""A picture of a large source that is being read: labelled as provisional, gone when the scan has ended."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gui.intake.provisional_view import ProvisionalView
from gui.main_window import MainWindow
from gui.session import Session
from gui.settings import Settings
from inference.clock import SeededIds
from inference.dicom.readers.provisional import ProvisionalPicture
from inference.packs.store import PackStore
from tests.gui.intake.plans import one_stack, plan_of


class SlowIntake:
    """A scan that shows a picture and then waits until it is let go."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.stack = one_stack("a")
        rows, columns = self.stack.geometry.shape[1:]
        pixels = np.arange(rows * columns, dtype=np.int16).reshape(rows, columns)
        self.picture = ProvisionalPicture(plan_of([self.stack]), self.stack, 1, pixels, 640, 10_000)

    def start(self) -> None:
        """Nothing to warm up."""

    def scan(self, path: Path, on_progress: Any, should_stop: Any, on_provisional: Any) -> Any:
        on_provisional(self.picture)
        self.go_on.wait(20)
        return plan_of([self.stack])

    def load_slice(self, *_: Any) -> Any:
        return self.picture.pixels

    def load(self, *_: Any, **__: Any) -> Any:
        raise RuntimeError("not asked for here")

    def close(self) -> None:
        """Nothing to end."""


@pytest.fixture
def slow(qapp: Any, pack_folder: Path, settings: Settings) -> Iterator[tuple[MainWindow, SlowIntake]]:
    intake = SlowIntake()
    service: Any = intake
    session = Session(intake=service, packs=PackStore([pack_folder], threads=1), ids=SeededIds(1))
    window = MainWindow(session, settings)
    window.show()
    yield window, intake
    intake.go_on.set()
    window.close()


def view_of(window: MainWindow) -> ProvisionalView:
    return window.viewer.hint.provisional


def test_the_picture_is_shown_and_says_that_it_is_provisional(
    slow: tuple[MainWindow, SlowIntake], qtbot: Any
) -> None:
    window, intake = slow
    window.session.open_path(Path("/nowhere"))
    qtbot.waitUntil(lambda: view_of(window).isVisible(), timeout=10_000)
    view = view_of(window)
    assert view.mark.text() == "Provisional picture" and "640 of 10000" in view.caption.text()
    assert not view.picture.pixmap().isNull() and window.session.stack is None
    assert not window.viewer.hint.picture.isVisible() and not window.series.open_button.isVisible()
    assert not window.series.hint.isVisible() and window.series.progress.isVisible()
    window.session.set_language("zh_CN")
    assert view.mark.text() == "临时图像"
    intake.go_on.set()
    qtbot.waitUntil(lambda: window.session.plan is not None, timeout=10_000)
    assert not view.isVisible()


def test_a_cancelled_scan_takes_its_picture_along(slow: tuple[MainWindow, SlowIntake], qtbot: Any) -> None:
    window, intake = slow
    window.session.open_path(Path("/nowhere"))
    qtbot.waitUntil(lambda: view_of(window).isVisible(), timeout=10_000)
    window.session.jobs.cancel_all()
    intake.go_on.set()
    qtbot.waitUntil(lambda: not view_of(window).isVisible(), timeout=10_000)


def test_no_provisional_picture_replaces_an_open_case(opened: MainWindow) -> None:
    opened.session.jobs.provisional_arrived.emit(SlowIntake().picture)
    assert not view_of(opened).isVisible()
