"""What a reader of masks left in its buffer, as arrays; and laid on a stack."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.dicom.readers.protocol import ContourTable, MaskAnswer
from inference.masks.codecs.contour_placing import place_contours
from inference.masks.codecs.imported import ImportedMask
from inference.masks.codecs.placing import place_mask
from inference.scan import Stack

HeldArrays = list[NDArray[Any]]


def empty_arrays(answer: MaskAnswer) -> HeldArrays:
    """Arrays of the type and shape in which the buffer holds planes or contours, one behind the other."""
    if answer.outlines is not None:
        table = np.empty((answer.outlines.contours, 3), np.int64)
        return [table, np.empty((answer.outlines.points, 3), np.float64)]
    if answer.are_bits:
        return [np.empty((len(answer.frames), (answer.rows * answer.columns + 7) // 8), np.uint8)]
    return [np.empty((len(answer.frames), answer.rows, answer.columns), np.uint16)]


def size_in_bytes(answer: MaskAnswer) -> int:
    """How much of the buffer an answer claims to fill."""
    if answer.outlines is not None:
        return (answer.outlines.contours + answer.outlines.points) * 24
    pixels = answer.rows * answer.columns
    return len(answer.frames) * ((pixels + 7) // 8 if answer.are_bits else pixels * 2)


def agree(outlines: ContourTable, table: NDArray[np.int64]) -> bool:
    """Every contour has points, all of them together as many as there are, and an image that is listed."""
    counts, sources = table[:, 1], table[:, 2]
    if len(table) and (counts.min() < 1 or sources.min() < -1 or counts.max() > outlines.points):
        return False
    return int(counts.sum()) == outlines.points and bool((sources < len(outlines.source_sop_uids)).all())


def lay(
    answer: MaskAnswer,
    arrays: HeldArrays,
    stack: Stack,
    *,
    known_sop_uids: frozenset[str],
    sha256: str,
    file: str,
    threshold: float = 0.5,
) -> ImportedMask:
    """The segments of an answer on the grid of ``stack``.

    ``known_sop_uids`` are the images of the whole source.

    Raises
    ------
    MaskRefusedError
        When they do not belong there.
    """
    if answer.outlines is None:
        return place_mask(answer, arrays[0], stack, sha256=sha256, file=file, threshold=threshold)
    table, points = arrays
    return place_contours(
        answer, table, points, stack, known_sop_uids=known_sop_uids, sha256=sha256, file=file
    )
