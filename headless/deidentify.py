"""``main.py deidentify``: objects without their patient into a new folder, the key apart and encrypted."""

from __future__ import annotations

import getpass
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from headless.terminal import progress_bar
from inference.clock import SystemClock
from inference.deidentification.key_file import KeyFile
from inference.deidentification.options import DeidentifyOptions
from inference.deidentification.output import OutputFolder
from inference.deidentification.report import report_document
from inference.deidentification.run import DeidentifyRun, RunResult
from inference.errors import EXIT_ANSWERED, EXIT_WITHHELD, InputError
from inference.messages.catalogue import Catalogue

_LARGEST_PASSPHRASE_FILE: Final = 4096


@dataclass(frozen=True, slots=True)
class DeidentifyRequest:
    """What the user asked for on the command line."""

    source: Path
    out: Path
    key_map: Path | None
    passphrase_file: Path | None
    options: DeidentifyOptions


def deidentify(request: DeidentifyRequest, catalogue: Catalogue) -> int:
    """Run, write the report, print a summary; 0 when objects were written, 3 when all were held back.

    Raises
    ------
    ConciliumError
        When it cannot be done; nothing that was written stays.
    """
    out = Path(request.out)
    key_map = request.key_map or out.absolute().parent / f"{out.absolute().name}.keymap"
    passphrase = read_passphrase(request.passphrase_file, is_new=not key_map.exists(), catalogue=catalogue)
    output = OutputFolder(out)
    key_file = KeyFile(key_map, passphrase, secrets.token_bytes)
    run = DeidentifyRun(request.source, output, key_file, request.options)
    with progress_bar(catalogue) as on_progress:
        result = run.run(on_progress)
    output.write_report(report_document(result, catalogue, SystemClock()))
    for line in summary_lines(result, out, key_map, catalogue):
        print(line)
    return EXIT_ANSWERED if result.written else EXIT_WITHHELD


def read_passphrase(path: Path | None, *, is_new: bool, catalogue: Catalogue) -> str:
    """The first line of ``path``, or what the user types, twice where it is to lock a new key.

    Raises
    ------
    InputError
        When the file cannot be read, nobody is there to type, or the two differ.
    """
    if path is not None:
        try:
            with path.open(encoding="utf-8") as stream:
                lines = stream.read(_LARGEST_PASSPHRASE_FILE).splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise InputError("error.input.unreadable", file=path.name) from error
        return lines[0] if lines else ""
    if not sys.stdin.isatty():
        raise InputError("deid.passphrase.none")
    first = getpass.getpass(catalogue.text("deid.passphrase.ask"))
    if is_new and getpass.getpass(catalogue.text("deid.passphrase.again")) != first:
        raise InputError("deid.passphrase.differ")
    return first


def summary_lines(result: RunResult, out: Path, key_map: Path, catalogue: Catalogue) -> list[str]:
    """What was written, what was held back and why, where the key is, and what the user has to do."""
    lines = [
        catalogue.text("deid.written", objects=result.written, patients=len(result.objects), folder=str(out))
    ]
    if result.held_back:
        lines.append(catalogue.text("deid.held_back", count=len(result.held_back)))
        lines += [f"  {held.number}  {catalogue.render(held.message)}" for held in result.held_back]
    if result.written:
        lines.append(catalogue.text("deid.key_map.where", file=str(key_map)))
    return [*lines, catalogue.text("deid.note")]
