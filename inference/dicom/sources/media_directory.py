"""A DICOMDIR held against the files that lie beside it: what it names and is not there, or is elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from inference.dicom.sources.walk import printable
from inference.dicom.verdicts import finding
from inference.findings import Finding
from inference.scan import SourceFile

_DRIVE: Final = re.compile(r"[A-Za-z]:")
_SEPARATOR: Final = re.compile(r"[\\/]")


def directory_findings(
    directory: SourceFile, references: Iterable[str], files: Iterable[SourceFile]
) -> tuple[Finding, ...]:
    """What is wrong with the references of one DICOMDIR; nothing that it names is opened because of it.

    References are compared with ``files`` by name alone, without regard to case or to the version that
    ISO 9660 appends, for a disc shows its names as its driver likes.
    """
    folder = directory.name.rpartition("/")[0]
    prefix = f"{folder}/" if folder else ""
    there = {
        tuple(map(_plain, file.name[len(prefix) :].split("/")))
        for file in files
        if file.name.startswith(prefix)
    }
    missing: list[str] = []
    outside: list[str] = []
    for reference in references:
        parts = inside_parts(reference)
        if parts is None:
            outside.append(reference)
        elif tuple(map(_plain, parts)) not in there:
            missing.append(reference)
    return tuple(
        finding(code, file=directory.name, other=printable(named[0]), count=len(named))
        for code, named in (("intake.directory_missing", missing), ("intake.directory_outside", outside))
        if named
    )


def inside_parts(name: str) -> tuple[str, ...] | None:
    """The components of a relative name; None for one that leads out: absolute, with a drive or ``..``."""
    parts = _SEPARATOR.split(name)
    if not parts[0] or _DRIVE.match(name) or ".." in (part.strip() for part in parts):
        return None
    return tuple(part for part in parts if part not in ("", "."))


def _plain(part: str) -> str:
    return part.partition(";")[0].rstrip(". ").casefold()
