"""What the architectures share: narrowed channel counts, and convolutions with batch norm or without."""

from __future__ import annotations

from torch import Tensor, nn

CHANNEL_STEP = 4
"""Narrowed counts are multiples of this, which keeps grouped and vectorised convolutions even."""

SMALLEST_STEM = 16
"""A classifier's stem is not narrowed below this: ten slices have to pass through it."""


def narrowed(channels: int, width: float) -> int:
    """``channels`` of the published network times ``width``, rounded to a multiple of ``CHANNEL_STEP``."""
    return max(CHANNEL_STEP, round(channels * width / CHANNEL_STEP) * CHANNEL_STEP)


def narrowed_stem(channels: int, width: float) -> int:
    """As :func:`narrowed`, but never below ``SMALLEST_STEM`` unless the published network is."""
    return max(min(SMALLEST_STEM, channels), narrowed(channels, width))


class ConvolutionNorm(nn.Module):
    """Convolution without bias, padded to keep the size, then batch norm."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 3, stride: int = 1) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, image: Tensor) -> Tensor:
        """(n, inputs, h, w) → (n, outputs, h / stride, w / stride)."""
        normed: Tensor = self.norm(self.convolution(image))
        return normed


class PlainConvolution(nn.Module):
    """Convolution with a bias, padded to keep the size, and no norm."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 3) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2)

    def forward(self, image: Tensor) -> Tensor:
        """(n, inputs, h, w) → (n, outputs, h, w)."""
        mapped: Tensor = self.convolution(image)
        return mapped


class SeparableConvolutionNorm(nn.Module):
    """Depthwise 3 × 3, then pointwise convolution, then batch norm (Chollet 2017, figure 5)."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(inputs, inputs, 3, padding=1, groups=inputs, bias=False)
        self.pointwise = nn.Conv2d(inputs, outputs, 1, bias=False)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, image: Tensor) -> Tensor:
        """(n, inputs, h, w) → (n, outputs, h, w)."""
        normed: Tensor = self.norm(self.pointwise(self.depthwise(image)))
        return normed
