"""How long a piece of work has taken over all its starts, the one that is going on included."""

from __future__ import annotations

import time
from pathlib import Path

from inference.storage import write_atomically


class Stopwatch:
    """Seconds in ``file``, which goes when the work that it belongs to begins anew."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._before = float(file.read_text(encoding="ascii")) if file.is_file() else 0.0
        self._start = time.monotonic()

    @property
    def minutes(self) -> float:
        """Of every start, as far as it was kept, and of this one until now."""
        return (self._before + time.monotonic() - self._start) / 60

    def keep(self) -> None:
        """Remember the time until now; a start that is cut off counts as far as this."""
        write_atomically(self._file, f"{60 * self.minutes:.1f}".encode("ascii"))
