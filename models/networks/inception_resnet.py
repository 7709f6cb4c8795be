"""Inception-ResNet-v2 (Szegedy 2017): parallel convolutions added to their input in small steps.

Layers carry the names of timm's checkpoints.  Stem and reductions are not padded, as published: an image
of 299 pixels ends at 8 × 8, one of 224 at 5 × 5, and 75 pixels are the least.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.networks.contract import MeanPooledClassifier
from models.networks.layers import narrowed, narrowed_stem

Narrow = Callable[[int], int]

NORM_EPSILON = 1e-3
BLOCKS_35, BLOCKS_17, BLOCKS_8 = 10, 20, 9
"""Repeats at the three resolutions; one more of the last, without rectifier, follows."""

SCALE_35, SCALE_17, SCALE_8 = 0.17, 0.10, 0.20
"""How much of a residual is added: small steps keep so wide a network from diverging."""


class InceptionResNetV2(MeanPooledClassifier):
    """Slices in, one logit per ``outputs`` out."""

    first_convolution = "conv2d_1a.conv"

    def __init__(self, width: float = 1.0, channels: int = 3, outputs: int = 1, dropout: float = 0.0) -> None:
        super().__init__()

        def n(count: int) -> int:
            return narrowed(count, width)

        first, second, third = narrowed_stem(32, width), narrowed_stem(32, width), narrowed_stem(64, width)
        self.conv2d_1a = _Unit(channels, first, 3, stride=2)
        self.conv2d_2a = _Unit(first, second, 3)
        self.conv2d_2b = _Unit(second, third, 3, padding=1)
        self.conv2d_3b = _Unit(third, n(80), 1)
        self.conv2d_4a = _Unit(n(80), n(192), 3)
        self.mixed_5b = _Mixed5b(n(192), n)
        at_35 = self.mixed_5b.outputs
        self.repeat = nn.Sequential(*(_Block35(at_35, n) for _ in range(BLOCKS_35)))
        self.mixed_6a = _Mixed6a(at_35, n)
        at_17 = self.mixed_6a.outputs
        self.repeat_1 = nn.Sequential(*(_Block17(at_17, n) for _ in range(BLOCKS_17)))
        self.mixed_7a = _Mixed7a(at_17, n)
        at_8 = self.mixed_7a.outputs
        self.repeat_2 = nn.Sequential(*(_Block8(at_8, n, SCALE_8) for _ in range(BLOCKS_8)))
        self.block8 = _Block8(at_8, n, scale=1.0, rectified=False)
        self.conv2d_7b = _Unit(at_8, n(1536), 1)
        self.dropout = nn.Dropout(dropout)
        self.classifier = nn.Linear(n(1536), outputs)

    def features(self, image: Tensor) -> Tensor:
        """(n, channels, h, w) → (n, C, h', w'), after the last rectifier; 8 × 8 for 299 pixels."""
        features = self.conv2d_2b(self.conv2d_2a(self.conv2d_1a(image)))
        features = self.conv2d_4a(self.conv2d_3b(functional.max_pool2d(features, 3, 2)))
        features = self.repeat(self.mixed_5b(functional.max_pool2d(features, 3, 2)))
        features = self.repeat_1(self.mixed_6a(features))
        features = self.block8(self.repeat_2(self.mixed_7a(features)))
        activation: Tensor = self.conv2d_7b(features)
        return activation


class _Unit(nn.Module):
    """Convolution, batch norm, rectifier."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int | tuple[int, int],
        stride: int = 1,
        padding: int | tuple[int, int] = 0,
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False)
        self.bn = nn.BatchNorm2d(outputs, eps=NORM_EPSILON)

    def forward(self, image: Tensor) -> Tensor:
        return functional.relu(self.bn(self.conv(image)))


class _Mixed5b(nn.Module):
    """From the stem to 320 channels: four ways side by side."""

    def __init__(self, inputs: int, n: Narrow) -> None:
        super().__init__()
        self.branch0 = _Unit(inputs, n(96), 1)
        self.branch1 = nn.Sequential(_Unit(inputs, n(48), 1), _Unit(n(48), n(64), 5, padding=2))
        self.branch2 = nn.Sequential(
            _Unit(inputs, n(64), 1), _Unit(n(64), n(96), 3, padding=1), _Unit(n(96), n(96), 3, padding=1)
        )
        self.branch3 = nn.Sequential(nn.AvgPool2d(3, 1, 1, count_include_pad=False), _Unit(inputs, n(64), 1))
        self.outputs = n(96) + n(64) + n(96) + n(64)

    def forward(self, image: Tensor) -> Tensor:
        branches = (self.branch0, self.branch1, self.branch2, self.branch3)
        return torch.cat([branch(image) for branch in branches], dim=1)


