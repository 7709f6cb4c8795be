"""From a header to where and how its pixels are stored, or to the reason why they cannot be shown.

Runs in the reader process.  Whatever can be told without decoding is told here: bits that cannot be,
another coding than declared, frames that the file does not hold.  Source: PS3.3 C.7.6.3, PS3.5 8 and A.4.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Final

from inference.dicom.headers.elements import DEFLATED_LE, NATIVE_SYNTAXES, Header
from inference.dicom.headers.unusable import NotAnImageError
from inference.dicom.pixels.colour import is_colour
from inference.dicom.pixels.encapsulation import EncapsulationError, count_whole_frames, first_bytes
from inference.dicom.records import PixelLayout
from inference.dicom.syntaxes import CODINGS, COMPRESSED_SYNTAXES, READABLE_SYNTAXES, syntax_name

COLOUR_BITS: Final = 8
"""Colours are shown as grey values of so many bits (:mod:`inference.dicom.pixels.colour`)."""

_JPEG_BEGINNING: Final = (b"\xff\xd8",)
_JPEG_2000_BEGINNINGS: Final = (b"\xff\x4f\xff\x51", b"\x00\x00\x00\x0c")
_MOST_SEGMENTS: Final = 15


@dataclass(frozen=True, slots=True)
class PixelTags:
    """How to read a whole number and a text of the header by keyword."""

    unsigned: Callable[[str], int | None]
    text: Callable[[str], str]
    frames: int


def pixel_layout(
    header: Header, stream: BinaryIO, size: int, tags: PixelTags, most_frames: int
) -> PixelLayout:
    """How the pixels of one file are stored.

    Raises
    ------
    NotAnImageError
        With the remark to show.
    """
    syntax = header.syntax_uid
    if syntax not in READABLE_SYNTAXES:
        raise NotAnImageError("intake.syntax_unsupported", syntax=syntax_name(syntax), uid=syntax)
    rows, columns, frames = tags.unsigned("Rows") or 0, tags.unsigned("Columns") or 0, tags.frames
    if rows == 0 or columns == 0 or frames < 1 or frames > most_frames:
        raise NotAnImageError("intake.dimensions_unsupported", rows=rows, columns=columns, frames=frames)
    allocated = tags.unsigned("BitsAllocated") or 0
    stored = tags.unsigned("BitsStored") or allocated
    high_bit = tags.unsigned("HighBit")
    if high_bit is None:
        high_bit = stored - 1
    if allocated not in (8, 16) or not 1 <= stored <= allocated or high_bit != stored - 1:
        raise NotAnImageError("intake.bits_impossible", allocated=allocated, stored=stored, high=high_bit)
    assert header.pixel_offset is not None
    if (syntax in COMPRESSED_SYNTAXES) != (header.pixel_length is None):
        raise NotAnImageError("intake.syntax_mismatch")
    photometric, samples = tags.text("PhotometricInterpretation"), tags.unsigned("SamplesPerPixel") or 1
    in_colour = is_colour(photometric, samples)
    if samples not in (1, 3):
        raise NotAnImageError("intake.samples_unsupported", samples=samples, photometric=photometric or "–")
    # Bytes in big endian words lie in pairs, each the wrong way round: not to be copied as they are.
    is_paired = header.is_big_endian and allocated == 8 and header.pixel_vr == b"OW"
    is_native = syntax in NATIVE_SYNTAXES and not in_colour and not is_paired
    offset = 0 if syntax == DEFLATED_LE else header.pixel_offset
    return PixelLayout(
        rows=rows,
        columns=columns,
        frames=frames,
        is_native=is_native,
        offset=offset,
        length=(header.pixel_length or 0) if is_native else size - offset,
        bits_allocated=COLOUR_BITS if in_colour else allocated,
        bits_stored=COLOUR_BITS if in_colour else stored,
        is_signed=tags.unsigned("PixelRepresentation") == 1 and not in_colour,
        is_big_endian=header.is_big_endian,
        absent_frames=0
        if is_native
        else frames - _whole_frames(header, stream, size, frames, rows * columns * samples * allocated // 8),
    )


def _whole_frames(header: Header, stream: BinaryIO, size: int, frames: int, frame_bytes: int) -> int:
    """How many frames are there from beginning to end, for pixels that a decoder will fetch."""
    assert header.pixel_offset is not None
    if header.pixel_length is not None:
        # 4:2:2 stores two thirds (PS3.3 C.7.6.3.1.2); the decoder looks again.
        least = max(1, frame_bytes * 2 // 3)
        return min(frames, min(header.pixel_length, header.body_size - header.pixel_offset) // least)
    try:
        whole = count_whole_frames(stream, header.pixel_offset, size, frames)
    except EncapsulationError as error:
        raise NotAnImageError("intake.syntax_mismatch") from error
    beginning = first_bytes(stream, header.pixel_offset, size)
    if whole and not _begins_as(header.syntax_uid, beginning):
        raise NotAnImageError("intake.syntax_mismatch")
    return whole


def _begins_as(syntax: str, beginning: bytes) -> bool:
    """True when the first bytes are those of a picture in the declared coding."""
    coding = CODINGS.get(syntax)
    if coding is None:
        return 1 <= int.from_bytes(beginning, "little") <= _MOST_SEGMENTS
    return beginning.startswith(_JPEG_2000_BEGINNINGS if coding == "jpeg 2000" else _JPEG_BEGINNING)
