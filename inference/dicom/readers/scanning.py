"""One pass over the files of a source: every file is asked about once, whatever happens to a reader."""

from __future__ import annotations

import hashlib
import logging
import os
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from inference.dicom.limits import IntakeLimits
from inference.dicom.readers import protocol
from inference.dicom.readers.provisional import ProvisionalLook
from inference.dicom.readers.reader_pool import Lane, Lost, ReaderPool, Task
from inference.dicom.records import FileAnswer, ImageRecord
from inference.dicom.verdicts import RULES, finding
from inference.findings import Finding
from inference.jobs import OnProgress, Progress, ShouldStop
from inference.scan import SourceFile

_log = logging.getLogger(__name__)

STAGE_SCANNING: Final = "stage.scanning"
_BATCH: Final = 32


@dataclass(frozen=True, slots=True, eq=False)
class ScannedFiles:
    """What the readers said, in the order of the source.

    ``images`` and ``directories`` (the names that a DICOMDIR holds) come with the index of their file.
    """

    images: tuple[tuple[int, ImageRecord], ...]
    skipped: tuple[Finding, ...]
    directories: tuple[tuple[int, tuple[str, ...]], ...] = ()


def scan_files(
    files: Sequence[SourceFile],
    pool: ReaderPool,
    limits: IntakeLimits,
    on_progress: OnProgress,
    should_stop: ShouldStop,
    look: ProvisionalLook | None = None,
) -> ScannedFiles:
    """Read all headers; a file that ends its reader is named and the rest goes on.

    ``look`` may show a picture before everything has been read.

    Raises
    ------
    ResourceError
        When no reader can be started.
    Cancelled
    """
    scan = _Scan(files, limits)
    done, total = 0, len(files)
    on_progress(Progress(0, total, STAGE_SCANNING))
    pending: deque[Task] = deque(
        scan.task(first, min(total, first + _BATCH)) for first in range(0, total, _BATCH)
    )
    for event in pool.perform(pending, should_stop):
        if event.task.first_file is None:
            assert look is not None
            look.take(event)
            continue
        if isinstance(event, Lost):
            pending.extendleft(reversed(scan.rest_of(event)))
        else:
            scan.take(event.value)
        if scan.answered > done:
            done = scan.answered
            on_progress(Progress(done, total, STAGE_SCANNING))
            if look is not None:
                pending.extendleft(look.tasks(scan.images, done))
    images = tuple((index, scan.images[index]) for index in sorted(scan.images))
    skipped = tuple(scan.skipped[index] for index in sorted(scan.skipped))
    return ScannedFiles(images, skipped, tuple(sorted(scan.directories.items())))


class _Scan:
    def __init__(self, files: Sequence[SourceFile], limits: IntakeLimits) -> None:
        self._files = files
        self._limits = limits
        self.images: dict[int, ImageRecord] = {}
        self.skipped: dict[int, Finding] = {}
        self.directories: dict[int, tuple[str, ...]] = {}

    @property
    def answered(self) -> int:
        """Files that are images or passed over."""
        return len(self.images) + len(self.skipped)

    def task(self, first: int, end: int) -> Task:
        """Ask about the files from ``first`` up to ``end``."""
        paths = tuple(protocol.spelled_path(file.path) for file in self._files[first:end])
        body = protocol.encode(protocol.REQUESTS, protocol.ScanRequest(first, paths, self._limits.frames))
        expected = first

        def request(_lane: Lane, _ticket: int) -> bytes:
            return body

        def parse(message: bytes) -> Sequence[FileAnswer]:
            nonlocal expected
            answers = protocol.decode(protocol.FILE_ANSWERS, message)
            for answer in answers:
                if answer.file != expected or expected >= end or not self._is_credible(answer):
                    raise protocol.ProtocolError("answer")
                expected += 1
            return answers

        def seconds(unit: int) -> float:
            return self._limits.seconds_for(self._files[first + unit].size)

        return Task(request, end - first, parse, seconds, first_file=first)

    def rest_of(self, lost: Lost) -> list[Task]:
        """Blame the file in hand, and ask again about those that the reader had not answered for."""
        assert lost.task.first_file is not None
        first, end = lost.task.first_file + lost.answered, lost.task.first_file + lost.task.units
        if lost.unit is None:
            return [self.task(first, end)]
        culprit = lost.task.first_file + lost.unit
        self._blame(culprit, "intake.reader_too_slow" if lost.was_slow else "intake.reader_died")
        return [
            self.task(begin, stop) for begin, stop in ((first, culprit), (culprit + 1, end)) if begin < stop
        ]

    def take(self, answer: FileAnswer) -> None:
        """Keep one answer."""
        index = answer.file
        if answer.image is not None:
            self.images[index] = _clipped(answer.image, self._files[index].size)
        elif answer.skipped is not None:
            fields = answer.skipped.fields | {"file": self._name(index)}
            self.skipped[index] = finding(answer.skipped.code, **fields)
            if answer.skipped.code == "intake.directory_file":
                self.directories[index] = answer.references

    def _is_credible(self, answer: FileAnswer) -> bool:
        """Known codes only, and no extent outside the file."""
        remarks = [answer.skipped] if answer.skipped else list(answer.image.remarks if answer.image else ())
        if any(remark.code not in RULES for remark in remarks):
            return False
        if answer.image is None:
            return True
        pixels = answer.image.pixels
        file = self._files[answer.file]
        # A file that grew since it was listed, as one that is being copied does, is no lie of the reader's.
        is_inside = pixels.offset <= file.size or pixels.offset <= _size_now(file)
        return is_inside and pixels.frames <= self._limits.frames

    def _blame(self, index: int, code: str) -> None:
        digest = hashlib.sha256(self._files[index].path.encode("utf-8", "replace")).hexdigest()[:8]
        _log.warning("intake: %s on file %s", code, digest)
        self.skipped[index] = finding(code, file=self._name(index))

    def _name(self, index: int) -> str:
        return self._files[index].name


def _size_now(file: SourceFile) -> int:
    """The size of a file as it is; 0 where it is gone."""
    try:
        return os.stat(file.path).st_size  # noqa: PTH116 - the path is a plain string
    except OSError:
        return 0


def _clipped(record: ImageRecord, size: int) -> ImageRecord:
    """Pixel data end where the file ended when it was listed, whatever the header says."""
    pixels = record.pixels
    available = min(pixels.length, max(0, size - pixels.offset))
    return record if available == pixels.length else replace(record, pixels=replace(pixels, length=available))
