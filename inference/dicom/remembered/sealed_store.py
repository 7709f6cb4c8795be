"""A folder of sealed entries: each is encrypted with a key that follows from the source it was made of.

Whoever has the scan can find its entry and open it; whoever has only this folder learns sizes and dates.
AES-256-GCM seals every block (NIST SP 800-38D), so that an altered entry is no entry.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import logging
import os
import struct
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

_log = logging.getLogger(__name__)

KEY_BYTES: Final = 32
_BLOCK: Final = 8 << 20
_TAG_BYTES: Final = 16
_NONCE_BYTES: Final = 12
_LENGTH: Final = struct.Struct(">Q")
_DAY_S: Final = 86_400
_SUFFIX: Final = ".sealed"
_UNFINISHED: Final = ".unfinished-"


class SealedStore:
    """Entries by the key of their source.

    Parameters
    ----------
    folder
        Made on the first entry, open to this user alone.
    most_bytes, most_days
        Entries beyond these are removed, the longest unused first.
    """

    def __init__(self, folder: Path, *, most_bytes: int = 4 << 30, most_days: float = 30) -> None:
        self.folder = folder
        self._most_bytes = most_bytes
        self._most_days = most_days

    def holds(self, key: bytes) -> bool:
        """True when there is an entry; it may yet turn out not to open."""
        return self._path(key).exists()

    def blocks(self, key: bytes) -> Iterator[bytes] | None:
        """The content of an entry in blocks; None when there is none.

        The first block is opened before this returns.  An entry that cannot be opened is removed.
        """
        path = self._path(key)
        try:
            stream = path.open("rb")
        except OSError:
            return None
        reading = _opened(stream, _sealing_key(key))
        try:
            first = next(reading)
        except (StopIteration, _AlteredError):
            self._drop(path)
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        return self._checked(path, first, reading)

    def content(self, key: bytes) -> bytes | None:
        """The whole content of an entry; None when there is none, or it does not open whole."""
        blocks = self.blocks(key)
        if blocks is None:
            return None
        try:
            return b"".join(blocks)
        except AlteredEntryError:
            return None

    def put(
        self, key: bytes, content: Iterable[bytes], should_stop: Callable[[], bool] = lambda: False
    ) -> bool:
        """Keep ``content`` (blocks of any size); False when it could not be kept, which harms nobody."""
        temporary: Path | None = None
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, name = tempfile.mkstemp(prefix=_UNFINISHED, dir=self.folder)
            temporary = Path(name)
            with os.fdopen(handle, "wb") as stream:
                if not _sealed(stream, _sealing_key(key), content, should_stop):
                    return False
            temporary.replace(self._path(key))
            temporary = None
            self.prune()
        except OSError as error:
            _log.warning("sealed store: entry not kept (errno %s)", error.errno)
            return False
        finally:
            if temporary is not None:
                with contextlib.suppress(OSError):
                    temporary.unlink(missing_ok=True)
        return True

    def prune(self) -> None:
        """Remove what is too old, too much, or was left unfinished a day ago."""
        now_s = time.time()
        entries = []
        with contextlib.suppress(OSError):
            for entry in os.scandir(self.folder):
                status = entry.stat()
                age_days = (now_s - status.st_mtime) / _DAY_S
                if entry.name.startswith(_UNFINISHED) and age_days > 1:
                    self._drop(Path(entry.path))
                elif entry.name.endswith(_SUFFIX):
                    entries.append((age_days, status.st_size, Path(entry.path)))
        kept_bytes = 0
        for age_days, size, path in sorted(entries):
            kept_bytes += size
            if age_days > self._most_days or kept_bytes > self._most_bytes:
                self._drop(path)

    def clear(self) -> None:
        """Remove every entry."""
        with contextlib.suppress(OSError):
            for entry in os.scandir(self.folder):
                if entry.name.endswith(_SUFFIX) or entry.name.startswith(_UNFINISHED):
                    self._drop(Path(entry.path))

    def _checked(self, path: Path, first: bytes, reading: Iterator[bytes]) -> Iterator[bytes]:
        yield first
        try:
            yield from reading
        except _AlteredError as error:
            self._drop(path)
            raise AlteredEntryError from error

    def _path(self, key: bytes) -> Path:
        if len(key) != KEY_BYTES:
            raise ValueError("a key has 32 bytes")
        return self.folder / (hmac.new(key, b"name", hashlib.sha256).hexdigest() + _SUFFIX)

    def _drop(self, path: Path) -> None:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


class AlteredEntryError(Exception):
    """An entry opened at first and then did not: what was taken from it must be thrown away."""


class _AlteredError(Exception):
    pass


def _sealing_key(key: bytes) -> bytes:
    return hmac.new(key, b"seal", hashlib.sha256).digest()


def _sealed(stream: BinaryIO, key: bytes, content: Iterable[bytes], should_stop: Callable[[], bool]) -> bool:
    """Write every block behind its length; an empty one ends the entry.

    A nonce is the entry's own random prefix and the number of the block.
    """
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    cipher = AESGCM(key)
    prefix = os.urandom(_NONCE_BYTES - 4)
    stream.write(prefix)
    number = 0
    for block in _evenly(content):
        if should_stop():
            return False
        sealed = cipher.encrypt(_nonce(prefix, number), block, None)
        stream.write(_LENGTH.pack(len(sealed)) + sealed)
        number += 1
    sealed = cipher.encrypt(_nonce(prefix, number), b"", b"end")
    stream.write(_LENGTH.pack(len(sealed)) + sealed)
    stream.flush()
    os.fsync(stream.fileno())
    return True


def _opened(stream: BinaryIO, key: bytes) -> Iterator[bytes]:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    cipher = AESGCM(key)
    with stream:
        prefix = stream.read(_NONCE_BYTES - 4)
        number = 0
        while True:
            try:
                (length,) = _LENGTH.unpack(stream.read(_LENGTH.size))
                if not _TAG_BYTES <= length <= _BLOCK + _TAG_BYTES:
                    raise _AlteredError
                sealed = stream.read(length)
                block = cipher.decrypt(
                    _nonce(prefix, number), sealed, b"end" if length == _TAG_BYTES else None
                )
            except (struct.error, InvalidTag, OSError, ValueError) as error:
                raise _AlteredError from error
            if not block:
                return
            yield block
            number += 1


def _nonce(prefix: bytes, number: int) -> bytes:
    return prefix + number.to_bytes(4, "big")


def _evenly(content: Iterable[bytes]) -> Iterator[bytes]:
    """Blocks of at most 8 MiB, none of them empty."""
    for part in content:
        view = memoryview(part).cast("B")
        for begin in range(0, len(view), _BLOCK):
            yield bytes(view[begin : begin + _BLOCK])
