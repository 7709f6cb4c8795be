"""Time and randomness are passed in, so that a result can be repeated and a test can hold them still."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present moment with its time zone."""


class IdSource(Protocol):
    """Gives identifiers that have not been given before."""

    def new_id(self) -> uuid.UUID:
        """A fresh UUID."""


class SystemClock:
    """The machine's clock, UTC."""

    def now(self) -> datetime:
        """The present moment in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that stands still."""

    moment: datetime

    def now(self) -> datetime:
        """The moment it was set to."""
        return self.moment


class SystemIds:
    """Random UUIDs from the operating system."""

    def new_id(self) -> uuid.UUID:
        """A random (version 4) UUID."""
        return uuid.uuid4()


class SeededIds:
    """The same sequence of UUIDs for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def new_id(self) -> uuid.UUID:
        """The next UUID of the sequence."""
        return uuid.UUID(int=self._random.getrandbits(128), version=4)
