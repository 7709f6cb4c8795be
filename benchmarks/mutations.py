"""Files spoilt on purpose: seeded mutations of real ones, each named by what was done to it."""

from __future__ import annotations

import gzip
import random
import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LARGEST_SEED: Final = 1_000_000
_KNOWN_VRS: Final = (
    "AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL UN UR US UT UV"
)
_VRS: Final = (*_KNOWN_VRS.split(), "ZZ", "??")
_LIES: Final = (
    0,
    1,
    2,
    7,
    255,
    65_535,
    65_536,
    1 << 20,
    1 << 30,
    (1 << 31) - 1,
    1 << 31,
    0xFFFFFFFE,
    0xFFFFFFFF,
)
_WORDS: Final = (0, 1, 2, 3, 7, 8, 12, 15, 16, 17, 32, 255, 4096, 32_767, 32_768, 65_535)
_PIXEL_TAGS: Final = (
    0x02,
    0x04,
    0x06,
    0x08,
    0x10,
    0x11,
    0x30,
    0x100,
    0x101,
    0x102,
    0x103,
    0x120,
    0x1052,
    0x1053,
)
_META: Final = bytes(128) + b"DICM\x02\x00\x10\x00UI\x16\x001.2.840.10008.1.2.1.99"


@dataclass(frozen=True, slots=True)
class Seed:
    """One real file: its content, the ending that its name needs, where its pixels end (None: unknown)."""

    content: bytes
    suffix: str
    is_mask: bool
    pixels_end: int | None


@dataclass(frozen=True, slots=True)
class Mutant:
    """One spoilt file.

    ``is_short`` is True when it is known to lack a part of its pixels.
    """

    content: bytes
    suffix: str
    kind: str
    is_mask: bool
    is_short: bool


def mutate(rng: random.Random, seeds: Sequence[Seed]) -> Mutant:
    """One mutant: a random seed, one kind of damage, now and then a second one."""
    seed = rng.choice(seeds)
    table = _RESEARCH if seed.suffix in (".nii.gz", ".nii", ".nrrd") else _DICOM
    kind = rng.choice(sorted(table))
    content = table[kind](rng, seed.content, seeds)
    is_short = kind == "truncated" and seed.pixels_end is not None and len(content) < seed.pixels_end
    if rng.random() < 0.25:
        other = rng.choice(sorted(table))
        content = table[other](rng, content, seeds)
        kind, is_short = f"{kind} + {other}", False
    return Mutant(content, seed.suffix, kind, seed.is_mask, is_short)


Mutation = Callable[[random.Random, bytes, Sequence[Seed]], bytes]


def _bits(rng: random.Random, content: bytes, seeds: Sequence[Seed]) -> bytes:
    spoilt = bytearray(content)
    reach = len(spoilt) if rng.random() < 0.4 else min(len(spoilt), 4096)
    for _ in range(rng.choice((1, 1, 2, 5, 30))):
        if reach:
            spoilt[rng.randrange(reach)] ^= 1 << rng.randrange(8)
    return bytes(spoilt)


def _truncated(rng: random.Random, content: bytes, seeds: Sequence[Seed]) -> bytes:
    if rng.random() < 0.5:
        return content[: rng.randrange(len(content) + 1)]
    return content[: max(0, len(content) - rng.randrange(1, 4000))]


def _length_lie(rng: random.Random, content: bytes, seeds: Sequence[Seed]) -> bytes:
    """Overwrite the length of an element, found by its VR."""
    places = _vr_places(content)
    if not places:
        return content
    place = rng.choice(places)
    lie = rng.choice(_LIES)
    spoilt = bytearray(content)
    if content[place : place + 2] in (b"OB", b"OW", b"SQ", b"UN", b"UT"):
        spoilt[place + 4 : place + 8] = struct.pack("<L", lie)
    else:
        spoilt[place + 2 : place + 4] = struct.pack("<H", lie & 0xFFFF)
    return bytes(spoilt)


def _vr_swap(rng: random.Random, content: bytes, seeds: Sequence[Seed]) -> bytes:
    places = _vr_places(content)
    if not places:
        return content
    place = rng.choice(places)
    return content[:place] + rng.choice(_VRS).encode() + content[place + 2 :]


def _splice(rng: random.Random, content: bytes, seeds: Sequence[Seed]) -> bytes:
    other = rng.choice(seeds).content
    return content[: rng.randrange(len(content) + 1)] + other[rng.randrange(len(other) + 1) :]


