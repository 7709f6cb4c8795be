"""How a network is optimised: optimiser, course of the learning rate, epochs, patience."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import torch
from torch import nn


@dataclass(frozen=True, slots=True)
class Schedule:
    """Optimiser and its course.

    ``decay`` is ``constant``, ``cosine`` (from the first step to zero) or ``step``: a tenth after every
    ``step_epochs``, or after every third of the epochs where that is None.  ``patience`` epochs without a
    lower validation loss end a run that validates; None lets it run to ``epochs``.
    """

    optimiser: Literal["rmsprop", "sgd", "adam", "adamw"]
    learning_rate: float
    batch_size: int
    epochs: int
    decay: Literal["constant", "cosine", "step"] = "constant"
    momentum: float = 0.0
    weight_decay: float = 0.0
    step_epochs: int | None = None
    patience: int | None = None

    def __post_init__(self) -> None:
        counts = (self.batch_size, self.epochs, self.step_epochs, self.patience)
        if any(count is not None and count < 1 for count in counts):
            raise ValueError("batches, epochs, steps and patience are counted from one")

    def rate(self, epochs_done: float) -> float:
        """The learning rate after so many epochs, parts of one included."""
        if self.decay == "cosine":
            return self.learning_rate * 0.5 * (1 + math.cos(math.pi * (epochs_done / self.epochs)))
        if self.decay == "step" and self.step_epochs is not None:
            return self.learning_rate * 0.1 ** int(epochs_done / self.step_epochs)
        if self.decay == "step":
            return self.learning_rate * 0.1 ** int(epochs_done / self.epochs * 3)
        return self.learning_rate

    def optimiser_for(self, network: nn.Module) -> torch.optim.Optimizer:
        """A fresh optimiser of the network's parameters that may learn; a frozen layer is left out."""
        parameters = [one for one in network.parameters() if one.requires_grad]
        rate, decay = self.learning_rate, self.weight_decay
        if self.optimiser == "rmsprop":
            return torch.optim.RMSprop(parameters, rate, momentum=self.momentum, weight_decay=decay)
        if self.optimiser == "sgd":
            return torch.optim.SGD(parameters, rate, momentum=self.momentum, weight_decay=decay)
        if self.optimiser == "adam":
            return torch.optim.Adam(parameters, rate, weight_decay=decay)
        return torch.optim.AdamW(parameters, rate, weight_decay=decay)
