"""One DICOM file taken apart in the limited process: header as pydicom reads it, pixels as an extent."""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass
from typing import Final

import pydicom.config
from pydicom.dataset import Dataset
from pydicom.filereader import _read_file_meta_info, read_dataset, read_preamble

from inference.deidentification.elements import Pixels
from inference.deidentification.holding import HeldBackError
from inference.deidentification.raw_item import RawItem, raw_item
from inference.deidentification.tail import ends_as_it_should
from inference.dicom.headers.elements import (
    DEFLATED_LE,
    EXPLICIT_BE,
    IMPLICIT_LE,
    MalformedError,
    NotDicomError,
    SyntaxMismatchError,
    read_header,
)

_DEFLATE_RATIO: Final = 100
_ITEM, _SEQUENCE_END = b"\xfe\xff\x00\xe0", b"\xfe\xff\xdd\xe0"


@dataclass(frozen=True, slots=True)
class SourceObject:
    """``content`` holds the values as stored, ``header`` answers questions about their meaning.

    ``sop_class`` is the meta header's where the object itself states none.
    ``pixel_offset`` is the pixels' place in the file, -1 where they were deflated or there are none.
    """

    content: RawItem
    header: Dataset
    sop_class: str
    syntax: str
    pixels: Pixels | None
    pixel_offset: int

    @property
    def is_big_endian(self) -> bool:
        """Byte order of numbers."""
        return self.syntax == EXPLICIT_BE

    @property
    def is_explicit(self) -> bool:
        """Whether representations are written."""
        return self.syntax != IMPLICIT_LE


def take_apart(data: bytes) -> SourceObject:
    """Check the structure of a whole file, then read everything before its pixels.

    Raises
    ------
    HeldBackError
        When the bytes are no DICOM object, or one that breaks the rules.
    """
    try:
        header = read_header(io.BytesIO(data), len(data), ())
    except NotDicomError:
        raise HeldBackError("not_dicom") from None
    except SyntaxMismatchError:
        raise HeldBackError("syntax_mismatch") from None
    except MalformedError:
        raise HeldBackError("malformed") from None
    stream = io.BytesIO(data)
    read_preamble(stream, force=True)
    meta = _read_file_meta_info(stream)
    start = stream.tell()
    is_deflated = header.syntax_uid == DEFLATED_LE
    body = _inflated(data[start:]) if is_deflated else data
    begin = 0 if is_deflated else start
    explicit = header.syntax_uid != IMPLICIT_LE
    end, pixels = len(body), None
    if header.pixel_offset is not None:
        vr = body[header.pixel_offset - 8 : header.pixel_offset - 6].decode("ascii", "replace")
        end = header.pixel_offset - (12 if explicit else 8)
        pixels = _pixels(
            body, header.pixel_offset, header.pixel_length, vr if explicit else "OW", header.syntax_uid
        )
    pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
    dataset = read_dataset(
        io.BytesIO(body[begin:end]),
        is_implicit_VR=not explicit,
        is_little_endian=header.syntax_uid != EXPLICIT_BE,
    )
    content = raw_item(dataset)
    known_place = pixels is not None and not is_deflated
    return SourceObject(
        content,
        dataset,
        _class(dataset) or _class(meta, "MediaStorageSOPClassUID"),
        header.syntax_uid,
        pixels,
        (header.pixel_offset or 0) if known_place else -1,
    )


def _class(dataset: Dataset, keyword: str = "SOPClassUID") -> str:
    return str(dataset.get(keyword) or "").strip(" \0")


def _inflated(packed: bytes) -> bytes:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    data = inflater.decompress(packed, max(1 << 20, len(packed) * _DEFLATE_RATIO))
    if inflater.unconsumed_tail:
        raise HeldBackError("malformed")
    return data


def _pixels(body: bytes, offset: int, length: int | None, vr: str, syntax: str) -> Pixels:
    if vr not in ("OB", "OW"):
        raise HeldBackError("malformed")
    if length is not None:
        if offset + length > len(body):
            raise HeldBackError("pixel_extent")
        if not ends_as_it_should(memoryview(body)[offset + length :], syntax):
            raise HeldBackError("malformed")
        return Pixels(vr, memoryview(body)[offset : offset + length], False)
    end = offset
    while True:
        head = body[end : end + 8]
        if head[:4] == _SEQUENCE_END:
            if not ends_as_it_should(memoryview(body)[end + 8 :], syntax):
                raise HeldBackError("malformed")
            return Pixels(vr, memoryview(body)[offset:end], True)
        size = int.from_bytes(head[4:8], "little")
        if head[:4] != _ITEM or len(head) < 8 or end + 8 + size > len(body):
            raise HeldBackError("pixel_extent")
        end += 8 + size
