"""A file that differs from the one before it in a few plain values is read by comparing the two.

The slices of a series share nearly every byte of their headers.  Where all bytes but those of a few elements
are equal, the walk and the reading would come to the same, and only the values that differ are read again; at
the first other difference the file goes the long way (:mod:`inference.dicom.headers.image_header`), and what
differed is learnt.  Runs in the reader process.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, BinaryIO, Final, TypeVar

from inference.dicom.headers.elements import (
    EXPLICIT_LE,
    LONG_LENGTH_VRS,
    SEQUENCES,
    Element,
    Header,
    read_header,
)
from inference.dicom.headers.image_header import HeaderReading, read_dicom
from inference.dicom.headers.tags import DIMENSIONS, TAGS, WANTED_TAGS
from inference.dicom.records import ImageRecord

_BLOCK: Final = 1 << 15
_META: Final = 132
_LONGEST_VALUE: Final = 128
_SYNTAX_TAG, _PIXEL_TAG = 0x00020010, 0x7FE00010
_MISSES: Final = 4
"""Files in a row of which each is unlike the last; after them, only every eighth is worth learning from."""

_READ_AGAIN: Final = frozenset(
    TAGS[name]
    for name in (
        "SOPInstanceUID",
        "InstanceNumber",
        "ImagePositionPatient",
        "SliceLocation",
        "WindowCenter",
        "WindowWidth",
        "AcquisitionTime",
        "ContentTime",
        "AcquisitionNumber",
    )
)
_NOT_PLAIN: Final = (WANTED_TAGS | SEQUENCES | {_SYNTAX_TAG, _PIXEL_TAG}) - _READ_AGAIN

Value = TypeVar("Value")


class NeighbourReader:
    """Reads the files of a source one after the other."""

    def __init__(self) -> None:
        self._last: _Pattern | None = None
        self._differing: set[int] = set(_READ_AGAIN)
        self._misses = 0

    def read(self, stream: BinaryIO, size: int, most_frames: int) -> ImageRecord:
        """The record of one DICOM image.

        Raises
        ------
        NotAnImageError
            As :func:`inference.dicom.headers.image_header.read_dicom`.
        """
        block = stream.read(_BLOCK)
        record = None if self._last is None else self._last.record_of(block)
        if record is not None:
            self._misses = 0
            return record
        stream.seek(0)
        record = read_dicom(stream, size, most_frames)
        self._misses += 1
        if self._misses <= _MISSES or self._misses % 8 == 0:
            self._learn(stream, size, block, record)
        return record

    def _learn(self, stream: BinaryIO, size: int, block: bytes, record: ImageRecord) -> None:
        last, self._last = self._last, None
        pixels = record.pixels
        if record.remarks or record.frames or pixels.frames != 1 or not pixels.is_native:
            return
        if record.syntax_uid != EXPLICIT_LE or pixels.offset > len(block):
            return
        stream.seek(0)
        elements = _plain_elements(read_header(stream, size, ()), block)
        if elements is None:
            return
        if last is not None and list(last.elements) == list(elements):
            self._differing |= last.differing_from(block, elements)
        self._last = _Pattern(block, elements, frozenset(self._differing), record)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where one top-level element stands: its head, its value; ``is_value`` is False for sequences."""

    head: int
    begin: int
    end: int
    vr: bytes
    is_value: bool

    def value(self, block: bytes) -> bytes:
        return block[self.begin : self.end]

    @property
    def length_bytes(self) -> int:
        return 4 if self.vr in LONG_LENGTH_VRS else 2


def _plain_elements(header: Header, block: bytes) -> dict[int, _Place] | None:
    """Every top-level element up to the pixel data, by tag; None where something is unusual."""
    assert header.pixel_offset is not None
    if not header.has_preamble or header.oddities:
        return None
    places: dict[int, _Place] = {}
    starts = [*_meta_starts(block, header.body_offset), *header.starts]
    ends = [head for head, _, _ in starts[1:]] + [header.pixel_offset]
    highest = -1
    for (head, tag, begin), end in zip(starts, ends, strict=True):
        if tag <= highest:
            return None
        highest = tag
        vr = block[head + 4 : head + 6]
        places[tag] = _Place(head, begin, end, vr, vr != b"SQ" and tag not in header.sequences)
    return places


