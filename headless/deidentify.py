"""``main.py deidentify``: objects without their patient into a new folder, the key apart and encrypted."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from headless.passphrase import read_passphrase
from headless.terminal import progress_bar
from inference.clock import SystemClock
from inference.deidentification.key_file import KeyFile
from inference.deidentification.options import DeidentifyOptions
from inference.deidentification.output import OutputFolder
from inference.deidentification.report import report_document
from inference.deidentification.run import DeidentifyRun, RunResult
from inference.errors import EXIT_ANSWERED, EXIT_WITHHELD
from inference.messages.catalogue import Catalogue


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
    passphrase = read_passphrase(
        request.passphrase_file, ask="deid.passphrase.ask", is_new=not key_map.exists(), catalogue=catalogue
    )
    output = OutputFolder(out)
    key_file = KeyFile(key_map, passphrase, secrets.token_bytes)
    run = DeidentifyRun(request.source, output, key_file, request.options)
    with progress_bar(catalogue) as on_progress:
        result = run.run(on_progress)
    output.write_report(report_document(result, catalogue, SystemClock()))
    for line in summary_lines(result, out, key_map, catalogue):
        print(line)
    return EXIT_ANSWERED if result.written else EXIT_WITHHELD


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
