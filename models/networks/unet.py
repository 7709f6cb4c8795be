"""U-Net: four steps down, four up, with the skipped features joined at every step (Ronneberger 2015)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.networks.contract import Segmenter
from models.networks.layers import ConvolutionNorm, narrowed

PUBLISHED_CHANNELS = (64, 128, 256, 512, 1024)


Activation = Callable[[Tensor], Tensor]


class UNet(Segmenter):
    """One image channel in, one logit per pixel out.

    Convolutions are padded and followed by batch norm, so that the output has the input's size, which must
    be a multiple of 16.  At width 1 the bottleneck of a 256² image is 16 × 16 × 1024.  ``activation``
    follows every batch norm: a rectifier, or ``functional.elu`` for the features of pancreatic tumours.
    """

    first_convolution = "entry.first.convolution"
    last_layer = "exit"

    def __init__(
        self,
        width: float = 1.0,
        channels: int = 1,
        outputs: int = 1,
        activation: Activation = functional.relu,
    ) -> None:
        super().__init__()
        counts = [narrowed(count, width) for count in PUBLISHED_CHANNELS]
        self.entry = _DoubleConvolution(channels, counts[0], activation)
        self.down = nn.ModuleList(
            _DoubleConvolution(finer, coarser, activation) for finer, coarser in pairwise(counts)
        )
        ascending = list(pairwise(reversed(counts)))
        self.enlarge = nn.ModuleList(nn.ConvTranspose2d(coarse, fine, 2, 2) for coarse, fine in ascending)
        self.up = nn.ModuleList(_DoubleConvolution(2 * fine, fine, activation) for _, fine in ascending)
        self.exit = nn.Conv2d(counts[0], outputs, 1)

    def bottleneck(self, image: Tensor) -> tuple[Tensor, list[Tensor]]:
        """The coarsest features, and the finer ones that are joined on the way up."""
        features = self.entry(image)
        skipped = []
        for step in self.down:
            skipped.append(features)
            features = step(functional.max_pool2d(features, 2))
        return features, skipped

    def features(self, image: Tensor) -> Tensor:
        """(n, channels, h, w) → the bottleneck after its activation (n, C, h / 16, w / 16)."""
        return self.bottleneck(image)[0]

    def forward(self, image: Tensor) -> Tensor:
        """(n, channels, h, w) → logits (n, outputs, h, w)."""
        features, skipped = self.bottleneck(image)
        for enlarge, step, finer in zip(self.enlarge, self.up, reversed(skipped), strict=True):
            features = step(torch.cat([finer, enlarge(features)], dim=1))
        logits: Tensor = self.exit(features)
        return logits


class _DoubleConvolution(nn.Module):
    def __init__(self, inputs: int, outputs: int, activation: Activation) -> None:
        super().__init__()
        self.activation = activation
        self.first = ConvolutionNorm(inputs, outputs)
        self.second = ConvolutionNorm(outputs, outputs)

    def forward(self, image: Tensor) -> Tensor:
        return self.activation(self.second(self.activation(self.first(image))))
