"""The folder in which a demonstration pack is made: what may be taken up again, and what is too old."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from inference.errors import PackError
from inference.packs.manifest import Manifest
from inference.packs.verify import verify_pack
from inference.storage import write_atomically
from models.packing.origin import REPOSITORY
from models.training.engine.checkpoint import CheckpointPlace

DONE_FILE: Final = "done.json"
RESULTS_FOLDER: Final = "results"
"""Beside the samples: where a study leaves what its run measured (``result.json``, tables of scores)."""

_RENDERING: Final = (
    "models/phantoms",
    "models/cohorts",
    "models/radiomics",
    "inference/preprocessing",
    "inference/geometry.py",
    "inference/volume.py",
)
_LEARNING: Final = (
    *_RENDERING,
    "models/networks",
    "models/training",
    "models/export.py",
    "inference/statistics",
)
_DESCRIBING: Final = (
    *_LEARNING,
    "models/packing",
    "models/evaluation.py",
    "models/csv_text.py",
    "models/markdown.py",
    "inference",
    "reports",
)
_STARTS_FROM: Final = {"gc-recurrence": ("lagc-response",)}
"""Studies whose networks another study's start from."""


class KeptWork:
    """One study's part of the work folder, ``folder``.

    Samples live as long as the code that renders them, for they are kept under their settings; checkpoints
    and the finished pack as long as the settings ``config`` and the code that they come from.  It is the code
    as it was when this was made.
    """

    def __init__(self, folder: Path, study: str, config: Any) -> None:
        self.folder = folder
        protocols = [f"models/studies/{_plain(one)}" for one in (study, *_STARTS_FROM.get(study, ()))]
        rendering = _digest(study, _RENDERING)
        learning, self._describing = (
            _digest(f"{study} {config!r}", (*parts, *protocols)) for parts in (_LEARNING, _DESCRIBING)
        )
        self.samples = folder / f"samples-{rendering[:16]}"
        self.checkpoints = CheckpointPlace(folder / f"checkpoints-{learning[:16]}", f"{study} {learning}")

    @property
    def results(self) -> Path:
        """What the run measured, for the page of results; of this run alone, for :meth:`open` empties it."""
        return self.folder / RESULTS_FOLDER

    def open(self) -> None:
        """Make the folder and throw away what nothing will read again."""
        self.folder.mkdir(parents=True, exist_ok=True)
        kept = {self.samples.name, self.checkpoints.folder.name}
        for path in self.folder.iterdir():
            if path.is_dir() and path.name not in kept:
                shutil.rmtree(path, ignore_errors=True)

    def finished(self, pack: Path) -> bool:
        """True when ``pack`` stands, whole, as this code and these settings made it."""
        try:
            done = json.loads((self.folder / DONE_FILE).read_text(encoding="utf-8"))
            return bool(done == self._done(verify_pack(pack).sha256))
        except (OSError, ValueError, PackError):
            return False

    def finish(self, manifest: Manifest) -> None:
        """Remember the pack; the checkpoints have served."""
        document = json.dumps(self._done(manifest.sha256()), indent=1, sort_keys=True)
        write_atomically(self.folder / DONE_FILE, document.encode())
        shutil.rmtree(self.checkpoints.folder, ignore_errors=True)

    def _done(self, sha256: str) -> dict[str, str]:
        return {"made_by": self._describing, "manifest": sha256}


def _plain(study: str) -> str:
    return study.replace("-", "_")


def _digest(text: str, parts: Sequence[str]) -> str:
    digest = hashlib.sha256(text.encode())
    for part in parts:
        for source in _sources(REPOSITORY / part):
            digest.update(source.read_bytes())
    return digest.hexdigest()


def _sources(path: Path) -> list[Path]:
    """A file, a folder's files, or all files of a study, whose names begin like ``path``."""
    if path.is_dir():
        return sorted(path.rglob("*.py"))
    return [path] if path.is_file() else sorted(path.parent.glob(f"{path.name}*.py"))
