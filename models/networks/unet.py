"""U-Net: four steps down, four up, with the skipped features joined at every step (Ronneberger 2015)."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.networks.layers import ConvolutionNorm, narrowed

PUBLISHED_CHANNELS = (64, 128, 256, 512, 1024)


class UNet(nn.Module):
    """One image channel in, one logit per pixel out.

    Convolutions are padded and followed by batch norm, so that the output has the input's size, which must
    be a multiple of 16.  At width 1 the bottleneck of a 256² image is 16 × 16 × 1024.
    """

    def __init__(self, width: float = 1.0, channels: int = 1) -> None:
        super().__init__()
        counts = [narrowed(count, width) for count in PUBLISHED_CHANNELS]
        self.entry = _DoubleConvolution(channels, counts[0])
        self.down = nn.ModuleList(_DoubleConvolution(finer, coarser) for finer, coarser in pairwise(counts))
        ascending = list(pairwise(reversed(counts)))
        self.enlarge = nn.ModuleList(nn.ConvTranspose2d(coarse, fine, 2, 2) for coarse, fine in ascending)
        self.up = nn.ModuleList(_DoubleConvolution(2 * fine, fine) for _, fine in ascending)
        self.exit = nn.Conv2d(counts[0], 1, 1)

    def bottleneck(self, image: Tensor) -> tuple[Tensor, list[Tensor]]:
        """The coarsest features, and the finer ones that are joined on the way up."""
        features = self.entry(image)
        skipped = []
        for step in self.down:
            skipped.append(features)
            features = step(functional.max_pool2d(features, 2))
        return features, skipped

    def forward(self, image: Tensor) -> Tensor:
        """(n, channels, h, w) → logits (n, 1, h, w)."""
        features, skipped = self.bottleneck(image)
        for enlarge, step, finer in zip(self.enlarge, self.up, reversed(skipped), strict=True):
            features = step(torch.cat([finer, enlarge(features)], dim=1))
        logits: Tensor = self.exit(features)
        return logits


class _DoubleConvolution(nn.Module):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.first = ConvolutionNorm(inputs, outputs)
        self.second = ConvolutionNorm(outputs, outputs)

    def forward(self, image: Tensor) -> Tensor:
        return functional.relu(self.second(functional.relu(self.first(image))))
