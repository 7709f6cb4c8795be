"""Progress as lines, for a log or a terminal that nobody watches."""

from __future__ import annotations

import sys
import time
from typing import Final

from inference.jobs import Progress
from inference.messages.catalogue import Catalogue

_SAY_EVERY_S: Final = 20.0


class ProgressLines:
    """Writes a line on standard error when a stage or a run of it begins or ends, and at times between."""

    def __init__(self, study: str, catalogue: Catalogue) -> None:
        self._study = study
        self._catalogue = catalogue
        self._doing, self._last = ("", ""), 0.0

    def __call__(self, progress: Progress) -> None:
        """As :data:`OnProgress`."""
        now, doing = time.monotonic(), (progress.stage, progress.run)
        is_over = progress.done == progress.total
        if doing == self._doing and not is_over and now < self._last + _SAY_EVERY_S:
            return
        said = f"{progress.text(self._catalogue)} {progress.done}/{progress.total}"
        sys.stderr.write(f"{time.strftime('%H:%M:%S')} {self._study}: {said}\n")
        sys.stderr.flush()
        self._doing, self._last = doing, now
