"""From a stack to a volume: native frames copied, other frames decoded by the reader process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.dicom import protocol
from inference.dicom.limits import IntakeLimits
from inference.dicom.native import check_file_unchanged, read_native_frame
from inference.dicom.reader_process import ReaderDiedError, ReaderProcess, ReaderTooSlowError
from inference.dicom.stored import UNSIGNED_16_SHIFT, is_shifted
from inference.errors import InputError, ResourceError
from inference.jobs import OnProgress, Progress, ShouldStop, stop_if_asked
from inference.scan import FrameSource, Plan, Stack
from inference.volume import Volume

STAGE_READING: Final = "stage.reading"
_ABSENT_VOXEL: Final = -32_768
_BYTES_PER_SECOND: Final = 5_000_000


class StackReader:
    """Fills the voxels of one stack.

    Parameters
    ----------
    plan, stack
        What to read; ``stack`` is one of the plan's.
    process
        Where frames that are not native are decoded.
    """

    def __init__(self, plan: Plan, stack: Stack, process: ReaderProcess, limits: IntakeLimits) -> None:
        if int(np.prod(stack.geometry.shape)) > limits.voxels:
            raise InputError("intake.too_large", voxels=int(np.prod(stack.geometry.shape)))
        self._plan = plan
        self._stack = stack
        self._process = process
        self._limits = limits

    def volume(
        self, on_slice: Callable[[int], None], on_progress: OnProgress, should_stop: ShouldStop
    ) -> Volume:
        """Read every frame, the middle first.

        Raises
        ------
        InputError
            When a file has changed since the scan, or not one frame can be decoded.
        """
        stack = self._stack
        try:
            voxels = np.empty(stack.geometry.shape, np.int16)
        except MemoryError as error:
            raise ResourceError("intake.no_memory", voxels=int(np.prod(stack.geometry.shape))) from error
        present = [index for index in middle_outwards(len(stack.frames)) if stack.frames[index] is not None]
        unread: set[int] = set()
        on_progress(Progress(0, len(present), STAGE_READING))
        for done, (index, succeeded) in enumerate(self._frames(present, voxels, should_stop), 1):
            if succeeded:
                on_slice(index)
            else:
                unread.add(index)
            on_progress(Progress(done, len(present), STAGE_READING))
        if len(unread) == len(present):
            raise InputError("intake.nothing_decoded", slices=len(present))
        missing = frozenset(unread | {k for k, frame in enumerate(stack.frames) if frame is None})
        return self._frozen(voxels, missing)

    def slice(self, index: int, should_stop: ShouldStop) -> NDArray[np.int16]:
        """One slice (row, column); a gap is filled with the padding voxel."""
        if self._stack.frames[index] is None:
            return np.full(self._stack.geometry.shape[1:], self._padding() or _ABSENT_VOXEL, np.int16)
        voxels = np.empty((1, *self._stack.geometry.shape[1:]), np.int16)
        for _, succeeded in self._frames([index], voxels, should_stop, offset=index):
            if not succeeded:
                raise InputError("intake.nothing_decoded", slices=1)
        picture: NDArray[np.int16] = voxels[0]
        return picture

    def _frames(
        self,
        indices: Sequence[int],
        voxels: NDArray[np.int16],
        should_stop: ShouldStop,
        offset: int = 0,
    ) -> Iterator[tuple[int, bool]]:
        """Fill ``voxels[index - offset]`` and say of each index whether it is there."""
        decoded: dict[tuple[int, str], list[int]] = {}
        for index in indices:
            frame = self._frame(index)
            if not frame.is_native:
                decoded.setdefault((frame.file, frame.kind), []).append(index)
                continue
            stop_if_asked(should_stop)
            read_native_frame(self._plan.files[frame.file], frame, voxels[index - offset])
            yield index, True
        for position, group in enumerate(decoded.values()):
            yield from self._decoded(group, voxels, should_stop, offset, compare=position == 0)

    def _decoded(
        self,
        indices: Sequence[int],
        voxels: NDArray[np.int16],
        should_stop: ShouldStop,
        offset: int,
        *,
        compare: bool,
    ) -> Iterator[tuple[int, bool]]:
        """Frames of one file, through the reader process and the shared buffer."""
        first = self._frame(indices[0])
        file = self._plan.files[first.file]
        rows, columns = self._stack.geometry.shape[1:]
        frame_bytes = rows * columns * 2
        capacity = frame_bytes * len(indices)
        check_file_unchanged(file)
        request = protocol.DecodeRequest(
            path=protocol.spelled_path(file.path),
            kind=first.kind,
            frames=tuple(self._frame(index).frame for index in indices),
            rows=rows,
            columns=columns,
            offset=0,
            capacity=capacity,
            buffer=self._prepared_buffer(capacity),
            ticket=self._process.next_ticket(),
            compare=compare,
        )
        seconds = self._limits.seconds_per_file + (file.size + capacity) / _BYTES_PER_SECOND
        try:
            self._process.ask(protocol.encode(protocol.REQUESTS, request))
            for position, index in enumerate(indices):
                body = self._process.answer(request.ticket, seconds, should_stop)
                answer = self._checked(body, request.frames[position])
                succeeded = not answer.failure and self._process.buffer.read_into(
                    voxels[index - offset], position * frame_bytes
                )
                yield index, succeeded
        except (ReaderDiedError, ReaderTooSlowError) as error:
            if len(indices) > 1:
                raise InputError("intake.decoding_failed", file=file.short_name) from error
            yield indices[0], False
        check_file_unchanged(file)

    def _prepared_buffer(self, capacity: int) -> str:
        self._process.buffer.ensure(capacity)
        return self._process.buffer.address

    def _checked(self, body: bytes, frame: int) -> protocol.FrameAnswer:
        try:
            answer = protocol.decode(protocol.FRAME_ANSWERS, body)
        except protocol.ProtocolError:
            raise self._process.broke_protocol() from None
        if answer.frame != frame:
            raise self._process.broke_protocol()
        return answer

    def _frame(self, index: int) -> FrameSource:
        frame = self._stack.frames[index]
        assert frame is not None
        return frame

    def _padding(self) -> int | None:
        """The padding value as it stands in int16 voxels, None when it is absent or cannot occur."""
        value = self._stack.padding_value
        if value is None:
            return None
        frame = next(frame for frame in self._stack.frames if frame is not None)
        if is_shifted(frame.bits_stored, frame.is_signed):
            value -= UNSIGNED_16_SHIFT
        return value if -32_768 <= value <= 32_767 else None

    def _frozen(self, voxels: NDArray[np.int16], missing: frozenset[int]) -> Volume:
        frames = self._stack.frames
        known = next(frame for frame in frames if frame is not None)
        slope = np.array([(frame or known).slope for frame in frames])
        intercept = np.array([(frame or known).intercept for frame in frames])
        shifted = np.array(
            [is_shifted((frame or known).bits_stored, (frame or known).is_signed) for frame in frames]
        )
        intercept += slope * UNSIGNED_16_SHIFT * shifted
        padding = self._padding()
        if missing:
            padding = _ABSENT_VOXEL if padding is None else padding
            voxels[sorted(missing)] = padding
        return Volume(voxels, slope, intercept, self._stack.geometry, missing, padding)


def middle_outwards(count: int) -> list[int]:
    """Indices 0 … count − 1, the middle first and then alternately to both sides."""
    middle = count // 2
    return sorted(range(count), key=lambda index: (abs(index - middle), index))
