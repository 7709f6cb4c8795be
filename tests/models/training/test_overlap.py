"""Dice as a figure and as a loss."""

import numpy as np
import pytest
import torch

from models.training.overlap import dice_coefficient, soft_dice_loss


def test_dice_is_twice_the_overlap_over_the_sum():
    found, true = np.zeros((4, 4), bool), np.zeros((4, 4), bool)
    found[0], true[0, :2], true[1, :2] = True, True, True
    assert dice_coefficient(found, true) == pytest.approx(2 * 2 / (4 + 4))
    assert dice_coefficient(true, true) == 1.0
    assert dice_coefficient(found, ~found) == 0.0


def test_two_empty_masks_agree():
    assert dice_coefficient(np.zeros(3, bool), np.zeros(3, bool)) == 1.0


def test_the_loss_falls_as_the_overlap_grows():
    mask = torch.zeros(1, 1, 8, 8)
    mask[..., :4] = 1.0
    losses = [float(soft_dice_loss(mask * share, mask)) for share in (0.0, 0.5, 1.0)]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] == pytest.approx(0.0)
