"""What networks read off a phase, kept by content: after a clinical change no network runs again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from inference.predictors.image_features import ImageFeatures
    from inference.predictors.phase_input import PhaseScan

MOST_KEPT = 16
"""Phases; one is a heat map of a few megabytes at most."""


@dataclass(frozen=True, slots=True)
class FeatureKey:
    """Everything that the features of a phase depend on."""

    pixel_sha256: str
    mask_sha256: str
    pack_sha256: str
    phase: str

    @classmethod
    def of(cls, scan: PhaseScan, pack_sha256: str, phase: str) -> FeatureKey:
        """The key of one phase of a case; the volume and its grid are hashed once, the mask every time."""
        marked = sha256(np.packbits(scan.mask).tobytes()).hexdigest()
        return cls(scan.volume.pixel_sha256(), marked, pack_sha256, phase)


class FeatureCache:
    """The features used last, in memory; any thread may ask."""

    def __init__(self, most_kept: int = MOST_KEPT) -> None:
        self._kept: OrderedDict[FeatureKey, ImageFeatures] = OrderedDict()
        self._most = most_kept
        self._lock = threading.Lock()

    def get(self, key: FeatureKey) -> ImageFeatures | None:
        """What was kept under ``key``."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def keep(self, key: FeatureKey, features: ImageFeatures) -> None:
        """Keep ``features``, and let go of those that were used longest ago."""
        with self._lock:
            self._kept[key] = features
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
