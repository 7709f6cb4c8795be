"""A number with its unit in a message's field: ``61`` and the id of *years*, never the UCUM code alone."""

from __future__ import annotations

from typing import Final

from inference.messages.message import UNIT_MARK

NO_UNIT: Final = "1"
"""UCUM's unit of a count or a ratio."""


def unit_id(code: str) -> str:
    """The id of the unit's name; nothing for a bare number."""
    return "" if code == NO_UNIT else f"report.unit.{code}"


def quantity(number: str, code: str) -> str:
    """The number before its unit; a count or a ratio stands alone."""
    return number if code == NO_UNIT else f"{number}{UNIT_MARK}{unit_id(code)}"
