"""Keys that follow from a source: from the looks of all its files, or from every byte of some of them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Final

from inference.dicom.remembered.plain_values import shape_of
from inference.dicom.sources.walk import Listing
from inference.scan import Plan, SourceFile
from inference.version import VERSION

_HEAD_BYTES: Final = 4096
_THREADS: Final = 2
_BLOCK: Final = 1 << 20
_CODE: Final = Path(__file__).resolve().parents[1]


def outline_key(listing: Listing) -> bytes:
    """32 bytes that follow from the name, size, times and inode of every file; no file is opened."""
    digest = _digest_of("outline", listing)
    for file in listing.files:
        digest.update(_looks(file))
    return digest.digest()


def listing_key(listing: Listing) -> bytes:
    """32 bytes that follow from the name, size, times, inode and first 4 KiB of every file.

    Raises
    ------
    OSError
        When a file cannot be read, or is no longer the one that was listed.
    """
    digest = _digest_of("heads", listing)
    files = listing.files
    half = (len(files) + _THREADS - 1) // _THREADS
    parts = [files[begin : begin + half] for begin in range(0, len(files), max(1, half))]
    with ThreadPoolExecutor(_THREADS, "concilium-heads") as threads:
        for part in threads.map(_heads_digest, parts):
            digest.update(part)
    return digest.digest()


def content_key(files: Iterable[SourceFile], what: object) -> bytes:
    """32 bytes that follow from every byte of ``files`` and from ``what`` is taken from them (its repr).

    Raises
    ------
    OSError
        When a file cannot be read.
    """
    digest = hashlib.sha256(_build().encode() + repr(what).encode())
    with ThreadPoolExecutor(_THREADS, "concilium-hash") as threads:
        for part in threads.map(_file_digest, files):
            digest.update(part)
    return digest.digest()


def _digest_of(kind: str, listing: Listing) -> hashlib._Hash:
    digest = hashlib.sha256(f"{kind}\n{_build()}".encode())
    digest.update(repr((listing.root, listing.is_single, listing.skipped)).encode())
    return digest


def _looks(file: SourceFile) -> bytes:
    return repr((file.name, file.size, file.mtime_ns, file.ctime_ns, file.inode)).encode()


def _heads_digest(files: Sequence[SourceFile]) -> bytes:
    digest = hashlib.sha256()
    for file in files:
        descriptor = os.open(file.path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        try:
            status = os.fstat(descriptor)
            head = os.read(descriptor, _HEAD_BYTES)
        finally:
            os.close(descriptor)
        if (status.st_size, status.st_mtime_ns) != (file.size, file.mtime_ns):
            raise OSError("a file changed")
        digest.update(_looks(file))
        digest.update(len(head).to_bytes(2, "big") + head)
    return digest.digest()


def _file_digest(file: SourceFile) -> bytes:
    digest = hashlib.sha256()
    with open(file.path, "rb", buffering=0) as stream:  # noqa: PTH123 - the path is a plain string
        buffer = bytearray(_BLOCK)
        while count := stream.readinto(buffer):
            digest.update(memoryview(buffer)[:count])
    return digest.digest()


@cache
def _build() -> str:
    """Which code made an entry: another build, or other fields of a plan, make other keys."""
    sources = sorted(_CODE.rglob("*.py"))
    stamps = [(str(path.relative_to(_CODE)), status.st_size, status.st_mtime_ns)
              for path, status in zip(sources, (path.stat() for path in sources), strict=True)]  # fmt: skip
    return "\n".join([VERSION, shape_of(Plan), *map(repr, stamps)])
