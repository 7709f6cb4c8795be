"""A picture to look at while a large source is still being read, made of the files read so far."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.dicom.limits import IntakeLimits
from inference.dicom.pixels.native import read_native_frame
from inference.dicom.planning.planning import make_plan
from inference.dicom.readers.frame_tasks import decode_tasks
from inference.dicom.readers.reader_pool import Answered, Lost, Task
from inference.dicom.records import ImageRecord
from inference.errors import InputError
from inference.findings import Verdict, worst_view
from inference.scan import Plan, SourceFile, Stack

_AFTER_S: Final = 0.1
_FEWEST_READ: Final = 64
_FEWEST_LEFT: Final = 200
"""Files still to be read, below which the whole source is nearly as quick."""


@dataclass(frozen=True, slots=True, eq=False)
class ProvisionalPicture:
    """One slice (row, column, int16 as stored) of what the first files hold; more may join it.

    ``plan`` speaks of ``files_read`` of the source's ``files``: no finding in it is final.
    """

    plan: Plan
    stack: Stack
    slice_index: int
    pixels: NDArray[np.int16]
    files_read: int
    files: int


OnProvisional = Callable[[ProvisionalPicture], None]


class ProvisionalLook:
    """Waits until a scan has taken long enough, then shows one picture, once."""

    def __init__(
        self, root: str, files: Sequence[SourceFile], limits: IntakeLimits, show: OnProvisional
    ) -> None:
        self._root = root
        self._files = files
        self._limits = limits
        self._show = show
        self._due_s = time.monotonic() + _AFTER_S
        self._is_over = False
        self._waiting: ProvisionalPicture | None = None

    def tasks(self, images: Mapping[int, ImageRecord], done: int) -> list[Task]:
        """Show a picture when it is time; a compressed one needs the tasks that come back."""
        is_soon_whole = len(self._files) - done < _FEWEST_LEFT
        if self._is_over or not images or done < _FEWEST_READ or is_soon_whole:
            return []
        if time.monotonic() < self._due_s:
            return []
        self._is_over = True
        picture = self._picture(images, done)
        if picture is None:
            return []
        frame = picture.stack.frames[picture.slice_index]
        assert frame is not None
        file = self._files[frame.file]
        if frame.is_native:
            try:
                read_native_frame(file, frame, picture.pixels)
            except InputError:
                return []
            self._show(picture)
            return []
        if frame.kind != "dicom":
            return []
        self._waiting = picture
        shape = (picture.pixels.shape[0], picture.pixels.shape[1])
        return list(decode_tasks(file, [frame], shape, self._limits, compare=False))

    def take(self, event: Answered | Lost) -> None:
        """The end of a task that :meth:`tasks` gave."""
        picture, self._waiting = self._waiting, None
        if picture is not None and isinstance(event, Answered) and not event.value.failure:
            if event.copy_picture(picture.pixels, 0):
                self._show(picture)

    def _picture(self, images: Mapping[int, ImageRecord], done: int) -> ProvisionalPicture | None:
        """The middle of the longest stack so far, its pixels yet to be read."""
        plan = make_plan(self._root, self._files, sorted(images.items()), (), self._limits)
        stacks = [stack for stack in plan.stacks if worst_view(stack.findings) is not Verdict.REFUSED]
        if not stacks or len(plan.patients) > 1:
            return None
        stack = max(stacks, key=lambda stack: stack.slice_count)
        present = [index for index, frame in enumerate(stack.frames) if frame is not None]
        middle = present[len(present) // 2]
        pixels = np.zeros(stack.geometry.shape[1:], np.int16)
        return ProvisionalPicture(plan, stack, middle, pixels, done, len(self._files))
