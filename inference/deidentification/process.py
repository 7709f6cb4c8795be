"""The application's handle on the limited process that rewrites objects; every answer is checked."""

from __future__ import annotations

from typing import Final, TypeVar

import numpy as np
from pydantic import TypeAdapter

from inference.deidentification import messages
from inference.deidentification.messages import Examined, ExamineRequest, RewriteRequest, Rewritten
from inference.deidentification.options import DeidentifyOptions
from inference.dicom.limits import IntakeLimits
from inference.dicom.pixels.native import check_file_unchanged
from inference.dicom.readers import protocol
from inference.dicom.readers.reader_process import ReaderDiedError, ReaderProcess, ReaderTooSlowError
from inference.errors import InputError, ResourceError
from inference.jobs import ShouldStop
from inference.scan import SourceFile

FROZEN_ARGUMENT: Final = "--deidentify-reader"
_BYTES_PER_SECOND: Final = 5_000_000
_FAILED_STARTS: Final = 1
_ROOM: Final = 1 << 20
Answer = TypeVar("Answer", Examined, Rewritten)


class DeidentifyProcess(ReaderProcess):
    """A reader of its own kind: another module, the same limits."""

    worker_module = "inference.deidentification.worker"
    frozen_argument = FROZEN_ARGUMENT


class Rewriter:
    """Asks for one file at a time; whatever befalls the process becomes a reason for that file."""

    def __init__(self, limits: IntakeLimits) -> None:
        self._limits = limits
        self._process = DeidentifyProcess(limits)
        self._failed_starts = 0

    def close(self) -> None:
        """End the process and free its memory."""
        self._process.close()

    def examine(self, file: SourceFile, options: DeidentifyOptions, should_stop: ShouldStop) -> Examined:
        """What ``file`` says about itself, or why it is held back.

        Raises
        ------
        ResourceError
            When the process cannot be started.
        Cancelled
        """
        ticket = self._process.next_ticket()
        request = ExamineRequest("examine", protocol.spelled_path(file.path), ticket, options)
        answer = self._asked(file, request, messages.EXAMINED, should_stop)
        return Examined(ticket, answer) if isinstance(answer, str) else answer

    def rewrite(
        self,
        file: SourceFile,
        options: DeidentifyOptions,
        *,
        pseudonym: str,
        shift_days: int,
        uids: tuple[tuple[str, str], ...],
        minted: tuple[str, str, str],
        should_stop: ShouldStop,
    ) -> tuple[Rewritten, bytes]:
        """The rewritten file's description and its bytes, empty where it is held back.

        Raises
        ------
        ResourceError, Cancelled
            As for :meth:`examine`.
        """
        capacity = 2 * file.size + _ROOM
        self._process.buffer.ensure(capacity)
        ticket = self._process.next_ticket()
        request = RewriteRequest(
            "rewrite", protocol.spelled_path(file.path), ticket, options, pseudonym, shift_days, uids, minted,
            self._process.buffer.address, capacity,
        )  # fmt: skip
        answer = self._asked(file, request, messages.REWRITTEN, should_stop)
        if isinstance(answer, str):
            return Rewritten(ticket, answer), b""
        if answer.reason:
            return answer, b""
        content = np.empty(min(answer.length, capacity), np.uint8)
        if answer.length > capacity or not self._process.buffer.read_into(content, 0):
            return Rewritten(ticket, "reader_died"), b""
        return answer, content.tobytes()

    def _asked(
        self,
        file: SourceFile,
        request: ExamineRequest | RewriteRequest,
        answers: TypeAdapter[Answer],
        should_stop: ShouldStop,
    ) -> Answer | str:
        seconds = self._limits.seconds_per_file + 2 * file.size / _BYTES_PER_SECOND
        try:
            check_file_unchanged(file)
        except InputError:
            return "changed"
        body = protocol.encode(messages.REQUESTS, request)
        if len(body) > self._limits.message_bytes:
            return "too_large"
        try:
            self._process.ask(body)
            answer = protocol.decode(answers, self._process.answer(request.ticket, seconds, should_stop))
            if answer.ticket != request.ticket:
                raise protocol.ProtocolError("ticket")
        except protocol.ProtocolError:
            self._process.broke_protocol()
            return "reader_died"
        except ReaderTooSlowError:
            return "reader_too_slow"
        except ReaderDiedError:
            return self._death(request.ticket)
        self._failed_starts = 0
        return answer

    def _death(self, ticket: int) -> str:
        """A process that died before it had the file in hand may not be able to start at all."""
        if self._process.in_hand != ticket:
            self._failed_starts += 1
            if self._failed_starts > _FAILED_STARTS:
                raise ResourceError("deid.no_reader")
        return "reader_died"
