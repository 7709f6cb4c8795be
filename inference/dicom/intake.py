"""The way in for foreign files: scan a source, load a stack, read a mask; parsing happens elsewhere.

Bytes are parsed by a reader process that bounds itself and is ended when it takes too long
(:mod:`inference.dicom.worker`); this side checks every answer and copies uncompressed pixels itself.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

import numpy as np
from numpy.typing import NDArray

from inference.dicom import protocol
from inference.dicom.limits import DEFAULT_LIMITS, IntakeLimits
from inference.dicom.media_directory import directory_findings
from inference.dicom.planning import make_plan
from inference.dicom.reader_process import ReaderDiedError, ReaderProcess, ReaderTooSlowError
from inference.dicom.reading import StackReader
from inference.dicom.records import FileAnswer, ImageRecord
from inference.dicom.unread_files import refuse_a_source_that_went_away, with_unread_neighbours
from inference.dicom.verdicts import RULES, finding
from inference.dicom.walk import Listing, list_files
from inference.errors import InputError, ResourceError
from inference.findings import Finding
from inference.jobs import OnProgress, Progress, ShouldStop, ignore_progress, never_stop
from inference.scan import Plan, SourceFile, Stack
from inference.volume import Volume

if TYPE_CHECKING:
    from inference.masks.codecs.imported import ImportedMask

_log = logging.getLogger(__name__)

STAGE_SCANNING: Final = "stage.scanning"
STAGE_READING_MASK: Final = "stage.reading_mask"
_BATCH: Final = 64
_FAILED_STARTS: Final = 1
_BYTES_PER_SECOND: Final = 5_000_000


class Intake:
    """Owns the reader process; one job at a time, further callers wait.

    Use as a context manager, or call :meth:`close`.
    """

    def __init__(self, *, limits: IntakeLimits = DEFAULT_LIMITS) -> None:
        self._limits = limits
        self._process = ReaderProcess(limits)
        self._busy = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Spawn the reader ahead of need; returns at once."""
        with self._busy:
            self._process.start()

    def close(self) -> None:
        """End the reader and free its memory."""
        with self._busy:
            self._process.close()

    def scan(
        self,
        path: Path,
        on_progress: OnProgress = ignore_progress,
        should_stop: ShouldStop = never_stop,
    ) -> Plan:
        """What ``path``, a folder or one file, holds; a DICOMDIR stands for its folder.

        Every file that is not used is in ``plan.skipped`` with the reason.

        Raises
        ------
        InputError
            ``intake.nothing_found`` when there is no file at all, ``intake.not_found`` when the place
            cannot be listed, ``intake.file_gone`` when it went away meanwhile.
        """
        with self._busy:
            listing = list_files(path, self._limits, on_progress, should_stop)
            if not listing.files and not listing.skipped:
                raise InputError("intake.nothing_found", name=path.name)
            scan = self._scanned(listing, on_progress, should_stop)
            if listing.is_single and scan.directories:
                listing = list_files(Path(listing.root), self._limits, on_progress, should_stop)
                scan = self._scanned(listing, on_progress, should_stop)
            skipped = [*listing.skipped, *scan.skipped]
            for index, references in scan.directories:
                skipped += directory_findings(listing.files[index], references, listing.files)
            refuse_a_source_that_went_away(listing.root, listing.files, skipped)
            plan = make_plan(listing.root, listing.files, scan.images, skipped, self._limits)
            return with_unread_neighbours(plan)

    def _scanned(self, listing: Listing, on_progress: OnProgress, should_stop: ShouldStop) -> _Scan:
        scan = _Scan(listing.files, self._process, self._limits)
        scan.run(on_progress, should_stop)
        return scan

    def load(
        self,
        plan: Plan,
        stack: Stack,
        *,
        on_slice: Callable[[int], None] | None = None,
        on_progress: OnProgress = ignore_progress,
        should_stop: ShouldStop = never_stop,
    ) -> Volume:
        """Read the voxels of ``stack``, the middle slice first; ``on_slice`` hears of each.

        Raises
        ------
        InputError
            When a file changed since the scan, or cannot be decoded.
        """
        with self._busy:
            reader = StackReader(plan, stack, self._process, self._limits)
            volume = reader.volume(on_slice or _ignore_slice, on_progress, should_stop)
            self._process.buffer.shrink(0)
            return volume

    def load_slice(self, plan: Plan, stack: Stack, index: int) -> NDArray[np.int16]:
        """One slice (row, column) as stored, for a thumbnail.

        Raises
        ------
        InputError
            As for :meth:`load`.
        """
        with self._busy:
            return StackReader(plan, stack, self._process, self._limits).slice(index, never_stop)

    def read_mask(
        self,
        path: Path,
        plan: Plan,
        stack: Stack,
        *,
        on_progress: OnProgress = ignore_progress,
        should_stop: ShouldStop = never_stop,
    ) -> ImportedMask:
        """A segmentation object, structure set or label map, laid on the grid of ``stack``.

        Raises
        ------
        InputError
            When the file cannot be read as a mask, belongs to another patient or frame of reference,
            or marks nothing.
        """
        from inference.dicom.mask_reading import read_mask

        with self._busy:
            on_progress(Progress(0, 1, STAGE_READING_MASK))
            imported = read_mask(path, plan, stack, self._process, self._limits, should_stop)
            on_progress(Progress(1, 1, STAGE_READING_MASK))
            return imported