def _meta_starts(block: bytes, end: int) -> list[tuple[int, int, int]]:
    starts = []
    head = _META
    while head < end:
        tag = int.from_bytes(block[head : head + 2], "little") << 16 | int.from_bytes(
            block[head + 2 : head + 4], "little"
        )
        is_long = block[head + 4 : head + 6] in LONG_LENGTH_VRS
        begin = head + (12 if is_long else 8)
        starts.append((head, tag, begin))
        head = begin + int.from_bytes(block[begin - (4 if is_long else 2) : begin], "little")
    return starts


class _Pattern:
    """One file as fixed bytes between values that may differ."""

    def __init__(
        self, block: bytes, elements: dict[int, _Place], differing: frozenset[int], record: ImageRecord
    ) -> None:
        self.block = block
        self.elements = elements
        self._record = record
        self._pieces: list[tuple[bytes, int, bytes, int]] = []
        begin = _META - 4
        for tag, place in elements.items():
            if tag in differing and place.is_value and tag != _PIXEL_TAG:
                fixed = block[begin : place.begin - place.length_bytes]
                self._pieces.append((fixed, tag, place.vr, place.length_bytes))
                begin = place.end
        self._rest = block[begin : record.pixels.offset]

    def differing_from(self, block: bytes, elements: dict[int, _Place]) -> set[int]:
        """Plain elements whose values differ between this file and another of the same elements."""
        return {
            tag
            for tag, place in elements.items()
            if place.is_value
            and tag not in _NOT_PLAIN
            and place.value(block) != self.elements[tag].value(self.block)
        }

    def record_of(self, block: bytes) -> ImageRecord | None:
        """The record of the file that begins with ``block``; None when it differs elsewhere too."""
        values: dict[int, Element] = {}
        at = _META - 4
        for fixed, tag, vr, length_bytes in self._pieces:
            end = at + len(fixed)
            if block[at:end] != fixed:
                return None
            begin = end + length_bytes
            length = int.from_bytes(block[end:begin], "little")
            at = begin + length
            if length > _LONGEST_VALUE or length % 2 or at > len(block):
                return None
            if tag in _READ_AGAIN:
                values[tag] = Element(vr, block[begin:at])
        offset = at + len(self._rest)
        if block[at:offset] != self._rest:
            return None
        return _changed_record(self._record, values, offset)


def _changed_record(record: ImageRecord, values: dict[int, Element], offset: int) -> ImageRecord | None:
    """``record`` with what ``values`` say; None where they say something that deserves a remark."""
    reading = HeaderReading(_header_of(values), 0, 0)
    technique: dict[str, Any] = {}
    changes: dict[str, Any] = {"pixels": _changed(record.pixels, {"offset": offset})}
    for name, field_name, read in (
        ("SOPInstanceUID", "sop_uid", reading.text),
        ("InstanceNumber", "instance_number", reading.integer),
        ("SliceLocation", "slice_location", reading.number),
        ("WindowCenter", "window_centre", reading.number),
        ("WindowWidth", "window_width", reading.number),
    ):
        if TAGS[name] in values:
            changes[field_name] = read(name)
    if TAGS["ImagePositionPatient"] in values:
        changes["position"] = reading.exact_numbers("ImagePositionPatient", 3)
    if TAGS["AcquisitionTime"] in values:
        technique["acquisition_time"] = reading.text("AcquisitionTime")
        if not technique["acquisition_time"]:
            return None  # another tag may stand in for it
    if TAGS["ContentTime"] in values:
        technique["content_time"] = reading.text("ContentTime")
    known = dict(record.dimensions)
    known |= {name: reading.text(name) for name in DIMENSIONS if TAGS[name] in values}
    changes["dimensions"] = tuple((name, known[name]) for name in DIMENSIONS if known.get(name))
    if reading.remarks:
        return None
    if technique:
        changes["technique"] = _changed(record.technique, technique)
    return _changed(record, changes)


def _header_of(values: dict[int, Element]) -> Header:
    return Header(values, EXPLICIT_LE, False, True, False, None, None, {})


def _changed(value: Value, changes: dict[str, Any]) -> Value:
    """As :func:`dataclasses.replace`, without checks: whoever receives the answer makes them."""
    made: Value = object.__new__(type(value))
    for name in type(value).__slots__:  # type: ignore[attr-defined]
        object.__setattr__(made, name, changes[name] if name in changes else getattr(value, name))
    return made
