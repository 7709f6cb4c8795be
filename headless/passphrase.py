"""A passphrase from a file's first line, or typed where nobody sees it."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import Final

from inference.errors import InputError
from inference.messages.catalogue import Catalogue

_LARGEST_FILE: Final = 4096


def read_passphrase(path: Path | None, *, ask: str, is_new: bool, catalogue: Catalogue) -> str:
    """The first line of ``path``, or what the user types after ``ask``, twice where it is to lock a new key.

    Raises
    ------
    InputError
        When the file cannot be read, nobody is there to type, or the two differ.
    """
    if path is not None:
        try:
            with path.open(encoding="utf-8") as stream:
                lines = stream.read(_LARGEST_FILE).splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise InputError("error.input.unreadable", file=path.name) from error
        return lines[0] if lines else ""
    if not sys.stdin.isatty():
        raise InputError("deid.passphrase.none")
    first = getpass.getpass(catalogue.text(ask))
    if is_new and getpass.getpass(catalogue.text("deid.passphrase.again")) != first:
        raise InputError("deid.passphrase.differ")
    return first
