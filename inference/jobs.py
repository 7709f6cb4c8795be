"""The job protocol: start, progress, cancel, and exactly one end state; carried by threads or processes.

Core functions take ``on_progress`` and ``should_stop`` and know nothing of jobs.  A runner calls them
where the user interface does not wait.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from inference.errors import Cancelled, ConciliumError, InternalError
from inference.messages.catalogue import Catalogue
from inference.messages.message import Message

_log = logging.getLogger(__name__)

OnProgress = Callable[["Progress"], None]
ShouldStop = Callable[[], bool]
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Progress:
    """``done`` of ``total`` steps; ``stage`` is a message id (``stage.segmenting``).

    ``run`` names which of several runs of the stage it is, as it is shown.
    """

    done: int
    total: int
    stage: str
    run: str = ""

    def text(self, catalogue: Catalogue) -> str:
        """What is being done, in words."""
        stage = catalogue.text(self.stage)
        return f"{stage}: {self.run}" if self.run else stage


class EndState(StrEnum):
    """How a job ended; every job ends in exactly one."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class JobEnd(Generic[Result]):
    """The end of a job: its state, the result when done, the sentence otherwise, and the last stage."""

    case_key: str
    state: EndState
    result: Result | None = None
    message: Message | None = None
    stage: str = ""


class Job(Protocol):
    """Work under way for one case."""

    case_key: str

    def start(self) -> None:
        """Begin; returns at once."""

    def cancel(self) -> None:
        """Ask to stop; the end state follows within 500 ms."""


def ignore_progress(_: Progress) -> None:
    """Listener for work whose progress nobody watches."""


def never_stop() -> bool:
    """Stop question for work that nobody can cancel."""
    return False


def stop_if_asked(should_stop: ShouldStop) -> None:
    """Raise ``Cancelled`` when the user has asked to stop."""
    if should_stop():
        raise Cancelled


def run_to_end(
    case_key: str,
    work: Callable[[OnProgress, ShouldStop], Result],
    on_progress: OnProgress,
    should_stop: ShouldStop,
) -> JobEnd[Result]:
    """Run ``work`` and turn whatever happens into one end state; nothing escapes."""
    stage = ""

    def watch(progress: Progress) -> None:
        nonlocal stage
        stage = progress.stage
        on_progress(progress)

    try:
        result = work(watch, should_stop)
    except Cancelled as cancelled:
        return JobEnd(case_key, EndState.CANCELLED, message=cancelled.message, stage=stage)
    except InternalError as error:
        _log.exception("job failed at %s", stage)
        return JobEnd(case_key, EndState.FAILED, message=error.message, stage=stage)
    except ConciliumError as error:
        return JobEnd(case_key, EndState.REFUSED, message=error.message, stage=stage)
    except MemoryError:
        _log.exception("out of memory at %s", stage)
        return JobEnd(case_key, EndState.FAILED, message=Message("error.memory"), stage=stage)
    except Exception:  # noqa: BLE001 - the outermost frame of a worker
        _log.exception("job failed at %s", stage)
        return JobEnd(case_key, EndState.FAILED, message=Message("error.internal"), stage=stage)
    return JobEnd(case_key, EndState.DONE, result=result, stage=stage)


class ThreadJob(Generic[Result]):
    """A job in a thread of its own, for work that releases the interpreter lock.

    Listeners are called in that thread; a window relays them to its own (``gui/jobs``).
    """

    def __init__(
        self,
        case_key: str,
        work: Callable[[OnProgress, ShouldStop], Result],
        *,
        on_progress: OnProgress = ignore_progress,
        on_end: Callable[[JobEnd[Result]], None],
    ) -> None:
        self.case_key = case_key
        self._work = work
        self._on_progress = on_progress
        self._on_end = on_end
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="concilium-job", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def cancel(self) -> None:
        """Ask to stop; the work notices at its next step."""
        self._stop.set()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait for the end; False when it has not come in time."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        self._on_end(run_to_end(self.case_key, self._work, self._on_progress, self._stop.is_set))