def _nesting(rng: random.Random, content: bytes, seeds: Sequence[Seed]) -> bytes:
    """Put a sequence of random depth before the patient's name."""
    at = content.find(b"\x10\x00\x10\x00")
    depth = rng.choice((1, 5, 15, 16, 17, 40, 500, 20_000))
    if rng.random() < 0.5:
        opened = b"\x40\x00\x43\xa0SQ\0\0\xff\xff\xff\xff" + b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
        closed = b"\xfe\xff\x0d\xe0\0\0\0\0" + b"\xfe\xff\xdd\xe0\0\0\0\0"
        inserted = opened * depth + (closed * depth if rng.random() < 0.7 else b"")
    else:
        inserted = b""
        for _ in range(min(depth, 600)):
            item = b"\xfe\xff\x00\xe0" + struct.pack("<L", len(inserted)) + inserted
            inserted = b"\x40\x00\x43\xa0SQ\0\0" + struct.pack("<L", len(item)) + item
    return content[:at] + inserted + content[at:] if at > 0 else inserted + content


def _pixel_header(rng: random.Random, content: bytes, seeds: Sequence[Seed]) -> bytes:
    """Change one of the values that say how large and how deep the picture is."""
    tag = struct.pack("<HH", 0x28, rng.choice(_PIXEL_TAGS))
    place = content.find(tag)
    if place < 0:
        return content
    spoilt = bytearray(content)
    if content[place + 4 : place + 6] == b"DS":
        length = content[place + 6]
        text = rng.choice((b"NaN", b"1e999", b"-0", b"1,5", b"\\\\\\", b"0", b"1e-30", b"1e30"))
        spoilt[place + 8 : place + 8 + length] = text.ljust(length)[:length]
    else:
        spoilt[place + 8 : place + 10] = struct.pack("<H", rng.choice(_WORDS))
    return bytes(spoilt)


def _offset_table(rng: random.Random, content: bytes, seeds: Sequence[Seed]) -> bytes:
    """Spoil the first items of the pixel data: tags, lengths, offsets, the head of the codestream."""
    place = content.find(b"\xe0\x7f\x10\x00")
    if place < 0:
        return content
    spoilt = bytearray(content)
    at = place + rng.choice((8, 12, 16, 20, 24, 28, 32, 36, 40, 60, 90))
    spoilt[at : at + 4] = struct.pack("<L", rng.choice(_LIES))
    return bytes(spoilt)


def _codestream(rng: random.Random, content: bytes, seeds: Sequence[Seed]) -> bytes:
    """Random bytes in the head of the picture, or anywhere in it."""
    place = content.find(b"\xe0\x7f\x10\x00")
    if place < 0 or place + 80 > len(content):
        return _bits(rng, content, seeds)
    spoilt = bytearray(content)
    end = min(len(content), place + 300) if rng.random() < 0.5 else len(content)
    for _ in range(rng.choice((1, 3, 10, 100))):
        spoilt[rng.randrange(place + 12, end)] = rng.randrange(256)
    return bytes(spoilt)


def _removed(rng: random.Random, content: bytes, seeds: Sequence[Seed]) -> bytes:
    at = rng.randrange(len(content) + 1)
    return content[:at] + content[at + rng.choice((1, 2, 4, 8, 128, 1000)) :]


def _inserted(rng: random.Random, content: bytes, seeds: Sequence[Seed]) -> bytes:
    at = rng.randrange(min(len(content), 4096) + 1)
    return content[:at] + rng.randbytes(rng.choice((1, 2, 4, 8, 128, 1000))) + content[at:]


def _deflate_bomb(rng: random.Random, content: bytes, seeds: Sequence[Seed]) -> bytes:
    """The data set deflated, with nothing, a little or very much behind it."""
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(content[132:]) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return _META + packed + block * rng.choice((0, 1, 100, 1000)) + packer.flush()


def _syntax(rng: random.Random, content: bytes, seeds: Sequence[Seed]) -> bytes:
    """Declare another transfer syntax of equal length."""
    place = content.find(b"\x02\x00\x10\x00UI") + 8
    if place < 8:
        return content
    length = int.from_bytes(content[place - 2 : place], "little")
    number = rng.choice((50, 51, 53, 55, 57, 70, 80, 81, 90, 91, 92, 100, 201, 203, 999))
    uid = rng.choice((f"1.2.840.10008.1.2.4.{number}", "1.2.840.10008.1.2.5", "1.2.840.10008.1.2", "1.2.3"))
    return content[:place] + uid.encode()[:length].ljust(length, b"\0") + content[place + length :]