class _Scan:
    """One pass over the files of a source."""

    def __init__(self, files: Sequence[SourceFile], process: ReaderProcess, limits: IntakeLimits) -> None:
        self._files = files
        self._process = process
        self._limits = limits
        self.images: list[tuple[int, ImageRecord]] = []
        self.skipped: list[Finding] = []
        self.directories: list[tuple[int, tuple[str, ...]]] = []

    def run(self, on_progress: OnProgress, should_stop: ShouldStop) -> None:
        """Ask for every file once; a file that ends the reader is named and the rest goes on.

        Raises
        ------
        ResourceError
            When the reader cannot be started.
        """
        total = len(self._files)
        on_progress(Progress(0, total, STAGE_SCANNING))
        following = failed_starts = 0
        while following < total:
            first = following
            batch = self._files[first : first + _BATCH]
            try:
                self._ask(first, batch)
                for index in range(first, first + len(batch)):
                    self._take(index, self._answer(index, should_stop))
                    following = index + 1
                    on_progress(Progress(following, total, STAGE_SCANNING))
                failed_starts = 0
            except (ReaderDiedError, ReaderTooSlowError) as error:
                if self._process.culprit() != following:
                    failed_starts += 1
                    if failed_starts > _FAILED_STARTS:
                        raise ResourceError("intake.no_reader") from error
                    continue
                slow = isinstance(error, ReaderTooSlowError)
                self._blame(following, "intake.reader_too_slow" if slow else "intake.reader_died")
                following += 1
                on_progress(Progress(following, total, STAGE_SCANNING))

    def _ask(self, first: int, files: Sequence[SourceFile]) -> None:
        paths = tuple(protocol.spelled_path(file.path) for file in files)
        request = protocol.ScanRequest(first, paths, self._limits.frames)
        self._process.ask(protocol.encode(protocol.REQUESTS, request))

    def _answer(self, index: int, should_stop: ShouldStop) -> FileAnswer:
        seconds = self._limits.seconds_per_file + self._files[index].size / _BYTES_PER_SECOND
        body = self._process.answer(index + 1, seconds, should_stop)
        try:
            answer = protocol.decode(protocol.FILE_ANSWERS, body)
        except protocol.ProtocolError:
            raise self._process.broke_protocol() from None
        if answer.file != index or not self._is_credible(answer):
            raise self._process.broke_protocol()
        return answer

    def _is_credible(self, answer: FileAnswer) -> bool:
        """Known codes only, and no extent outside the file."""
        remarks = [answer.skipped] if answer.skipped else list(answer.image.remarks if answer.image else ())
        if any(remark.code not in RULES for remark in remarks):
            return False
        if answer.image is None:
            return True
        pixels = answer.image.pixels
        return pixels.offset <= self._files[answer.file].size and pixels.frames <= self._limits.frames

    def _take(self, index: int, answer: FileAnswer) -> None:
        if answer.image is not None:
            self.images.append((index, _clipped(answer.image, self._files[index].size)))
        elif answer.skipped is not None:
            fields = answer.skipped.fields | {"file": self._name(index)}
            self.skipped.append(finding(answer.skipped.code, **fields))
            if answer.skipped.code == "intake.directory_file":
                self.directories.append((index, answer.references))

    def _blame(self, index: int, code: str) -> None:
        digest = hashlib.sha256(self._files[index].path.encode("utf-8", "replace")).hexdigest()[:8]
        _log.warning("intake: %s on file %s", code, digest)
        self.skipped.append(finding(code, file=self._name(index)))

    def _name(self, index: int) -> str:
        return self._files[index].name


def _clipped(record: ImageRecord, size: int) -> ImageRecord:
    """Pixel data end where the file ends, whatever the header says."""
    from dataclasses import replace

    pixels = record.pixels
    available = min(pixels.length, size - pixels.offset)
    return record if available == pixels.length else replace(record, pixels=replace(pixels, length=available))


def _ignore_slice(_: int) -> None:
    """Listener for slices that nobody waits for."""
