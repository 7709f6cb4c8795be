"""The data elements of a DICOM file, found by walking its header and never by reading its pixels.

Only wanted values are read; everything else is stepped over.  Source: PS3.5 chapter 7 and annex A,
PS3.10 chapter 7.
"""

from __future__ import annotations

import struct
import sys
import zlib
from collections.abc import Container, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO, Final

IMPLICIT_LE: Final = "1.2.840.10008.1.2"
EXPLICIT_LE: Final = "1.2.840.10008.1.2.1"
DEFLATED_LE: Final = "1.2.840.10008.1.2.1.99"
EXPLICIT_BE: Final = "1.2.840.10008.1.2.2"
NATIVE_SYNTAXES: Final = frozenset({IMPLICIT_LE, EXPLICIT_LE, EXPLICIT_BE})

PIXEL_DATA: Final = 0x7FE00010
_PIXEL_GROUP: Final = 0x7FE0
_TRANSFER_SYNTAX: Final = 0x00020010
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_UNDEFINED: Final = 0xFFFFFFFF
_LONG_LENGTH_VRS: Final = frozenset(
    (b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV")
)
SEQUENCES: Final = frozenset((0x00180012, 0x00409096, 0x52009229, 0x52009230))
"""Sequences that are read: contrast agent, real-world value, shared and per-frame functional groups."""

_DEEPEST: Final = 16
LONGEST_VALUE: Final = 1 << 16
_WINDOW: Final = 1 << 15
_DEFLATE_RATIO: Final = 100
_LONGEST_SEQUENCE: Final = 1 << 27
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


@dataclass(frozen=True, slots=True)
class Element:
    """One value as stored: its VR (empty under implicit VR) and bytes."""

    vr: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class SequenceBytes:
    """Items of one sequence as stored; ``is_explicit`` says whether their elements carry a VR."""

    value: bytes
    is_explicit: bool


@dataclass(frozen=True, slots=True)
class Header:
    """The wanted elements of one object, and where its pixel data lie.

    ``pixel_offset`` is the byte at which the value of (7FE0,0010) begins, None without pixel data;
    ``pixel_length`` is None for encapsulated (undefined) length, ``pixel_vr`` empty under
    implicit VR.  ``sequences`` are those that are there, with the bytes of the wanted ones.
    """

    elements: dict[int, Element]
    syntax_uid: str
    is_big_endian: bool
    has_preamble: bool
    syntax_was_guessed: bool
    pixel_offset: int | None
    pixel_length: int | None
    sequences: Mapping[int, SequenceBytes | None]
    pixel_vr: bytes = b""


class _Window:
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


def read_header(stream: BinaryIO, size: int, wanted: Container[int], longest: int = LONGEST_VALUE) -> Header:
    """Walk the file up to its pixel data and keep the ``wanted`` top-level elements and sequences.

    Raises
    ------
    NotDicomError, MalformedError, SyntaxMismatchError
        As the bytes deserve.
    """
    window = _Window(stream, size)
    has_preamble = window.read(128, 4) == b"DICM"
    start = 132 if has_preamble else 0
    meta, offset = _read_meta(window, start)
    syntax = meta.rstrip(b"\0 ").decode("ascii", "replace") if meta is not None else ""
    guessed = not syntax
    if guessed:
        try:
            syntax = _guess_syntax(window, offset)
        except NotDicomError:
            if has_preamble:
                raise MalformedError("nothing after the preamble") from None
            raise
    if syntax == DEFLATED_LE:
        window = _inflated(stream, offset, size)
        offset = 0
    walk = _Walk(
        window, explicit=syntax != IMPLICIT_LE, big=syntax == EXPLICIT_BE, wanted=wanted, longest=longest
    )
    _refuse_mismatch(window, offset, syntax)
    walk.top_level(offset)
    return Header(
        elements=walk.elements,
        syntax_uid=syntax,
        is_big_endian=syntax == EXPLICIT_BE,
        has_preamble=has_preamble,
        syntax_was_guessed=guessed,
        pixel_offset=walk.pixel_offset,
        pixel_length=walk.pixel_length,
        sequences=walk.sequences,
        pixel_vr=walk.pixel_vr,
    )


def _read_meta(window: _Window, offset: int) -> tuple[bytes | None, int]:
    """Value of the transfer syntax in the meta group (always explicit little endian), and the group's end."""
    syntax: bytes | None = None
    while True:
        head = window.read(offset, 12)
        if len(head) < 8 or head[0:2] != b"\x02\x00" or not head[4:6].isalpha():
            return syntax, offset
        if head[4:6] in _LONG_LENGTH_VRS:
            if len(head) < 12:
                raise MalformedError("length")
            begin, length = offset + 12, int.from_bytes(head[8:12], "little")
        else:
            begin, length = offset + 8, int.from_bytes(head[6:8], "little")
        if begin + length > window.size:
            raise MalformedError("length")
        if head[2:4] == b"\x10\x00":
            syntax = window.read(begin, min(length, 64))
        offset = begin + length


def _guess_syntax(window: _Window, offset: int) -> str:
    head = window.read(offset, 8)
    if len(head) < 8:
        raise NotDicomError
    is_explicit = head[4:6].isalpha() and head[4:6].isupper()
    little, big = struct.unpack("<H", head[:2])[0], struct.unpack(">H", head[:2])[0]
    if little == 0x0008:
        if is_explicit:
            return EXPLICIT_LE
        if int.from_bytes(head[4:8], "little") <= window.size:
            return IMPLICIT_LE
    if big == 0x0008 and is_explicit:
        return EXPLICIT_BE
    raise NotDicomError


def _refuse_mismatch(window: _Window, offset: int, syntax: str) -> None:
    """The first element says whether a VR is written and which byte comes first."""
    head = window.read(offset, 8)
    if len(head) < 8:
        raise MalformedError("nothing after the meta header")
    order = ">" if syntax == EXPLICIT_BE else "<"
    group = struct.unpack(order + "H", head[:2])[0]
    has_vr = head[4:6].isalpha() and head[4:6].isupper()
    if group > 0x7FE0 or has_vr != (syntax != IMPLICIT_LE):
        raise SyntaxMismatchError


def inflated_body(stream: BinaryIO, size: int) -> BytesIO:
    """The whole data set of a deflated object, without its meta header.

    Raises
    ------
    MalformedError
        When it does not inflate, or grows more than a hundredfold.
    """
    window = _Window(stream, size)
    _, offset = _read_meta(window, 132 if window.read(128, 4) == b"DICM" else 0)
    kept, _ = _inflate(stream, offset, size, keep=sys.maxsize)
    return BytesIO(kept)


def _inflated(stream: BinaryIO, offset: int, size: int) -> _Window:
    kept, length = _inflate(stream, offset, size, keep=_LONGEST_HEADER)
    return _Window(BytesIO(kept), length)


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


class _Walk:
    """One pass over the elements of an object."""

    def __init__(
        self, window: _Window, *, explicit: bool, big: bool, wanted: Container[int], longest: int
    ) -> None:
        self._window = window
        self._longest = longest
        self._explicit = explicit
        order = ">" if big else "<"
        self._tag = struct.Struct(order + "HH")
        self._short = struct.Struct(order + "H")
        self._long = struct.Struct(order + "L")
        self._wanted = wanted
        self.elements: dict[int, Element] = {}
        self.sequences: dict[int, SequenceBytes | None] = {}
        self.pixel_offset: int | None = None
        self.pixel_length: int | None = None
        self.pixel_vr = b""

    def top_level(self, offset: int) -> None:
        """Collect wanted elements until the pixel data or the end of the file."""
        while offset < self._window.size:
            tag, vr, length, begin = self._head(offset, self._explicit)
            if tag == PIXEL_DATA:
                self.pixel_offset, self.pixel_vr = begin, vr
                self.pixel_length = None if length == _UNDEFINED else length
                return
            if length == _UNDEFINED:
                nested_explicit = self._explicit and vr != b"UN"
                offset = self._skip_sequence(begin, nested_explicit, 1)
                self._keep_sequence(tag, begin, offset, nested_explicit)
                continue
            if begin + length > self._window.size:
                raise MalformedError("length")
            if vr == b"SQ":
                self._check_depth(begin, begin + length, self._explicit, 1)
                self._keep_sequence(tag, begin, begin + length, self._explicit)
            elif tag in SEQUENCES:
                self._keep_sequence(tag, begin, begin + length, explicit=False)
            elif tag in self._wanted:
                self.elements[tag] = Element(vr, self._window.read(begin, min(length, self._longest)))
            offset = begin + length

    def _keep_sequence(self, tag: int, begin: int, end: int, explicit: bool) -> None:
        """Note that a sequence is there; read it when it is one of :data:`SEQUENCES`."""
        self.sequences[tag] = None
        if tag in SEQUENCES:
            if end - begin > _LONGEST_SEQUENCE:
                raise MemoryError
            self.sequences[tag] = SequenceBytes(self._window.read(begin, end - begin), explicit)

    def _head(self, offset: int, explicit: bool) -> tuple[int, bytes, int, int]:
        """Tag, VR, length and the offset of the value."""
        head = self._window.read(offset, 12)
        if len(head) < 8:
            raise MalformedError("end")
        group, number = self._tag.unpack_from(head)
        tag = group << 16 | number
        if group == 0xFFFE or not explicit:
            return tag, b"", self._long.unpack_from(head, 4)[0], offset + 8
        vr = head[4:6]
        if not (vr.isalpha() and vr.isupper()):
            raise MalformedError("value representation")
        if vr in _LONG_LENGTH_VRS:
            if len(head) < 12:
                raise MalformedError("end")
            return tag, vr, self._long.unpack_from(head, 8)[0], offset + 12
        return tag, vr, self._short.unpack_from(head, 6)[0], offset + 8

    def _skip_sequence(self, offset: int, explicit: bool, depth: int) -> int:
        """The offset behind a sequence of undefined length."""
        if depth > _DEEPEST:
            raise MalformedError("nesting")
        while True:
            tag, _, length, begin = self._head(offset, explicit)
            if tag == _SEQUENCE_END:
                return begin
            if tag != _ITEM:
                raise MalformedError("item")
            if length == _UNDEFINED:
                offset = self._skip_item(begin, explicit, depth)
            else:
                offset = begin + length
                self._check_length(offset)

    def _skip_item(self, offset: int, explicit: bool, depth: int) -> int:
        """The offset behind an item of undefined length."""
        while True:
            tag, vr, length, begin = self._head(offset, explicit)
            if tag == _ITEM_END:
                return begin
            if length == _UNDEFINED:
                offset = self._skip_sequence(begin, explicit and vr != b"UN", depth + 1)
            else:
                if vr == b"SQ":
                    self._check_depth(begin, begin + length, explicit, depth + 1)
                offset = begin + length
                self._check_length(offset)

    def _check_depth(self, offset: int, end: int, explicit: bool, depth: int) -> None:
        """Follow the first items of nested sequences of defined length; refuse more than 16 levels."""
        if depth > _DEEPEST:
            raise MalformedError("nesting")
        self._check_length(end)
        if end - offset < 16:
            return
        tag, _, length, begin = self._head(offset, explicit)
        if tag != _ITEM or length == 0:
            return
        tag, vr, length, begin = self._head(begin, explicit)
        if vr == b"SQ" and length != _UNDEFINED:
            self._check_depth(begin, begin + length, explicit, depth + 1)
        elif vr == b"SQ":
            self._skip_sequence(begin, explicit, depth + 1)

    def _check_length(self, end: int) -> None:
        if end > self._window.size:
            raise MalformedError("length")
