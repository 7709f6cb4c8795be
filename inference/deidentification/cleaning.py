"""The profile applied to one object, attribute by attribute, at every depth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from pydicom.datadict import dictionary_has_tag, dictionary_VM, dictionary_VR
from pydicom.uid import UID_dictionary

from inference.deidentification import special
from inference.deidentification.elements import Element
from inference.deidentification.holding import COVERED
from inference.deidentification.options import DeidentifyOptions
from inference.deidentification.profile import TEXT_VRS, TIME_VRS, Action, Family, Profile
from inference.deidentification.raw_item import DEEPEST, RawItem, RawValue, text_of
from inference.deidentification.values import (
    BINARY_VRS,
    DUMMIES,
    capped_age,
    is_code_string,
    is_number_text,
    shifted,
    stripped,
    swapped,
    whole_values,
)
from inference.deidentification.vocabulary import BODY_PART, STANDARD_WORDS, is_word_of_the_trade

_NEVER: Final = frozenset({0x00080005, 0xFFFCFFFC})
_FIRST_GROUP: Final = 0x0008
_PIXEL_GROUP: Final = 0x0028
_STRING_VRS: Final = TEXT_VRS | TIME_VRS | {"AS", "CS", "DS", "IS", "UI"}


@dataclass(frozen=True, slots=True)
class Instructions:
    """What the cleaner is told about one object.

    ``map_uid`` gives the new UID of an old one; ``shift_days`` is None where dates are not kept;
    ``words`` name the patient and may not stand anywhere.
    """

    family: Family
    options: DeidentifyOptions
    pseudonym: str
    shift_days: int | None
    map_uid: Callable[[str], str]
    words: frozenset[bytes] = frozenset()


@dataclass(slots=True)
class Cleaner:
    """One pass over one object; ``counts`` tells what became of its attributes."""

    profile: Profile
    told: Instructions
    is_big_endian: bool
    counts: Counter[Action] = field(default_factory=Counter)
    _labels: special.Labels = field(default_factory=special.Labels)

    def clean(self, item: RawItem) -> list[Element]:
        """The cleaned elements in the order of their tags, with those that say what was done."""
        elements = {element.tag: element for element in self._cleaned(item, 0)}
        for element in special.statement(self.told.pseudonym, self.told.options):
            elements[element.tag] = element
        return [elements[tag] for tag in sorted(elements)]

    def _cleaned(self, item: RawItem, depth: int) -> Iterator[Element]:
        code = special.cleaned_code(item)
        yield from code
        creators: set[int] = set()
        for tag in sorted(item):
            if code and tag in special.CODE_ITEM_TAGS:
                continue
            if tag >> 16 & 1:
                yield from self._private(item, tag, creators)
                continue
            element = None if tag in _NEVER else self._standard(item, tag, depth)
            if element is None:
                self.counts[Action.REMOVE] += 1
            else:
                yield element

    def _standard(self, item: RawItem, tag: int, depth: int) -> Element | None:
        if tag >> 16 < _FIRST_GROUP or not dictionary_has_tag(tag):
            return None
        vr = dictionary_VR(tag)
        action = self.profile.action(
            tag, vr.split(" ")[0], self.told.family, is_nested=depth > 0, options=self.told.options
        )
        if vr == "SQ":
            return self._sequence(item[tag], tag, action, depth)
        found = item[tag]
        value = None if action is Action.REMOVE else self._raw(found, vr)
        if value is None:
            return None
        own = special.own_value(tag, stripped(value), self._labels, item)
        if own is not None:
            self.counts[Action.DUMMY] += 1
            return Element(tag, vr, own or (DUMMIES[vr] if self._is_required(tag, depth) else b""))
        return self._treated(item, tag, _written_vr(found, vr), value, action, depth)

    def _treated(
        self, item: RawItem, tag: int, vr: str, value: bytes, action: Action, depth: int
    ) -> Element | None:
        self.counts[action] += 1
        is_empty = not stripped(value)
        if action is Action.EMPTY or (is_empty and action is not Action.KEEP):
            return Element(tag, vr, b"")
        if action is Action.DUMMY:
            return Element(tag, vr, DUMMIES.get(vr, b""))
        if action is Action.SHIFT:
            moved = shifted(value, vr, self.told.shift_days or 0)
            return Element(tag, vr, moved or b"")
        if action is Action.MAP_UID:
            return Element(tag, vr, b"\\".join(map(self._new_uid, stripped(value).split(b"\\"))))
        kept = self._kept(item, tag, vr, value, depth)
        if kept is None:
            self.counts[action] -= 1
        return None if kept is None else Element(tag, vr, kept)

    def _kept(self, item: RawItem, tag: int, vr: str, value: bytes, depth: int) -> bytes | None:
        """A technical value that stays: a code string, a number, or a table of numbers; None for others."""
        if vr == "CS":
            stand_in = DUMMIES["CS"] if self._is_required(tag, depth) else b""
            parts = [stripped(part) for part in value.split(b"\\")]
            return b"\\".join(part if self._may_stand(part, tag) else stand_in for part in parts)
        if vr == "AS":
            return capped_age(value) or b""
        if vr in ("DS", "IS"):
            return value if is_number_text(value) else b""
        if vr not in BINARY_VRS:
            return None
        count = whole_values(value, vr)
        if count is None:
            return None
        if tag in special.TABLES:
            return special.checked_table(tag, value, item)
        most = dictionary_VM(tag).split("-")[-1]
        if vr in ("OB", "OW", "OV") or (most.isdecimal() and count > int(most)):
            return None
        return value

    def _is_required(self, tag: int, depth: int) -> bool:
        return self.profile.type_of(tag, self.told.family, is_nested=depth > 0) in ("1", "1C")

    def _may_stand(self, part: bytes, tag: int) -> bool:
        if not is_code_string(part) or not is_word_of_the_trade(tag, part):
            return False
        if tag >> 16 == _PIXEL_GROUP or tag == BODY_PART:
            return True
        words = set(part.replace(b"_", b" ").split()) - STANDARD_WORDS
        return not self.told.words & words

    def _new_uid(self, value: bytes) -> bytes:
        uid = stripped(value).decode("latin-1")
        if not uid or uid in UID_dictionary or uid in COVERED:
            return uid.encode("latin-1")
        return self.told.map_uid(uid).encode("ascii")

    def _sequence(self, found: RawValue, tag: int, action: Action, depth: int) -> Element | None:
        if action is Action.EMPTY:
            self.counts[action] += 1
            return Element(tag, "SQ", ())
        if action is not Action.KEEP or depth >= DEEPEST or isinstance(found.value, bytes):
            return None
        self.counts[action] += 1
        return Element(tag, "SQ", tuple(tuple(self._item(item, depth + 1)) for item in found.value))

    def _item(self, item: RawItem, depth: int) -> list[Element]:
        return sorted(self._cleaned(item, depth), key=lambda element: element.tag)

    def _private(self, item: RawItem, tag: int, creators: set[int]) -> Iterator[Element]:
        """A private attribute on the safe list, preceded once by the name of its block."""
        block = tag >> 8 & 0xFF
        place = (tag & 0xFFFF0000) | block
        row = None
        if block >= 0x10:
            row = self.profile.safe_private(text_of(item, place).decode("latin-1"), tag)
        value = None if row is None else self._raw(item[tag], row.vr)
        if row is None or value is None or not _is_whole_number(value, row.vr):
            self.counts[Action.REMOVE] += 1
            return
        if place not in creators:
            creators.add(place)
            yield Element(place, "LO", row.creator.encode("ascii"))
        self.counts[Action.KEEP] += 1
        yield Element(tag, row.vr, value)

    def _raw(self, found: RawValue, vr: str) -> bytes | None:
        """The stored bytes in the object's byte order; None when they claim another representation."""
        if not isinstance(found.value, bytes):
            return None
        if found.vr not in ("UN", vr, *vr.split(" or ")) and not {found.vr, vr} <= _STRING_VRS:
            return None
        written = _written_vr(found, vr)
        if written in BINARY_VRS and found.is_little_endian == self.is_big_endian:
            return swapped(found.value, written)
        return found.value


def _is_whole_number(value: bytes, vr: str) -> bool:
    return is_number_text(value) if vr in ("DS", "IS") else whole_values(value, vr) is not None


def _written_vr(found: RawValue, vr: str) -> str:
    """The representation to write: the dictionary's, and where that leaves a choice the file's."""
    choices = vr.split(" or ")
    return found.vr if found.vr in choices else choices[0]
