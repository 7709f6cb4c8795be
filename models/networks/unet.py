"""U-Net: four steps down, four up, with the skipped features joined at every step (Ronneberger 2015)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.networks.contract import Segmenter
from models.networks.layers import ConvolutionNorm, PlainConvolution, narrowed

PUBLISHED_CHANNELS = (64, 128, 256, 512, 1024)


Activation = Callable[[Tensor], Tensor]


class UNet(Segmenter):
    """One image channel in, one logit per pixel out.

    Convolutions are padded, so that the output has the input's size, which must be a multiple of 16.  At
    width 1 the bottleneck of a 256² image is 16 × 16 × 1024.  ``convolution`` makes each of them, with batch
    norm or without, and ``activation`` follows it.
    """

    first_convolution = "entry.first.convolution"
    last_layer = "exit"

    def __init__(
        self,
        width: float = 1.0,
        channels: int = 1,
        outputs: int = 1,
        activation: Activation = functional.relu,
        convolution: Callable[[int, int], nn.Module] = ConvolutionNorm,
    ) -> None:
        super().__init__()
        counts = [narrowed(count, width) for count in PUBLISHED_CHANNELS]

        def twice(inputs: int, outputs: int) -> nn.Module:
            return _DoubleConvolution(convolution(inputs, outputs), convolution(outputs, outputs), activation)

        self.entry = twice(channels, counts[0])
        self.down = nn.ModuleList(twice(finer, coarser) for finer, coarser in pairwise(counts))
        ascending = list(pairwise(reversed(counts)))
        self.enlarge = nn.ModuleList(nn.ConvTranspose2d(coarse, fine, 2, 2) for coarse, fine in ascending)
        self.up = nn.ModuleList(twice(2 * fine, fine) for _, fine in ascending)
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


class EluUNet(UNet):
    """The network of Song et al. 2021: exponential linear units, and no batch norm, of which it says nothing.

    Batch norm would stretch what few pixels of the bottleneck tell, channel by channel, until the size of a
    tumour and the sharpness of its picture outweigh its inside.
    """

    def __init__(self, width: float = 1.0, channels: int = 1, outputs: int = 1) -> None:
        super().__init__(width, channels, outputs, functional.elu, PlainConvolution)


class _DoubleConvolution(nn.Module):
    def __init__(self, first: nn.Module, second: nn.Module, activation: Activation) -> None:
        super().__init__()
        self.activation = activation
        self.first = first
        self.second = second

    def forward(self, image: Tensor) -> Tensor:
        return self.activation(self.second(self.activation(self.first(image))))
