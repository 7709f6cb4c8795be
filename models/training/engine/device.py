"""Where a network is trained: the processor, repeatable to the bit, or a CUDA card in mixed precision."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext
from typing import Final, Literal

import torch

from inference.errors import ResourceError

AskedDevice = Literal["auto", "cpu", "cuda"]
_WORKSPACE: Final = "CUBLAS_WORKSPACE_CONFIG"


def choose_device(asked: AskedDevice) -> torch.device:
    """The device that ``asked`` means here; *auto* takes a CUDA card where there is one.

    Raises
    ------
    ResourceError
        ``error.training.no_cuda`` when *cuda* is asked for and there is none.
    """
    has_cuda = torch.cuda.is_available()
    if asked == "cuda" and not has_cuda:
        raise ResourceError("error.training.no_cuda")
    return torch.device("cuda" if has_cuda and asked != "cpu" else "cpu")


def make_repeatable(seed: int, threads: int) -> None:
    """Fix torch's randomness, algorithms and threads, so that the same run gives the same weights.

    On a CUDA card some layers have no repeatable algorithm that is fast; there the same run gives nearly the
    same weights, and an operation without any repeatable algorithm warns in the log of torch.
    """
    torch.manual_seed(seed)
    os.environ.setdefault(_WORKSPACE, ":4096:8")
    torch.use_deterministic_algorithms(True, warn_only=torch.cuda.is_available())
    torch.set_num_threads(threads)


def precision_of(device: torch.device) -> AbstractContextManager[object]:
    """Half precision where it is safe, on a CUDA card; single precision on the processor."""
    if device.type == "cuda":
        return torch.autocast("cuda", dtype=torch.float16)
    return nullcontext()


def scaler_of(device: torch.device) -> torch.amp.GradScaler:
    """Scales the loss so that half-precision gradients do not vanish; idle on the processor."""
    return torch.amp.GradScaler(device.type, enabled=device.type == "cuda")
