"""A process job tells progress, ends in exactly one state, and dies within half a second when cancelled."""

from __future__ import annotations

import sys
import threading
import time

import pytest

from inference.jobs import EndState, JobEnd, Progress
from inference.process_job import ProcessJob

TELL = (
    "from inference.process_job import tell_progress, tell_result, tell_refusal\n"
    "from inference.jobs import Progress\n"
    "from inference.errors import InputError\n"
)


def run(code: str) -> tuple[list[Progress], list[JobEnd]]:
    seen: list[Progress] = []
    ends: list[JobEnd] = []
    job = ProcessJob("case", [sys.executable, "-c", code], on_progress=seen.append, on_end=ends.append)
    job.start()
    assert job.wait(20)
    return seen, ends


def test_progress_and_result_come_across() -> None:
    seen, ends = run(TELL + "tell_progress(Progress(1, 4, 'stage.training'))\ntell_result({'auc': 0.75})")
    assert seen == [Progress(1, 4, "stage.training")]
    assert [(end.state, end.result, end.stage) for end in ends] == [
        (EndState.DONE, {"auc": 0.75}, "stage.training")
    ]


def test_a_refusal_keeps_its_fields() -> None:
    _, (end,) = run(TELL + "tell_refusal(InputError('error.input.not_found', file='cohort.csv'))")
    assert end.state is EndState.REFUSED and end.message is not None
    assert end.message.id == "error.input.not_found" and end.message.fields == {"file": "cohort.csv"}


@pytest.mark.parametrize(
    "code",
    [
        "pass",
        "raise SystemExit(3)",
        "import os; os.abort()",
        TELL + "tell_result({'auc': 1})\nraise SystemExit(1)",
        "print('chatter'); print('[1, 2]'); print('{\"result\": 3}')",
    ],
    ids=["silent", "exit", "crash", "result then crash", "chatter"],
)
def test_anything_else_is_a_failure(code: str, capfd: pytest.CaptureFixture[str]) -> None:
    _, ends = run(code)
    assert [end.state for end in ends] == [EndState.FAILED]


def test_a_command_that_does_not_exist_fails() -> None:
    ends: list[JobEnd] = []
    job = ProcessJob("case", ["/nonexistent/program"], on_end=ends.append)
    job.start()
    assert job.wait(5) and [end.state for end in ends] == [EndState.FAILED]


def test_cancelling_kills_a_process_that_does_not_listen() -> None:
    code = (
        "import signal, time\n"
        + TELL
        + "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        + "tell_progress(Progress(0, 1, 'stage.training'))\ntime.sleep(60)"
    )
    running = threading.Event()
    ends: list[JobEnd] = []
    job = ProcessJob(
        "case", [sys.executable, "-c", code], on_progress=lambda _: running.set(), on_end=ends.append
    )
    job.start()
    assert running.wait(20)
    asked = time.monotonic()
    job.cancel()
    assert job.wait(10)
    assert [end.state for end in ends] == [EndState.CANCELLED]
    assert time.monotonic() - asked < 5
