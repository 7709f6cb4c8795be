"""Small runs for tests: how to make one, and what to look at afterwards."""

from __future__ import annotations

from pathlib import Path

import pydicom
from pydicom.dataset import Dataset

from inference.deidentification.options import DeidentifyOptions
from inference.deidentification.output import OutputFolder
from inference.deidentification.run import DeidentifyRun, RunResult
from tests.inference.deidentification.conftest import key_file


def objects_in(out: Path) -> list[Dataset]:
    return [pydicom.dcmread(path) for path in sorted(out.rglob("*.dcm"))]


def reasons(result: RunResult) -> list[str]:
    return [held.reason for held in result.held_back]


def make_run(tmp_path: Path, **options: object) -> DeidentifyRun:
    return DeidentifyRun(
        tmp_path / "in",
        OutputFolder(tmp_path / "out"),
        key_file(tmp_path / "key"),
        DeidentifyOptions(),
        **options,  # type: ignore[arg-type]
    )


def left_in(tmp_path: Path) -> list[Path]:
    return [path for path in tmp_path.rglob("*") if not path.is_relative_to(tmp_path / "in")]
