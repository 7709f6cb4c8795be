"""A small convolutional run that a test, or a process that a test ends, can train."""

import sys
from pathlib import Path

import torch
from torch import nn

from models.training.engine.checkpoint import CheckpointPlace
from models.training.engine.run import RunPlace, Task, train_network
from models.training.engine.schedule import Schedule

SAMPLES = 24
SCHEDULE = Schedule("sgd", 0.05, batch_size=6, epochs=5, decay="cosine", momentum=0.9, weight_decay=1e-4)


def tiny_network():
    torch.manual_seed(4)
    network = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.Dropout(0.3),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(4, 1),
    )
    return network.to(memory_format=torch.channels_last)


def tiny_task(*, validates=False, at_batch=None):
    """Bright against dark squares with drawn noise; ``at_batch`` is told the number of each batch, from 1."""
    images = torch.randn(SAMPLES, 1, 6, 6, generator=torch.Generator().manual_seed(5))
    labels = (torch.arange(SAMPLES) % 2).float()
    images += labels[:, None, None, None]
    seen = 0

    def loss(network, positions, generator):
        nonlocal seen
        seen += 1
        value = nn.functional.binary_cross_entropy_with_logits(
            network(images[positions] + 0.1 * torch.randn(1, generator=generator))[:, 0], labels[positions]
        )
        return value if at_batch is None else at_batch(seen, value)

    def validate(network):
        logits = network(images[:8])[:, 0]
        return float(nn.functional.binary_cross_entropy_with_logits(logits, labels[:8]))

    return Task(SAMPLES, loss, validate if validates else None)


def train_tiny(task, schedule=SCHEDULE, checkpoints=None, **place):
    network = tiny_network()
    where = RunPlace(checkpoints=checkpoints, **place)
    result = train_network(
        network, task, schedule, run="tiny", seed=9, stage="stage.training.classifier", place=where
    )
    return network, result


def main(folder: str) -> None:
    """Train with checkpoints in ``folder``; a line of output after each epoch."""
    torch.set_num_threads(1)
    checkpoints = CheckpointPlace(Path(folder), "study")
    train_tiny(tiny_task(), checkpoints=checkpoints, on_epoch=lambda curve: print(len(curve), flush=True))


if __name__ == "__main__":
    main(sys.argv[1])
