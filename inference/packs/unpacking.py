"""From a ``*.modelpack`` to a folder: its directory is checked, then a limited process inflates it."""

from __future__ import annotations

from pathlib import Path

from inference.dicom.limits import IntakeLimits
from inference.dicom.sources.archives import unpack_archive
from inference.dicom.sources.walk import source_file
from inference.errors import PackError, StorageError
from inference.jobs import OnProgress, ShouldStop, ignore_progress, never_stop
from inference.packs.container import check_container
from inference.packs.verify import FILE_COUNT_LIMIT, PACK_LIMIT
from inference.storage import storage_error

_LIMITS = IntakeLimits(archive_bytes=PACK_LIMIT, archive_members=FILE_COUNT_LIMIT)


def unpack_container(
    container: Path,
    scratch: Path,
    *,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
) -> Path:
    """Unpack ``container`` below ``scratch``, a private folder; the pack's folder, not yet verified.

    Raises
    ------
    PackError
        When the container is refused; what is left in ``scratch`` is the caller's to remove.
    StorageError
        When there is no room.
    Cancelled
        When asked to stop.
    """
    names = check_container(container)
    path = container.absolute()
    numbered = scratch / "numbered"
    archive = source_file(str(path), path.stat(), container.name)
    listing = unpack_archive(archive, numbered, _LIMITS, on_progress, should_stop)
    for skipped in listing.skipped:
        if skipped.code == "intake.zip_no_space":
            raise StorageError("error.storage.full", file=container.name, folder=str(scratch))
        member = str(skipped.fields.get("file", container.name)).removeprefix(f"{container.name}/")
        raise PackError("error.pack.container_damaged", file=member)
    if [file.name.removeprefix(f"{container.name}/") for file in listing.files] != list(names):
        raise PackError("error.pack.container_damaged", file=container.name)
    folder = scratch / "pack"
    try:
        for name, file in zip(names, listing.files, strict=True):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            Path(file.path).rename(target)
    except OSError as error:
        raise storage_error(error, folder) from error
    return folder
