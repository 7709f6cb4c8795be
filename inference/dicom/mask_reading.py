"""A mask file through the reader process: ask, check the answer, copy what it holds, lay it on the stack."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from inference.dicom import protocol
from inference.dicom.limits import IntakeLimits
from inference.dicom.reader_process import ReaderDiedError, ReaderProcess, ReaderTooSlowError
from inference.dicom.verdicts import RULES
from inference.errors import InputError
from inference.jobs import ShouldStop
from inference.masks.codecs.belonging import sop_uids
from inference.masks.codecs.contour_placing import place_contours
from inference.masks.codecs.imported import ImportedMask
from inference.masks.codecs.placing import place_mask
from inference.masks.codecs.refusal import MaskRefusedError
from inference.scan import Plan, Stack

_CAPACITY: Final = 512 << 20
_KEPT: Final = 8
_SECONDS: Final = 30.0
_UNREADABLE: Final = frozenset(
    {"intake.mask.unreadable", "intake.mask.too_large", "intake.mask.not_a_label_map"}
)


def read_mask(
    path: Path,
    plan: Plan,
    stack: Stack,
    process: ReaderProcess,
    limits: IntakeLimits,
    should_stop: ShouldStop,
) -> ImportedMask:
    """The mask in ``path`` on the grid of ``stack``.

    Raises
    ------
    InputError
        When it cannot be read, or does not belong to the stack.
    """
    try:
        content = path.read_bytes() if path.stat().st_size <= _CAPACITY else None
    except OSError as error:
        raise InputError("intake.not_found", name=path.name) from error
    if content is None:
        raise InputError("intake.mask.too_large", file=path.name)
    sha256 = hashlib.sha256(content).hexdigest()
    del content
    process.buffer.ensure(_CAPACITY)
    ticket = process.next_ticket()
    try:
        request = protocol.MaskRequest(
            protocol.spelled_path(str(path.resolve())), _CAPACITY, process.buffer.address, ticket
        )
        process.ask(protocol.encode(protocol.REQUESTS, request))
        body = process.answer(ticket, max(_SECONDS, limits.seconds_per_file), should_stop)
        try:
            answer = protocol.decode(protocol.MASK_ANSWERS, body)
        except protocol.ProtocolError:
            raise process.broke_protocol() from None
        if answer.refused:
            raise _refusal(answer.refused, path.name)
        if not _is_sane(answer):
            raise process.broke_protocol()
        held = _held(answer)
        for array, offset in held:
            if not process.buffer.read_into(array, offset):
                raise process.broke_protocol()
    except (ReaderDiedError, ReaderTooSlowError) as error:
        raise InputError("intake.mask.unreadable", file=path.name) from error
    finally:
        process.buffer.shrink(_KEPT)
    arrays = [array for array, _ in held]
    if answer.outlines is None:
        return place_mask(answer, arrays[0], stack, sha256=sha256, file=path.name)
    table, points = arrays
    if not _agree(answer.outlines, table):
        process.end()
        raise InputError("intake.mask.unreadable", file=path.name)
    known = frozenset().union(*(sop_uids(other) for other in plan.stacks))
    return place_contours(answer, table, points, stack, known_sop_uids=known, sha256=sha256, file=path.name)


def _refusal(code: str, file: str) -> InputError:
    """The error for what the reader says; a code that it cannot know counts as unreadable."""
    if code in RULES:
        return MaskRefusedError(code, file=file)
    return InputError(code if code in _UNREADABLE else "intake.mask.unreadable", file=file)


def _held(answer: protocol.MaskAnswer) -> list[tuple[NDArray[Any], int]]:
    """Arrays to be filled from the buffer, with their offsets in bytes."""
    if answer.outlines is None:
        return [(np.empty((len(answer.frames), answer.rows, answer.columns), np.uint16), 0)]
    table = np.empty((answer.outlines.contours, 3), np.int64)
    return [(table, 0), (np.empty((answer.outlines.points, 3), np.float64), table.nbytes)]


def _is_sane(answer: protocol.MaskAnswer) -> bool:
    """Codes of the table only, and planes or contours that fit the buffer."""
    if any(remark.code not in RULES for remark in answer.remarks):
        return False
    if answer.outlines is not None:
        contours, points = answer.outlines.contours, answer.outlines.points
        return contours >= 0 and points >= 0 and (contours + points) * 24 <= _CAPACITY
    return _are_planes_sane(answer)


def _agree(outlines: protocol.ContourTable, table: NDArray[np.int64]) -> bool:
    """Every contour has points, all of them together as many as there are, and an image that is listed."""
    counts, sources = table[:, 1], table[:, 2]
    if len(table) and (counts.min() < 1 or sources.min() < -1 or counts.max() > outlines.points):
        return False
    return int(counts.sum()) == outlines.points and bool((sources < len(outlines.source_sop_uids)).all())


def _are_planes_sane(answer: protocol.MaskAnswer) -> bool:
    """Planes that fit the buffer, and steps that span a plane."""
    if answer.rows < 1 or answer.columns < 1 or not answer.frames:
        return False
    if answer.rows * answer.columns * len(answer.frames) * 2 > _CAPACITY:
        return False
    area = np.linalg.norm(np.cross(answer.row_step, answer.column_step))
    if not area > 1e-9 or any(frame.segment < 0 for frame in answer.frames):
        return False
    step = answer.slice_step
    normal = np.cross(answer.column_step, answer.row_step)
    return step is None or abs(float(normal @ np.asarray(step))) > 1e-9
