"""Background jobs: signals in order and in the window's thread, exactly one end, cancel, progress."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from PySide6.QtCore import QObject, Slot

from gui.jobs.job import BackgroundJob
from inference.errors import Cancelled, InputError
from inference.jobs import EndState, JobEnd, Progress


class Listener(QObject):
    """Keeps what it hears and where."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []
        self.threads: set[int] = set()

    def listen(self, job: BackgroundJob) -> None:
        job.progressed.connect(self.on_progressed)
        job.succeeded.connect(self.on_succeeded)
        job.refused.connect(self.on_refused)
        job.failed.connect(self.on_failed)
        job.cancelled.connect(self.on_cancelled)
        job.ended.connect(self.on_ended)

    def _note(self, what: str) -> None:
        self.heard.append(what)
        self.threads.add(threading.get_ident())

    @Slot(object)
    def on_progressed(self, progress: Progress) -> None:
        self._note(f"progress {progress.done}")

    @Slot(object)
    def on_succeeded(self, _: object) -> None:
        self._note("succeeded")

    @Slot(object)
    def on_refused(self, _: object) -> None:
        self._note("refused")

    @Slot(object)
    def on_failed(self, _: object) -> None:
        self._note("failed")

    @Slot()
    def on_cancelled(self) -> None:
        self._note("cancelled")

    @Slot(object)
    def on_ended(self, end: JobEnd[Any]) -> None:
        self._note(f"ended {end.state}")


def counts(on_progress: Any, should_stop: Any) -> int:
    for done in range(3):
        on_progress(Progress(done, 3, "stage.reading"))
    return 42


def refuses(on_progress: Any, should_stop: Any) -> None:
    raise InputError("intake.nothing_found", name="x")


def breaks(on_progress: Any, should_stop: Any) -> None:
    raise ZeroDivisionError


def waits(on_progress: Any, should_stop: Any) -> None:
    while not should_stop():
        time.sleep(0.005)
    raise Cancelled


@pytest.mark.parametrize(
    ("work", "heard"),
    [
        (counts, ["progress 0", "progress 2", "succeeded", "ended done"]),
        (refuses, ["refused", "ended refused"]),
        (breaks, ["failed", "ended failed"]),
    ],
)
def test_every_job_has_one_end_heard_in_the_windows_thread(
    qtbot: Any, caplog: pytest.LogCaptureFixture, work: Any, heard: list[str]
) -> None:
    job, listener = BackgroundJob("test", "case", work), Listener()
    listener.listen(job)
    with qtbot.waitSignal(job.ended, timeout=5_000):
        job.start()
    assert listener.heard == heard
    assert listener.threads == {threading.get_ident()}
    assert job.wait(1) and not job.is_running


def test_ten_thousand_steps_are_a_few_signals_and_the_last_is_among_them(qtbot: Any) -> None:
    def rushes(on_progress: Any, should_stop: Any) -> None:
        for done in range(10_001):
            on_progress(Progress(done, 10_000, "stage.scanning"))

    job, listener = BackgroundJob("test", "case", rushes), Listener()
    listener.listen(job)
    with qtbot.waitSignal(job.ended, timeout=5_000):
        job.start()
    told = [line for line in listener.heard if line.startswith("progress")]
    assert len(told) < 100 and told[0] == "progress 0" and told[-1] == "progress 10000"


def test_the_result_arrives_with_the_end(qtbot: Any) -> None:
    job = BackgroundJob("test", "case", counts)
    with qtbot.waitSignals([job.succeeded, job.ended], order="strict", timeout=5_000):
        job.start()
    assert job.end is not None and (job.end.result, job.end.case_key) == (42, "case")
    assert job.fraction == pytest.approx(2 / 3)


def test_cancel_ends_the_job_within_half_a_second(qtbot: Any) -> None:
    job, listener = BackgroundJob("test", "case", waits), Listener()
    listener.listen(job)
    job.start()
    assert job.is_running
    with qtbot.waitSignal(job.ended, timeout=500):
        job.cancel()
        assert job.is_cancelling
    assert listener.heard == ["cancelled", "ended cancelled"]
    assert job.end is not None and job.end.state is EndState.CANCELLED


def test_time_left_follows_the_pace_of_the_stage(qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    job = BackgroundJob("test", "case", waits)
    now_s = 100.0
    monkeypatch.setattr("gui.jobs.job.time.monotonic", lambda: now_s)
    job.start()
    assert job.remaining_s is None
    job._on_progress(Progress(0, 4, "stage.predicting"))
    now_s = 103.0
    job._on_progress(Progress(1, 4, "stage.predicting"))
    assert job.remaining_s == pytest.approx(9.0)
    job._on_progress(Progress(0, 4, "stage.explaining"))
    assert job.remaining_s is None
    with qtbot.waitSignal(job.ended, timeout=2_000):
        job.cancel()
