"""The data elements of a DICOM file, found by walking its header and never by reading its pixels.

Only wanted values are read; everything else is stepped over.  Source: PS3.5 chapter 7 and annex A,
PS3.10 chapter 7.
"""

from __future__ import annotations

import struct
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final, Literal

from inference.dicom.headers.byte_window import (
    ByteWindow,
    inflated_window,
)
from inference.dicom.headers.byte_window import MalformedError as MalformedError
from inference.dicom.headers.byte_window import NotDicomError as NotDicomError
from inference.dicom.headers.byte_window import SyntaxMismatchError as SyntaxMismatchError

IMPLICIT_LE: Final = "1.2.840.10008.1.2"
EXPLICIT_LE: Final = "1.2.840.10008.1.2.1"
DEFLATED_LE: Final = "1.2.840.10008.1.2.1.99"
EXPLICIT_BE: Final = "1.2.840.10008.1.2.2"
NATIVE_SYNTAXES: Final = frozenset({IMPLICIT_LE, EXPLICIT_LE, EXPLICIT_BE})

PIXEL_DATA: Final = 0x7FE00010
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_UNDEFINED: Final = 0xFFFFFFFF
LONG_LENGTH_VRS: Final = frozenset(
    (b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV")
)
_SHORT_LENGTH_VRS: Final = frozenset(
    (b"AE", b"AS", b"AT", b"CS", b"DA", b"DS", b"DT", b"FD", b"FL", b"IS", b"LO", b"LT", b"PN", b"SH",
     b"SL", b"SS", b"ST", b"TM", b"UI", b"UL", b"US")
)  # fmt: skip
_STANDARD_ROOT: Final = "1.2.840.10008."
SEQUENCES: Final = frozenset((0x00180012, 0x00409096, 0x52009229, 0x52009230))
"""Sequences that are read: contrast agent, real-world value, shared and per-frame functional groups."""

_DEEPEST: Final = 16
_TOO_DEEP: Final = "nesting"
LONGEST_VALUE: Final = 1 << 16
_LONGEST_SEQUENCE: Final = 1 << 27
_MOST_NESTED: Final = 100_000


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
    implicit VR.  ``sequences`` are those that are there, with the bytes of the wanted ones;
    ``oddities`` what was read although it breaks a rule: ``vr``, ``odd length``.  ``body_offset`` is where
    the data set begins in the file, ``body_size`` its end in the bytes that were walked (inflated ones).
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
    oddities: frozenset[str] = frozenset()
    body_offset: int = 0
    body_size: int = 0
    starts: tuple[tuple[int, int, int], ...] = ()


def read_header(stream: BinaryIO, size: int, wanted: Container[int], longest: int = LONGEST_VALUE) -> Header:
    """Walk the file up to its pixel data and keep the ``wanted`` top-level elements and sequences.

    Raises
    ------
    NotDicomError, MalformedError, SyntaxMismatchError
        As the bytes deserve.
    """
    window = ByteWindow(stream, size)
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
    body_offset = offset
    if syntax == DEFLATED_LE:
        window = inflated_window(stream, offset, size)
        offset = 0
    explicit = syntax != IMPLICIT_LE
    if syntax.startswith(_STANDARD_ROOT):
        _refuse_mismatch(window, offset, syntax)
    else:
        explicit = _has_vr(window.read(offset, 8))
    walk = _Walk(window, explicit=explicit, big=syntax == EXPLICIT_BE, wanted=wanted, longest=longest)
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
        oddities=frozenset(walk.oddities),
        body_offset=body_offset,
        body_size=window.size,
        starts=tuple(walk.starts),
    )


def _read_meta(window: ByteWindow, offset: int) -> tuple[bytes | None, int]:
    """Value of the transfer syntax in the meta group (always explicit little endian), and the group's end."""
    syntax: bytes | None = None
    while True:
        head = window.read(offset, 12)
        if len(head) < 8 or head[0:2] != b"\x02\x00" or not head[4:6].isalpha():
            return syntax, offset
        if head[4:6] in LONG_LENGTH_VRS:
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


def _guess_syntax(window: ByteWindow, offset: int) -> str:
    head = window.read(offset, 8)
    if len(head) < 8:
        raise NotDicomError
    is_explicit = _has_vr(head)
    little, big = struct.unpack("<H", head[:2])[0], struct.unpack(">H", head[:2])[0]
    if little == 0x0008:
        if is_explicit:
            return EXPLICIT_LE
        if int.from_bytes(head[4:8], "little") <= window.size:
            return IMPLICIT_LE
    if big == 0x0008 and is_explicit:
        return EXPLICIT_BE
    raise NotDicomError


def _refuse_mismatch(window: ByteWindow, offset: int, syntax: str) -> None:
    """The first element says whether a VR is written and which byte comes first."""
    head = window.read(offset, 8)
    if len(head) < 8:
        raise MalformedError("nothing after the meta header")
    order: Literal["big", "little"] = "big" if syntax == EXPLICIT_BE else "little"
    group = int.from_bytes(head[:2], order)
    is_swapped = group != 0x0008 and int.from_bytes(head[1::-1], order) == 0x0008
    if group > 0x7FE0 or is_swapped or _has_vr(head) != (syntax != IMPLICIT_LE):
        raise SyntaxMismatchError


def _has_vr(head: bytes) -> bool:
    return head[4:6].isalpha() and head[4:6].isupper()


