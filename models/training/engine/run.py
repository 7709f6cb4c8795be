"""One run: a network learns epoch by epoch, keeps its best weights, and resumes where it was cut off."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from inference.jobs import OnProgress, Progress, ShouldStop, ignore_progress, never_stop, stop_if_asked
from models.training.engine.checkpoint import CheckpointPlace, weights_of
from models.training.engine.checkpoint_file import Checkpoint
from models.training.engine.device import precision_of, scaler_of
from models.training.engine.failures import LossNotFiniteError
from models.training.engine.history import CurvePoint, OnEpoch, ignore_epochs
from models.training.engine.randomness import randomness, restore_randomness
from models.training.engine.schedule import Schedule

Loss = Callable[[nn.Module, Tensor, torch.Generator], Tensor]
"""(network, positions of the batch's samples, randomness) → mean loss of the batch.

Positions and randomness live on the processor; the closure moves its batch to the network's device.
"""

Validate = Callable[[nn.Module], float]
"""Loss of a network in evaluation mode on samples that it does not learn from; lower is better."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a run learns: ``samples`` in number, the loss of a batch of them, and how it is validated."""

    samples: int
    loss: Loss
    validate: Validate | None = None


@dataclass(frozen=True, slots=True)
class RunPlace:
    """Where a run computes and what it leaves behind: checkpoints after each epoch, its curve, progress."""

    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    checkpoints: CheckpointPlace | None = None
    on_epoch: OnEpoch = ignore_epochs
    on_progress: OnProgress = ignore_progress
    should_stop: ShouldStop = never_stop


@dataclass(frozen=True, slots=True)
class RunResult:
    """The curve, the epoch whose weights the network has now (from 1), and whether patience ended the run."""

    curve: tuple[CurvePoint, ...]
    epoch: int
    stopped_early: bool


def train_network(
    network: nn.Module,
    task: Task,
    schedule: Schedule,
    *,
    run: str,
    seed: int,
    stage: str,
    place: RunPlace | None = None,
) -> RunResult:
    """Train ``network`` in place; at the end it is in evaluation mode, on the processor.

    With a checkpoint of the same run the course goes on after the last whole epoch, and on the processor
    ends in the same weights as without the interruption.  A run that validates ends with the weights of its
    lowest validation loss.

    Parameters
    ----------
    run
        Name of the run, unique within the study: fold, arm, role.
    seed
        Of the order of samples, of the views, and of what the network itself draws (dropout).
    stage
        Message id for the progress.

    Raises
    ------
    LossNotFiniteError
        When a loss is NaN or infinite.
    Cancelled
        When ``place.should_stop`` said so; the last whole epoch is kept where there are checkpoints.
    CheckpointError, StorageError
        When a checkpoint cannot be read or written.
    """
    where = place or RunPlace()
    course = _Course(network, task, schedule, run, seed, where)
    course.resume()
    while not course.is_finished:
        course.epoch()
        where.on_progress(Progress(course.epochs_done, schedule.epochs, stage, run))
    return course.result()


class _Course:
    """The state of a run between two epochs."""

    def __init__(
        self, network: nn.Module, task: Task, schedule: Schedule, run: str, seed: int, place: RunPlace
    ) -> None:
        torch.manual_seed(seed)  # dropout draws from torch's own generator
        self._network = network.to(place.device)
        self._task = task
        self._schedule = schedule
        self._run = run
        self._place = place
        self._sampler = torch.Generator().manual_seed(seed)
        self._optimiser = schedule.optimiser_for(network)
        self._scaler = scaler_of(place.device)
        self._batches = max(1, task.samples // schedule.batch_size)
        self._curve: list[CurvePoint] = []
        self._best: Mapping[str, Tensor] | None = None
        self._best_epoch, self._best_loss = 0, math.inf
        self.is_finished = False
        if place.checkpoints is not None:
            parts = (schedule, seed, task.samples, task.validate is not None, place.device.type)
            self._identity = place.checkpoints.identity(run, *parts, _shapes(network))

    @property
    def epochs_done(self) -> int:
        return len(self._curve)

    def resume(self) -> None:
        """Take over the state of the run's checkpoint, where one is kept."""
        if self._place.checkpoints is None:
            return
        kept = self._place.checkpoints.last(self._run, self._identity)
        if kept is None:
            return
        self._network.load_state_dict(kept.network)
        self._optimiser.load_state_dict(dict(kept.optimiser))
        self._scaler.load_state_dict(dict(kept.scaler))
        self._sampler.set_state(kept.sampler)
        self._best, self._best_epoch, self._best_loss = kept.best, kept.best_epoch, kept.best_loss
        self._curve = list(kept.curve)
        self.is_finished = kept.is_finished
        restore_randomness(kept.randomness)
        self._place.on_epoch(tuple(self._curve))

    def epoch(self) -> None:
        """Learn from every sample once, validate, and keep the state."""
        rate, loss = self._learn()
        number = self.epochs_done + 1
        validation = self._validation(number)
        self._curve.append(CurvePoint(self._run, number, rate, loss, validation))
        if validation is not None and validation < self._best_loss:
            self._best, self._best_epoch, self._best_loss = weights_of(self._network), number, validation
        patience = self._schedule.patience
        is_patient = patience is None or validation is None or number - self._best_epoch < patience
        self.is_finished = number >= self._schedule.epochs or not is_patient
        self._keep()
        self._place.on_epoch(tuple(self._curve))

    def result(self) -> RunResult:
        """Put the best weights into the network."""
        if self._best is not None:
            self._network.load_state_dict(self._best)
        self._network.to("cpu").eval()
        stopped_early = self.epochs_done < self._schedule.epochs
        return RunResult(tuple(self._curve), self._best_epoch or self.epochs_done, stopped_early)

    def _learn(self) -> tuple[float, float]:
        """One pass; the last batch's learning rate and the mean loss."""
        self._network.train()
        order = torch.randperm(self._task.samples, generator=self._sampler)
        total, seen, rate = 0.0, 0, self._schedule.learning_rate
        for number, positions in enumerate(order.tensor_split(self._batches)):
            stop_if_asked(self._place.should_stop)
            rate = self._schedule.rate(self.epochs_done + number / self._batches)
            for group in self._optimiser.param_groups:
                group["lr"] = rate
            self._optimiser.zero_grad(set_to_none=True)
            with precision_of(self._place.device):
                loss = self._task.loss(self._network, positions, self._sampler)
            value = float(loss.detach())
            if not math.isfinite(value):
                raise LossNotFiniteError(self._run, self.epochs_done + 1, number + 1, self._batches)
            self._scaler.scale(loss).backward()
            self._scaler.step(self._optimiser)
            self._scaler.update()
            total += value * len(positions)
            seen += len(positions)
        return rate, total / seen

    def _validation(self, epoch: int) -> float | None:
        if self._task.validate is None:
            return None
        self._network.eval()
        with torch.no_grad(), precision_of(self._place.device):
            value = float(self._task.validate(self._network))
        if not math.isfinite(value):
            raise LossNotFiniteError(self._run, epoch, self._batches, self._batches)
        return value

    def _keep(self) -> None:
        if self._place.checkpoints is None:
            return
        self._place.checkpoints.keep(
            self._run,
            Checkpoint(
                identity=self._identity,
                epochs_done=self.epochs_done,
                is_finished=self.is_finished,
                network=weights_of(self._network),
                optimiser=self._optimiser.state_dict(),
                scaler=self._scaler.state_dict(),
                best=self._best,
                best_epoch=self._best_epoch,
                best_loss=self._best_loss,
                sampler=self._sampler.get_state(),
                randomness=randomness(),
                curve=tuple(self._curve),
            ),
        )


def _shapes(network: nn.Module) -> tuple[tuple[str, tuple[int, ...]], ...]:
    return tuple((name, tuple(values.shape)) for name, values in network.state_dict().items())
