"""The files of a source, listed without opening one and without leaving the folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from inference.dicom.limits import IntakeLimits
from inference.dicom.verdicts import finding
from inference.errors import InputError
from inference.findings import Finding
from inference.jobs import OnProgress, Progress, ShouldStop, ignore_progress, never_stop, stop_if_asked
from inference.scan import SourceFile

STAGE_LISTING: Final = "stage.listing"
_UNPRINTABLE: Final = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class Listing:
    """Regular files in a steady order, and what was left out with the reason.

    ``root`` is the folder that contains them; ``is_single`` says that one file was asked for, not a folder.
    """

    root: str
    files: tuple[SourceFile, ...]
    skipped: tuple[Finding, ...]
    is_single: bool = False


def list_files(
    path: Path,
    limits: IntakeLimits,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
) -> Listing:
    """Walk ``path``, a folder or one file.

    Links are not followed: what they lead to inside the folder is met there, what lies outside is left
    outside.  A folder inside that cannot be listed is named and the rest goes on.  Hidden files (a leading
    point) are no part of a source.

    Raises
    ------
    InputError
        When ``path`` does not exist or cannot be listed.
    Cancelled
    """
    try:
        root = path.resolve(strict=True)
        status = root.stat()
        if stat.S_ISREG(status.st_mode):
            file = source_file(str(root), status, shown_name(str(root), str(root.parent)))
            return Listing(str(root.parent), (file,), (), is_single=True)
        if not stat.S_ISDIR(status.st_mode):
            raise InputError("intake.not_found", name=path.name)
        walk = _Walk(str(root), limits, on_progress, should_stop)
        walk.run()
    except (OSError, RuntimeError) as error:
        raise InputError("intake.not_found", name=path.name) from error
    return Listing(walk.root, tuple(walk.files), tuple(walk.skipped))


@dataclass(slots=True)
class _Walk:
    """One pass over a folder; entries are described by what their directory says of them."""

    root: str
    limits: IntakeLimits
    on_progress: OnProgress
    should_stop: ShouldStop
    files: list[SourceFile] = field(default_factory=list)
    skipped: list[Finding] = field(default_factory=list)
    seen: set[tuple[int, int]] = field(default_factory=set)

    def run(self) -> None:
        """List the root, then what is below it, a folder's own files before its folders'.

        Raises
        ------
        OSError
            When the root itself cannot be listed.
        """
        waiting = [(self.root, 0)]
        while waiting:
            folder, depth = waiting.pop()
            stop_if_asked(self.should_stop)
            self.on_progress(Progress(len(self.files), 0, STAGE_LISTING))
            try:
                if self._was_seen(folder):
                    continue
                inside = self._folders_in(folder)
            except OSError:
                if folder == self.root:
                    raise
                self._skip("intake.folder_unreadable", folder)
                continue
            if inside is None:
                return
            if depth >= self.limits.depth:
                for deeper in inside:
                    self._skip("intake.too_many_files", deeper)
            else:
                waiting += [(deeper, depth + 1) for deeper in reversed(inside)]

    def _was_seen(self, folder: str) -> bool:
        """A folder mounted inside itself would never end."""
        status = os.stat(folder)  # noqa: PTH116 - plain strings, as the directory spells them
        place = (status.st_dev, status.st_ino)
        if place in self.seen:
            return True
        if status.st_ino:
            self.seen.add(place)
        return False

    def _folders_in(self, folder: str) -> list[str] | None:
        """Take the files of ``folder``; its folders, or None when there are too many files."""
        folders: list[str] = []
        for entry in self._entries(folder):
            if entry.is_symlink():
                self._describe_link(entry.path)
            elif entry.is_dir(follow_symlinks=False):
                folders.append(entry.path)
            elif not self._take(entry):
                return None
        return folders

    def _entries(self, folder: str) -> Iterator[os.DirEntry[str]]:
        """What a folder holds, by name; what was read before an error counts as not read."""
        with os.scandir(folder) as listed:
            entries = [entry for entry in listed if not entry.name.startswith(".")]
        entries.sort(key=lambda entry: entry.name)
        for number, entry in enumerate(entries):
            if number % 1024 == 0:
                stop_if_asked(self.should_stop)
            yield entry

    def _take(self, entry: os.DirEntry[str]) -> bool:
        """Add one file; False when the source is full."""
        if len(self.files) >= self.limits.files:
            self._skip("intake.too_many_files", entry.path)
            return False
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError:
            self._skip("intake.unreadable", entry.path)
            return True
        if stat.S_ISREG(status.st_mode):
            self.files.append(source_file(entry.path, status, shown_name(entry.path, self.root)))
        else:
            self._skip("intake.special_file", entry.path)
        return True

    def _describe_link(self, path: str) -> None:
        try:
            target = os.path.realpath(path, strict=True)
        except (OSError, RuntimeError):
            self._skip("intake.link_broken", path)
            return
        if os.path.commonpath([target, self.root]) != self.root:
            self._skip("intake.link_outside", path)

    def _skip(self, code: str, path: str) -> None:
        self.skipped.append(finding(code, file=shown_name(path, self.root)))


def source_file(path: str, status: os.stat_result, name: str) -> SourceFile:
    """A file as its status describes it now."""
    return SourceFile(
        path, status.st_size, status.st_mtime_ns, inode=status.st_ino, ctime_ns=status.st_ctime_ns, name=name
    )


def shown_name(path: str, root: str) -> str:
    """A file's name inside its source, printable, parts separated by ``/``."""
    inside = path.startswith(root) and path[len(root) : len(root) + 1] == os.sep
    name = path[len(root) + 1 :] if inside else os.path.relpath(path, root)
    return printable(name.replace(os.sep, "/"))


def printable(name: str) -> str:
    """``name`` with a replacement character for everything that would not stand in a line of text."""
    if name.isprintable():
        return name
    return "".join(letter if letter.isprintable() else _UNPRINTABLE for letter in name)
