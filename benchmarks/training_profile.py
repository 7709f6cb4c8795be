"""Where an epoch of training goes: ``python -m benchmarks.training_profile [--batches N]``.

The response study's network at published size, with its own loss and views, through the training loop of all
studies.  Prints the seconds of one epoch in the network (forward), in the gradients (backward) and in
everything else: reading the samples, their random views, the optimiser, the loop.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
from torch import Tensor, nn

from models.studies import lagc_response_network
from models.studies.lagc_response_config import PAPER
from models.studies.lagc_response_samples import DrawnLooks
from models.training.engine.run import RunPlace, train_network


class _Stopwatch:
    """Adds up what passes between ``start`` and ``stop``."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._since = 0.0

    def start(self) -> None:
        self._since = time.perf_counter()

    def stop(self) -> None:
        self.seconds += time.perf_counter() - self._since


def profile(batches: int, batch_size: int, width: float) -> tuple[float, float, float]:
    """Seconds in forward, in backward and in all, of one epoch on noise."""
    settings = PAPER.preprocessing
    rng = np.random.default_rng(0)
    shape = (batches * batch_size, settings.slices, settings.rows, settings.columns)
    looks = DrawnLooks(
        tuple(map(str, range(shape[0]))),
        rng.random(shape).astype(np.float16),
        rng.standard_normal(shape[0]).astype(np.float32),
    )
    schedule = replace(PAPER.classification, batch_size=batch_size, epochs=1, patience=None)
    config = replace(PAPER, width=width, pretraining=schedule)
    forward, backward = _Stopwatch(), _Stopwatch()
    own_call, own_backward = nn.Module.__call__, Tensor.backward
    depth = 0

    def timed_call(module: nn.Module, *given: Any, **named: Any) -> Any:
        nonlocal depth
        depth += 1
        if depth == 1:
            forward.start()
        try:
            return own_call(module, *given, **named)
        finally:
            depth -= 1
            if depth == 0:
                forward.stop()

    def timed_backward(tensor: Tensor, *given: Any, **named: Any) -> None:
        backward.start()
        own_backward(tensor, *given, **named)
        backward.stop()

    whole = _Stopwatch()

    def timed_training(*given: Any, **named: Any) -> Any:
        whole.start()
        result = train_network(*given, **named)
        whole.stop()
        return result

    torch.set_num_threads(config.threads)
    with (
        patch.object(nn.Module, "__call__", timed_call),
        patch.object(Tensor, "backward", timed_backward),
        patch.object(lagc_response_network, "train_network", timed_training),
    ):
        # The first run loads what torch loads late: no part of an epoch.
        lagc_response_network.train_trunk(replace(config, width=1 / 16), looks, RunPlace())
        for watch in (forward, backward, whole):
            watch.seconds = 0.0
        lagc_response_network.train_trunk(config, looks, RunPlace())
    return forward.seconds, backward.seconds, whole.seconds


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.training_profile", description=__doc__)
    parser.add_argument("--batches", type=int, default=6)
    parser.add_argument("--batch-size", type=int, default=PAPER.classification.batch_size)
    parser.add_argument("--width", type=float, default=PAPER.width)
    asked = parser.parse_args(arguments)
    forward, backward, total = profile(asked.batches, asked.batch_size, asked.width)
    share = (forward + backward) / total
    print(f"width {asked.width:g}, {asked.batches} batches of {asked.batch_size}: {total:.1f} s in all")
    print(f"forward {forward:.1f} s, backward {backward:.1f} s, all else {total - forward - backward:.1f} s")
    print(f"forward and backward: {share:.1%} of the epoch")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
