"""Ctrl-C and the system's request to end: a training ends after its batch, not within one."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any, Final, Self

_ASKING: Final = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGBREAK") if hasattr(signal, name)
)


class StopSignals:
    """While the block runs, such a signal makes :meth:`asked` true; a second one interrupts at once.

    Signals reach the main thread alone; elsewhere this hears nothing and changes nothing.
    """

    def __init__(self) -> None:
        self._is_asked = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._on_signal) for number in _ASKING}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def asked(self) -> bool:
        """Whether to stop."""
        return self._is_asked

    def _on_signal(self, _: int, __: FrameType | None) -> None:
        if self._is_asked:
            raise KeyboardInterrupt
        self._is_asked = True
