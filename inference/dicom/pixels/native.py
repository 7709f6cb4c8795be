"""Uncompressed pixels copied from where a plan says they lie; no byte of them is interpreted.

A foreign file is never memory-mapped: truncation or an ejected disc would be a bus error.
"""

from __future__ import annotations

import hashlib
import os
import sys

import numpy as np
from numpy.typing import NDArray

from inference.dicom.pixels.stored import has_bits_above, to_int16
from inference.errors import InputError
from inference.scan import FrameSource, SourceFile


def check_unchanged(status: os.stat_result, file: SourceFile) -> None:
    """Compare size, time of modification and time of change with what the scan saw.

    The last tells a file that was replaced by another of equal size and time; the inode would not do, for it
    is not steady on the file systems of memory sticks.

    Raises
    ------
    InputError
        When they differ.
    """
    changed = file.ctime_ns and status.st_ctime_ns != file.ctime_ns
    if changed or status.st_size != file.size or status.st_mtime_ns != file.mtime_ns:
        raise InputError("intake.file_changed", file=file.short_name)


def check_file_unchanged(file: SourceFile) -> None:
    """As :func:`check_unchanged`, for a file that is not open here."""
    try:
        check_unchanged(os.stat(file.path), file)  # noqa: PTH116 - the path is a plain string
    except OSError as error:
        raise InputError("intake.file_gone", file=file.short_name) from error


def read_native_frame(file: SourceFile, frame: FrameSource, target: NDArray[np.int16]) -> bool:
    """Fill ``target`` (row, column, contiguous) from the frame's extent.

    True when bits above the declared ones were set and left out.  Size and time of the file are
    checked before and after.

    Raises
    ------
    InputError
        When the file is gone, has changed since the scan, or is shorter than planned.
    """
    raw = target.view(np.uint16) if frame.bits_allocated == 16 else np.empty(target.shape, np.uint8)
    if frame.length != raw.nbytes or frame.offset + frame.length > file.size:
        raise InputError("intake.file_changed", file=file.short_name)
    try:
        with open(file.path, "rb", buffering=0) as stream:  # noqa: PTH123 - the path is a plain string
            check_unchanged(os.fstat(stream.fileno()), file)
            stream.seek(frame.offset)
            view = raw.reshape(-1).view(np.uint8).data
            done = 0
            while done < len(view):
                count = stream.readinto(view[done:])
                if not count:
                    raise InputError("intake.file_changed", file=file.short_name)
                done += count
            check_unchanged(os.fstat(stream.fileno()), file)
    except OSError as error:
        raise InputError("intake.file_gone", file=file.short_name) from error
    if raw.dtype == np.uint16:
        if frame.is_big_endian != (sys.byteorder == "big"):
            raw.byteswap(inplace=True)
        if frame.bits_stored == 16 and frame.is_signed:
            return False
    has_more = has_bits_above(raw, frame.bits_stored, frame.is_signed)
    target[:] = to_int16(raw, frame.bits_stored, frame.is_signed)
    return has_more


def extent_sha256(file: SourceFile, offset: int, length: int) -> str:
    """Hash of a part of a file, to tell equal pixels from different ones.

    Raises
    ------
    InputError
        When the file is gone.
    """
    digest = hashlib.sha256()
    try:
        with open(file.path, "rb") as stream:  # noqa: PTH123 - the path is a plain string
            stream.seek(offset)
            while length > 0 and (block := stream.read(min(length, 1 << 20))):
                digest.update(block)
                length -= len(block)
    except OSError as error:
        raise InputError("intake.file_gone", file=file.short_name) from error
    return digest.hexdigest()
