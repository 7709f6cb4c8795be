"""The shortest way through the engine: no validation, no checkpoints, one curve."""

from __future__ import annotations

from torch import nn

from inference.jobs import OnProgress, ShouldStop, ignore_progress, never_stop
from models.training.engine.device import make_repeatable
from models.training.engine.history import CurvePoint, curves_csv
from models.training.engine.run import Loss, RunPlace, Task, train_network
from models.training.engine.schedule import Schedule

__all__ = ["CurvePoint", "Loss", "Schedule", "curves_csv", "fit", "make_repeatable"]


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
    place = RunPlace(on_progress=on_progress, should_stop=should_stop)
    task = Task(samples, loss)
    return train_network(network, task, schedule, run=run, seed=seed, stage=stage, place=place).curve
