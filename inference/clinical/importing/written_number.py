"""A number as people write it: with its unit behind it, a decimal comma, or digits of full width."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from inference.clinical.importing.units import unit_of
from inference.clinical.schema import FieldSchema
from inference.errors import InputError
from inference.messages.message import LIST_MARK

_NUMBER: Final = re.compile(r"^(?P<number>[-+]?\d[\d.,]*(?:e[-+]?\d+)?)\s*(?P<unit>\D.*)?$", re.IGNORECASE)
_BOUND: Final = re.compile(r"^\s*[<>≤≥]")
_DECIMAL_COMMA: Final = re.compile(r"^[-+]?(?:\d+,\d{1,2}|\d+,\d{4,}|0,\d+)$")
_COMMA: Final = re.compile(r"\d,\d")
_IN_UNITS: Final = re.compile(r"[^\W\d_]|[%‰]")
_FULL_STOP: Final = re.compile(r"(?<=\d)。(?=\d)")


@dataclass(frozen=True, slots=True)
class WrittenNumber:
    """``number`` with a decimal point, and the code of the unit; empty where none is written."""

    number: str
    unit: str
    had_decimal_comma: bool = False


def read_number(field: FieldSchema, text: str, unit: str = "") -> WrittenNumber:
    """What ``text`` says; ``unit`` is what is written beside it, and counts where the text has none.

    What is no number at all is left as it is, for the field to refuse.

    Raises
    ------
    InputError
        For a bound (``<0.5``), a comma that may part thousands, or a unit that the field does not have.
    """
    label = f"clinical.{field.id}"
    plain = _FULL_STOP.sub(".", unicodedata.normalize("NFKC", text).strip())
    if _BOUND.match(plain):
        raise InputError("error.import.bound", field=label, value=text)
    found = _NUMBER.match(plain)
    if found is not None and found["unit"] is not None and not _IN_UNITS.search(found["unit"]):
        found = None
    number, written = (plain, unit) if found is None else (found["number"], (found["unit"] or unit).strip())
    has_decimal_comma = _DECIMAL_COMMA.match(number) is not None
    if has_decimal_comma:
        number = number.replace(",", ".")
    elif _COMMA.search(number):
        raise InputError("error.import.comma", field=label, value=text)
    code = unit_of(field, written) if written else ""
    if code is None:
        allowed = LIST_MARK.join(f"report.unit.{known.code}" for known in field.units)
        raise InputError("error.clinical.unit", field=label, unit=written, allowed=allowed)
    return WrittenNumber(number, code, has_decimal_comma)
