"""What the user opened as a list of files: a folder, a file, an archive, or archives inside a folder."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

from inference.dicom.limits import IntakeLimits
from inference.dicom.sources.archives import is_archive, unpack_archive
from inference.dicom.sources.walk import Listing, list_files
from inference.findings import Finding
from inference.jobs import OnProgress, ShouldStop
from inference.scan import SourceFile
from inference.scratch import ScratchFolder, remove_leftovers


class Sources:
    """Lists sources one after the other, and keeps what the present one had to unpack.

    ``cache`` is where private folders are made; those of processes that are gone are removed at once.
    """

    def __init__(self, limits: IntakeLimits, cache: Path) -> None:
        self._limits = limits
        self._cache = cache
        self._present: ScratchFolder | None = None
        self._removals: list[threading.Thread] = []
        remove_leftovers(cache)

    def close(self) -> None:
        """Remove what was unpacked, and wait until it is gone."""
        self._discard(self._present)
        self._present = None
        for removal in self._removals:
            removal.join()
        self._removals.clear()

    def listed(self, path: Path, on_progress: OnProgress, should_stop: ShouldStop) -> Listing:
        """The files of ``path``; what an earlier source had unpacked is removed when that succeeds.

        Raises
        ------
        InputError, StorageError, Cancelled
        """
        listing = list_files(path, self._limits, on_progress, should_stop)
        archives = [file for file in listing.files if is_archive(file, by_content=listing.is_single)]
        if not archives:
            self._replace(None)
            return listing
        scratch = ScratchFolder(self._cache)
        try:
            listing = self._with_members(listing, archives, scratch, on_progress, should_stop)
        except BaseException:
            self._discard(scratch)
            raise
        self._replace(scratch)
        return listing

    def _replace(self, scratch: ScratchFolder | None) -> None:
        self._discard(self._present)
        self._present = scratch

    def _discard(self, scratch: ScratchFolder | None) -> None:
        """Remove a folder without keeping anybody waiting: thousands of files take their time."""
        if scratch is None:
            return
        self._removals = [removal for removal in self._removals if removal.is_alive()]
        removal = threading.Thread(target=scratch.close, name="concilium-scratch")
        removal.start()
        self._removals.append(removal)

    def _with_members(
        self,
        listing: Listing,
        archives: list[SourceFile],
        scratch: ScratchFolder,
        on_progress: OnProgress,
        should_stop: ShouldStop,
    ) -> Listing:
        """``listing`` with the members of each archive in its place."""
        known = set(archives)
        files: list[SourceFile] = []
        skipped: list[Finding] = list(listing.skipped)
        left = self._limits.archive_bytes
        for number, file in enumerate(listing.files):
            if file not in known:
                files.append(file)
                continue
            limits = replace(self._limits, archive_bytes=left)
            unpacked = unpack_archive(file, scratch.path / str(number), limits, on_progress, should_stop)
            left -= sum(member.size for member in unpacked.files)
            files += unpacked.files
            skipped += unpacked.skipped
        is_single = listing.is_single and not archives
        return Listing(listing.root, tuple(files), tuple(skipped), is_single)
