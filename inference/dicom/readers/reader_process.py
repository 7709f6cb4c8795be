"""The application's handle on a reader process: spawn, ask, wait with a watchdog, end, learn the culprit."""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, ClassVar, Final

from inference.dicom.limits import IntakeLimits
from inference.dicom.readers import protocol
from inference.dicom.readers.resident_memory import memory_is_polled, resident_bytes
from inference.dicom.readers.shared_buffer import CulpritSlot, SharedBuffer
from inference.dicom.readers.spawning import ROOT, bare_environment, fresh_interpreter, make_roomy
from inference.errors import Cancelled
from inference.jobs import ShouldStop, never_stop

_log = logging.getLogger(__name__)

_SMALLEST: Final = 8
POLL_S: Final = 0.05
# A fresh interpreter has to import its parsers before its first answer.
START_UP_S: Final = 20.0
# Tickets above every file's index plus one.
FIRST_TICKET: Final = 1 << 40
FROZEN_ARGUMENT: Final = "--intake-reader"


class ReaderDiedError(Exception):
    """The process is gone, or broke the protocol and was ended."""


class ReaderTooSlowError(Exception):
    """The process did not answer in time and was ended."""


@dataclass(frozen=True, slots=True)
class ReaderEvent:
    """A message from one life of a reader; ``body`` is None at that life's end."""

    reader: int
    life: int
    body: bytes | None


class ReaderProcess:
    """One reader; started on first use, and afresh after it was ended.

    Parameters
    ----------
    number, events
        Several readers may share one queue of events; each event carries its reader's number.
    """

    worker_module: ClassVar[str] = "inference.dicom.readers.worker"
    frozen_argument: ClassVar[str] = FROZEN_ARGUMENT

    def __init__(
        self, limits: IntakeLimits, number: int = 0, events: queue.SimpleQueue[ReaderEvent] | None = None
    ) -> None:
        self._limits = limits
        self.number = number
        self._events: queue.SimpleQueue[ReaderEvent] = queue.SimpleQueue() if events is None else events
        self._process: subprocess.Popen[bytes] | None = None
        self._life = 0
        self._slot = CulpritSlot()
        self._tickets = FIRST_TICKET
        self.buffer = SharedBuffer(_SMALLEST)

    @property
    def pid(self) -> int | None:
        """Its process number while it runs."""
        return None if self._process is None else self._process.pid

    @property
    def in_hand(self) -> int:
        """What the culprit slot holds: a file's index plus one, a ticket, or 0."""
        return self._slot.read()

    def empty_hands(self) -> None:
        """Clear the culprit slot of an idle reader, so that what it had before is not blamed again."""
        self._slot.write(0)

    def sent(self, event: ReaderEvent) -> bool:
        """True for an event of the present life of this reader."""
        return event.reader == self.number and event.life == self._life and self._process is not None

    def start(self) -> None:
        """Spawn it when it does not run; returns before it is ready."""
        if self._process is not None and self._process.poll() is None:
            return
        self.end()
        self._life += 1
        self._slot.write(0)
        self._process = subprocess.Popen(
            self._command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=bare_environment(),
            cwd=ROOT,
            pass_fds=self._slot.inherited + self.buffer.inherited if os.name == "posix" else (),
        )
        assert self._process.stdout is not None
        make_roomy(self._process.stdout)
        number, life, events = self.number, self._life, self._events
        threading.Thread(
            target=_collect,
            args=(
                self._process.stdout,
                lambda body: events.put(ReaderEvent(number, life, body)),
                self._limits.message_bytes,
            ),
            name="concilium-intake",
            daemon=True,
        ).start()

    def ask(self, body: bytes) -> None:
        """Send a request.

        Raises
        ------
        ReaderDiedError
        """
        self.start()
        assert self._process is not None and self._process.stdin is not None
        try:
            protocol.send(self._process.stdin, body)
        except OSError as error:
            self.end()
            raise ReaderDiedError from error

    def next_ticket(self) -> int:
        """A number that the process puts into the culprit slot when it begins a request without files."""
        self._tickets += 1
        return self._tickets

    def answer(self, ticket: int, seconds: float, should_stop: ShouldStop = never_stop) -> bytes:
        """The next answer, at most ``seconds`` after the process wrote ``ticket`` into the culprit slot.

        Importing parsers comes before that and has its own, longer allowance.  For a conversation with this
        reader alone; a pool reads the events itself.

        Raises
        ------
        ReaderDiedError, ReaderTooSlowError
            The process is ended; :meth:`culprit` tells which file it had in hand.
        Cancelled
            The process is ended too: what it was asked for is no longer wanted.
        """
        deadline = time.monotonic() + seconds + START_UP_S
        has_begun = False
        while True:
            try:
                event = self._events.get(timeout=POLL_S)
            except queue.Empty:
                if should_stop():
                    self.end()
                    raise Cancelled from None
                if not has_begun and self.in_hand == ticket:
                    has_begun, deadline = True, time.monotonic() + seconds
                if time.monotonic() > deadline or self.is_too_large():
                    _log.warning("intake reader ended: no answer in %.1f s, or too large", seconds)
                    self.end()
                    raise ReaderTooSlowError from None
                continue
            if not self.sent(event):
                continue
            if event.body is None:
                _log.warning("intake reader is gone")
                self.end()
                raise ReaderDiedError
            return event.body

    def is_too_large(self) -> bool:
        """True when it holds more memory than allowed, where the system does not bound it by itself."""
        if not memory_is_polled() or self._process is None:
            return False
        return resident_bytes(self._process.pid) > self._limits.memory_bytes

    def broke_protocol(self) -> ReaderDiedError:
        """End a process that answers nonsense; the error to raise."""
        _log.warning("intake reader broke the protocol and was ended")
        self.end()
        return ReaderDiedError()

    def culprit(self) -> int | None:
        """Index of the file that the process touched last (the slot holds it plus one; 0 is none)."""
        ticket = self.in_hand
        return ticket - 1 if 0 < ticket < FIRST_TICKET else None

    def end(self) -> None:
        """Kill the process and collect it."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        self._process = None

    def close(self) -> None:
        """End the process and free its memory."""
        self.end()
        self._slot.close()
        self.buffer.close()

    def _command(self) -> list[str]:
        arguments = [
            str(self._limits.memory_bytes),
            str(self._limits.message_bytes),
            self._slot.address,
            str(self._limits.voxels),
        ]
        return fresh_interpreter(self.worker_module, self.frozen_argument, arguments)


def _collect(stream: IO[bytes], put: Callable[[bytes | None], None], longest: int) -> None:
    """Hand messages on; None stands for the end, whatever the reason."""
    try:
        while (body := protocol.receive(stream, longest)) is not None:
            put(body)
    except (protocol.ProtocolError, OSError, ValueError):
        _log.warning("intake reader: message refused")
    put(None)
