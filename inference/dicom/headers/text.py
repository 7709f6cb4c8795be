"""Text of DICOM elements by their character sets, shown as it decodes and never rewritten.

Where the declared set is absent or plainly wrong, the likely reading is offered beside it, for a person
to judge.  Runs in the reader process.  Source: PS3.5 6.1 and annexes H to K, PS3.3 C.12.1.1.2.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_ESCAPE: Final = b"\x1b"
_DEFAULT: Final = "latin-1"
_DELIMITERS: Final = frozenset(b"\\^=")
_STAND_ALONE: Final = frozenset({"ISO_IR 192", "GB18030", "GBK"})
# Sets of one byte a letter: every byte decodes in them, also one that was never meant to.
_LATIN: Final = frozenset({"", "ISO_IR 6", "ISO_IR 100"})
_SINGLE_BYTE: Final = _LATIN | {
    f"ISO_IR {number}" for number in (101, 109, 110, 126, 127, 138, 144, 148, 166)
}
_HIGH: Final = re.compile(rb"[\x80-\xff]+")
_WORD_BREAKS: Final = re.compile(rb"[\\^= ,.\-]+")


@dataclass(frozen=True, slots=True)
class DecodedText:
    """A text as its declared character sets decode it.

    ``is_whole`` is False where bytes stood for nothing and U+FFFD stands in their place;
    ``likely`` and ``likely_charset`` are what the bytes probably were meant to say, if something else.
    """

    text: str
    is_whole: bool = True
    likely: str = ""
    likely_charset: str = ""


def decode_text(raw: bytes, charsets: Sequence[str]) -> DecodedText:
    """Decode the bytes of a text element.

    Parameters
    ----------
    raw
        As stored, padding removed.
    charsets
        Values of (0008,0005), empty ones in their place; none when the element is absent.
    """
    if raw.isascii() and _ESCAPE not in raw:
        return DecodedText(raw.decode("ascii"))
    terms = [_as_defined(term) for term in charsets] or [""]
    text, is_whole = _decoded(raw, terms)
    likely, charset = ("", "")
    if _ESCAPE not in raw and (not is_whole or (len(terms) == 1 and terms[0] in _SINGLE_BYTE)):
        likely, charset = _likely(raw, may_be_chinese=not is_whole or terms[0] in _LATIN)
    if likely == text:
        likely, charset = "", ""
    is_undeclared = not any(terms) and _ESCAPE not in raw
    return DecodedText(text, is_whole and not is_undeclared, likely, charset)


def _as_defined(term: str) -> str:
    """The defined term behind usual misspellings: ``ISO-IR 192``, ``iso_ir_100``, ``ISO IR 6``."""
    upper = term.strip().upper()
    match = re.fullmatch(r"ISO[ _-]*(2022)?[ _-]*IR[ _-]*(\d+)", upper)
    if match is None:
        return {"UTF-8": "ISO_IR 192", "UTF8": "ISO_IR 192", "GB2312": "GBK"}.get(upper, upper)
    return f"ISO 2022 IR {match[2]}" if match[1] else f"ISO_IR {match[2]}"


def _decoded(raw: bytes, terms: Sequence[str]) -> tuple[str, bool]:
    """The text and whether every byte stands for a letter; an unknown set is taken for Latin 1."""
    from pydicom.charset import python_encoding

    known = [term for term in terms if term in python_encoding]
    alone = [term for term in terms if term in _STAND_ALONE]
    encodings = [python_encoding[term] for term in (alone[:1] or known)] or [_DEFAULT]
    is_known = len(known) == len(terms)
    if alone or _ESCAPE not in raw:
        encoding = encodings[0] if alone or terms[0] in known else _DEFAULT
        try:
            return raw.decode(encoding), is_known
        except UnicodeDecodeError:
            return raw.decode(encoding, "replace"), False
    return _with_escapes(raw, encodings, is_known)


def _with_escapes(raw: bytes, encodings: list[str], is_known: bool) -> tuple[str, bool]:
    """Code extension: escape sequences switch between the declared sets (PS3.5 6.1.2.5)."""
    import warnings

    from pydicom.charset import decode_bytes

    with warnings.catch_warnings(record=True) as complaints:
        warnings.simplefilter("always")
        text = decode_bytes(raw, encodings, set(_DELIMITERS))
    # pydicom leaves the escape to GB 2312 (ISO 2022 IR 58) in the text.
    text = text.replace("\x1b$)A", "")
    return text, is_known and not complaints


def _likely(raw: bytes, *, may_be_chinese: bool) -> tuple[str, str]:
    """What the bytes say as UTF-8 or as Chinese, where they can hardly be anything else."""
    try:
        return raw.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        pass
    if not may_be_chinese or not _looks_chinese(raw):
        return "", ""
    try:
        return raw.decode("gb18030"), "GB18030"
    except UnicodeDecodeError:
        return "", ""


def _looks_chinese(raw: bytes) -> bool:
    """True when high bytes come in pairs within GB 2312 and words hold either them or plain letters.

    Western names mix both in one word; in GB 2312 every hanzi lies in rows 16 to 87.
    """
    words = [word for word in _WORD_BREAKS.split(raw) if not word.isascii()]
    for word in words:
        if _HIGH.fullmatch(word) is None or len(word) % 2:
            return False
        pairs = zip(word[::2], word[1::2], strict=True)
        if not all(0xB0 <= first <= 0xF7 and 0xA1 <= second <= 0xFE for first, second in pairs):
            return False
    return bool(words)
