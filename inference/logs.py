"""A rotating log that can be sent to an engineer: no patient name, no file path, no error text of others.

Modules log events and numbers.  What could slip in all the same (a path inside an operating system's
error, a person name) is replaced here, at the only handler: a path by a short hash, so that two lines
about one file can still be linked, and a DICOM person name by ``<name>``.
"""

from __future__ import annotations

import copy
import logging
import re
import traceback
from hashlib import sha256
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Final

from inference.errors import ConciliumError

_MEGABYTE: Final = 1_000_000
_FILES_KEPT: Final = 3
_OWN_LOGGERS: Final = ("concilium", "gui", "headless", "inference", "models", "reports")
"""Only these speak below a warning; libraries tell too much about what they read."""
_PATH = re.compile(
    r"""(?P<quoted>['"](?:file://)?(?:[A-Za-z]:[\\/]|[\\/]{1,2}|~[\\/]|\.{1,2}[\\/])[^'"\n]*['"])"""
    r"""|(?P<bare>(?<![\w.])(?:file://)?(?:[A-Za-z]:[\\/]|\\\\|/|~/|\.{1,2}[\\/])[^\s'",;:()\[\]<>]+)"""
)
_PERSON_NAME = re.compile(r"[\w.\-]+(?:\^[\w.\- ]*)+")


def redact(text: str) -> str:
    """Replace paths by short hashes and person names by ``<name>``."""
    without_paths = _PATH.sub(lambda found: path_mark(found.group().strip("'\"")), text)
    return _PERSON_NAME.sub("<name>", without_paths)


def path_mark(path: str | Path) -> str:
    """What a log says instead of a path."""
    return f"<path {sha256(str(path).encode()).hexdigest()[:8]}>"


class RedactingFormatter(logging.Formatter):
    """One line per record with the run's id; a traceback keeps modules and lines, never messages."""

    def __init__(self, run_id: str) -> None:
        super().__init__(f"%(asctime)s {run_id} %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The record as text, redacted."""
        own = copy.copy(record)
        own.exc_text = None  # another handler may have cached the traceback with all its texts
        return redact(super().format(own))

    def formatException(  # noqa: N802 - logging's own spelling
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        """Kinds of error and the way to them, without texts or file names."""
        lines: list[str] = []
        error = ei[1]
        while error is not None:
            named = error.message.id if isinstance(error, ConciliumError) else ""
            lines.append(f"{type(error).__name__} {named}".rstrip())
            for frame in traceback.extract_tb(error.__traceback__):
                lines.append(f"  {Path(frame.filename).stem}.{frame.name}, line {frame.lineno}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(lines)


def start_log(folder: Path, run_id: str, level: int = logging.INFO) -> None:
    """Send all records to a rotating file in ``folder``; without a writable folder, nowhere."""
    root = logging.getLogger()
    for handler in [known for known in root.handlers if isinstance(known, RotatingFileHandler)]:
        root.removeHandler(handler)
        handler.close()
    for name in _OWN_LOGGERS:
        logging.getLogger(name).setLevel(level)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            folder / "concilium.log",
            maxBytes=_MEGABYTE,
            backupCount=_FILES_KEPT,
            encoding="utf-8",
            delay=False,
        )
    except OSError:
        root.addHandler(logging.NullHandler())
        return
    handler.setFormatter(RedactingFormatter(run_id))
    root.addHandler(handler)
