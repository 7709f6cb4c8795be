"""A mask file through the reader process: ask, check the answer, copy what it holds, lay it on the stack."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

import numpy as np

from inference.dicom.limits import IntakeLimits
from inference.dicom.readers import protocol
from inference.dicom.readers.reader_process import ReaderDiedError, ReaderProcess, ReaderTooSlowError
from inference.dicom.verdicts import RULES
from inference.errors import InputError
from inference.jobs import ShouldStop
from inference.masks.codecs.belonging import sop_uids
from inference.masks.codecs.imported import ImportedMask
from inference.masks.codecs.laying import agree, empty_arrays, lay, size_in_bytes
from inference.masks.codecs.refusal import MaskRefusedError
from inference.scan import Plan, Stack

_CAPACITY: Final = 512 << 20
_KEPT: Final = 8
_SECONDS: Final = 30.0
HALF: Final = 0.5
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
    threshold: float = HALF,
) -> ImportedMask:
    """The mask in ``path`` on the grid of ``stack``; fractions count from ``threshold`` on.

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
            protocol.spelled_path(str(path.resolve())), _CAPACITY, process.buffer.address, ticket, threshold
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
        arrays = empty_arrays(answer)
        offset = 0
        for array in arrays:
            if not process.buffer.read_into(array, offset):
                raise process.broke_protocol()
            offset += array.nbytes
        if answer.outlines is not None and not agree(answer.outlines, arrays[0]):
            raise process.broke_protocol()
    except (ReaderDiedError, ReaderTooSlowError) as error:
        raise InputError("intake.mask.unreadable", file=path.name) from error
    finally:
        process.buffer.shrink(_KEPT)
    known = sop_uids(stack).union(*(sop_uids(other) for other in plan.stacks))
    return lay(
        answer,
        arrays,
        stack,
        known_sop_uids=known,
        sha256=sha256,
        file=path.name,
        threshold=threshold,
    )


def _refusal(code: str, file: str) -> InputError:
    """The error for what the reader says; a code that it cannot know counts as unreadable."""
    if code in RULES:
        return MaskRefusedError(code, file=file)
    return InputError(code if code in _UNREADABLE else "intake.mask.unreadable", file=file)


def _is_sane(answer: protocol.MaskAnswer) -> bool:
    """Codes of the table only, and planes or contours that fit the buffer."""
    if any(remark.code not in RULES for remark in answer.remarks):
        return False
    if answer.outlines is not None:
        counts = (answer.outlines.contours, answer.outlines.points, answer.outlines.ignored)
        return min(counts) >= 0 and size_in_bytes(answer) <= _CAPACITY
    return _are_planes_sane(answer)


def _are_planes_sane(answer: protocol.MaskAnswer) -> bool:
    """Planes that fit the buffer, and steps that span a plane."""
    if answer.rows < 1 or answer.columns < 1 or not answer.frames:
        return False
    if size_in_bytes(answer) > _CAPACITY:
        return False
    area = np.linalg.norm(np.cross(answer.row_step, answer.column_step))
    if not area > 1e-9 or any(frame.segment < 0 for frame in answer.frames):
        return False
    step = answer.slice_step
    normal = np.cross(answer.column_step, answer.row_step)
    return step is None or abs(float(normal @ np.asarray(step))) > 1e-9
