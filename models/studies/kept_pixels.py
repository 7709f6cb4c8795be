"""Pixels of synthetic patients in half precision, kept in a folder under everything that they depend on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inference.storage import write_atomically

Pixels = NDArray[np.float16]


def kept_pixels(
    cache: Path | None,
    patient_id: str,
    settings: tuple[object, ...],
    shape: tuple[int, ...],
    render: Callable[[], Pixels],
) -> Pixels:
    """What ``render`` gives, or gave before under the same ``settings``; one of ``shape`` may be -1.

    The code that renders is not among them: empty the folder when it changes.
    """
    if cache is None:
        return render()
    key = hashlib.sha256(repr(settings).encode()).hexdigest()[:24]
    place = cache / f"{patient_id}-{key}.f16"
    if not place.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        write_atomically(place, render().tobytes())
    return np.frombuffer(place.read_bytes(), dtype=np.float16).reshape(shape)
