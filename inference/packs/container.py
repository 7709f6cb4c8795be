"""The zip form of a pack, ``*.modelpack``: always the same bytes out, and no surprise in.

It is read twice: here its directory, in the few structures that decide whether it may be unpacked at all, and
then by a limited process that inflates it.  Source of the structures: PKWARE APPNOTE 6.3.10, 4.3.
"""

from __future__ import annotations

import re
import stat
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from inference.dicom.sources.archive_contents import MOST_TIMES
from inference.errors import PackError
from inference.packs.load import LoadedPack
from inference.packs.manifest import MANIFEST_FILE, SIGNATURE_FILE
from inference.packs.verify import FILE_COUNT_LIMIT, FILE_LIMIT, PACK_LIMIT

SUFFIX: Final = ".modelpack"

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_MODE: Final = stat.S_IFREG | 0o644
_UNIX: Final = 3

_END: Final = struct.Struct("<4sHHHHIIH")
_CENTRAL: Final = struct.Struct("<4sHHHHHHIIIHHHHHII")
_LOCAL: Final = struct.Struct("<4sHHHHHIIIHH")
_END_MARK, _CENTRAL_MARK, _LOCAL_MARK = b"PK\x05\x06", b"PK\x01\x02", b"PK\x03\x04"
_SEARCHED: Final = 1 << 16
_DIRECTORY_LIMIT: Final = 1 << 20
_ENCRYPTED: Final = 0x1 | 0x40 | 0x2000
_ALLOWED_FLAGS: Final = 0x2 | 0x4 | 0x800
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ALLOWANCE: Final = 1 << 20
_LONGEST_NAME: Final = 200
_PART: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?")
_DEVICES: Final = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


def container_name(pack: LoadedPack) -> str:
    """``ID-VERSION.modelpack``."""
    return f"{pack.manifest.id}-{pack.manifest.version}{SUFFIX}"


def write_container(pack: LoadedPack, stream: BinaryIO) -> None:
    """Write a verified pack as one file: manifest, signature, the rest by name; uncompressed and undated.

    Weights hardly shrink, and stored bytes do not depend on the version of a compressor.
    """
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(_member(MANIFEST_FILE), (pack.folder / MANIFEST_FILE).read_bytes())
        if pack.signer is not None:
            archive.writestr(_member(SIGNATURE_FILE), (pack.folder / SIGNATURE_FILE).read_bytes())
        for name in sorted(pack.manifest.files):
            archive.writestr(_member(name), pack.read(name))


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, date_time=_EPOCH)
    member.create_system = _UNIX
    member.external_attr = _MODE << 16
    return member


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    raw_name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    mode: int
    offset: int


def check_container(path: Path) -> tuple[str, ...]:
    """The names in the container, in its order, once every one may become a file.

    Raises
    ------
    PackError
        Naming the container or the member: truncated, followed or preceded by other data, encrypted, too
        large, swelling, with a link, a name that leads out, is odd or stands twice, or with hidden bytes.
    """
    file = path.name
    try:
        size = path.stat().st_size
        if size > PACK_LIMIT:
            raise PackError("error.pack.too_large", file=file, limit_mb=PACK_LIMIT >> 20)
        with path.open("rb") as stream:
            entries, directory = _directory(stream, size, file)
            for entry in entries:
                _check_member(entry)
            _check_together(entries, size, file)
            _check_places(stream, entries, directory, file)
    except OSError as error:
        raise PackError("error.pack.unreadable_file", file=file) from error
    return tuple(entry.name for entry in entries)


