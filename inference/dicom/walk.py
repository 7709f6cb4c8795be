"""The files of a source, listed without opening one and without leaving the folder."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from inference.dicom.limits import IntakeLimits
from inference.dicom.verdicts import finding
from inference.errors import InputError
from inference.findings import Finding
from inference.scan import SourceFile


@dataclass(frozen=True, slots=True)
class Listing:
    """Regular files in a steady order, and what was left out with the reason."""

    root: str
    files: tuple[SourceFile, ...]
    skipped: tuple[Finding, ...]


def list_files(path: Path, limits: IntakeLimits) -> Listing:
    """Walk ``path``, a folder or one file.

    Links are followed only to places inside the folder.

    Raises
    ------
    InputError
        When ``path`` does not exist or cannot be listed.
    """
    try:
        root = path.resolve(strict=True)
        if root.is_file():
            status = root.stat()
            file = SourceFile(str(root), status.st_size, status.st_mtime_ns)
            return Listing(str(root.parent), (file,), ())
        if not root.is_dir():
            raise InputError("intake.not_found", name=path.name)
        return _walk(root, limits)
    except OSError as error:
        raise InputError("intake.not_found", name=path.name) from error


def _walk(root: Path, limits: IntakeLimits) -> Listing:
    files: list[SourceFile] = []
    skipped: list[Finding] = []
    for folder, folders, names in os.walk(root, onerror=_refuse_unlisted(root), followlinks=False):
        here = Path(folder)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        if len(here.relative_to(root).parts) >= limits.depth:
            skipped += [finding("intake.too_many_files", file=_shown(here / name, root)) for name in folders]
            folders.clear()
        skipped += [
            finding("intake.link_outside", file=_shown(here / name, root))
            for name in folders
            if (here / name).is_symlink()
        ]
        for name in sorted(names):
            if name.startswith("."):
                continue
            entry = here / name
            if len(files) >= limits.files:
                skipped.append(finding("intake.too_many_files", file=_shown(entry, root)))
                return Listing(str(root), tuple(files), tuple(skipped))
            described = _described(entry, root)
            if isinstance(described, Finding):
                skipped.append(described)
            elif described is not None:
                files.append(described)
    return Listing(str(root), tuple(files), tuple(skipped))


def _refuse_unlisted(root: Path) -> Callable[[OSError], None]:
    """A root that cannot be listed is an error; a folder inside it merely stays closed."""

    def refuse(error: OSError) -> None:
        if error.filename == str(root):
            raise error

    return refuse


def _described(entry: Path, root: Path) -> SourceFile | Finding | None:
    try:
        target = entry
        if entry.is_symlink():
            target = entry.resolve(strict=True)
            if not target.is_relative_to(root):
                return finding("intake.link_outside", file=_shown(entry, root))
            return None  # the walk meets the target itself
        if not target.is_file():
            return None  # sockets, pipes and devices hold no pictures
        status = target.stat()
    except (OSError, RuntimeError):
        return finding("intake.unreadable", file=_shown(entry, root))
    return SourceFile(str(target), status.st_size, status.st_mtime_ns)


def _shown(entry: Path, root: Path) -> str:
    return shown_name(str(entry), str(root))


def shown_name(path: str, root: str) -> str:
    """A file's name inside its source, printable."""
    name = os.path.relpath(path, root)
    return name.encode("utf-8", "replace").decode("utf-8")
