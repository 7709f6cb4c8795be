"""Overlap of masks: Dice as a figure, and as a loss."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from inference.statistics.agreement.overlap import dice
from inference.statistics.reasons import NotEstimable


def dice_coefficient(found: NDArray[np.bool_], true: NDArray[np.bool_]) -> float:
    """Twice the overlap over the sum of both; 1 when both are empty."""
    overlap = dice(found, true)
    return 1.0 if isinstance(overlap, NotEstimable) else overlap.value


def soft_dice_loss(probabilities: Tensor, masks: Tensor) -> Tensor:
    """1 − Dice of the whole batch, from probabilities (Milletari et al. 2016, with plain sums)."""
    overlap = 2 * (probabilities * masks).sum()
    return 1 - (overlap + 1) / (probabilities.sum() + masks.sum() + 1)
