"""The folder in which a demonstration pack is made: what may be taken up again, and what is too old."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
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

_RENDERING: Final = ("models/phantoms", "models/cohorts", "models/radiomics", "inference")
_TRAINING: Final = (*_RENDERING, "models/networks", "models/training", "models/studies")
_ALL: Final = (
    *_TRAINING,
    "models/packing",
    "models/export.py",
    "models/evaluation.py",
    "models/model_card.py",
)


@dataclass(frozen=True, slots=True)
class KeptWork:
    """One study's part of the work folder.

    Samples, checkpoints and the finished pack each live as long as the code and the settings that they come
    from: whatever is older is not found again.
    """

    folder: Path
    study: str
    config: Any

    @property
    def samples(self) -> Path:
        """Rendered samples; those of other code are removed when this is made (:meth:`open`)."""
        return self.folder / f"samples-{self._digest(_RENDERING)[:16]}"

    @property
    def checkpoints(self) -> CheckpointPlace:
        """Of every run; a checkpoint of other code is refused, so that none is offered."""
        digest = self._digest(_TRAINING)
        return CheckpointPlace(self.folder / f"checkpoints-{digest[:16]}", f"{self.study} {digest}")

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
        return {"made_by": self._digest(_ALL), "manifest": sha256}

    def _digest(self, parts: tuple[str, ...]) -> str:
        digest = hashlib.sha256(f"{self.study} {self.config!r}".encode())
        for source in _sources(parts):
            digest.update(source.read_bytes())
        return digest.hexdigest()


def _sources(parts: tuple[str, ...]) -> Iterator[Path]:
    for part in parts:
        path = REPOSITORY / part
        yield from sorted(path.rglob("*.py")) if path.is_dir() else [path]
