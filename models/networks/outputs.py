"""The graphs that a pack carries: probabilities, and for Grad-CAM the last activation with its gradient."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from models.networks.unet import UNet
from models.networks.xception import Xception

SEGMENTER_OUTPUTS = ("probability",)
CLASSIFIER_OUTPUTS = ("score", "activation", "gradient")


class SegmenterGraph(nn.Module):
    """``image`` (n, 1, h, w) → ``probability`` (n, 1, h, w)."""

    outputs = SEGMENTER_OUTPUTS

    def __init__(self, network: UNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor) -> Tensor:
        """Probability of tumour per pixel."""
        return torch.sigmoid(self.network(image))


class ClassifierGraph(nn.Module):
    """``image`` (n, slices, h, w) → ``score``, ``activation`` and ``gradient``.

    ``gradient`` is d logit / d activation.  Mean pooling and one linear layer make it the weight of the
    channel divided by the number of pixels, the same everywhere: written down, no derivative has to be
    taken at the board (Selvaraju et al. 2017, where Grad-CAM becomes CAM).
    """

    outputs = CLASSIFIER_OUTPUTS

    def __init__(self, network: Xception) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Probability of residual tumour (n, 1), activation (n, C, h, w), gradient (n, C, h, w)."""
        activation = self.network.features(image)
        pixels = activation.shape[2] * activation.shape[3]
        weights = self.network.classifier.weight.reshape(1, -1, 1, 1) / pixels
        score = torch.sigmoid(self.network.head(activation))
        return score, activation, weights.expand_as(activation)
