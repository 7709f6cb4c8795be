"""Random access to the bytes of a DICOM object, inflated where they are deflated, and what can be wrong."""

from __future__ import annotations

import sys
import zlib
from io import BytesIO
from typing import BinaryIO, Final

_WINDOW: Final = 1 << 15
_DEFLATE_RATIO: Final = 100
# A blank picture deflates far better than a hundredfold and harms nobody.
_SMALLEST_BOMB: Final = 1 << 20
_LONGEST_HEADER: Final = 64 << 20
_PACKED_BLOCK: Final = 1 << 16
_INFLATED_BLOCK: Final = 1 << 20


class NotDicomError(Exception):
    """The bytes are no DICOM object."""


class MalformedError(Exception):
    """The bytes begin as DICOM and then break its rules; ``args[0]`` names the rule."""


class SyntaxMismatchError(Exception):
    """The bytes are not encoded as their meta header declares."""


class ByteWindow:
    """Random access to a stream through one cached block."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream = stream
        self.size = size
        self._start = 0
        self._block = stream.read(_WINDOW)

    def read(self, offset: int, length: int) -> bytes:
        """``length`` bytes at ``offset``; shorter at the end of the file."""
        begin = offset - self._start
        if begin < 0 or begin + length > len(self._block):
            self._stream.seek(offset)
            self._start, begin = offset, 0
            self._block = self._stream.read(max(_WINDOW, length))
        return self._block[begin : begin + length]


def inflated_body(stream: BinaryIO, offset: int, size: int) -> BytesIO:
    """The whole deflated data set that begins at ``offset``.

    Raises
    ------
    MalformedError
        When it does not inflate, or grows more than a hundredfold.
    """
    kept, _ = _inflate(stream, offset, size, keep=sys.maxsize)
    return BytesIO(kept)


def inflated_window(stream: BinaryIO, offset: int, size: int) -> ByteWindow:
    """As :func:`inflated_body`; only what a header may need stays in memory, the rest is counted."""
    kept, length = _inflate(stream, offset, size, keep=_LONGEST_HEADER)
    return ByteWindow(BytesIO(kept), length)


def _inflate(stream: BinaryIO, offset: int, size: int, keep: int) -> tuple[bytes, int]:
    """The first ``keep`` bytes of what a file inflates to, and how many there are in all."""
    stream.seek(offset)
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    most = max(_SMALLEST_BOMB, (size - offset) * _DEFLATE_RATIO)
    kept, length = bytearray(), 0
    packed = b""
    try:
        while not inflater.eof:
            packed = inflater.unconsumed_tail or stream.read(_PACKED_BLOCK)
            if not packed:
                raise MalformedError("deflate")
            block = inflater.decompress(packed, _INFLATED_BLOCK)
            length += len(block)
            if length > most:
                raise MalformedError("deflate ratio")
            kept += block[: max(0, keep - len(kept))]
    except zlib.error as error:
        raise MalformedError("deflate") from error
    return bytes(kept), length
