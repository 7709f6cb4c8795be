"""How long something will still take, in words that promise no more than is known."""

from __future__ import annotations

from typing import Final

from inference.messages.message import Message

_MOMENT_S: Final = 1.0
_MINUTES_FROM_S: Final = 90.0


def time_left(seconds: float | None) -> Message | None:
    """A message for the time that is left; None while it is unknown."""
    if seconds is None:
        return None
    if seconds < _MOMENT_S:
        return Message("panel.run.left.moment")
    if seconds < _MINUTES_FROM_S:
        return Message("panel.run.left.seconds", {"count": round(seconds)})
    return Message("panel.run.left.minutes", {"count": round(seconds / 60)})
