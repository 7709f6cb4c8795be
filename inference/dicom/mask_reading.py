"""A mask file through the reader process: ask, check the answer, copy the planes, lay them on the stack."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

import numpy as np

from inference.dicom import protocol
from inference.dicom.limits import IntakeLimits
from inference.dicom.reader_process import ReaderDiedError, ReaderProcess, ReaderTooSlowError
from inference.errors import InputError
from inference.jobs import ShouldStop
from inference.masks.codecs.imported import ImportedMask
from inference.masks.codecs.placing import place_mask
from inference.scan import Stack

_CAPACITY: Final = 512 << 20
_KEPT: Final = 8
_SECONDS: Final = 30.0
_REFUSALS: Final = frozenset(
    {
        "intake.mask.unreadable",
        "intake.mask.too_large",
        "intake.mask.no_grid",
        "intake.mask.not_a_label_map",
    }
)


def read_mask(
    path: Path, stack: Stack, process: ReaderProcess, limits: IntakeLimits, should_stop: ShouldStop
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
            known = answer.refused if answer.refused in _REFUSALS else "intake.mask.unreadable"
            raise InputError(known, file=path.name)
        if not _is_sane(answer):
            raise process.broke_protocol()
        planes = np.empty((len(answer.frames), answer.rows, answer.columns), np.uint16)
        if not process.buffer.read_into(planes, 0):
            raise process.broke_protocol()
    except (ReaderDiedError, ReaderTooSlowError) as error:
        raise InputError("intake.mask.unreadable", file=path.name) from error
    finally:
        process.buffer.shrink(_KEPT)
    return place_mask(answer, planes, stack, sha256=sha256, file=path.name)


def _is_sane(answer: protocol.MaskAnswer) -> bool:
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
