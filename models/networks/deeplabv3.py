"""DeepLabv3 (Chen 2017): a dilated ResNet-50, parallel dilated convolutions, and a bilinear way back."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.networks.contract import Segmenter
from models.networks.layers import narrowed
from models.networks.resnet import ResNetTrunk

PUBLISHED_CHANNELS = 256
PUBLISHED_SIDE = 512
RATES = (12, 24, 36)
"""Dilations on the 64 × 64 features of an image of 512 pixels, at output stride 8."""

SMALLEST_MAP = 32
"""Features of fewer than 32 × 32 pixels are made finer: dilated kernels would meet only the padding."""


class DeepLabv3(Segmenter):
    """Image in, one logit per pixel and output out, computed on coarser features and then enlarged.

    Images of ``side`` pixels have features of 1/8 of that, of less than 256 pixels of 1/4, and the pyramid's
    dilations are the published ones' share of the features' size.  The weights' shapes are the same.
    Training needs batches of at least two: one branch pools each image to a pixel before its batch norm.
    Layers carry the names of torchvision's checkpoints, whose auxiliary head is left out.
    """

    first_convolution = "backbone.conv1"
    last_layer = "classifier.4"

    def __init__(
        self, width: float = 1.0, channels: int = 1, outputs: int = 1, side: int = PUBLISHED_SIDE
    ) -> None:
        super().__init__()
        inner = narrowed(PUBLISHED_CHANNELS, width)
        is_fine = side < 8 * SMALLEST_MAP
        share = side / PUBLISHED_SIDE * (2 if is_fine else 1)
        rates = tuple(max(1, round(share * rate)) for rate in RATES)
        self.backbone = ResNetTrunk(width, channels, dilated=(False, is_fine, True, True))
        self.classifier = nn.Sequential(
            _Pyramid(self.backbone.counts[-1], inner, rates),
            nn.Conv2d(inner, inner, 3, padding=1, bias=False),
            nn.BatchNorm2d(inner),
            nn.ReLU(),
            nn.Conv2d(inner, outputs, 1),
        )

    def features(self, image: Tensor) -> Tensor:
        """(n, channels, h, w) → the encoder's last activation (n, C, h / 8, w / 8), or of 1/4."""
        activation: Tensor = self.backbone(image)
        return activation

    def forward(self, image: Tensor) -> Tensor:
        """(n, channels, h, w) → logits (n, outputs, h, w)."""
        logits = self.classifier(self.features(image))
        return functional.interpolate(logits, image.shape[2:], mode="bilinear", align_corners=False)


class _Pyramid(nn.Module):
    """Atrous spatial pyramid pooling: one 1 × 1, three dilated convolutions and the image's mean, joined."""

    def __init__(self, inputs: int, outputs: int, rates: tuple[int, ...]) -> None:
        super().__init__()
        self.convs = nn.ModuleList(
            [
                _rectified(nn.Conv2d(inputs, outputs, 1, bias=False)),
                *(
                    _rectified(nn.Conv2d(inputs, outputs, 3, padding=rate, dilation=rate, bias=False))
                    for rate in rates
                ),
                nn.Sequential(
                    nn.AdaptiveAvgPool2d(1), *_rectified(nn.Conv2d(inputs, outputs, 1, bias=False))
                ),
            ]
        )
        self.project = nn.Sequential(
            *_rectified(nn.Conv2d(len(self.convs) * outputs, outputs, 1, bias=False)), nn.Dropout(0.5)
        )

    def forward(self, features: Tensor) -> Tensor:
        *local, whole = self.convs
        branches = [branch(features) for branch in local]
        branches.append(whole(features).expand_as(branches[0]))
        joined: Tensor = self.project(torch.cat(branches, dim=1))
        return joined


def _rectified(convolution: nn.Conv2d) -> nn.Sequential:
    return nn.Sequential(convolution, nn.BatchNorm2d(convolution.out_channels), nn.ReLU())
