"""A child process that does not outlive the one that started it."""

from __future__ import annotations

import os


def end_with_parent() -> None:
    """Wait in a thread for the parent, which holds the other end of standard input, to be gone."""
    # Not by way of sys.stdin, whose lock a thread would still hold when this process ends by itself.
    while os.read(0, 1):
        pass
    os._exit(1)
