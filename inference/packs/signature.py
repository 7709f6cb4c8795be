"""``signature.json``: Ed25519 over the canonical manifest, which holds the hash of every other file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from inference.errors import PackError
from inference.packs.keys import Signer, signer_of
from inference.packs.manifest import SIGNATURE_FILE, Manifest

SCHEMA_VERSION = 1
_LARGEST_FILE = 16 << 10


class _SignatureDocument(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    schema_version: Literal[1]
    algorithm: Literal["ed25519"]
    public_key: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    signature: Annotated[str, Field(pattern=r"^[0-9a-f]{128}$")]


def signature_bytes(manifest: Manifest, key: Ed25519PrivateKey) -> bytes:
    """What ``signature.json`` holds once ``key`` has signed; the same bytes for the same key and manifest."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "algorithm": "ed25519",
        "public_key": signer_of(key).public_key,
        "signature": key.sign(manifest.canonical_bytes()).hex(),
    }
    return (json.dumps(document, indent=1, sort_keys=True) + "\n").encode("ascii")


def read_signer(folder: Path, manifest: Manifest) -> Signer | None:
    """Who signed the pack in ``folder``; None where nobody did.

    Raises
    ------
    PackError
        When there is a signature that cannot be read, is of a newer form, or is not over this manifest.
    """
    path = folder / SIGNATURE_FILE
    try:
        if not path.exists() and not path.is_symlink():
            return None
        if path.is_symlink() or not path.is_file():
            raise PackError("error.pack.link", file=SIGNATURE_FILE)
        with path.open("rb") as stream:
            content = stream.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise PackError("error.pack.unreadable_file", file=SIGNATURE_FILE) from error
    document = _parsed(content)
    signer = Signer(document.public_key)
    if not signer.has_signed(manifest.canonical_bytes(), bytes.fromhex(document.signature)):
        raise PackError("error.pack.signature_wrong", file=SIGNATURE_FILE)
    return signer


def _parsed(content: bytes) -> _SignatureDocument:
    try:
        if len(content) > _LARGEST_FILE:
            raise ValueError("too large")
        document = json.loads(content)
        version = document.get("schema_version") if isinstance(document, dict) else None
        if isinstance(version, int) and version > SCHEMA_VERSION:
            raise PackError("error.pack.newer", file=SIGNATURE_FILE, version=version)
        return _SignatureDocument.model_validate(document)
    except (ValueError, RecursionError, ValidationError) as error:
        raise PackError("error.pack.signature_unreadable", file=SIGNATURE_FILE) from error
