"""The way in for foreign files: scan a source, load a stack, read a mask; parsing happens elsewhere.

Bytes are parsed by reader processes that bound themselves and are ended when they take too long
(:mod:`inference.dicom.readers.worker`); this side checks every answer and copies uncompressed pixels itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

import numpy as np
from numpy.typing import NDArray

from inference.dicom.limits import DEFAULT_LIMITS, IntakeLimits
from inference.dicom.pixels.reading import STAGE_READING, StackReader, middle_outwards
from inference.dicom.pixels.stored import physical_values
from inference.dicom.planning.planning import make_plan
from inference.dicom.readers.provisional import OnProvisional, ProvisionalLook
from inference.dicom.readers.reader_pool import ReaderPool
from inference.dicom.readers.scanning import STAGE_SCANNING, ScannedFiles, scan_files
from inference.dicom.remembered.keeper import Keeper
from inference.dicom.sources.media_directory import directory_findings
from inference.dicom.sources.sources import Sources
from inference.dicom.sources.unread_files import refuse_a_source_that_went_away, with_unread_neighbours
from inference.dicom.sources.walk import Listing
from inference.errors import InputError
from inference.jobs import OnProgress, Progress, ShouldStop, ignore_progress, never_stop
from inference.paths import ApplicationPaths
from inference.scan import Plan, Stack
from inference.volume import Volume

if TYPE_CHECKING:
    from inference.masks.codecs.imported import ImportedMask
    from inference.meaning.understanding import Meaning

STAGE_READING_MASK: Final = "stage.reading_mask"


class Intake:
    """Owns the reader processes; one job at a time, further callers wait.

    Archives are unpacked below ``cache`` (the user's, when it is None), and kept until another source is
    scanned or the intake is closed.
    Use as a context manager, or call :meth:`close`.

    Parameters
    ----------
    keeper
        Remembers what a source held and what its compressed pictures looked like; None forgets at once.
    """

    def __init__(
        self,
        *,
        limits: IntakeLimits = DEFAULT_LIMITS,
        cache: Path | None = None,
        keeper: Keeper | None = None,
    ) -> None:
        self._limits = limits
        self._sources = Sources(limits, cache or ApplicationPaths.of_this_user().cache)
        self._keeper = keeper
        self._pool = ReaderPool(limits)
        self._busy = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Spawn the readers ahead of need; returns at once."""
        with self._busy:
            self._pool.start()

    def close(self) -> None:
        """End the readers, free their memory, and remove what an archive was unpacked to."""
        with self._busy:
            self._pool.close()
            self._sources.close()
            if self._keeper is not None:
                self._keeper.close()

    def forget(self) -> None:
        """Remove what is remembered of every source."""
        if self._keeper is not None:
            self._keeper.clear()

    def scan(
        self,
        path: Path,
        on_progress: OnProgress = ignore_progress,
        should_stop: ShouldStop = never_stop,
        on_provisional: OnProvisional | None = None,
    ) -> Plan:
        """What ``path``, a folder or one file, holds; a DICOMDIR stands for its folder.

        Every file that is not used is in ``plan.skipped`` with the reason.  ``on_provisional`` is shown one
        picture, from the thread of the caller, while a source is read that takes its time.

        Raises
        ------
        InputError
            ``intake.nothing_found`` when there is no file at all, ``intake.not_found`` when the place
            cannot be listed, ``intake.file_gone`` when it went away meanwhile.
        """
        with self._busy:
            listing = self._sources.listed(path, on_progress, should_stop)
            if not listing.files and not listing.skipped:
                raise InputError("intake.nothing_found", name=path.name)
            known = self._keeper.known_source(listing) if self._keeper else None
            if known is not None and (plan := known.plan()) is not None:
                on_progress(Progress(len(listing.files), len(listing.files), STAGE_SCANNING))
                return plan
            scanned = self._scanned(listing, on_progress, should_stop, on_provisional)
            if listing.is_single and scanned.directories:
                known = None
                listing = self._sources.listed(Path(listing.root), on_progress, should_stop)
                scanned = self._scanned(listing, on_progress, should_stop, on_provisional)
            skipped = [*listing.skipped, *scanned.skipped]
            for index, references in scanned.directories:
                skipped += directory_findings(listing.files[index], references, listing.files)
            refuse_a_source_that_went_away(listing.root, listing.files, skipped)
            plan = with_unread_neighbours(
                make_plan(listing.root, listing.files, scanned.images, skipped, self._limits)
            )
            if known is not None:
                known.keep_plan(plan)
            return plan

    def _scanned(
        self,
        listing: Listing,
        on_progress: OnProgress,
        should_stop: ShouldStop,
        on_provisional: OnProvisional | None,
    ) -> ScannedFiles:
        look = None
        if on_provisional is not None:
            look = ProvisionalLook(listing.root, listing.files, self._limits, on_provisional)
        return scan_files(listing.files, self._pool, self._limits, on_progress, should_stop, look)

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
            known = self._keeper.known_pictures(plan, stack) if self._keeper else None
            if known is not None and (volume := known.volume()) is not None:
                _tell_of_all(volume, on_slice or _ignore_slice, on_progress)
                return volume
            reader = StackReader(plan, stack, self._pool, self._limits)
            volume = reader.volume(on_slice or _ignore_slice, on_progress, should_stop)
            self._pool.free_memory()
            if known is not None:
                known.keep_volume(volume)
            return volume

    def load_slice(self, plan: Plan, stack: Stack, index: int) -> NDArray[np.int16]:
        """One slice (row, column) as stored, for a thumbnail.

        Raises
        ------
        InputError
            As for :meth:`load`.
        """
        with self._busy:
            return StackReader(plan, stack, self._pool, self._limits).slice(index, never_stop)

    def understand(
        self, plan: Plan, stack: Stack, *, modality: str = "", should_stop: ShouldStop = never_stop
    ) -> Meaning:
        """What ``stack`` shows, by its tags and by a few of its slices; the rest is not read.

        ``modality`` is what the user says where the file is silent.  A slice that cannot be read is left out.

        Raises
        ------
        InputError
            When a file changed since the scan.
        """
        from inference.meaning.axial_sample import sampled_indices
        from inference.meaning.understanding import understand

        read: dict[int, NDArray[np.int16]] = {}

        def values(index: int) -> NDArray[np.float64] | None:
            if not read:
                present = [k for k, frame in enumerate(stack.frames) if frame is not None]
                with self._busy:
                    reader = StackReader(plan, stack, self._pool, self._limits)
                    read.update(reader.slices(sampled_indices(present), should_stop))
                    self._pool.free_memory()
            return physical_values(stack, index, read[index]) if index in read else None

        return understand(stack, values, modality=modality)

    def read_mask(
        self,
        path: Path,
        plan: Plan,
        stack: Stack,
        *,
        threshold: float = 0.5,
        on_progress: OnProgress = ignore_progress,
        should_stop: ShouldStop = never_stop,
    ) -> ImportedMask:
        """A segmentation object, structure set or label map, laid on the grid of ``stack``.

        A voxel of a fractional segmentation counts from ``threshold`` on.

        Raises
        ------
        InputError
            When the file cannot be read as a mask, belongs to another patient or frame of reference,
            or marks nothing.
        """
        from inference.dicom.pixels.mask_reading import read_mask

        with self._busy:
            on_progress(Progress(0, 1, STAGE_READING_MASK))
            imported = read_mask(path, plan, stack, self._pool.first, self._limits, should_stop, threshold)
            on_progress(Progress(1, 1, STAGE_READING_MASK))
            return imported


def _tell_of_all(volume: Volume, on_slice: Callable[[int], None], on_progress: OnProgress) -> None:
    """What a listener would have heard, had the slices been read one by one."""
    present = [k for k in middle_outwards(volume.geometry.shape[0]) if k not in volume.missing_slices]
    for index in present:
        on_slice(index)
    on_progress(Progress(len(present), len(present), STAGE_READING))


def _ignore_slice(_: int) -> None:
    """Listener for slices that nobody waits for."""
