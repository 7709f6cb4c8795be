"""Where the frames of encapsulated pixel data lie: fragments, and which of them make one frame.

Offset tables are only believed where they point at fragments that are there.  Source: PS3.5 annex A.4.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

_ITEM: Final = b"\xfe\xff\x00\xe0"
_SEQUENCE_END: Final = b"\xfe\xff\xdd\xe0"
_UNDEFINED: Final = 0xFFFFFFFF
_MOST_FRAGMENTS: Final = 1 << 20
# How a codestream begins: JPEG and JPEG-LS, JPEG 2000, JPEG 2000 in its file format.
_BEGINNINGS: Final = (b"\xff\xd8\xff", b"\xff\x4f\xff\x51", b"\x00\x00\x00\x0c")


class EncapsulationError(Exception):
    """The fragments break off, or cannot be told apart into frames; ``args[0]`` says which in one word."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """One item of the pixel data: where its item tag and its value begin, and how long the value is."""

    item: int
    offset: int
    length: int


def locate_frames(
    stream: BinaryIO, offset: int, size: int, frames: int, extended_offsets: Sequence[int] = ()
) -> list[tuple[Fragment, ...]]:
    """The fragments of each of ``frames`` frames, or of those that the file holds when it breaks off.

    Parameters
    ----------
    stream, size
        The file and its length in bytes.
    offset
        Where the value of (7FE0,0010) begins.
    extended_offsets
        Values of (7FE0,0001), if any: bytes from the first fragment's item.

    Raises
    ------
    EncapsulationError
        ``truncated`` when the only frame reaches past the end of the file, ``fragments`` when there is
        no telling which fragments belong to which frame.
    """
    table, fragments, is_whole = _walk(stream, offset, size)
    if frames == 1 and not is_whole:
        raise EncapsulationError("truncated")
    if fragments and (not is_whole or len(fragments) < frames):
        return _whole_ones(fragments, table, frames)
    if not fragments:
        raise EncapsulationError("fragments" if is_whole else "truncated")
    if len(fragments) == frames:
        return [(fragment,) for fragment in fragments]
    if frames == 1:
        return [tuple(fragments)]
    for starts in (extended_offsets, table):
        grouped = _by_offsets(fragments, starts, frames)
        if grouped is not None:
            return grouped
    return _by_beginnings(stream, fragments, frames)


def count_whole_frames(stream: BinaryIO, offset: int, size: int, frames: int) -> int:
    """How many of ``frames`` frames lie in the file from beginning to end; cheap, for a header scan.

    Raises
    ------
    EncapsulationError
        ``fragments`` where no fragment begins at ``offset``.
    """
    table, fragments, is_whole = _walk(stream, offset, size)
    if is_whole and len(fragments) >= frames:
        return frames
    return len(_whole_ones(fragments, table, frames)) if frames > 1 else 0


def first_bytes(stream: BinaryIO, offset: int, size: int) -> bytes:
    """The first four bytes of the first fragment; empty where there is none."""
    stream.seek(offset)
    length = _item_length(stream.read(8))
    if length is None or offset + 20 + length > size:
        return b""
    stream.seek(offset + 16 + length)
    return stream.read(4)


def frame_content(stream: BinaryIO, fragments: Sequence[Fragment]) -> bytes:
    """The codestream of one frame.

    Raises
    ------
    EncapsulationError
        ``truncated`` when the file ends before it.
    """
    parts = []
    for fragment in fragments:
        stream.seek(fragment.offset)
        part = stream.read(fragment.length)
        if len(part) < fragment.length:
            raise EncapsulationError("truncated")
        parts.append(part)
    return b"".join(parts)


def _walk(stream: BinaryIO, offset: int, size: int) -> tuple[tuple[int, ...], list[Fragment], bool]:
    """The basic offset table, every whole fragment behind it, and whether none breaks off."""
    stream.seek(offset)
    length = _item_length(stream.read(8))
    if length is None or offset + 8 + length > size:
        raise EncapsulationError("fragments")
    count = length // 4
    table = struct.unpack(f"<{count}L", stream.read(length)[: 4 * count])
    offset += 8 + length
    fragments: list[Fragment] = []
    while offset + 8 <= size and len(fragments) < _MOST_FRAGMENTS:
        stream.seek(offset)
        head = stream.read(8)
        length = _item_length(head)
        if length is None:
            if head[:4] == _SEQUENCE_END:
                break
            raise EncapsulationError("fragments")
        if offset + 8 + length > size:
            return table, fragments, False
        fragments.append(Fragment(offset, offset + 8, length))
        offset += 8 + length
    else:
        # The end of the sequence may be cut off, a fragment may not.
        stream.seek(offset)
        return table, fragments, _SEQUENCE_END.startswith(stream.read(min(4, size - offset)))
    return table, fragments, True


def _item_length(head: bytes) -> int | None:
    length = int.from_bytes(head[4:8], "little")
    return length if head[:4] == _ITEM and len(head) == 8 and length != _UNDEFINED else None


def _whole_ones(
    fragments: Sequence[Fragment], table: Sequence[int], frames: int
) -> list[tuple[Fragment, ...]]:
    """The frames before the place where the file breaks off."""
    if len(table) == frames and fragments:
        end = fragments[-1].offset + fragments[-1].length - fragments[0].item
        whole = sum(following <= end for following in table[1:])
        before = [one for one in fragments if one.item - fragments[0].item < table[whole]]
        return _by_offsets(before, table[:whole], whole) or [] if whole else []
    return [(fragment,) for fragment in fragments[:frames]]


def _by_offsets(
    fragments: Sequence[Fragment], starts: Sequence[int], frames: int
) -> list[tuple[Fragment, ...]] | None:
    if len(starts) != frames or starts[0] != 0:
        return None
    places = {fragment.item - fragments[0].item: index for index, fragment in enumerate(fragments)}
    indices = [places.get(start, -1) for start in starts]
    if any(after <= before for before, after in itertools.pairwise(indices)):
        return None
    bounds = [*indices, len(fragments)]
    return [tuple(fragments[low:high]) for low, high in itertools.pairwise(bounds)]


def _by_beginnings(
    stream: BinaryIO, fragments: Sequence[Fragment], frames: int
) -> list[tuple[Fragment, ...]]:
    groups: list[list[Fragment]] = []
    for fragment in fragments:
        stream.seek(fragment.offset)
        if stream.read(4).startswith(_BEGINNINGS) or not groups:
            groups.append([])
        groups[-1].append(fragment)
    if len(groups) != frames:
        raise EncapsulationError("fragments")
    return [tuple(group) for group in groups]
