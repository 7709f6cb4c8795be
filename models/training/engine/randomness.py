"""The generators that a library may draw from unasked, as tensors and plain values that a file can hold."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Randomness:
    """``plain`` has the states of Python's and numpy's generators as JSON knows them.

    ``torch`` is the byte state of torch's generator on the processor, ``cards`` of those on CUDA cards.
    """

    plain: Mapping[str, Any]
    torch: Tensor
    cards: tuple[Tensor, ...] = ()


def randomness() -> Randomness:
    """The states as they are now."""
    version, internal, gauss = random.getstate()
    numpy_state: Any = np.random.get_state(legacy=False)  # noqa: NPY002 - libraries draw from it
    plain = {
        "python": [version, [*internal], gauss],
        "numpy": {
            "key": numpy_state["state"]["key"].tolist(),
            "position": int(numpy_state["state"]["pos"]),
            "has_gauss": int(numpy_state["has_gauss"]),
            "gauss": float(numpy_state["gauss"]),
        },
    }
    cards = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else ()
    return Randomness(plain, torch.get_rng_state(), tuple(cards))


def restore_randomness(state: Randomness) -> None:
    """Set every generator as :func:`randomness` found it."""
    version, internal, gauss = state.plain["python"]
    random.setstate((version, tuple(internal), gauss))
    words = state.plain["numpy"]
    key = np.array(words["key"], np.uint32)
    legacy = ("MT19937", key, words["position"], words["has_gauss"], words["gauss"])
    np.random.set_state(legacy)  # noqa: NPY002 - libraries draw from it
    torch.set_rng_state(state.torch)
    if state.cards and torch.cuda.is_available():
        torch.cuda.set_rng_state_all(list(state.cards))
