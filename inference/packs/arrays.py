"""Arrays in a pack's NPZ files: bounded before they are unpacked, and never unpickled."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.errors import PackError
from inference.packs.load import LoadedPack

UNPACKED_LIMIT = 64 << 20


def read_npz(pack: LoadedPack, file: str) -> dict[str, NDArray[Any]]:
    """All arrays of ``file`` by name.

    Raises
    ------
    PackError
        When the file was altered, unpacks to too much, or holds anything but plain arrays.
    """
    content = pack.read(file)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as members:
            if sum(member.file_size for member in members.infolist()) > UNPACKED_LIMIT:
                raise PackError("error.pack.too_large", file=file, limit_mb=UNPACKED_LIMIT >> 20)
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            return {name: np.asarray(archive[name]) for name in archive.files}
    except (ValueError, OSError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise PackError("error.pack.arrays_unreadable", file=file) from error
