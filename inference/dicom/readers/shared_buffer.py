"""Memory that the application owns and a reader process fills.

On Linux it is an anonymous file (``memfd_create``) that the reader inherits; the application copies out of
it with ``preadv`` and never maps it, so a hostile reader that shrinks it causes a short read and no bus
error.  Elsewhere it is named shared memory.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import sys
from collections.abc import Iterator
from multiprocessing import shared_memory

import numpy as np
from numpy.typing import NDArray

SLOT_BYTES = 8
_BY_FILE = "fd"


class SharedBuffer:
    """The application's end."""

    def __init__(self, size: int) -> None:
        self._size = 0
        self._memory: shared_memory.SharedMemory | None = None
        self._fd = os.memfd_create("concilium-intake") if sys.platform == "linux" else -1
        self.ensure(size)

    @property
    def inherited(self) -> tuple[int, ...]:
        """File descriptors that the reader must inherit."""
        return (self._fd,) if self._fd >= 0 else ()

    @property
    def address(self) -> str:
        """How the reader finds the buffer."""
        if self._memory is not None:
            return self._memory.name
        return f"{_BY_FILE}:{self._fd}"

    def ensure(self, size: int) -> None:
        """Make room for ``size`` bytes."""
        if size <= self._size:
            return
        if self._fd >= 0:
            os.ftruncate(self._fd, size)
        else:
            self._drop_memory()
            self._memory = shared_memory.SharedMemory(create=True, size=size)
        self._size = size

    def shrink(self, size: int) -> None:
        """Give memory beyond ``size`` bytes back."""
        if self._fd >= 0 and self._size > size:
            os.ftruncate(self._fd, size)
            self._size = size

    def read_into(self, target: NDArray[np.generic], offset: int) -> bool:
        """Copy bytes from ``offset`` into a contiguous array; False when they are not all there."""
        view = target.reshape(-1).view(np.uint8).data
        if self._memory is not None:
            assert self._memory.buf is not None
            view[:] = self._memory.buf[offset : offset + len(view)]
            return True
        done = 0
        while done < len(view):
            count = os.preadv(self._fd, [view[done:]], offset + done)
            if count == 0:
                return False
            done += count
        return True

    def close(self) -> None:
        """Free it."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
        self._drop_memory()

    def _drop_memory(self) -> None:
        if self._memory is not None:
            self._memory.close()
            self._memory.unlink()
            self._memory = None


class CulpritSlot(SharedBuffer):
    """Eight bytes in which a reader writes what it has in hand."""

    def __init__(self) -> None:
        super().__init__(SLOT_BYTES)

    def write(self, value: int) -> None:
        """Set it, while no reader runs."""
        content = value.to_bytes(SLOT_BYTES, "little")
        if self._memory is not None:
            assert self._memory.buf is not None
            self._memory.buf[:SLOT_BYTES] = content
        else:
            os.pwrite(self._fd, content, 0)

    def read(self) -> int:
        """What the reader wrote last; 0 when it has cut its own memory away."""
        content = np.zeros(SLOT_BYTES, np.uint8)
        return int.from_bytes(content.tobytes(), "little") if self.read_into(content, 0) else 0


@contextlib.contextmanager
def opened_buffer(address: str, size: int) -> Iterator[memoryview]:
    """The reader's end: the first ``size`` bytes, writable, for as long as the context lasts."""
    kind, _, number = address.partition(":")
    if kind == _BY_FILE:
        with mmap.mmap(int(number), size) as mapped, memoryview(mapped) as view:
            yield view
        return
    memory = shared_memory.SharedMemory(name=address)
    try:
        assert memory.buf is not None
        with memory.buf[:size] as view:
            yield view
    finally:
        memory.close()
