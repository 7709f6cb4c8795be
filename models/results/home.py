"""Where a training run's results live once they are kept: ``docs/results/<study>/``, under version control.

A folder holds what the study's run wrote: ``result.json``, the tables of scores (one row per phantom, for the
paired tests of the page) and the loss curves.  :func:`keep_run` puts them there; the page reads them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from inference.evaluation.prediction_file import read_predictions
from inference.evaluation.predictions import Kind, Predictions
from inference.messages.catalogue import load_catalogue
from inference.storage import prepare_folder, write_atomically
from models.results.reading import ResultDocumentError
from models.training.engine.history import CURVES_CSV, CURVES_PNG, curves_png, read_curves

REPOSITORY: Final = Path(__file__).resolve().parents[2]
HOME: Final = REPOSITORY / "docs" / "results"
RESULT_JSON: Final = "result.json"

TABLES: Final[Mapping[str, Mapping[str, Kind]]] = {
    "npc-residual": {"scores_ccrt.csv": "binary", "scores_ic_ccrt.csv": "binary"},
    "lagc-response": {"scores.csv": "binary", "scores_os.csv": "survival"},
    "gc-recurrence": {"scores.csv": "binary"},
    "pnen-recurrence": {"scores.csv": "binary"},
    "gnen-os": {"scores.csv": "survival"},
}
"""Tables of scores that each study's run writes, and the kind of outcome in them."""


@dataclass(frozen=True, slots=True)
class KeptRun:
    """The kept results of one study."""

    study: str
    folder: Path

    @property
    def is_there(self) -> bool:
        """Whether a run of the study has been kept."""
        return (self.folder / RESULT_JSON).is_file()

    @property
    def document(self) -> Path:
        """The measured figures."""
        return self.folder / RESULT_JSON

    @property
    def has_curves(self) -> bool:
        """Whether the run trained a network and its loss curves were kept."""
        return (self.folder / CURVES_PNG).is_file()

    def table(self, name: str) -> Predictions:
        """Scores of the phantoms.

        Raises
        ------
        ResultDocumentError
            When the table is of patients: this page is about phantoms alone.
        TableError
            When it cannot be read.
        """
        predictions = read_predictions(self.folder / name, TABLES[self.study][name])
        if not predictions.is_synthetic:
            raise ResultDocumentError("error.results.not_synthetic", file=f"{self.folder.name}/{name}")
        return predictions


def kept_run(study: str, home: Path = HOME) -> KeptRun:
    """Where the results of ``study`` are, or would be."""
    return KeptRun(study, home / study)


def keep_run(study: str, run: Path, home: Path = HOME, *, minutes: float | None = None) -> KeptRun:
    """Copy the results of the training run in the folder ``run``, and draw its loss curves.

    ``minutes`` is how long the run took in all its starts, where that is known; a study knows its last one.

    Raises
    ------
    ResultDocumentError
        When the run lacks a file.
    """
    kept = kept_run(study, home)
    files = {}
    for name in (RESULT_JSON, *TABLES[study]):
        if not (run / name).is_file():
            raise ResultDocumentError("error.results.unreadable", file=f"{run.name}/{name}")
        files[name] = (run / name).read_bytes()
    files[RESULT_JSON] = _with_minutes(files[RESULT_JSON], minutes)
    if (run / CURVES_CSV).is_file():
        curves = (run / CURVES_CSV).read_text(encoding="utf-8")
        files[CURVES_CSV] = curves.encode()
        files[CURVES_PNG] = curves_png(read_curves(curves), load_catalogue("en"))
    prepare_folder(kept.folder)
    for name, content in files.items():
        write_atomically(kept.folder / name, content)
    return kept


def _with_minutes(content: bytes, minutes: float | None) -> bytes:
    if minutes is None:
        return content
    document = json.loads(content) | {"minutes": round(minutes, 2)}
    return (json.dumps(document, indent=2) + "\n").encode()
