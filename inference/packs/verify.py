"""Verification of a pack's folder: schema, hashes, plain content; nothing of it is ever executed."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from pathlib import Path

from pydantic import ValidationError

from inference.errors import PackError
from inference.packs.load import LoadedPack
from inference.packs.manifest import MANIFEST_FILE, SCHEMA_VERSION, SIGNATURE_FILE, Manifest
from inference.packs.onnx_file import check_onnx_file
from inference.packs.self_test import run_self_test
from inference.packs.signature import read_signer
from inference.packs.state import NOBODY, Trust
from inference.runtime import default_threads

MANIFEST_LIMIT = 4 << 20
FILE_LIMIT = 512 << 20
PACK_LIMIT = 2 << 30
FILE_COUNT_LIMIT = 256

_CHUNK = 1 << 20
_MESSAGE_LENGTH = 200


def verify_pack(
    folder: Path, *, self_test: bool = False, threads: int | None = None, trust: Trust = NOBODY
) -> LoadedPack:
    """Check every byte of the pack in ``folder`` against its manifest, and that against its signature.

    Schema, names, sizes, hashes, signature and the networks' declarations are checked always; shapes against
    the manifest when a network is first opened.  ``self_test`` opens every network now and runs the stored
    case.

    Raises
    ------
    PackError
        In one sentence that names the file and the reason.
    """
    found = files_in(folder)
    manifest = read_manifest(folder)
    stated = set(manifest.files)
    for name in sorted(found - stated - {MANIFEST_FILE, SIGNATURE_FILE}):
        raise PackError("error.pack.extra_file", file=name)
    for name in sorted(stated - found):
        raise PackError("error.pack.missing_file", file=name)
    for name, digest in sorted(manifest.files.items()):
        if _sha256(folder / name, name) != digest:
            raise PackError("error.pack.altered", file=name)
    pack = LoadedPack(
        manifest,
        folder,
        manifest.sha256(),
        threads=default_threads() if threads is None else threads,
        signer=read_signer(folder, manifest),
        trust=trust,
    )
    for entry in manifest.networks:
        check_onnx_file(pack.read(entry.file), entry.file)
    if self_test:
        run_self_test(pack)
    return pack


def read_manifest(folder: Path) -> Manifest:
    """Read and validate ``manifest.json`` alone.

    Raises
    ------
    PackError
        When it is absent, too large, not JSON, of a newer schema, or breaks the schema.
    """
    path = folder / MANIFEST_FILE
    try:
        if path.is_symlink() or not path.is_file():
            raise PackError("error.pack.no_manifest", folder=folder.name)
        if path.stat().st_size > MANIFEST_LIMIT:
            raise PackError("error.pack.too_large", file=MANIFEST_FILE, limit_mb=MANIFEST_LIMIT >> 20)
        document = json.loads(path.read_bytes(), parse_constant=_refuse_constant)
    except OSError as error:
        raise PackError("error.pack.unreadable_file", file=MANIFEST_FILE) from error
    except (ValueError, RecursionError) as error:
        raise PackError("error.pack.manifest_not_json", file=MANIFEST_FILE) from error
    version = document.get("schema_version") if isinstance(document, dict) else None
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise PackError("error.pack.newer", file=MANIFEST_FILE, version=version)
    try:
        return Manifest.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or MANIFEST_FILE
        reason = first["msg"][:_MESSAGE_LENGTH]
        raise PackError("error.pack.manifest", file=MANIFEST_FILE, place=place, reason=reason) from error


def files_in(folder: Path) -> set[str]:
    """Names of all regular files, relative with ``/``; links and special files are refused."""
    if not folder.is_dir():
        raise PackError("error.pack.not_a_folder", folder=folder.name)
    names: set[str] = set()
    total = 0
    try:
        for parent, folders, files in os.walk(folder, onerror=_raise, followlinks=False):
            for name in [*folders, *files]:
                path = Path(parent) / name
                relative = path.relative_to(folder).as_posix()
                status = path.lstat()
                if stat.S_ISDIR(status.st_mode):
                    continue
                if not stat.S_ISREG(status.st_mode):
                    raise PackError("error.pack.link", file=relative)
                total += status.st_size
                if status.st_size > FILE_LIMIT or total > PACK_LIMIT:
                    limit = FILE_LIMIT if status.st_size > FILE_LIMIT else PACK_LIMIT
                    raise PackError("error.pack.too_large", file=relative, limit_mb=limit >> 20)
                names.add(relative)
                if len(names) > FILE_COUNT_LIMIT:
                    raise PackError("error.pack.too_many_files", limit=FILE_COUNT_LIMIT)
    except OSError as error:
        raise PackError("error.pack.unreadable_file", file=folder.name) from error
    return names


def _sha256(path: Path, name: str) -> str:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise PackError("error.pack.unreadable_file", file=name) from error
    return digest.hexdigest()


def _raise(error: OSError) -> None:
    raise error


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")
