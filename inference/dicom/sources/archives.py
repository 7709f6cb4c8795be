"""A ZIP archive as a source: unpacked by a limited process into a private folder, every answer checked."""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import shutil
import stat
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from inference.dicom.limits import IntakeLimits
from inference.dicom.readers import protocol
from inference.dicom.readers.spawning import ROOT, bare_environment, fresh_interpreter
from inference.dicom.sources.archive_messages import (
    LONGEST_NAME,
    PASSED_OVER,
    REFUSALS,
    TOLD,
    UNPACK_REQUESTS,
    Ended,
    PassedOver,
    Told,
    Unpacked,
    Unpacking,
    UnpackRequest,
    stored_name,
)
from inference.dicom.sources.walk import printable, source_file
from inference.dicom.verdicts import finding
from inference.errors import Cancelled
from inference.findings import Finding
from inference.jobs import OnProgress, Progress, ShouldStop
from inference.scan import SourceFile

_log = logging.getLogger(__name__)

STAGE_UNPACKING: Final = "stage.unpacking"
FROZEN_ARGUMENT: Final = "--intake-archive"
_POLL_S: Final = 0.05
_START_UP_S: Final = 20.0
_SILENCE_S: Final = 20.0
_MIB: Final = 1 << 20


@dataclass(slots=True)
class ArchiveListing:
    """Members as files, and what was passed over; a refusal is the only finding of its archive."""

    files: list[SourceFile] = field(default_factory=list)
    skipped: list[Finding] = field(default_factory=list)


class _NonsenseError(Exception):
    """The process told something that cannot be."""


def unpack_archive(
    archive: SourceFile,
    folder: Path,
    limits: IntakeLimits,
    on_progress: OnProgress,
    should_stop: ShouldStop,
) -> ArchiveListing:
    """Unpack ``archive`` into ``folder``, which is made; members are named ``archive/member``.

    Whatever goes wrong becomes one finding that names the archive, and nothing of it is left behind.

    Raises
    ------
    Cancelled
        What is there by then is the caller's to remove, who need not wait for it.
    """
    try:
        folder.mkdir(mode=0o700)
        process = _Unpacker(archive, folder, limits)
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        return _refused(archive, "intake.zip_no_space")
    try:
        return process.listing(on_progress, should_stop)
    except _NonsenseError:
        _log.warning("archive process told nonsense and was ended")
        code = "intake.zip_not_unpacked"
    except _RefusedError as refused:
        code = refused.code
    finally:
        process.end()
    shutil.rmtree(folder, ignore_errors=True)
    return _refused(archive, code)


def _refused(archive: SourceFile, code: str) -> ArchiveListing:
    return ArchiveListing(skipped=[finding(code, file=archive.name)])


class _RefusedError(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class _Unpacker:
    """The process while it works on one archive."""

    def __init__(self, archive: SourceFile, folder: Path, limits: IntakeLimits) -> None:
        self._archive = archive
        self._folder = folder
        self._limits = limits
        self._told: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._process = subprocess.Popen(
            archive_command(limits),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=bare_environment(),
            cwd=ROOT,
        )
        assert self._process.stdout is not None
        threading.Thread(
            target=_collect,
            args=(self._process.stdout, self._told, limits.message_bytes),
            name="concilium-archive",
            daemon=True,
        ).start()

    def listing(self, on_progress: OnProgress, should_stop: ShouldStop) -> ArchiveListing:
        """Follow the process to its end.

        Raises
        ------
        _RefusedError, _NonsenseError, Cancelled
        """
        self._ask()
        listing = ArchiveListing()
        last, patience = -1, _START_UP_S
        while True:
            told = self._next(patience, should_stop)
            patience = _SILENCE_S
            match told:
                case Unpacking():
                    on_progress(Progress(told.done // _MIB, told.total // _MIB, STAGE_UNPACKING))
                case Unpacked():
                    if told.number <= last:
                        raise _NonsenseError
                    last = told.number
                    listing.files.append(self._checked(told))
                case PassedOver():
                    if told.code not in PASSED_OVER:
                        raise _NonsenseError
                    listing.skipped.append(finding(told.code, file=self._shown(told.name)))
                case Ended():
                    if told.refused:
                        raise _RefusedError(
                            told.refused if told.refused in REFUSALS else "intake.zip_damaged"
                        )
                    return listing
            if len(listing.files) + len(listing.skipped) > self._limits.archive_members:
                raise _NonsenseError

    def end(self) -> None:
        """Kill the process and collect it."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def _ask(self) -> None:
        request = UnpackRequest(
            protocol.spelled_path(self._archive.path),
            protocol.spelled_path(str(self._folder)),
            self._limits.archive_members,
            self._limits.archive_bytes,
        )
        assert self._process.stdin is not None
        try:
            protocol.send(self._process.stdin, protocol.encode(UNPACK_REQUESTS, request))
        except OSError:
            raise _NonsenseError from None

    def _next(self, patience_s: float, should_stop: ShouldStop) -> Told:
        deadline = time.monotonic() + patience_s
        while True:
            if should_stop():
                raise Cancelled
            try:
                body = self._told.get(timeout=_POLL_S)
            except queue.Empty:
                if time.monotonic() > deadline:
                    raise _NonsenseError from None
                continue
            if body is None:
                raise _NonsenseError
            try:
                return protocol.decode(TOLD, body)
            except protocol.ProtocolError:
                raise _NonsenseError from None

    def _checked(self, member: Unpacked) -> SourceFile:
        """The file that holds a member: an ordinary one, of the size that was told."""
        path = self._folder / stored_name(member.number, member.name)
        try:
            status = path.lstat()
        except (OSError, ValueError):
            raise _NonsenseError from None
        if not stat.S_ISREG(status.st_mode) or status.st_size != member.size:
            raise _NonsenseError
        return source_file(str(path), status, self._shown(member.name))

    def _shown(self, name: str) -> str:
        return f"{self._archive.name}/{printable(name[:LONGEST_NAME])}"


def archive_command(limits: IntakeLimits) -> list[str]:
    """How the process is started."""
    arguments = (limits.archive_memory_bytes, limits.archive_bytes, limits.message_bytes)
    module = "inference.dicom.sources.archive_worker"
    return fresh_interpreter(module, FROZEN_ARGUMENT, [*map(str, arguments)])


def is_archive(file: SourceFile, *, by_content: bool = False) -> bool:
    """True for a ZIP archive: by its name, or by its first four bytes where it was opened by itself."""
    if file.name.lower().endswith(".zip"):
        return True
    if not by_content:
        return False
    try:
        descriptor = os.open(file.path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        try:
            return os.read(descriptor, 4) == b"PK\x03\x04"
        finally:
            os.close(descriptor)
    except OSError:
        return False


def _collect(stream: IO[bytes], told: queue.SimpleQueue[bytes | None], longest: int) -> None:
    """Move messages into the queue; None stands for the end, whatever the reason."""
    try:
        while (body := protocol.receive(stream, longest)) is not None:
            told.put(body)
    except (protocol.ProtocolError, OSError, ValueError):
        _log.warning("archive process: message refused")
    told.put(None)
