"""The stored case of a pack: small inputs, and what every network answers to them."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inference.packs.manifest import NetworkEntry
from inference.runtime import Network

SELF_TEST_FILE = "selftest.npz"
TOLERANCE = 1e-3
"""Sums run in another order on another processor; measured differences are below 1e-5."""


def self_test_bytes(
    folder: Path, cases: Iterable[tuple[NetworkEntry, NDArray[np.float32]]], threads: int
) -> bytes:
    """``selftest.npz``: for every network, whose file lies in ``folder``, its input and its outputs."""
    arrays: dict[str, NDArray[np.floating]] = {}
    for entry, image in cases:
        answered = Network((folder / entry.file).read_bytes(), entry, threads=threads).run(image)
        arrays[f"{entry.file}/{entry.inputs[0].name}"] = image.astype(np.float16)
        arrays.update({f"{entry.file}/{name}": array for name, array in answered.items()})
    stream = io.BytesIO()
    np.savez_compressed(stream, allow_pickle=False, **arrays)
    return stream.getvalue()


def in_blocks(array: NDArray[np.floating], side: int = 8) -> NDArray[np.float32]:
    """Every block of ``side`` × ``side`` pixels gets its first pixel's value, rounded to half precision.

    That keeps the file small.
    """
    coarse = array[..., ::side, ::side].astype(np.float16).astype(np.float32)
    return coarse.repeat(side, axis=-2).repeat(side, axis=-1)