class _Mixed6a(nn.Module):
    """Halves the size to 17 × 17 of 299 pixels."""

    def __init__(self, inputs: int, n: Narrow) -> None:
        super().__init__()
        self.branch0 = _Unit(inputs, n(384), 3, stride=2)
        self.branch1 = nn.Sequential(
            _Unit(inputs, n(256), 1), _Unit(n(256), n(256), 3, padding=1), _Unit(n(256), n(384), 3, stride=2)
        )
        self.outputs = 2 * n(384) + inputs

    def forward(self, image: Tensor) -> Tensor:
        pooled = functional.max_pool2d(image, 3, 2)
        return torch.cat([self.branch0(image), self.branch1(image), pooled], dim=1)


class _Mixed7a(nn.Module):
    """Halves the size to 8 × 8 of 299 pixels."""

    def __init__(self, inputs: int, n: Narrow) -> None:
        super().__init__()
        self.branch0 = nn.Sequential(_Unit(inputs, n(256), 1), _Unit(n(256), n(384), 3, stride=2))
        self.branch1 = nn.Sequential(_Unit(inputs, n(256), 1), _Unit(n(256), n(288), 3, stride=2))
        self.branch2 = nn.Sequential(
            _Unit(inputs, n(256), 1), _Unit(n(256), n(288), 3, padding=1), _Unit(n(288), n(320), 3, stride=2)
        )
        self.outputs = n(384) + n(288) + n(320) + inputs

    def forward(self, image: Tensor) -> Tensor:
        branches = (self.branch0, self.branch1, self.branch2)
        pooled = functional.max_pool2d(image, 3, 2)
        return torch.cat([*(branch(image) for branch in branches), pooled], dim=1)


class _Residual(nn.Module):
    """Parallel ways, joined and brought back to the input's channels, added with a scale."""

    def __init__(
        self, ways: list[nn.Module], joined: int, channels: int, scale: float, *, rectified: bool = True
    ) -> None:
        super().__init__()
        self.ways = len(ways)
        for number, way in enumerate(ways):
            self.add_module(f"branch{number}", way)
        self.conv2d = nn.Conv2d(joined, channels, 1)
        self.scale = scale
        self.rectified = rectified

    def forward(self, image: Tensor) -> Tensor:
        found = [self.get_submodule(f"branch{number}")(image) for number in range(self.ways)]
        features = image + self.scale * self.conv2d(torch.cat(found, dim=1))
        return functional.relu(features) if self.rectified else features


class _Block35(_Residual):
    def __init__(self, channels: int, n: Narrow) -> None:
        ways: list[nn.Module] = [
            _Unit(channels, n(32), 1),
            nn.Sequential(_Unit(channels, n(32), 1), _Unit(n(32), n(32), 3, padding=1)),
            nn.Sequential(
                _Unit(channels, n(32), 1),
                _Unit(n(32), n(48), 3, padding=1),
                _Unit(n(48), n(64), 3, padding=1),
            ),
        ]
        super().__init__(ways, 2 * n(32) + n(64), channels, SCALE_35)


class _Block17(_Residual):
    def __init__(self, channels: int, n: Narrow) -> None:
        ways: list[nn.Module] = [
            _Unit(channels, n(192), 1),
            nn.Sequential(
                _Unit(channels, n(128), 1),
                _Unit(n(128), n(160), (1, 7), padding=(0, 3)),
                _Unit(n(160), n(192), (7, 1), padding=(3, 0)),
            ),
        ]
        super().__init__(ways, 2 * n(192), channels, SCALE_17)


class _Block8(_Residual):
    def __init__(self, channels: int, n: Narrow, scale: float, *, rectified: bool = True) -> None:
        ways: list[nn.Module] = [
            _Unit(channels, n(192), 1),
            nn.Sequential(
                _Unit(channels, n(192), 1),
                _Unit(n(192), n(224), (1, 3), padding=(0, 1)),
                _Unit(n(224), n(256), (3, 1), padding=(1, 0)),
            ),
        ]
        super().__init__(ways, n(192) + n(256), channels, scale, rectified=rectified)
