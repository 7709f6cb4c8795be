"""Tasks for the reader pool that bring pictures: frames of a compressed file, or a research file's stream."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from inference.dicom.limits import IntakeLimits
from inference.dicom.readers import protocol
from inference.dicom.readers.reader_pool import LANE_BYTES, Lane, Task
from inference.dicom.verdicts import RULES
from inference.scan import FrameSource, SourceFile

_MOST_FRAMES: Final = 8
"""Frames of one file in one task: few, so that two readers share a multi-frame file evenly."""


@dataclass(frozen=True, slots=True, eq=False)
class PictureTask(Task):
    """A task whose units are the ``frames`` of one file; a stream brings them in the file's own order."""

    file: int = -1
    frames: tuple[int, ...] = ()
    is_stream: bool = False


def decode_tasks(
    file: SourceFile,
    frames: Sequence[FrameSource],
    shape: tuple[int, int],
    limits: IntakeLimits,
    *,
    compare: bool,
) -> list[PictureTask]:
    """Frames of one compressed file, a few a task; each answer is one :class:`FrameAnswer`, in order.

    ``compare`` asks for a second decoder's opinion on the first frame.
    """
    rows, columns = shape
    frame_bytes = rows * columns * 2
    together = max(1, min(_MOST_FRAMES, LANE_BYTES // frame_bytes))
    return [
        _decode_task(file, frames[k : k + together], shape, limits, compare=compare and k == 0)
        for k in range(0, len(frames), together)
    ]


def _decode_task(
    file: SourceFile,
    frames: Sequence[FrameSource],
    shape: tuple[int, int],
    limits: IntakeLimits,
    *,
    compare: bool,
) -> PictureTask:
    rows, columns = shape
    numbers = tuple(frame.frame for frame in frames)
    lane_bytes = rows * columns * 2 * len(numbers)

    def request(lane: Lane, ticket: int) -> bytes:
        return protocol.encode(
            protocol.REQUESTS,
            protocol.DecodeRequest(
                path=protocol.spelled_path(file.path),
                frames=numbers,
                rows=rows,
                columns=columns,
                offset=lane.offset,
                capacity=lane.offset + lane.capacity,
                buffer=lane.address,
                ticket=ticket,
                compare=compare,
                tiles_across=frames[0].tiles_across,
            ),
        )

    return PictureTask(
        request,
        len(numbers),
        _in_order(numbers),
        lambda _: limits.seconds_for(file.size + lane_bytes),
        lane_bytes=lane_bytes,
        file=frames[0].file,
        frames=numbers,
    )


def stream_task(
    file: SourceFile, frames: Sequence[FrameSource], shape: tuple[int, int], limits: IntakeLimits
) -> PictureTask:
    """All wanted slices of a NIfTI or NRRD file, in the order in which the file holds them."""
    rows, columns = shape
    frame_bytes = rows * columns * 2
    slots = max(1, min(len(frames), LANE_BYTES // frame_bytes))
    numbers = tuple(sorted(frame.frame for frame in frames))

    def request(lane: Lane, ticket: int) -> bytes:
        return protocol.encode(
            protocol.REQUESTS,
            protocol.StreamRequest(
                path=protocol.spelled_path(file.path),
                kind=frames[0].kind,
                frames=numbers,
                rows=rows,
                columns=columns,
                offset=lane.offset,
                slots=slots,
                capacity=lane.offset + lane.capacity,
                buffer=lane.address,
                ticket=ticket,
            ),
        )

    volume_bytes = frame_bytes * len(frames)
    return PictureTask(
        request,
        len(numbers),
        _each_once(numbers),
        lambda _: limits.seconds_for(file.size + volume_bytes),
        lane_bytes=slots * frame_bytes,
        pause_every=slots,
        file=frames[0].file,
        frames=numbers,
        is_stream=True,
    )


def _in_order(frames: Sequence[int]) -> Callable[[bytes], Sequence[protocol.FrameAnswer]]:
    """Parse one answer a message, for the frames asked for, in their order."""
    expected = list(reversed(frames))

    def parse(message: bytes) -> Sequence[protocol.FrameAnswer]:
        answer = _checked(message)
        if not expected or answer.frame != expected.pop():
            raise protocol.ProtocolError("frame")
        return (answer,)

    return parse


def _each_once(frames: Sequence[int]) -> Callable[[bytes], Sequence[protocol.FrameAnswer]]:
    """Parse one answer a message, for each of the frames asked for, in whatever order the file has."""
    expected = set(frames)

    def parse(message: bytes) -> Sequence[protocol.FrameAnswer]:
        answer = _checked(message)
        if answer.frame not in expected:
            raise protocol.ProtocolError("frame")
        expected.discard(answer.frame)
        return (answer,)

    return parse


def _checked(message: bytes) -> protocol.FrameAnswer:
    answer = protocol.decode(protocol.FRAME_ANSWERS, message)
    if any(remark.code not in RULES for remark in answer.remarks):
        raise protocol.ProtocolError("code")
    return answer