def _research(damage: Mutation) -> Mutation:
    """Damage to a research file; within the packed content where it is packed."""

    def spoil(rng: random.Random, content: bytes, seeds: Sequence[Seed]) -> bytes:
        if content[:2] != b"\x1f\x8b" or rng.random() < 0.2:
            return damage(rng, content, seeds)
        try:
            plain = gzip.decompress(content)
        except (OSError, EOFError, zlib.error):
            return damage(rng, content, seeds)
        return gzip.compress(damage(rng, plain, seeds), 1, mtime=0)

    return spoil


def _nifti_field(rng: random.Random, content: bytes, seeds: Sequence[Seed]) -> bytes:
    """Overwrite a field of the 348 bytes of a NIfTI header, or a number of a text header."""
    spoilt = bytearray(content)
    if content[:4] == b"NRRD":
        digits = [place for place in range(min(len(content), 600)) if content[place : place + 1].isdigit()]
        for place in rng.sample(digits, min(len(digits), rng.choice((1, 2, 6)))):
            spoilt[place] = rng.choice(b"0123456789-.e ")
        return bytes(spoilt)
    at = rng.choice((0, 40, 42, 44, 46, 48, 70, 72, 76, 80, 108, 112, 116, 252, 254, 256, 280, 296, 312, 344))
    value = rng.choice(
        (struct.pack("<h", rng.choice((-1, 0, 1, 3, 4, 7, 512, 768, 32_767))), struct.pack("<f", 1e38),
         struct.pack("<f", float("nan")), struct.pack("<f", 0.0), struct.pack("<L", rng.choice(_LIES)))
    )  # fmt: skip
    spoilt[at : at + len(value)] = value
    return bytes(spoilt)


_DICOM: Final[dict[str, Mutation]] = {
    "bits": _bits, "truncated": _truncated, "length": _length_lie, "vr": _vr_swap, "splice": _splice,
    "nesting": _nesting, "pixel header": _pixel_header, "offsets": _offset_table, "codestream": _codestream,
    "removed": _removed, "inserted": _inserted, "deflate": _deflate_bomb, "syntax": _syntax,
}  # fmt: skip
_RESEARCH: Final[dict[str, Mutation]] = {
    "bits": _research(_bits), "truncated": _truncated, "field": _research(_nifti_field),
    "removed": _research(_removed), "inserted": _research(_inserted), "cut inside": _research(_truncated),
}  # fmt: skip


def _vr_places(content: bytes) -> list[int]:
    """Where a VR stands, in the first 16 KB."""
    head = content[:16_384]
    return [
        place for place in range(4, len(head) - 4) if head[place : place + 2].decode("latin-1") in _VRS[:-2]
    ]


def seeds_of(data: Path) -> list[Seed]:
    """Every small enough file of the shared data that some reader here could open."""
    seeds = []
    for path in sorted(data.rglob("*")):
        if not path.is_file() or path.stat().st_size > LARGEST_SEED or path.stat().st_size < 100:
            continue
        content = path.read_bytes()
        name = path.name.lower()
        suffix = next((end for end in (".nii.gz", ".nii", ".nrrd") if name.endswith(end)), "")
        if not suffix and content[128:132] != b"DICM":
            continue
        is_mask = any(
            word in str(path.relative_to(data)).lower() for word in ("seg", "label", "rs_", "rt", "mask")
        )
        seeds.append(Seed(content, suffix or ".dcm", is_mask, None if suffix else _pixels_end(content)))
    return seeds


def _pixels_end(content: bytes) -> int | None:
    """Where explicit little endian native pixels of exactly one frame end; None for other files."""
    place = content.rfind(b"\xe0\x7f\x10\x00OW\0\0")
    if place < 0 or b"1.2.840.10008.1.2.1\0" not in content[:600]:
        return None
    length = int.from_bytes(content[place + 8 : place + 12], "little")
    if length != _word(content, 0x10) * _word(content, 0x11) * _word(content, 0x100) // 8:
        return None
    end = place + 12 + length
    return end if end <= len(content) else None


def _word(content: bytes, number: int) -> int:
    """The value of an element of group 0028, -1 where it is absent."""
    place = content.find(struct.pack("<HH", 0x28, number) + b"US\x02\0")
    return int.from_bytes(content[place + 8 : place + 10], "little") if place > 0 else -1
