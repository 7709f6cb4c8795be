"""One run over all seeded objects, which every test of the module may look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pydicom
import pytest

from inference.clock import SystemClock
from inference.deidentification.key_file import KeyFile
from inference.deidentification.key_map import KeyMap
from inference.deidentification.options import DeidentifyOptions
from inference.deidentification.output import OutputFolder
from inference.deidentification.report import report_document
from inference.deidentification.run import DeidentifyRun, RunResult
from inference.messages.catalogue import load_catalogue
from tests.inference.deidentification.seeded_objects import write_seeded

PASSPHRASE = "a passphrase for tests"
CHEAP = 1 << 14


def steady_bytes(seed: int = 1) -> Callable[[int], bytes]:
    """A source of bytes that gives the same ones in every test."""
    import random

    return random.Random(seed).randbytes


def key_file(path: Path, passphrase: str = PASSPHRASE) -> KeyFile:
    """A key file that is cheap to open."""
    return KeyFile(path, passphrase, steady_bytes(), cost=CHEAP)


@dataclass(frozen=True)
class Run:
    """A finished run and where its parts lie."""

    source: Path
    out: Path
    key: KeyMap
    result: RunResult
    inputs: dict[Path, str]

    def outputs(self) -> dict[str, pydicom.Dataset]:
        """Written objects by their new instance UID."""
        read = (pydicom.dcmread(path) for path in sorted(self.out.rglob("*.dcm")))
        return {dataset.SOPInstanceUID: dataset for dataset in read}


def run_over(source: Path, out: Path, options: DeidentifyOptions | None = None) -> RunResult:
    """De-identify with the key beside ``out``, and write the report."""
    output = OutputFolder(out)
    run = DeidentifyRun(source, output, key_file(out.with_suffix(".keymap")), options or DeidentifyOptions())
    result = run.run()
    output.write_report(report_document(result, load_catalogue("en"), SystemClock()))
    return result


@pytest.fixture(scope="session")
def seeded_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("deidentify")
    source, out = folder / "in", folder / "out"
    inputs = {path: name for name, path in write_seeded(source)}
    result = run_over(source, out)
    yield Run(source, out, key_file(out.with_suffix(".keymap")).open(), result, inputs)
