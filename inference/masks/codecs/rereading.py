"""What was written, read back by the way in for foreign files and compared before success is reported."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import numpy as np

from inference.errors import InputError, StorageError
from inference.masks.codecs.belonging import sop_uids
from inference.masks.codecs.imported import ImportedMask
from inference.masks.codecs.laying import empty_arrays, lay
from inference.masks.codecs.mask_file import read_dicom_mask
from inference.masks.codecs.segment_to_write import SegmentToWrite
from inference.scan import Stack
from inference.storage import write_atomically


def write_checked(path: Path, content: bytes, is_whole: Callable[[bytes], bool]) -> None:
    """Hold ``content`` against what was meant, write it, and hold what the disc gives back against it too.

    A file that was there before is replaced by a whole one only.

    Raises
    ------
    StorageError
        When the place cannot be written, or the file differs; nothing stays there then.
    """
    if not is_whole(content):
        raise StorageError("intake.mask.differs", file=path.name)
    write_atomically(path, content)
    try:
        found = path.read_bytes()
    except OSError:
        found = b""
    if found != content or not is_whole(found):
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        raise StorageError("intake.mask.differs", file=path.name)


def holds_segments(content: bytes, segments: Sequence[SegmentToWrite], stack: Stack) -> bool:
    """True when this program's reader lays exactly the given voxels on the stack."""
    try:
        found = reread(content, stack)
    except InputError:
        return False
    by_number = {segment.number: segment for segment in found.segments}
    if set(by_number) != set(range(1, len(segments) + 1)):
        return False
    return all(
        np.array_equal(by_number[number].voxels, segment.voxels) for number, segment in enumerate(segments, 1)
    )


def reread(content: bytes, stack: Stack) -> ImportedMask:
    """A DICOM mask of this program's own making, laid on its stack; foreign files go to the reader process.

    Raises
    ------
    InputError
        When it cannot be read.
    """
    import pydicom

    dataset = pydicom.dcmread(BytesIO(content))
    # A plane of a single pixel is one bit in the file and one byte here; contours are longer as text.
    buffer = bytearray(len(content) * 8)
    answer = read_dicom_mask(dataset, memoryview(buffer))
    if answer.refused:
        raise InputError(answer.refused, file="")
    arrays = empty_arrays(answer)
    offset = 0
    for array in arrays:
        array.reshape(-1).view(np.uint8)[:] = np.frombuffer(buffer, np.uint8, array.nbytes, offset)
        offset += array.nbytes
    digest = sha256(content).hexdigest()
    return lay(answer, arrays, stack, known_sop_uids=sop_uids(stack), sha256=digest, file="")
