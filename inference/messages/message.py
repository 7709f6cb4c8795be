"""A message: an id in the catalogue and the fields that its text needs; no text of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

FieldValue = str | int | float

LIST_MARK = " | "
"""Stands between several ids in one field; shown as the language's own separator."""

UNIT_MARK = "\u00a0"
"""Stands between a number and the id of its unit in one field; shown as it is, and breaks no line."""


@dataclass(frozen=True, slots=True)
class Message:
    """An id such as ``guard.modality.refused`` with the values that fill its placeholders."""

    id: str
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
