"""``main.py inspect`` and ``deidentify``: a source of scans, looked at and without its patient."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from inference.messages.catalogue import Catalogue


def add_source_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the commands that read a source and answer nothing."""
    deidentify = add(
        "deidentify",
        help="write objects without their patient; look at the result yourself",
    )
    deidentify.add_argument("source", type=Path, metavar="IN", help="folder or file")
    deidentify.add_argument("out", type=Path, metavar="OUT", help="new or empty folder")
    deidentify.add_argument(
        "--key-map", type=Path, metavar="FILE", help="who is who, encrypted; default: OUT.keymap beside OUT"
    )
    deidentify.add_argument("--passphrase-file", type=Path, metavar="FILE", help="its first line; else asked")
    deidentify.add_argument(
        "--keep-characteristics", action="store_true", help="age (over 89: 90), sex, height, weight stay"
    )
    deidentify.add_argument(
        "--keep-shifted-dates", action="store_true", help="dates moved by whole days per patient, not removed"
    )
    deidentify.set_defaults(run=_run_deidentify)

    inspect = add("inspect", help="list what a source holds")
    inspect.add_argument("path", type=Path, help="folder, file, DICOMDIR or ZIP archive")
    inspect.add_argument("--json", action="store_true", help="print JSON for other programs")
    inspect.set_defaults(run=_run_inspect)


def _run_deidentify(options: argparse.Namespace, catalogue: Catalogue) -> int:
    from headless.deidentify import DeidentifyRequest, deidentify
    from inference.deidentification.options import DeidentifyOptions

    kept = DeidentifyOptions(options.keep_characteristics, options.keep_shifted_dates)
    request = DeidentifyRequest(options.source, options.out, options.key_map, options.passphrase_file, kept)
    return deidentify(request, catalogue)


def _run_inspect(options: argparse.Namespace, catalogue: Catalogue) -> int:
    from headless.inspect import inspect

    return inspect(options.path, catalogue, as_json=options.json)
