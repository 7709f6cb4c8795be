"""A pack's folder comes into being whole or not at all."""

from __future__ import annotations

import glob
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from inference.packs.manifest import MANIFEST_FILE, SIGNATURE_FILE, Manifest
from inference.packs.signature import signature_bytes
from inference.packs.verify import verify_pack
from inference.storage import storage_error


def put_whole(
    folder: Path, write: Callable[[Path], Manifest], key: Ed25519PrivateKey | None = None
) -> Manifest:
    """Let ``write`` fill a folder beside ``folder``, sign and check it, and put it in that place.

    What stood there before goes only when the new pack stands.

    Raises
    ------
    PackError
        When the written pack does not pass its own checks.
    StorageError
        When the place is full, read-only or gone.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=_prefix(folder.name), dir=folder.parent) as made:
            fresh = Path(made) / folder.name
            manifest = write(fresh)
            if key is not None:
                (fresh / SIGNATURE_FILE).write_bytes(signature_bytes(manifest, key))
            verify_pack(fresh, self_test=True)
            _swap(fresh, folder)
    except OSError as error:
        raise storage_error(error, folder) from error
    return manifest


def remove_unfinished(folder: Path) -> None:
    """Remove what a process that was killed while it wrote the pack ``folder`` left beside it.

    For the one process that may write this pack: another's unfinished pack would go as well.
    """
    for left in folder.parent.glob(f"{_prefix(glob.escape(folder.name))}*"):
        shutil.rmtree(left, ignore_errors=True)


def _prefix(name: str) -> str:
    return f".{name}.unfinished-"


def hashes_of(folder: Path) -> dict[str, str]:
    """SHA-256 of every file that was written so far, by its name in the pack."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write ``manifest.json``, the last file but for the signature."""
    (folder / MANIFEST_FILE).write_text(as_json(manifest.model_dump(mode="json")), encoding="utf-8")


def as_json(document: object) -> str:
    """Indented, sorted, one newline at the end."""
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _swap(fresh: Path, folder: Path) -> None:
    """Put ``fresh`` in the place of ``folder``; the old pack goes only when the new one stands."""
    old = fresh.parent / "replaced"
    if folder.exists():
        folder.rename(old)
    try:
        fresh.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise
