"""A job in a process of its own, for work that must be killable: training, a fragile decoder.

The process tells its progress and its end on standard output, one JSON object per line; nothing is
unpickled.  ``{"done": 3, "total": 10, "stage": "stage.training"}`` is progress, ``{"result": {…}}`` the
result, ``{"refused": {"id": …, "fields": {…}}}`` a refusal.  Its exit without either is a failure.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from inference.errors import ConciliumError
from inference.jobs import EndState, JobEnd, OnProgress, Progress, ignore_progress
from inference.messages.message import Message

JsonObject = dict[str, Any]

_log = logging.getLogger(__name__)
_GRACE_S: Final = 0.3
_LONGEST_LINE: Final = 1_000_000


class ProcessJob:
    """Runs ``command`` and turns what it tells into progress and exactly one end state.

    ``on_progress`` and ``on_end`` are called in a reading thread; a window relays them to its own.
    """

    def __init__(
        self,
        case_key: str,
        command: Sequence[str],
        *,
        on_progress: OnProgress = ignore_progress,
        on_end: Callable[[JobEnd[JsonObject]], None],
    ) -> None:
        self.case_key = case_key
        self._command = tuple(command)
        self._on_progress = on_progress
        self._on_end = on_end
        self._cancelled = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._reader = threading.Thread(target=self._run, name="concilium-process-job", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._reader.start()

    def cancel(self) -> None:
        """Ask the process to stop, and kill it when it has not done so after 300 ms."""
        self._cancelled.set()
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            threading.Thread(target=_kill_later, args=(process,), daemon=True).start()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait for the end; False when it has not come in time."""
        self._reader.join(timeout_s)
        return not self._reader.is_alive()

    def _run(self) -> None:
        end = self._read_to_end()
        if self._cancelled.is_set():
            end = JobEnd(
                self.case_key, EndState.CANCELLED, message=Message("error.cancelled"), stage=end.stage
            )
        self._on_end(end)

    def _read_to_end(self) -> JobEnd[JsonObject]:
        failed = Message("error.internal")
        stage = ""
        try:
            process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        except OSError:
            _log.exception("process did not start")
            return JobEnd(self.case_key, EndState.FAILED, message=failed)
        self._process = process
        if self._cancelled.is_set():
            self.cancel()
        end: JobEnd[JsonObject] | None = None
        assert process.stdout is not None
        with process.stdout as stream:
            while line := stream.readline(_LONGEST_LINE):
                told = _parse(line)
                if "stage" in told:
                    progress = _progress(told)
                    stage = progress.stage
                    self._on_progress(progress)
                elif isinstance(told.get("result"), dict):
                    end = JobEnd(self.case_key, EndState.DONE, result=told["result"], stage=stage)
                elif isinstance(told.get("refused"), dict):
                    message = _message(told["refused"])
                    end = JobEnd(self.case_key, EndState.REFUSED, message=message, stage=stage)
        code = process.wait()
        if end is None or (code != 0 and end.state is EndState.DONE):
            _log.error("process ended with %s at %s", code, stage)
            return JobEnd(self.case_key, EndState.FAILED, message=failed, stage=stage)
        return end


def tell_progress(progress: Progress) -> None:
    """In the process: tell how far the work is."""
    _tell({"done": progress.done, "total": progress.total, "stage": progress.stage})


def tell_result(result: Mapping[str, Any]) -> None:
    """In the process: tell the result."""
    _tell({"result": dict(result)})


def tell_refusal(error: ConciliumError) -> None:
    """In the process: tell why the work cannot be done."""
    _tell({"refused": {"id": error.message.id, "fields": dict(error.message.fields)}})


def _tell(document: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(document, ensure_ascii=True) + "\n")
    sys.stdout.flush()


def _parse(line: bytes) -> JsonObject:
    try:
        told = json.loads(line)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _progress(told: Mapping[str, Any]) -> Progress:
    done, total = told.get("done"), told.get("total")
    return Progress(
        done if isinstance(done, int) else 0, total if isinstance(total, int) else 0, str(told["stage"])
    )


def _message(told: Mapping[str, Any]) -> Message:
    fields = told.get("fields")
    known = fields.items() if isinstance(fields, dict) else ()
    return Message(
        str(told.get("id", "error.internal")),
        {str(name): value for name, value in known if isinstance(value, str | int | float)},
    )


def _kill_later(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(_GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()
