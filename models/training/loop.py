"""The training loop: one schedule, repeatable on one machine, cancelled within a batch, its curve kept."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from inference.jobs import OnProgress, Progress, ShouldStop, ignore_progress, never_stop, stop_if_asked

Loss = Callable[[nn.Module, Tensor, torch.Generator], Tensor]
"""(network, positions of the batch's samples, randomness) → mean loss of the batch."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Optimiser and its course.

    ``decay`` is ``constant``, ``cosine`` (from the first step to zero) or ``step`` (a tenth after every
    third of the epochs).
    """

    optimiser: Literal["rmsprop", "sgd", "adamw"]
    learning_rate: float
    batch_size: int
    epochs: int
    decay: Literal["constant", "cosine", "step"] = "constant"
    momentum: float = 0.0
    weight_decay: float = 0.0


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Mean training loss of one epoch of one run."""

    run: str
    epoch: int
    learning_rate: float
    loss: float


def make_repeatable(seed: int, threads: int) -> None:
    """Fix torch's randomness, algorithms and threads, so that the same run gives the same weights."""
    torch.manual_seed(seed)
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(threads)


def fit(
    network: nn.Module,
    samples: int,
    loss: Loss,
    schedule: Schedule,
    *,
    run: str,
    seed: int,
    stage: str,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
) -> tuple[CurvePoint, ...]:
    """Train ``network`` in place on ``samples`` samples; returns its curve.

    Raises
    ------
    Cancelled
        When ``should_stop`` said so; the network is then half trained and of no use.
    """
    torch.manual_seed(seed)  # dropout draws from torch's own generator
    generator = torch.Generator().manual_seed(seed)
    optimiser = _optimiser(network, schedule)
    batches = max(1, samples // schedule.batch_size)
    curve = []
    network.train()
    for epoch in range(schedule.epochs):
        order = torch.randperm(samples, generator=generator)
        total, seen = 0.0, 0
        for number, positions in enumerate(order.tensor_split(batches)):
            stop_if_asked(should_stop)
            rate = _rate(schedule, (epoch + number / batches) / schedule.epochs)
            for group in optimiser.param_groups:
                group["lr"] = rate
            optimiser.zero_grad(set_to_none=True)
            batch_loss = loss(network, positions, generator)
            batch_loss.backward()
            optimiser.step()
            total += float(batch_loss.detach()) * len(positions)
            seen += len(positions)
        curve.append(CurvePoint(run, epoch + 1, rate, total / seen))
        on_progress(Progress(epoch + 1, schedule.epochs, stage))
    network.eval()
    return tuple(curve)


def curves_csv(curves: Sequence[CurvePoint]) -> str:
    """All curves as CSV with a heading line."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["run", "epoch", "learning_rate", "training_loss"])
    writer.writerows([c.run, c.epoch, f"{c.learning_rate:.3g}", f"{c.loss:.6f}"] for c in curves)
    return stream.getvalue()


def _optimiser(network: nn.Module, schedule: Schedule) -> torch.optim.Optimizer:
    parameters, rate, decay = network.parameters(), schedule.learning_rate, schedule.weight_decay
    if schedule.optimiser == "rmsprop":
        return torch.optim.RMSprop(parameters, rate, momentum=schedule.momentum, weight_decay=decay)
    if schedule.optimiser == "sgd":
        return torch.optim.SGD(parameters, rate, momentum=schedule.momentum, weight_decay=decay)
    return torch.optim.AdamW(parameters, rate, weight_decay=decay)


def _rate(schedule: Schedule, done: float) -> float:
    if schedule.decay == "cosine":
        return schedule.learning_rate * 0.5 * (1 + math.cos(math.pi * done))
    if schedule.decay == "step":
        return schedule.learning_rate * 0.1 ** int(done * 3)
    return schedule.learning_rate
