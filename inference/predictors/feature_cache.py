"""What networks read off a scan, kept by content: after a clinical change no network runs again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from inference.volume import Volume

if TYPE_CHECKING:
    from inference.packs.load import LoadedPack

MOST_KEPT = 16
"""Scans under one mask; one is a heat map of a few megabytes at most."""

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class FeatureKey:
    """Everything that it depends on what networks read off a scan; ``phase`` is empty for a pack of one scan.

    The threads are part of it since sums depend on their order.
    """

    pixel_sha256: str
    padding_voxel: int | None
    mask_sha256: str
    pack_sha256: str
    threads: int
    phase: str

    @classmethod
    def of(cls, volume: Volume, mask: NDArray[np.bool_], pack: LoadedPack, phase: str = "") -> FeatureKey:
        """The key of one scan; the volume and its grid are hashed once, the mask every time."""
        marked = sha256(np.packbits(mask).tobytes()).hexdigest()
        return cls(volume.pixel_sha256(), volume.padding_voxel, marked, pack.sha256, pack.threads, phase)


class FeatureCache(Generic[Read]):
    """What was read last, in memory; any thread may ask."""

    def __init__(self, most_kept: int = MOST_KEPT) -> None:
        self._kept: OrderedDict[FeatureKey, Read] = OrderedDict()
        self._most = most_kept
        self._lock = threading.Lock()

    def get(self, key: FeatureKey) -> Read | None:
        """What was kept under ``key``."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def keep(self, key: FeatureKey, read: Read) -> None:
        """Keep ``read``, and let go of what was used longest ago."""
        with self._lock:
            self._kept[key] = read
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def kept_or(self, key: FeatureKey, read: Callable[[], Read]) -> Read:
        """What was kept under ``key``; what ``read`` gives is kept where there was nothing."""
        kept = self.get(key)
        if kept is None:
            kept = read()
            self.keep(key, kept)
        return kept
