"""What is done with each attribute: PS3.15 Annex E and the lists of what is known to be technical, as data.

``data/profile.csv`` is Table E.1-1 (Basic Profile and two options), ``data/attributes.csv`` the attributes
of the covered objects with their types (PS3.3), ``data/private.csv`` the numeric part of Table E.3.10-1.
An attribute on neither of the first two lists is unknown, and unknown is removed.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from inference.deidentification.options import DeidentifyOptions

DATA: Final = Path(__file__).parent / "data"

TEXT_VRS: Final = frozenset({"AE", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT"})
TIME_VRS: Final = frozenset({"DA", "DT", "TM"})
TIMEZONE_OFFSET: Final = 0x00080201
_CURVES: Final = "50XX,XXXX"
_REPEATING: Final = "60XX,"


class Action(StrEnum):
    """What becomes of one attribute."""

    KEEP = "keep"  # a sequence: its items are cleaned one by one
    REMOVE = "remove"
    EMPTY = "empty"
    DUMMY = "dummy"
    MAP_UID = "map"
    SHIFT = "shift"


class Family(StrEnum):
    """Kinds of object with the same attributes at the top level."""

    CLASSIC = "classic"
    PET = "pet"
    ENHANCED = "enhanced"
    SEG = "seg"
    RTSTRUCT = "rtstruct"


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """One line of Table E.1-1: the Basic Profile's action and what two options say."""

    keyword: str
    basic: str
    modified_dates: str
    characteristics: str


@dataclass(frozen=True, slots=True)
class AttributeRow:
    """One technical attribute; ``types`` holds the strictest type for each family and for nested places."""

    keyword: str
    vr: str
    is_technical: bool
    types: tuple[str, ...]

    def type_in(self, family: Family, is_nested: bool) -> str:
        """1, 1C, 2, 2C, 3, or empty where the standard does not place it there."""
        return self.types[-1 if is_nested else list(Family).index(family)]


@dataclass(frozen=True, slots=True)
class PrivateRow:
    """One private attribute that is known to be safe."""

    creator: str
    vr: str


class Profile:
    """The three lists, asked tag by tag."""

    def __init__(
        self,
        rows: dict[int, ProfileRow],
        attributes: dict[int, AttributeRow],
        private: dict[tuple[str, int, int], PrivateRow],
    ) -> None:
        self.rows = rows
        self.attributes = attributes
        self.private = private

    def action(
        self, tag: int, vr: str, family: Family, *, is_nested: bool, options: DeidentifyOptions
    ) -> Action:
        """What to do with the standard attribute ``tag`` of dictionary representation ``vr``."""
        attribute = self.attributes.get(tag)
        kind = "" if attribute is None else attribute.type_in(family, is_nested)
        row = self.rows.get(tag)
        if row is not None:
            is_temporal = row.modified_dates and (vr in TIME_VRS or tag == TIMEZONE_OFFSET)
            if options.keep_shifted_dates and is_temporal:
                return Action.SHIFT
            if options.keep_characteristics and row.characteristics == "K" and vr not in TEXT_VRS:
                return Action.KEEP
            return basic_action(row.basic, kind)
        if attribute is None or not attribute.is_technical:
            return Action.REMOVE
        if vr in TIME_VRS and options.keep_shifted_dates:
            return Action.SHIFT
        if vr in TEXT_VRS or vr in TIME_VRS or vr == "AS":
            return basic_action("X/Z/D", kind)
        return Action.MAP_UID if vr == "UI" else Action.KEEP

    def type_of(self, tag: int, family: Family, *, is_nested: bool) -> str:
        """The type of an attribute, empty where none is known."""
        attribute = self.attributes.get(tag)
        return "" if attribute is None else attribute.type_in(family, is_nested)

    def safe_private(self, creator: str, tag: int) -> PrivateRow | None:
        """The row of a private attribute on the safe list."""
        return self.private.get((creator, tag >> 16, tag & 0xFF))


def basic_action(basic: str, kind: str) -> Action:
    """The Basic Profile's action for an attribute of type ``kind``.

    Of a compound (``X/Z/D``) the gentlest that keeps the object conformant. Source: PS3.15 Table E.1-1a.
    """
    parts = basic.rstrip("*").split("/")
    if len(parts) > 1 and "U" in parts:
        return Action.KEEP  # a sequence of references: its UIDs are mapped where they stand
    wanted = {"1": "DZX", "1C": "DZX", "2": "ZDX", "2C": "ZDX"}.get(kind, "XZD") if len(parts) > 1 else "XZDU"
    letter = next(letter for letter in wanted if letter in parts)
    return {"X": Action.REMOVE, "Z": Action.EMPTY, "D": Action.DUMMY, "U": Action.MAP_UID}[letter]


@cache
def load_profile() -> Profile:
    """The lists of this version."""
    return Profile(_profile_rows(), _attribute_rows(), _private_rows())


def _profile_rows() -> dict[int, ProfileRow]:
    rows: dict[int, ProfileRow] = {}
    for line in _lines("profile.csv"):
        if line["tag"] == _CURVES:
            continue  # on no list of technical attributes, and so unknown
        row = ProfileRow(line["keyword"], line["basic"], line["modified_dates"], line["characteristics"])
        groups = range(0x6000, 0x6100, 2) if line["tag"].startswith(_REPEATING) else (0,)
        for group in groups:
            text = line["tag"] if not group else f"{group:04X},{line['tag'][5:]}"
            rows[_tag(text)] = row
    return rows


def _attribute_rows() -> dict[int, AttributeRow]:
    columns = [*(str(family) for family in Family), "nested"]
    rows = {}
    for line in _lines("attributes.csv"):
        types = tuple(line[column] for column in columns)
        rows[_tag(line["tag"])] = AttributeRow(line["keyword"], line["vr"], line["use"] == "keep", types)
    return rows


def _private_rows() -> dict[tuple[str, int, int], PrivateRow]:
    return {
        (line["creator"], int(line["tag"][:4], 16), int(line["tag"][7:], 16)): PrivateRow(
            line["creator"], line["vr"]
        )
        for line in _lines("private.csv")
    }


def _lines(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def _tag(text: str) -> int:
    group, element = text.split(",")
    return int(group, 16) << 16 | int(element, 16)
