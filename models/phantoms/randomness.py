"""Independent random streams addressed by study, cohort, seed and patient index."""

from __future__ import annotations

import hashlib

import numpy as np


def random_stream(study: str, cohort: str, seed: int, index: int, *purpose: str | int) -> np.random.Generator:
    """Return the generator of one purpose for one patient.

    The stream depends on nothing but its address, so patient *i* is the same however many patients are
    drawn, and slice *k* is the same whichever slices are asked for.
    """
    if seed < 0 or index < 0:
        raise ValueError("seed and index must not be negative")
    words = [_word(study), _word(cohort), seed, index, *(_word(p) for p in purpose)]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(words)))


def _word(part: str | int) -> int:
    """Map an address part to a non-negative integer: text by its digest, numbers by themselves."""
    if isinstance(part, int):
        return part
    return int.from_bytes(hashlib.sha256(part.encode()).digest()[:8], "big")
