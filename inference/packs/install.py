"""Packs come into the user's folder whole or not at all, versions side by side, and leave likewise."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from inference.errors import ConciliumError, InputError, PackError
from inference.jobs import OnProgress, ShouldStop, ignore_progress, never_stop
from inference.packs.load import LoadedPack
from inference.packs.manifest import SIGNATURE_FILE
from inference.packs.store import PackListing, PackStore
from inference.packs.unpacking import unpack_container
from inference.packs.verify import files_in, verify_pack
from inference.packs.verify_apart import verify_apart
from inference.scratch import ScratchFolder, remove_leftovers
from inference.storage import flush_folder, storage_error, write_atomically

STAGING: Final = ".installing"
"""Below the store, so that the last step is a rename; hidden, so that nothing in it is listed."""


@dataclass(frozen=True, slots=True)
class Installed:
    """A pack that now lies in the store; ``was_there`` when it did before."""

    pack: LoadedPack
    was_there: bool


def install_pack(
    source: Path,
    folder: Path,
    store: PackStore,
    *,
    verify: Callable[[Path], LoadedPack] = verify_apart,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
) -> Installed:
    """Install ``source``, a ``*.modelpack`` or a folder, into ``folder``, the user's part of ``store``.

    A copy is unpacked or made beside the store, verified there, flushed to disk and renamed.  A pack that is
    there already is left as it is, but for a signature that it did not have.

    Raises
    ------
    InputError
        When there is no such source.
    PackError
        When the pack is refused, or another one has its id and version.
    StorageError
        When the place is read-only, full or gone.  Nothing has changed then.
    Cancelled
        When asked to stop.
    """
    if not source.exists():
        raise InputError("error.input.not_found", file=source.name)
    staging = folder / STAGING
    remove_leftovers(staging)
    with ScratchFolder(staging) as scratch:
        if source.is_dir():
            made = _copied(source, scratch.path / source.absolute().name)
        else:
            made = unpack_container(source, scratch.path, on_progress=on_progress, should_stop=should_stop)
        pack = verify(made)
        known = _same_version(pack, store)
        if known is not None:
            return Installed(_with_signature(pack, known, folder), was_there=True)
        target = folder / pack.name
        try:
            _flush_tree(made)
            if target.exists():
                raise PackError("error.pack.version_taken", pack=pack.name)
            made.rename(target)
            flush_folder(folder)
        except OSError as error:
            raise storage_error(error, target) from error
    return Installed(verify_pack(target), was_there=False)


def remove_pack(listing: PackListing, folder: Path) -> None:
    """Remove an installed pack: one rename takes it away, then its files go.

    Raises
    ------
    PackError
        When it came with the application.
    StorageError
        When the place is read-only; the pack is there still, whole.
    """
    name = f"{listing.id}@{listing.version}" if listing.version else listing.id
    if listing.folder.absolute().parent != folder.absolute():
        raise PackError("error.pack.bundled", pack=name)
    with ScratchFolder(folder / STAGING) as scratch:
        try:
            listing.folder.rename(scratch.path / "removed")
            flush_folder(folder)
        except OSError as error:
            raise storage_error(error, listing.folder) from error


def _copied(source: Path, target: Path) -> Path:
    """A copy of the ordinary files of ``source``, within the limits of a pack."""
    names = sorted(files_in(source))
    try:
        target.mkdir()
        for name in names:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, target / name, follow_symlinks=False)
    except OSError as error:
        raise storage_error(error, target) from error
    return target


def _same_version(pack: LoadedPack, store: PackStore) -> LoadedPack | None:
    """The pack in the store with this id and version; None where there is none.

    Raises
    ------
    PackError
        When one is there that says something else, or cannot be read.
    """
    for listing in store.installed():
        if (listing.id, listing.version) == (pack.manifest.id, pack.manifest.version):
            try:
                known = verify_pack(listing.folder)
            except ConciliumError as error:
                raise PackError("error.pack.version_damaged", pack=pack.name) from error
            if known.sha256 != pack.sha256:
                raise PackError("error.pack.version_taken", pack=pack.name)
            return known
    return None


def _with_signature(pack: LoadedPack, known: LoadedPack, folder: Path) -> LoadedPack:
    """``known``, with the signature of ``pack`` where it has none and lies in the user's folder."""
    if pack.signer is None or known.signer is not None or known.folder.parent != folder:
        return known
    write_atomically(known.folder / SIGNATURE_FILE, (pack.folder / SIGNATURE_FILE).read_bytes())
    return verify_pack(known.folder)


def _flush_tree(folder: Path) -> None:
    for parent, _, files in os.walk(folder, topdown=False):
        for name in files:
            handle = os.open(Path(parent) / name, os.O_RDWR)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        flush_folder(Path(parent))
