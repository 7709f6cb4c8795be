"""One file from its bytes to the bytes without its patient.  Runs in the limited process."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from inference.deidentification.cleaning import Cleaner, Instructions
from inference.deidentification.elements import Element, EncodedObject, Pixels, encode_object
from inference.deidentification.holding import HeldBackError, family_of
from inference.deidentification.identity import Identity, identity_of, identity_words
from inference.deidentification.options import DeidentifyOptions
from inference.deidentification.pixel_check import checked_pixels
from inference.deidentification.profile import Action, load_profile
from inference.deidentification.source_object import SourceObject, take_apart
from inference.deidentification.values import padded

SOP_CLASS, SOP_INSTANCE = 0x00080016, 0x00080018
_STUDY, _SERIES = 0x0020000D, 0x0020000E


@dataclass(frozen=True, slots=True)
class Rewrite:
    """The new file, its pixels, where they lay in the old one (-1: nowhere to be seen), and what was done."""

    encoded: EncodedObject
    pixels: Pixels | None
    source_offset: int
    counts: Counter[Action]

    @property
    def source_length(self) -> int:
        """Bytes of pixels that lie in the source as they do here."""
        return 0 if self.pixels is None else len(self.pixels.value) - self.pixels.is_padded

    @property
    def pixel_sha256(self) -> str:
        """Digest of the pixels as stored; empty without pixels."""
        return "" if self.pixels is None else hashlib.sha256(self.pixels.value).hexdigest()


def examine(data: bytes, options: DeidentifyOptions) -> tuple[Identity, tuple[str, ...]]:
    """Identity and UIDs of an object that may pass.

    Raises
    ------
    HeldBackError
    """
    source = take_apart(data)
    found: dict[str, None] = {}

    def note(uid: str) -> str:
        found[uid] = None
        return "2.25.0"

    _cleaned(source, options, "NOBODY", 0, note)
    checked_pixels(source, identity_words(source.content))
    identity = identity_of(source.header)
    return identity, tuple(found)


def rewrite(
    data: bytes,
    options: DeidentifyOptions,
    *,
    pseudonym: str,
    shift_days: int,
    uids: Mapping[str, str],
    minted: tuple[str, str, str],
) -> Rewrite:
    """The object for ``pseudonym``, read again and cleaned again as a check on itself.

    Raises
    ------
    HeldBackError
        ``not_verified`` when a second cleaning of the result would change it.
    """
    source = take_apart(data)
    elements, counts = _cleaned(source, options, pseudonym, shift_days, uids.__getitem__)
    elements = _completed(elements, source.sop_class, minted)
    pixels = checked_pixels(source, identity_words(source.content))
    encoded = _encoded(source, elements, pixels)
    _verify(encoded, elements, pixels, options, pseudonym)
    return Rewrite(encoded, pixels, source.pixel_offset, counts)


def _cleaned(
    source: SourceObject,
    options: DeidentifyOptions,
    pseudonym: str,
    shift_days: int,
    map_uid: Callable[[str], str],
) -> tuple[list[Element], Counter[Action]]:
    told = Instructions(
        family=family_of(source.header, source.sop_class, source.syntax),
        options=options,
        pseudonym=pseudonym,
        shift_days=shift_days if options.keep_shifted_dates else None,
        map_uid=map_uid,
        words=identity_words(source.content),
    )
    cleaner = Cleaner(load_profile(), told, source.is_big_endian)
    return cleaner.clean(source.content), cleaner.counts


def _completed(elements: list[Element], sop_class: str, minted: tuple[str, str, str]) -> list[Element]:
    """Class and UIDs for an object that states none; what has one keeps its own."""
    by_tag = {element.tag: element for element in elements}
    stated = zip((SOP_CLASS, _STUDY, _SERIES, SOP_INSTANCE), (sop_class, *minted), strict=True)
    for tag, uid in stated:
        if tag not in by_tag or not by_tag[tag].value:
            by_tag[tag] = Element(tag, "UI", uid.encode("ascii"))
    return [by_tag[tag] for tag in sorted(by_tag)]


def _encoded(source: SourceObject, elements: list[Element], pixels: Pixels | None) -> EncodedObject:
    values = {element.tag: element.value for element in elements}
    sop_class, sop_uid = values[SOP_CLASS], values[SOP_INSTANCE]
    assert isinstance(sop_class, bytes) and isinstance(sop_uid, bytes)
    return encode_object(
        elements,
        pixels,
        syntax=source.syntax,
        sop_class=sop_class.decode("ascii"),
        sop_uid=sop_uid.decode("ascii"),
    )


def _verify(
    encoded: EncodedObject,
    elements: list[Element],
    pixels: Pixels | None,
    options: DeidentifyOptions,
    pseudonym: str,
) -> None:
    """What was made is read as a stranger's file: the same pixels, and nothing left to clean."""
    again = take_apart(b"".join(encoded.parts))
    kept, _ = _cleaned(again, options, pseudonym, 0, lambda uid: uid)
    same_pixels = (pixels is None) == (again.pixels is None) and (
        pixels is None or again.pixels is None or bytes(pixels.value) == bytes(again.pixels.value)
    )
    if not same_pixels or _flat(kept) != _flat(elements):
        raise HeldBackError("not_verified")


def _flat(elements: list[Element]) -> list[Element]:
    """Elements as they come back from a file: padded."""
    return [_padded(element) for element in elements]


def _padded(element: Element) -> Element:
    if isinstance(element.value, bytes):
        return replace(element, value=padded(element.value, element.vr))
    return replace(element, value=tuple(tuple(map(_padded, item)) for item in element.value))
