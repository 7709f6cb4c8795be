"""Every job ends once, in one of four states; nothing escapes."""

import logging
import threading
import time
from collections.abc import Callable

import pytest

from inference.errors import Cancelled, InputError, InternalError, PackError
from inference.jobs import (
    EndState,
    JobEnd,
    OnProgress,
    Progress,
    ShouldStop,
    ThreadJob,
    ignore_progress,
    never_stop,
    run_to_end,
    stop_if_asked,
)

Work = Callable[[OnProgress, ShouldStop], int]


def raising(error: BaseException) -> Work:
    def work(on_progress: OnProgress, _: ShouldStop) -> int:
        on_progress(Progress(1, 2, "stage.predicting"))
        raise error

    return work


def test_work_that_returns_is_done_with_its_result() -> None:
    end = run_to_end("case-1", lambda *_: 7, ignore_progress, never_stop)
    assert end == JobEnd("case-1", EndState.DONE, 7)


@pytest.mark.parametrize(
    ("error", "state", "message_id"),
    [
        (Cancelled(), EndState.CANCELLED, "error.cancelled"),
        (InputError("error.memory"), EndState.REFUSED, "error.memory"),
        (PackError("error.pack.altered", file="a"), EndState.REFUSED, "error.pack.altered"),
        (InternalError("error.internal"), EndState.FAILED, "error.internal"),
        (MemoryError(), EndState.FAILED, "error.memory"),
        (ZeroDivisionError("division"), EndState.FAILED, "error.internal"),
    ],
)
def test_whatever_happens_is_one_end_state_with_a_sentence_and_a_stage(
    error: BaseException, state: EndState, message_id: str
) -> None:
    end = run_to_end("case-1", raising(error), ignore_progress, never_stop)
    assert end.state is state and end.result is None and end.stage == "stage.predicting"
    assert end.message is not None and end.message.id == message_id


def test_an_unforeseen_error_is_logged_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        run_to_end("case-1", raising(ZeroDivisionError("division")), ignore_progress, never_stop)
    (record,) = caplog.records
    assert record.exc_info is not None and "stage.predicting" in record.getMessage()


def test_progress_is_passed_on() -> None:
    seen: list[Progress] = []
    run_to_end("case-1", raising(Cancelled()), seen.append, never_stop)
    assert seen == [Progress(1, 2, "stage.predicting")]


def test_stopping_raises_only_when_asked() -> None:
    stop_if_asked(never_stop)
    with pytest.raises(Cancelled):
        stop_if_asked(lambda: True)


def test_a_thread_job_runs_elsewhere_and_ends_once() -> None:
    ends: list[JobEnd[int]] = []
    where: list[str] = []

    def work(*_: object) -> int:
        where.append(threading.current_thread().name)
        return 3

    job = ThreadJob("case-1", work, on_end=ends.append)
    job.start()
    assert job.wait(5.0)
    assert where == ["concilium-job"] and ends == [JobEnd("case-1", EndState.DONE, 3)]


def test_a_cancelled_thread_job_ends_within_half_a_second() -> None:
    started = threading.Event()
    ends: list[JobEnd[int]] = []

    def work(_: OnProgress, should_stop: ShouldStop) -> int:
        started.set()
        for _step in range(1000):
            stop_if_asked(should_stop)
            time.sleep(0.01)
        return 0

    job = ThreadJob("case-1", work, on_end=ends.append)
    job.start()
    assert started.wait(5.0)
    asked = time.perf_counter()
    job.cancel()
    assert job.wait(0.5) and time.perf_counter() - asked < 0.5
    assert [end.state for end in ends] == [EndState.CANCELLED]
