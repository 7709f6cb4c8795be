"""Xception (Chollet 2017): a chain of separable convolutions with shortcuts; slices are its channels."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn
from torch.nn import functional

from models.networks.contract import MeanPooledClassifier
from models.networks.layers import ConvolutionNorm, SeparableConvolutionNorm, narrowed, narrowed_stem

MIDDLE_BLOCKS = 8


class Xception(MeanPooledClassifier):
    """Ten slices of one patient in, one logit per ``outputs`` out.

    ``features`` ends at 1/32 of the image's size.  The stem's convolutions are padded, unlike the
    published ones, so that sizes halve evenly.
    """

    first_convolution = "stem.0.convolution"

    def __init__(
        self, width: float = 1.0, channels: int = 10, outputs: int = 1, dropout: float = 0.0
    ) -> None:
        super().__init__()
        stem = [narrowed_stem(count, width) for count in (32, 64)]
        entry = [stem[1], *(narrowed(count, width) for count in (128, 256, 728))]
        exit_counts = [narrowed(count, width) for count in (1024, 1536, 2048)]
        self.stem = nn.ModuleList(
            [ConvolutionNorm(channels, stem[0], stride=2), ConvolutionNorm(stem[0], stem[1])]
        )
        self.entry = nn.ModuleList(
            _Block((inputs, outputs, outputs), shrinks=True, opens_with_relu=position > 0)
            for position, (inputs, outputs) in enumerate(pairwise(entry))
        )
        self.middle = nn.ModuleList(_Block((entry[-1],) * 4) for _ in range(MIDDLE_BLOCKS))
        self.exit = nn.ModuleList(
            [
                _Block((entry[-1], entry[-1], exit_counts[0]), shrinks=True),
                SeparableConvolutionNorm(exit_counts[0], exit_counts[1]),
                SeparableConvolutionNorm(exit_counts[1], exit_counts[2]),
            ]
        )
        self.dropout = nn.Dropout(dropout)
        self.classifier = nn.Linear(exit_counts[2], outputs)

    def features(self, image: Tensor) -> Tensor:
        """(n, channels, h, w) → (n, C, h / 32, w / 32), after the last rectifier."""
        for convolution in self.stem:
            image = functional.relu(convolution(image))
        for block in (*self.entry, *self.middle):
            image = block(image)
        widening, *separable = self.exit
        image = widening(image)
        for convolution in separable:
            image = functional.relu(convolution(image))
        return image


class _Block(nn.Module):
    """Rectified separable convolutions beside a shortcut; ``counts`` are the channels between them."""

    def __init__(
        self, counts: tuple[int, ...], *, shrinks: bool = False, opens_with_relu: bool = True
    ) -> None:
        super().__init__()
        self.opens_with_relu = opens_with_relu
        self.convolutions = nn.ModuleList(
            SeparableConvolutionNorm(inputs, outputs) for inputs, outputs in pairwise(counts)
        )
        self.pool = nn.MaxPool2d(3, 2, 1) if shrinks else nn.Identity()
        self.shortcut = (
            ConvolutionNorm(counts[0], counts[-1], kernel=1, stride=2) if shrinks else nn.Identity()
        )

    def forward(self, image: Tensor) -> Tensor:
        features = image
        for position, convolution in enumerate(self.convolutions):
            if position > 0 or self.opens_with_relu:
                features = functional.relu(features)
            features = convolution(features)
        joined: Tensor = self.pool(features) + self.shortcut(image)
        return joined
