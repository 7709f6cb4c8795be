"""``main.py`` called within the tests' own process."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str


@contextmanager
def logs_closed() -> Iterator[None]:
    """A command opens the user's log; here the next one has another user."""
    root = logging.getLogger()
    level = root.level
    try:
        yield
    finally:
        for handler in [known for known in root.handlers if isinstance(known, RotatingFileHandler)]:
            root.removeHandler(handler)
            handler.close()
        root.setLevel(level)
