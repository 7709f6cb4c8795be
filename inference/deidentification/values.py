"""Single values: which may stand as they are, and how a date, an age or a UID is changed.

Everything here works on bytes as they are stored, so that what is written is what was looked at.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

_CODE_STRING: Final = re.compile(rb"[A-Z0-9 _]{0,16}")
_NUMBER: Final = re.compile(rb" *[+-]?(?:\d{1,20}(?:[.,]\d{0,20})?|[.,]\d{1,20})(?:[eE][+-]?\d{1,3})? *")
_LONGEST_NUMBER: Final = 24
_DATE: Final = re.compile(rb"(\d{4})\.?(\d{2})\.?(\d{2})")
_TIME: Final = re.compile(rb"\d{2}(?::?\d{2}(?::?\d{2}(?:\.\d{1,6})?)?)?")
_DATE_TIME: Final = re.compile(rb"(\d{8})((?:\d{2}){0,3}(?:\.\d{1,6})?)([+-]\d{4})?")
_AGE: Final = re.compile(rb"(\d{3})([DWMY])")
_ZONE: Final = re.compile(rb"[+-]\d{4}")
_OLDEST_AGE: Final = 89
_PER_YEAR: Final = {b"D": 365, b"W": 52, b"M": 12, b"Y": 1}
OLD_AGE: Final = b"090Y"

_BYTES_EACH: Final = {
    "AT": 4, "FD": 8, "FL": 4, "SL": 4, "SS": 2, "SV": 8, "UL": 4, "US": 2, "UV": 8, "OW": 2, "OV": 8, "OB": 1
}  # fmt: skip
BINARY_VRS: Final = frozenset(_BYTES_EACH)
_SWAPPED_IN: Final = _BYTES_EACH | {"AT": 2}

DUMMIES: Final = {
    "AE": b"REMOVED", "AS": b"000Y", "CS": b"REMOVED", "DA": b"19000101", "DS": b"0", "DT": b"19000101000000",
    "IS": b"0", "LO": b"REMOVED", "LT": b"REMOVED", "PN": b"REMOVED", "SH": b"REMOVED", "ST": b"REMOVED",
    "TM": b"000000", "UC": b"REMOVED", "UR": b"removed:", "UT": b"REMOVED",
}  # fmt: skip
"""What stands where the profile asks for a value that says nothing."""


def stripped(value: bytes) -> bytes:
    """A text value without its padding."""
    return value.strip(b" \0")


def padded(value: bytes, vr: str) -> bytes:
    """The value with an even number of bytes."""
    if len(value) % 2 == 0:
        return value
    return value + (b"\0" if vr in ("UI", "OB") else b" ")


def is_code_string(value: bytes) -> bool:
    """True for one value in the repertoire of a code string: capitals, digits, space and underscore."""
    return _CODE_STRING.fullmatch(stripped(value)) is not None


def is_number_text(value: bytes) -> bool:
    """True when every one of the values is a decimal number, or empty."""
    return all(
        len(one) <= _LONGEST_NUMBER and (not one or _NUMBER.fullmatch(one) is not None)
        for one in stripped(value).split(b"\\")
    )


def is_time(value: bytes) -> bool:
    """True when every one of the values is a time of day."""
    return all(_TIME.fullmatch(stripped(one)) is not None for one in stripped(value).split(b"\\"))


def is_zone(value: bytes) -> bool:
    """True for an offset from UTC."""
    return _ZONE.fullmatch(stripped(value)) is not None


def whole_values(value: bytes, vr: str) -> int | None:
    """How many values of a binary representation these bytes are; None when they do not divide evenly."""
    count, rest = divmod(len(value), _BYTES_EACH[vr])
    return None if rest else count


def swapped(value: bytes, vr: str) -> bytes:
    """Binary values in the other byte order."""
    size = _SWAPPED_IN[vr]
    if size == 1:
        return value
    return b"".join(value[start : start + size][::-1] for start in range(0, len(value), size))


def shifted(value: bytes, vr: str, days: int) -> bytes | None:
    """A date or date-time moved by whole days, a time as it is; None when it is none or not a whole one."""
    parts = stripped(value).split(b"\\")
    if vr == "TM":
        return b"\\".join(map(stripped, parts)) if is_time(value) else None
    moved = [_shifted_one(stripped(part), vr, days) for part in parts]
    return None if any(part is None for part in moved) else b"\\".join(part for part in moved if part)


def _shifted_one(value: bytes, vr: str, days: int) -> bytes | None:
    if vr == "DA":
        found = _DATE.fullmatch(value)
        return None if found is None else _moved(b"".join(found.groups()), days)
    found = _DATE_TIME.fullmatch(value)
    if found is None:
        return None
    day = _moved(found[1], days)
    return None if day is None else day + found[2] + (found[3] or b"")


def _moved(day: bytes, days: int) -> bytes | None:
    try:
        moved = date(int(day[:4]), int(day[4:6]), int(day[6:8])) + timedelta(days=days)
    except (ValueError, OverflowError):
        return None
    return moved.strftime("%Y%m%d").rjust(8, "0").encode("ascii")


def capped_age(value: bytes) -> bytes | None:
    """An age, every one over 89 years as 90; None when it is none. Source: PS3.15 E.3.5."""
    found = _AGE.fullmatch(stripped(value))
    if found is None:
        return None
    return OLD_AGE if int(found[1]) // _PER_YEAR[found[2]] > _OLDEST_AGE else found[0]
