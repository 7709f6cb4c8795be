"""Messages about clinical values with their units as words: "years" where the schema says ``a``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inference.messages.message import Message

if TYPE_CHECKING:
    from inference.messages.catalogue import Catalogue


def with_unit_words(message: Message, catalogue: Catalogue) -> Message:
    """The message with its ``unit`` replaced by the id of the unit's name, where there is one."""
    unit_id = f"report.unit.{message.fields.get('unit', '')}"
    if not catalogue.has(unit_id):
        return message
    return Message(message.id, {**message.fields, "unit": unit_id})