class _Walk:
    """One pass over the elements of an object."""

    def __init__(
        self, window: ByteWindow, *, explicit: bool, big: bool, wanted: Container[int], longest: int
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
        self.oddities: set[str] = set()
        self.starts: list[tuple[int, int, int]] = []
        self._nested_elements = 0

    def top_level(self, offset: int) -> None:
        """Collect wanted elements until the pixel data or the end of the file."""
        while offset < self._window.size:
            tag, vr, length, begin = self._head(offset, self._explicit)
            self.starts.append((offset, tag, begin))
            if tag == PIXEL_DATA:
                self.pixel_offset, self.pixel_vr = begin, vr
                self.pixel_length = None if length == _UNDEFINED else length
                return
            if length == _UNDEFINED:
                nested_explicit = self._explicit and vr != b"UN"
                offset = self._skip_sequence(begin, nested_explicit, 1)
                self._keep_sequence(tag, begin, offset, nested_explicit)
                continue
            self._check_length(begin + length)
            if vr == b"SQ":
                if tag not in SEQUENCES:
                    self._inspect(begin, begin + length, self._explicit, 1)
                self._keep_sequence(tag, begin, begin + length, self._explicit)
            elif tag in SEQUENCES:
                self._keep_sequence(tag, begin, begin + length, explicit=False)
            elif tag in self._wanted:
                self.elements[tag] = Element(vr, self._window.read(begin, min(length, self._longest)))
                if vr == b"UN" and tag >> 16 & 1 == 0:
                    self.oddities.add("vr")
            offset = self._behind(tag, begin + length, length, self._explicit)

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
        if vr in _SHORT_LENGTH_VRS:
            return tag, vr, self._short.unpack_from(head, 6)[0], offset + 8
        if vr not in LONG_LENGTH_VRS:
            return self._unknown_vr(offset, tag, head)
        if len(head) < 12:
            raise MalformedError("end")
        return tag, vr, self._long.unpack_from(head, 8)[0], offset + 12

    def _unknown_vr(self, offset: int, tag: int, head: bytes) -> tuple[int, bytes, int, int]:
        """An element whose VR nobody knows, read as UN in the way after which the next element makes sense.

        New VRs have a long length (PS3.5 6.2.2); old ones and misspelled ones a short one; some writers
        leave the VR out here and there.
        """
        ways = [(self._short.unpack_from(head, 6)[0], offset + 8)]
        if head[6:8] == b"\0\0" and len(head) == 12:
            ways.insert(0, (self._long.unpack_from(head, 8)[0], offset + 12))
        if not _has_vr(head):
            ways.append((self._long.unpack_from(head, 4)[0], offset + 8))
        for length, begin in ways:
            if length != _UNDEFINED and self._makes_sense(begin + length, tag, explicit=True):
                self.oddities.add("vr")
                return tag, b"UN", length, begin
        raise MalformedError("value representation")

    def _behind(self, tag: int, end: int, length: int, explicit: bool) -> int:
        """Where the next element begins; behind a value of odd length some writers leave a byte unused."""
        if length % 2 == 0:
            return end
        self.oddities.add("odd length")
        if self._makes_sense(end + 1, tag, explicit) and not self._makes_sense(end, tag, explicit):
            return end + 1
        return end

    def _makes_sense(self, offset: int, tag: int, explicit: bool) -> bool:
        """True when an element with a higher tag than ``tag`` begins at ``offset``, or nothing more."""
        head = self._window.read(offset, 8)
        if len(head) < 8:
            return offset == self._window.size
        group, number = self._tag.unpack_from(head)
        if group == 0xFFFE:
            return True
        if (group << 16 | number) <= tag:
            return False
        if explicit:
            return head[4:6] in _SHORT_LENGTH_VRS or head[4:6] in LONG_LENGTH_VRS
        length = self._long.unpack_from(head, 4)[0]
        return length == _UNDEFINED or offset + 8 + int(length) <= self._window.size

    def _skip_sequence(self, offset: int, explicit: bool, depth: int) -> int:
        """The offset behind a sequence of undefined length."""
        if depth > _DEEPEST:
            raise MalformedError(_TOO_DEEP)
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
                self._check_length(begin + length)
                if vr == b"SQ":
                    self._inspect(begin, begin + length, explicit, depth + 1)
                offset = self._behind(tag, begin + length, length, explicit)

    def _inspect(self, offset: int, end: int, explicit: bool, depth: int) -> None:
        """Refuse a sequence of defined length that nests more than 16 levels deep.

        Nothing in it is read, so that what else is wrong there does no harm; the check ends at it.
        """
        try:
            self._check_depth(offset, end, explicit, depth)
        except MalformedError as error:
            if error.args == (_TOO_DEEP,):
                raise

    def _check_depth(self, offset: int, end: int, explicit: bool, depth: int) -> None:
        if depth > _DEEPEST:
            raise MalformedError(_TOO_DEEP)
        while offset + 8 <= end and self._nested_elements < _MOST_NESTED:
            tag, _, length, begin = self._head(offset, explicit)
            offset = begin + length
            if tag != _ITEM or offset > end:
                return
            while begin + 8 <= offset and self._nested_elements < _MOST_NESTED:
                self._nested_elements += 1
                inner, vr, length, value = self._head(begin, explicit)
                if length == _UNDEFINED:
                    begin = self._skip_sequence(value, explicit and vr != b"UN", depth + 1)
                    continue
                if inner >> 16 == 0xFFFE or value + length > offset:
                    return
                if vr == b"SQ":
                    self._check_depth(value, value + length, explicit, depth + 1)
                begin = value + length

    def _check_length(self, end: int) -> None:
        if end > self._window.size:
            raise MalformedError("length")