def _directory(stream: BinaryIO, size: int, file: str) -> tuple[list[_Entry], int]:
    """The entries and where the directory begins."""
    stream.seek(max(0, size - _SEARCHED - _END.size))
    tail = stream.read()
    place = tail.rfind(_END_MARK)
    if place < 0 or place + _END.size > len(tail):
        raise PackError("error.pack.container_truncated", file=file)
    _, disk, start_disk, here, count, length, offset, comment = _END.unpack_from(tail, place)
    if place + _END.size != len(tail):
        # The end of an archive inside this one, such as an NPZ, is no end of this one.
        is_own = offset + length == size - len(tail) + place
        raise PackError(f"error.pack.container_{'surplus' if is_own else 'truncated'}", file=file)
    if (disk, start_disk, comment) != (0, 0, 0) or here != count or length > _DIRECTORY_LIMIT:
        raise PackError("error.pack.container_damaged", file=file)
    if count > FILE_COUNT_LIMIT:
        raise PackError("error.pack.too_many_files", limit=FILE_COUNT_LIMIT)
    if offset + length + _END.size != size:
        short = offset + length + _END.size > size
        raise PackError(
            "error.pack.container_truncated" if short else "error.pack.container_surplus", file=file
        )
    stream.seek(offset)
    content = stream.read(length)
    entries = []
    at = 0
    for _ in range(count):
        if at + _CENTRAL.size > length:
            raise PackError("error.pack.container_damaged", file=file)
        fields = _CENTRAL.unpack_from(content, at)
        name_length, extra_length, comment_length = fields[10], fields[11], fields[12]
        raw = content[at + _CENTRAL.size : at + _CENTRAL.size + name_length]
        at += _CENTRAL.size + name_length + extra_length + comment_length
        if fields[0] != _CENTRAL_MARK or len(raw) != name_length or at > length or fields[13] != 0:
            raise PackError("error.pack.container_damaged", file=file)
        entries.append(
            _Entry(
                name=raw.decode("ascii", "replace"),
                raw_name=raw,
                flags=fields[3],
                method=fields[4],
                crc=fields[7],
                packed=fields[8],
                size=fields[9],
                mode=fields[15] >> 16,
                offset=fields[16],
            )
        )
    if at != length:
        raise PackError("error.pack.container_surplus", file=file)
    return entries, offset


def _check_member(entry: _Entry) -> None:
    shown = entry.name if entry.name.isprintable() else repr(entry.name)
    parts = entry.name.split("/")
    if ".." in parts or parts[0] == "" or "\\" in entry.name or ":" in entry.name:
        raise PackError("error.pack.container_outside", file=shown)
    if stat.S_IFMT(entry.mode) not in (0, stat.S_IFREG):
        raise PackError("error.pack.link", file=shown)
    if len(entry.name) > _LONGEST_NAME or not all(
        _PART.fullmatch(part) and not _DEVICES.fullmatch(part) for part in parts
    ):
        raise PackError("error.pack.container_name", file=shown)
    if entry.flags & _ENCRYPTED:
        raise PackError("error.pack.container_encrypted", file=shown)
    if entry.flags & ~_ALLOWED_FLAGS or entry.method not in _METHODS:
        raise PackError("error.pack.container_form", file=shown)
    if entry.size > FILE_LIMIT:
        raise PackError("error.pack.too_large", file=shown, limit_mb=FILE_LIMIT >> 20)
    stored = entry.method == zipfile.ZIP_STORED
    if entry.size > max(_ALLOWANCE, MOST_TIMES * entry.packed) or (stored and entry.size != entry.packed):
        raise PackError("error.pack.container_swells", file=shown, times=MOST_TIMES)


def _check_together(entries: list[_Entry], size: int, file: str) -> None:
    total = sum(entry.size for entry in entries)
    if total > PACK_LIMIT:
        raise PackError("error.pack.too_large", file=file, limit_mb=PACK_LIMIT >> 20)
    if total > max(_ALLOWANCE, MOST_TIMES * size):
        raise PackError("error.pack.container_swells", file=file, times=MOST_TIMES)
    seen: set[str] = set()
    folders: set[str] = set()
    for entry in entries:
        folded = entry.name.lower()
        above = folded.split("/")[:-1]
        folders |= {"/".join(above[:depth]) for depth in range(1, len(above) + 1)}
        if folded in seen:
            raise PackError("error.pack.container_twice", file=entry.name)
        seen.add(folded)
    for entry in entries:
        if entry.name.lower() in folders:
            raise PackError("error.pack.container_twice", file=entry.name)
    if MANIFEST_FILE not in seen:
        raise PackError("error.pack.no_manifest", folder=file)


def _check_places(stream: BinaryIO, entries: list[_Entry], directory: int, file: str) -> None:
    """Members lie one behind the other, as the directory says, from the first byte to the directory."""
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.offset):
        if entry.offset != end:
            raise PackError("error.pack.container_surplus", file=file)
        stream.seek(entry.offset)
        header = stream.read(_LOCAL.size)
        if len(header) != _LOCAL.size:
            raise PackError("error.pack.container_truncated", file=file)
        mark, _, flags, method, _, _, crc, packed, size, name_length, extra_length = _LOCAL.unpack(header)
        stated = (_LOCAL_MARK, entry.flags, entry.method, entry.crc, entry.packed, entry.size, entry.raw_name)
        if (mark, flags, method, crc, packed, size, stream.read(name_length)) != stated:
            raise PackError("error.pack.container_differs", file=entry.name)
        end = entry.offset + _LOCAL.size + name_length + extra_length + entry.packed
    if end != directory:
        raise PackError("error.pack.container_surplus", file=file)
