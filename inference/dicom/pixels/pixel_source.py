"""The pixel data of one DICOM file, opened for decoding: its shape, and the bytes of each frame.

Runs in the reader process.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from inference.dicom.headers.byte_window import inflated_body
from inference.dicom.headers.elements import DEFLATED_LE, Header, read_header
from inference.dicom.pixels.codecs import PictureShape, Stored, decode_picture, second_opinion
from inference.dicom.pixels.codestreams import CodestreamError
from inference.dicom.pixels.colour import is_colour
from inference.dicom.pixels.encapsulation import Fragment, frame_content, locate_frames
from inference.dicom.syntaxes import COMPRESSED_SYNTAXES, READABLE_SYNTAXES

_SAMPLES: Final = 0x00280002
_PHOTOMETRIC: Final = 0x00280004
_PLANAR: Final = 0x00280006
_FRAMES: Final = 0x00280008
_ROWS: Final = 0x00280010
_COLUMNS: Final = 0x00280011
_ALLOCATED: Final = 0x00280100
_STORED: Final = 0x00280101
_REPRESENTATION: Final = 0x00280103
_PALETTES: Final = (0x00281101, 0x00281102, 0x00281103, 0x00281201, 0x00281202, 0x00281203)
_EXTENDED_OFFSETS: Final = 0x7FE00001
_WANTED: Final = frozenset(
    (_SAMPLES, _PHOTOMETRIC, _PLANAR, _FRAMES, _ROWS, _COLUMNS, _ALLOCATED, _STORED, _REPRESENTATION,
     _EXTENDED_OFFSETS, *_PALETTES)
)  # fmt: skip


@dataclass(slots=True)
class PixelSource:
    """One opened file; frames are asked for by their index."""

    stream: BinaryIO
    size: int
    header: Header
    shape: PictureShape
    frames: int
    bits_stored: int
    is_signed: bool
    is_planar: bool
    _located: list[tuple[Fragment, ...]] = field(default_factory=list)

    @property
    def syntax(self) -> str:
        """UID of the transfer syntax."""
        return self.header.syntax_uid

    @property
    def is_grey(self) -> bool:
        """True when a pixel is one grey value."""
        return not is_colour(self.shape.photometric, self.shape.samples)

    def stored(self, frame: int) -> Stored:
        """Stored integers of one frame, (row, column, sample), uint8 or uint16 in this machine's order.

        Raises
        ------
        CodestreamError, EncapsulationError
        """
        if self.syntax in COMPRESSED_SYNTAXES:
            return decode_picture(self._content(frame), self.syntax, self.shape)
        return self._native(frame)

    def second_opinion(self, frame: int) -> Stored | None:
        """The same frame by another decoder, None where there is none."""
        if self.syntax not in COMPRESSED_SYNTAXES:
            return None
        return second_opinion(self._content(frame), self.syntax, self.shape)

    def palette(self) -> tuple[NDArray[np.uint16], NDArray[np.uint16]] | None:
        """Descriptor and entries of the red, green and blue tables, each (3, n); None without them."""
        order = ">" if self.header.is_big_endian else "<"
        values = [self.header.elements.get(tag) for tag in _PALETTES]
        raw = [np.frombuffer(value.value[: len(value.value) & ~1], order + "u2") for value in values if value]
        if len(raw) != 6 or any(len(one) != 3 for one in raw[:3]) or len({len(one) for one in raw[3:]}) != 1:
            return None
        return np.stack(raw[:3]).astype(np.uint16), np.stack(raw[3:]).astype(np.uint16)

    def _content(self, frame: int) -> bytes:
        if not self._located:
            element = self.header.elements.get(_EXTENDED_OFFSETS)
            raw = element.value if element else b""
            extended = struct.unpack(f"<{len(raw) // 8}Q", raw[: len(raw) & ~7])
            assert self.header.pixel_offset is not None
            self._located = locate_frames(
                self.stream, self.header.pixel_offset, self.size, self.frames, extended
            )
        if frame >= len(self._located):
            raise CodestreamError("truncated")
        return frame_content(self.stream, self._located[frame])

    def _native(self, frame: int) -> Stored:
        shape = self.shape
        count = shape.rows * shape.columns * shape.samples
        # 4:2:2 keeps every second pair of colours away (PS3.3 C.7.6.3.1.2).
        is_halved = shape.photometric == "YBR_FULL_422" and shape.samples == 3
        stored = count * 2 // 3 if is_halved else count
        length = stored * (shape.bits_allocated // 8)
        assert self.header.pixel_offset is not None
        self.stream.seek(self.header.pixel_offset + frame * length)
        # Bytes in big endian words lie in pairs, each the wrong way round (PS3.5 8.1.1 and annex A.3).
        is_paired = self.header.is_big_endian and shape.bits_allocated == 8 and self.header.pixel_vr == b"OW"
        raw = self.stream.read(length + length % 2 if is_paired else length)
        if len(raw) < length:
            raise CodestreamError("truncated")
        order = ">" if self.header.is_big_endian else "<"
        if is_paired:
            raw = np.frombuffer(raw + b"\0" * (len(raw) % 2), "u2").byteswap().tobytes()[:length]
        words = np.frombuffer(raw, order + "u2" if shape.bits_allocated == 16 else "u1")
        words = words.astype(words.dtype.newbyteorder("="), copy=False)
        if is_halved:
            pairs = words.reshape(shape.rows, shape.columns // 2, 4)
            return pairs[..., (0, 2, 3, 1, 2, 3)].reshape(shape.rows, shape.columns, 3)
        if self.is_planar:
            return np.moveaxis(words.reshape(shape.samples, shape.rows, shape.columns), 0, -1)
        return words.reshape(shape.rows, shape.columns, shape.samples)


_KNOWN: Final[dict[tuple[str, int, int, int], PixelSource]] = {}
"""The last multi-frame file: its frames come in many requests, its header may take a second to walk."""


@contextmanager
def opened_pixels(path: str) -> Iterator[PixelSource]:
    """Open the file at ``path`` and read what decoding needs.

    Raises
    ------
    CodestreamError
        ``syntax`` for a syntax that nothing here decodes, ``shape`` for a picture that cannot be.
    MalformedError, NotDicomError, SyntaxMismatchError, OSError
    """
    with open(path, "rb") as file:  # noqa: PTH123 - the path is a plain string
        status = os.fstat(file.fileno())
        seen = (path, status.st_size, status.st_mtime_ns, status.st_ino)
        known = _KNOWN.get(seen)
        if known is not None:
            yield replace(known, stream=file)
            return
        size = file.seek(0, 2)
        file.seek(0)
        header = read_header(file, size, _WANTED)
        stream: BinaryIO = file
        if header.syntax_uid == DEFLATED_LE:
            stream = inflated_body(file, header.body_offset, size)
            size = stream.seek(0, 2)
        source = _source(stream, size, header)
        yield source
        if stream is file and source.frames > 1:
            _KNOWN.clear()
            _KNOWN[seen] = source


def _source(stream: BinaryIO, size: int, header: Header) -> PixelSource:
    def number(tag: int, absent: int) -> int:
        element = header.elements.get(tag)
        if element is None or len(element.value) < 2:
            return absent
        return int.from_bytes(element.value[:2], "big" if header.is_big_endian else "little")

    def text(tag: int) -> str:
        element = header.elements.get(tag)
        return element.value.decode("ascii", "replace").strip(" \0") if element else ""

    if header.pixel_offset is None or header.syntax_uid not in READABLE_SYNTAXES:
        raise CodestreamError("syntax")
    if (header.syntax_uid in COMPRESSED_SYNTAXES) != (header.pixel_length is None):
        raise CodestreamError("syntax")
    allocated = number(_ALLOCATED, 0)
    is_signed = number(_REPRESENTATION, 0) == 1
    shape = PictureShape(
        rows=number(_ROWS, 0),
        columns=number(_COLUMNS, 0),
        samples=number(_SAMPLES, 1),
        bits_allocated=allocated,
        photometric=text(_PHOTOMETRIC) or "MONOCHROME2",
        is_signed=is_signed,
    )
    frames = int(text(_FRAMES)) if text(_FRAMES).isdigit() else 1
    stored = number(_STORED, allocated)
    if not (shape.rows and shape.columns and frames and shape.samples in (1, 3)):
        raise CodestreamError("shape")
    if allocated not in (8, 16) or not 1 <= stored <= allocated:
        raise CodestreamError("shape")
    return PixelSource(
        stream,
        size,
        header,
        shape,
        frames,
        stored,
        is_signed,
        number(_PLANAR, 0) == 1 and shape.samples > 1,
    )
