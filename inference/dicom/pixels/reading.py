"""From a stack to a volume: native frames copied, other frames decoded by the reader processes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.dicom.limits import IntakeLimits
from inference.dicom.pixels.native import check_file_unchanged, read_native_frame
from inference.dicom.pixels.pixel_facts import pixel_findings
from inference.dicom.pixels.reading_order import middle_outwards as middle_outwards
from inference.dicom.pixels.stored import UNSIGNED_16_SHIFT, is_shifted
from inference.dicom.readers.frame_tasks import PictureTask, decode_tasks, stream_task
from inference.dicom.readers.reader_pool import Answered, ReaderPool, Task
from inference.dicom.records import Remark
from inference.dicom.verdicts import finding
from inference.errors import InputError, ResourceError
from inference.findings import Finding
from inference.jobs import OnProgress, Progress, ShouldStop, stop_if_asked
from inference.scan import FrameSource, Plan, Stack
from inference.volume import Volume

STAGE_READING: Final = "stage.reading"
_ABSENT_VOXEL: Final = -32_768
_READING_THREADS: Final = 2
_READ_TOGETHER: Final = 16
"""Native slices that one thread copies in a row: fewer, and threads hand over more than they copy."""
_LOST: Final = Remark("intake.frame_undecodable", {"reason": "fact.frame.lost", "syntax": "–"})
"""A frame on which its reader ended or did not come to an end."""


class StackReader:
    """Fills the voxels of one stack.

    Parameters
    ----------
    plan, stack
        What to read; ``stack`` is one of the plan's.
    pool
        Where frames that are not native are decoded.
    """

    def __init__(self, plan: Plan, stack: Stack, pool: ReaderPool, limits: IntakeLimits) -> None:
        if int(np.prod(stack.geometry.shape)) > limits.voxels:
            raise InputError("intake.too_large", voxels=int(np.prod(stack.geometry.shape)))
        self._plan = plan
        self._stack = stack
        self._pool = pool
        self._limits = limits
        self._remarks: dict[str, tuple[Remark, int, int]] = {}

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
            raise self._nothing_decoded(len(present))
        missing = frozenset(unread | {k for k, frame in enumerate(stack.frames) if frame is None})
        return self._frozen(voxels, missing)

    def slice(self, index: int, should_stop: ShouldStop) -> NDArray[np.int16]:
        """One slice (row, column); a gap is filled with the padding voxel."""
        if self._stack.frames[index] is None:
            padding = self._padding()
            absent = _ABSENT_VOXEL if padding is None else padding
            return np.full(self._stack.geometry.shape[1:], absent, np.int16)
        voxels = np.empty((1, *self._stack.geometry.shape[1:]), np.int16)
        for _, succeeded in self._frames([index], voxels, should_stop, offset=index):
            if not succeeded:
                raise self._nothing_decoded(1)
        picture: NDArray[np.int16] = voxels[0]
        return picture

    def slices(self, indices: Sequence[int], should_stop: ShouldStop) -> dict[int, NDArray[np.int16]]:
        """Some slices (row, column), read together; gaps and what cannot be read are left out."""
        voxels = np.empty(self._stack.geometry.shape, np.int16)  # pages that nobody writes cost nothing
        present = [index for index in indices if self._stack.frames[index] is not None]
        read = [index for index, succeeded in self._frames(present, voxels, should_stop) if succeeded]
        return {index: voxels[index] for index in read}

    def _frames(
        self,
        indices: Sequence[int],
        voxels: NDArray[np.int16],
        should_stop: ShouldStop,
        offset: int = 0,
    ) -> Iterator[tuple[int, bool]]:
        """Fill ``voxels[index - offset]`` and say of each index whether it is there."""
        native = [index for index in indices if self._frame(index).is_native]
        yield from self._copied(native, voxels, should_stop, offset)
        decoded = [index for index in indices if not self._frame(index).is_native]
        if decoded:
            yield from self._decoded(decoded, voxels, should_stop, offset)

    def _copied(
        self, indices: Sequence[int], voxels: NDArray[np.int16], should_stop: ShouldStop, offset: int
    ) -> Iterator[tuple[int, bool]]:
        """Native frames; threads copy side by side, since reading lets go of the interpreter."""

        def copy(some: Sequence[int]) -> list[int]:
            """Read some; those of them with bits above the declared ones."""
            odd = []
            for index in some:
                stop_if_asked(should_stop)
                frame = self._frame(index)
                if read_native_frame(self._plan.files[frame.file], frame, voxels[index - offset]):
                    odd.append(index)
            return odd

        def note(odd: Sequence[int]) -> None:
            for index in odd:
                self._note((Remark("intake.high_bits", {}),), index)

        groups = [indices[k : k + _READ_TOGETHER] for k in range(0, len(indices), _READ_TOGETHER)]
        if len(groups) < 2:
            note(copy(indices))
            yield from ((index, True) for index in indices)
            self._check_unchanged(indices)
            return
        with ThreadPoolExecutor(_READING_THREADS, "concilium-copy") as threads:
            copies = [(group, threads.submit(copy, group)) for group in groups]
            try:
                for group, done in copies:
                    note(done.result())
                    yield from ((index, True) for index in group)
            finally:
                threads.shutdown(cancel_futures=True)
        self._check_unchanged(indices)

    def _decoded(
        self, indices: Sequence[int], voxels: NDArray[np.int16], should_stop: ShouldStop, offset: int
    ) -> Iterator[tuple[int, bool]]:
        """Frames that need a parser, through the reader processes and their shared memory."""
        self._check_unchanged(indices)
        untold = {(self._frame(index).file, self._frame(index).frame): index for index in indices}
        pending: deque[Task] = deque(self._tasks(indices, compare=True))
        for event in self._pool.perform(pending, should_stop):
            task = event.task
            assert isinstance(task, PictureTask)
            if isinstance(event, Answered):
                index = untold.pop((task.file, event.value.frame))
                self._note(event.value.remarks, index)
                place = event.unit % task.pause_every if task.pause_every else event.unit
                yield index, not event.value.failure and event.copy_picture(voxels[index - offset], place)
                continue
            left = [untold[key] for frame in task.frames if (key := (task.file, frame)) in untold]
            if event.unit is not None:
                # A stream cannot be taken up behind the frame that ended its reader.
                given_up = left if task.is_stream else left[:1]
                for index in given_up:
                    frame = self._frame(index)
                    del untold[frame.file, frame.frame]
                    self._note((_LOST,), index)
                    yield index, False
                left = left[len(given_up) :]
            pending.extendleft(reversed(self._tasks(left)))
        self._check_unchanged(indices)

    def _check_unchanged(self, indices: Sequence[int]) -> None:
        """No file may change between the first look at it and the last."""
        for file in {self._frame(index).file for index in indices}:
            check_file_unchanged(self._plan.files[file])

    def _tasks(self, indices: Sequence[int], *, compare: bool = False) -> list[Task]:
        """Frames of one file go together, in the order in which they are wanted.

        ``compare`` has the very first of them decoded twice.
        """
        by_file: dict[int, list[FrameSource]] = {}
        for index in indices:
            frame = self._frame(index)
            by_file.setdefault(frame.file, []).append(frame)
        shape = (self._stack.geometry.shape[1], self._stack.geometry.shape[2])
        tasks: list[Task] = []
        for number, frames in by_file.items():
            file = self._plan.files[number]
            if frames[0].kind == "dicom":
                tasks += decode_tasks(file, frames, shape, self._limits, compare=compare and not tasks)
            else:
                tasks.append(stream_task(file, frames, shape, self._limits))
        return tasks

    def _note(self, remarks: Sequence[Remark], index: int) -> None:
        """Keep the first remark of each kind with its slice, and count the others."""
        for remark in remarks:
            first, at, count = self._remarks.get(remark.code, (remark, index, 0))
            self._remarks[remark.code] = (first, at, count + 1)

    def _nothing_decoded(self, slices: int) -> InputError:
        noted = self._remarks.get(_LOST.code)
        fields = (noted[0] if noted else _LOST).fields
        return InputError("intake.nothing_decoded", slices=slices, **fields)

    def _frame(self, index: int) -> FrameSource:
        frame = self._stack.frames[index]
        assert frame is not None
        return frame

    def _padding(self) -> int | None:
        """The padding value as it stands in int16 voxels, None when it is absent or cannot occur."""
        return self._stored_voxel(self._stack.padding_value)

    def _stored_voxel(self, value: int | None) -> int | None:
        """A stored value as it stands in int16 voxels, None when it is absent or cannot occur."""
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
        limit = self._stored_voxel(self._stack.padding_limit)
        if padding is not None and limit is not None and limit != padding:
            low, high = sorted((padding, limit))
            for picture in voxels:
                picture[(picture >= low) & (picture <= high)] = padding
        if missing:
            padding = _ABSENT_VOXEL if padding is None else padding
            voxels[sorted(missing)] = padding
        volume = Volume(voxels, slope, intercept, self._stack.geometry, missing, padding)
        return replace(volume, findings=(*self._findings(), *pixel_findings(volume)))

    def _findings(self) -> tuple[Finding, ...]:
        """What was noticed while the pixels were read."""
        return tuple(
            finding(remark.code, **(remark.fields | self._where(index) | {"count": count}))
            for remark, index, count in self._remarks.values()
        )

    def _where(self, index: int) -> dict[str, str | int]:
        return {"file": self._plan.files[self._frame(index).file].short_name, "slice": index + 1}
