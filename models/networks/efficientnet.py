"""EfficientNet-B0 (Tan and Le 2019): inverted bottlenecks with channel attention.

Layers carry the names of timm's checkpoints.  Stochastic depth, a regulariser of ImageNet training, is left
out.
"""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor, nn
from torch.nn import functional

from models.networks.contract import MeanPooledClassifier
from models.networks.layers import narrowed, narrowed_stem


class _Stage(NamedTuple):
    expansion: int
    channels: int
    repeats: int
    stride: int
    kernel: int


PUBLISHED_STAGES = (
    _Stage(1, 16, 1, 1, 3),
    _Stage(6, 24, 2, 2, 3),
    _Stage(6, 40, 2, 2, 5),
    _Stage(6, 80, 3, 2, 3),
    _Stage(6, 112, 3, 1, 5),
    _Stage(6, 192, 4, 2, 5),
    _Stage(6, 320, 1, 1, 3),
)
PUBLISHED_STEM, PUBLISHED_LAST = 32, 1280
SQUEEZE = 4
"""Channel attention passes through the block's input channels over this number."""


class EfficientNetB0(MeanPooledClassifier):
    """Slices in, one logit per ``outputs`` out."""

    first_convolution = "conv_stem"

    def __init__(self, width: float = 1.0, channels: int = 3, outputs: int = 1, dropout: float = 0.0) -> None:
        super().__init__()
        inputs = narrowed_stem(PUBLISHED_STEM, width)
        self.conv_stem = nn.Conv2d(channels, inputs, 3, stride=2, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(inputs)
        stages = []
        for stage in PUBLISHED_STAGES:
            count = narrowed(stage.channels, width)
            blocks = []
            for position in range(stage.repeats):
                stride = stage.stride if position == 0 else 1
                blocks.append(_block(inputs, count, stage.expansion, stride, stage.kernel))
                inputs = count
            stages.append(nn.Sequential(*blocks))
        self.blocks = nn.Sequential(*stages)
        last = narrowed(PUBLISHED_LAST, width)
        self.conv_head = nn.Conv2d(inputs, last, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(last)
        self.dropout = nn.Dropout(dropout)
        self.classifier = nn.Linear(last, outputs)

    def features(self, image: Tensor) -> Tensor:
        """(n, channels, h, w) → (n, C, h / 32, w / 32), after the last activation."""
        features = functional.silu(self.bn1(self.conv_stem(image)))
        return functional.silu(self.bn2(self.conv_head(self.blocks(features))))


def _block(inputs: int, outputs: int, expansion: int, stride: int, kernel: int) -> nn.Module:
    if expansion == 1:
        return _Separable(inputs, outputs, stride, kernel)
    return _InvertedBottleneck(inputs, outputs, expansion, stride, kernel)


class _Separable(nn.Module):
    """Depthwise convolution, channel attention, pointwise convolution."""

    def __init__(self, inputs: int, outputs: int, stride: int, kernel: int) -> None:
        super().__init__()
        self.conv_dw = nn.Conv2d(inputs, inputs, kernel, stride, kernel // 2, groups=inputs, bias=False)
        self.bn1 = nn.BatchNorm2d(inputs)
        self.se = _ChannelAttention(inputs, inputs // SQUEEZE)
        self.conv_pw = nn.Conv2d(inputs, outputs, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.keeps_shape = stride == 1 and inputs == outputs

    def forward(self, image: Tensor) -> Tensor:
        features = self.se(functional.silu(self.bn1(self.conv_dw(image))))
        features = self.bn2(self.conv_pw(features))
        return features + image if self.keeps_shape else features


class _InvertedBottleneck(nn.Module):
    """Widening, depthwise, channel attention, narrowing; a shortcut where shapes agree."""

    def __init__(self, inputs: int, outputs: int, expansion: int, stride: int, kernel: int) -> None:
        super().__init__()
        inner = expansion * inputs
        self.conv_pw = nn.Conv2d(inputs, inner, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(inner)
        self.conv_dw = nn.Conv2d(inner, inner, kernel, stride, kernel // 2, groups=inner, bias=False)
        self.bn2 = nn.BatchNorm2d(inner)
        self.se = _ChannelAttention(inner, inputs // SQUEEZE)
        self.conv_pwl = nn.Conv2d(inner, outputs, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.keeps_shape = stride == 1 and inputs == outputs

    def forward(self, image: Tensor) -> Tensor:
        features = functional.silu(self.bn1(self.conv_pw(image)))
        features = self.se(functional.silu(self.bn2(self.conv_dw(features))))
        features = self.bn3(self.conv_pwl(features))
        return features + image if self.keeps_shape else features


class _ChannelAttention(nn.Module):
    def __init__(self, channels: int, squeezed: int) -> None:
        super().__init__()
        self.conv_reduce = nn.Conv2d(channels, squeezed, 1)
        self.conv_expand = nn.Conv2d(squeezed, channels, 1)

    def forward(self, features: Tensor) -> Tensor:
        means = features.mean(dim=(2, 3), keepdim=True)
        weights = self.conv_expand(functional.silu(self.conv_reduce(means)))
        return features * weights.sigmoid()
