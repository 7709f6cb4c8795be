"""How a process that parses foreign bytes is started: a fresh interpreter with a bare environment."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Final

ROOT: Final = Path(__file__).resolve().parents[3]
_PIPE_BYTES: Final = 1 << 20
_KEPT: Final = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "HOME")


def fresh_interpreter(module: str, frozen_argument: str, arguments: Sequence[str]) -> list[str]:
    """The command that runs ``module``; a bundle, which has no ``-m``, is told by ``frozen_argument``."""
    if getattr(sys, "frozen", False):
        return [sys.executable, frozen_argument, *arguments]
    return [sys.executable, "-B", "-m", module, *arguments]


def bare_environment() -> dict[str, str]:
    """What a fresh interpreter needs, and nothing that was set for other programs."""
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return environment | one_thread | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}


def make_roomy(stream: IO[bytes]) -> None:
    """Let a pipe hold many answers, so that who writes them need not wait for who reads them (Linux)."""
    if sys.platform != "linux":
        return
    import fcntl

    with contextlib.suppress(OSError):
        fcntl.fcntl(stream.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
