"""What a ZIP archive claims to hold, judged before a byte of it is unpacked.  Runs in a limited process."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Sequence
from typing import Final

from inference.dicom.sources.media_directory import inside_parts
from inference.dicom.sources.walk import printable

MOST_TIMES: Final = 100
_ALLOWANCE: Final = 1 << 20
_MEMBER_ALLOWANCE: Final = 16 << 20
_LOCAL_HEADER: Final = 30
_ENCRYPTED: Final = 0x1 | 0x40 | 0x2000
_UTF_8: Final = 0x800


def refusal(members: Sequence[zipfile.ZipInfo], size: int, most_members: int, most_bytes: int) -> str:
    """The code for an archive of ``size`` bytes that is not unpacked at all; empty when it may be."""
    if any(member.flag_bits & _ENCRYPTED for member in members):
        return "intake.zip_encrypted"
    total = sum(member.file_size for member in members)
    if total > max(_ALLOWANCE, MOST_TIMES * size):
        return "intake.zip_bomb"
    if len(members) > most_members or total > most_bytes:
        return "intake.zip_too_large"
    if _overlap(members, size):
        return "intake.zip_overlapping"
    return ""


def _overlap(members: Sequence[zipfile.ZipInfo], size: int) -> bool:
    """Members that share bytes can make much of little without any ratio that shows."""
    end = 0
    for member in sorted(members, key=lambda member: member.header_offset):
        if member.header_offset < end:
            return True
        end = member.header_offset + _LOCAL_HEADER + member.compress_size
    return end > size


def why_passed_over(member: zipfile.ZipInfo, name: str) -> str:
    """The code for a member that stays packed; empty for one to unpack."""
    kind = stat.S_IFMT(member.external_attr >> 16)
    if inside_parts(name) is None:
        return "intake.zip_outside"
    if kind == stat.S_IFLNK:
        return "intake.zip_link"
    if kind not in (0, stat.S_IFREG):
        return "intake.special_file"
    if name.lower().endswith(".zip"):
        return "intake.zip_nested"
    if member.file_size > max(_MEMBER_ALLOWANCE, MOST_TIMES * member.compress_size):
        return "intake.zip_member_bomb"
    return ""


def is_no_part(member: zipfile.ZipInfo) -> bool:
    """Folders, and the hidden files that a walk over a folder would not list either."""
    parts = member.filename.replace("\\", "/").split("/")
    hidden = any(part.startswith(".") and part not in (".", "..") for part in parts)
    return member.is_dir() or hidden or "__MACOSX" in parts


def member_name(member: zipfile.ZipInfo) -> str:
    """The name as text: UTF-8 where the archive says so or the bytes allow it, else GB18030, else CP 437.

    Chinese systems write names in their own code page without saying so.
    """
    name = member.filename
    if not member.flag_bits & _UTF_8 and not name.isascii():
        raw = name.encode("cp437", "replace")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return name


def shown_member_name(name: str, longest: int) -> str:
    """Printable, parts divided by ``/``, not longer than ``longest``."""
    shown = printable(name.replace("\\", "/"))
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"
