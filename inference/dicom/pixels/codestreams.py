"""What a compressed picture says about itself, read before any decoder sees it.

Decoders trust their input more than foreign bytes deserve: sizes, depth, completeness and the kind of
coding are compared with the DICOM header first.  Sources: ITU-T T.81 annex B (JPEG), T.87 annex C
(JPEG-LS), T.800 annex A (JPEG 2000), PS3.5 annex G (RLE).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Coding = Literal["jpeg", "jpeg lossless", "jpeg-ls", "jpeg 2000"]

_JPEG_START: Final = b"\xff\xd8"
_END: Final = b"\xff\xd9"
_J2K_START: Final = b"\xff\x4f\xff\x51"
_JP2_START: Final = b"\x00\x00\x00\x0cjP  "
_DCT: Final = frozenset((0xC0, 0xC1, 0xC2))
_LOSSLESS: Final = 0xC3
_JPEG_LS: Final = 0xF7
_START_OF_SCAN: Final = 0xDA
_WITHOUT_LENGTH: Final = frozenset((0x01, 0xD8, *range(0xD0, 0xD8)))
_TAIL: Final = 64
_MOST_TILES: Final = 4096


class CodestreamError(Exception):
    """Not what the header announces; ``args[0]`` is one word: syntax, shape, truncated or codestream."""


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """Size, depth and coding of one compressed picture.

    ``is_signed`` is None where the coding has no sign; ``is_reversible`` says that nothing was lost.
    """

    coding: Coding
    rows: int
    columns: int
    components: int
    precision: int
    is_signed: bool | None
    is_reversible: bool


def picture_facts(content: bytes) -> PictureFacts:
    """Read the headers of a JPEG, JPEG-LS or JPEG 2000 codestream.

    Raises
    ------
    CodestreamError
        ``syntax`` for other bytes, ``truncated`` for a picture that breaks off, ``codestream`` for one
        that contradicts itself.
    """
    if content.startswith(_JPEG_START):
        return _jpeg_facts(content)
    if content.startswith(_J2K_START):
        return _jpeg_2000_facts(content)
    raise CodestreamError("syntax")


def bare_codestream(content: bytes) -> bytes:
    """The codestream within a JPEG 2000 file; anything else is returned as it is.

    DICOM wants the bare codestream (PS3.5 A.4.4); some writers keep the boxes around it.
    """
    if not content.startswith(_JP2_START):
        return content
    offset = 0
    while offset + 8 <= len(content):
        length = int.from_bytes(content[offset : offset + 4], "big")
        if content[offset + 4 : offset + 8] == b"jp2c":
            begin = offset + (16 if length == 1 else 8)
            return content[begin : offset + length if length > 8 else None]
        if length < 8:
            break
        offset += length
    raise CodestreamError("codestream")


def _jpeg_facts(content: bytes) -> PictureFacts:
    offset, frame = 2, None
    while offset + 4 <= len(content):
        if content[offset] != 0xFF:
            raise CodestreamError("codestream")
        marker = content[offset + 1]
        if marker == 0xFF:
            offset += 1
            continue
        if marker in _WITHOUT_LENGTH:
            offset += 2
            continue
        length = int.from_bytes(content[offset + 2 : offset + 4], "big")
        segment = content[offset + 4 : offset + 2 + length]
        if length < 2 or len(segment) != length - 2:
            raise CodestreamError("truncated")
        if marker in _DCT or marker in (_LOSSLESS, _JPEG_LS):
            if frame is not None or len(segment) < 6:
                raise CodestreamError("codestream")
            frame = (marker, segment)
        elif marker == _START_OF_SCAN:
            return _jpeg_picture(content, frame, segment)
        elif 0xC5 <= marker <= 0xCF and marker not in (0xC8, 0xCC):
            raise CodestreamError("syntax")
        offset += 2 + length
    raise CodestreamError("truncated")


def _jpeg_picture(content: bytes, frame: tuple[int, bytes] | None, scan: bytes) -> PictureFacts:
    if frame is None or not scan:
        raise CodestreamError("codestream")
    if _END not in content.rstrip(b"\0")[-_TAIL:]:
        raise CodestreamError("truncated")
    marker, segment = frame
    coding: Coding = "jpeg"
    is_reversible = False
    if marker == _LOSSLESS:
        coding, is_reversible = "jpeg lossless", True
    elif marker == _JPEG_LS:
        near = scan[1 + 2 * scan[0]] if len(scan) > 1 + 2 * scan[0] else 0
        coding, is_reversible = "jpeg-ls", near == 0
    return PictureFacts(
        coding,
        rows=int.from_bytes(segment[1:3], "big"),
        columns=int.from_bytes(segment[3:5], "big"),
        components=segment[5],
        precision=segment[0],
        is_signed=None,
        is_reversible=is_reversible,
    )


def _jpeg_2000_facts(content: bytes) -> PictureFacts:
    """SIZ comes first; the transformation stands in COD; tile parts must all be there."""
    length = int.from_bytes(content[4:6], "big")
    size = content[6 : 4 + length]
    if length < 41 or len(size) != length - 2:
        raise CodestreamError("truncated")
    x1, y1, x0, y0, tile_x, tile_y, tile_x0, tile_y0 = (
        int.from_bytes(size[place : place + 4], "big") for place in range(2, 34, 4)
    )
    components = int.from_bytes(size[34:36], "big")
    depths = {size[36 + 3 * index] for index in range(components) if 36 + 3 * index < len(size)}
    samplings = size[36 : 36 + 3 * components]
    if x1 <= x0 or y1 <= y0 or not (tile_x and tile_y) or len(samplings) != 3 * components:
        raise CodestreamError("codestream")
    if len(depths) != 1 or any(samplings[place] != 1 for place in range(len(samplings)) if place % 3):
        raise CodestreamError("codestream")
    if -(-(x1 - tile_x0) // tile_x) * -(-(y1 - tile_y0) // tile_y) > _MOST_TILES:
        raise CodestreamError("codestream")
    (depth,) = depths
    return PictureFacts(
        "jpeg 2000",
        rows=y1 - y0,
        columns=x1 - x0,
        components=components,
        precision=(depth & 0x7F) + 1,
        is_signed=bool(depth & 0x80),
        is_reversible=_is_reversible(content, 4 + length),
    )


def _is_reversible(content: bytes, offset: int) -> bool:
    """Walk the main header for COD, then the tile parts for completeness."""
    is_reversible = False
    while offset + 4 <= len(content):
        marker = content[offset : offset + 2]
        length = int.from_bytes(content[offset + 2 : offset + 4], "big")
        if marker == b"\xff\x90":
            _require_tile_parts(content, offset)
            return is_reversible
        if marker[0] != 0xFF or length < 2:
            raise CodestreamError("codestream")
        if marker == b"\xff\x52":
            is_reversible = content[offset + 13 : offset + 14] == b"\x01"
        offset += 2 + length
    raise CodestreamError("truncated")


def _require_tile_parts(content: bytes, offset: int) -> None:
    while content[offset : offset + 2] == b"\xff\x90":
        length = int.from_bytes(content[offset + 6 : offset + 10], "big")
        if length == 0:
            if _END not in content.rstrip(b"\0")[-_TAIL:]:
                raise CodestreamError("truncated")
            return
        if length < 14:
            raise CodestreamError("codestream")
        offset += length
        if offset > len(content):
            raise CodestreamError("truncated")
