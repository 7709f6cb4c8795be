"""ResNet-50 (He 2016) and its uses: classifier, features of all stages, dilated encoder, cut trunk.

Layers carry the names of the common ImageNet checkpoints (``conv1``, ``layer1.0.conv1`` …).  The stride of a
stage is taken in its first 3 × 3 convolution, as in those checkpoints.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.networks.contract import MeanPooledClassifier
from models.networks.layers import narrowed, narrowed_stem

PUBLISHED_BLOCKS = (3, 4, 6, 3)
PUBLISHED_INNER_CHANNELS = (64, 128, 256, 512)
EXPANSION = 4


class ResNetTrunk(nn.Module):
    """Stem and the first ``stages`` residual stages.

    ``dilated`` stages keep the resolution of the one before and spread their kernels instead (Chen 2017).
    """

    def __init__(
        self,
        width: float = 1.0,
        channels: int = 3,
        stages: int = 4,
        dilated: tuple[bool, bool, bool, bool] = (False, False, False, False),
    ) -> None:
        super().__init__()
        stem = narrowed_stem(64, width)
        self.conv1 = nn.Conv2d(channels, stem, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(stem)
        self.counts = [stem]
        dilation = 1
        for number in range(stages):
            stride = 1 if number == 0 or dilated[number] else 2
            first_dilation = dilation
            if dilated[number]:
                dilation *= 2
            inner = narrowed(PUBLISHED_INNER_CHANNELS[number], width)
            blocks = [_Bottleneck(self.counts[-1], inner, stride, first_dilation)]
            blocks += [
                _Bottleneck(EXPANSION * inner, inner, 1, dilation)
                for _ in range(PUBLISHED_BLOCKS[number] - 1)
            ]
            self.add_module(f"layer{number + 1}", nn.Sequential(*blocks))
            self.counts.append(EXPANSION * inner)

    def stem(self, image: Tensor) -> Tensor:
        """(n, channels, h, w) → (n, 64 × width, h / 2, w / 2), before the max pooling."""
        return functional.relu(self.bn1(self.conv1(image)))

    def pooled(self, stem: Tensor) -> Tensor:
        """(n, C, h / 2, w / 2) → what enters the first residual stage, (n, C, h / 4, w / 4)."""
        return functional.max_pool2d(stem, 3, 2, 1)

    def residual_stages(self, features: Tensor) -> list[Tensor]:
        """The output of each residual stage for the pooled stem's."""
        found = []
        for number in range(1, len(self.counts)):
            features = self.get_submodule(f"layer{number}")(features)
            found.append(features)
        return found

    def forward(self, image: Tensor) -> Tensor:
        """(n, channels, h, w) → the last stage's output."""
        return self.residual_stages(self.pooled(self.stem(image)))[-1]


class ResNet50(MeanPooledClassifier):
    """The classifier, and with :meth:`stage_maxima` the features of the gastric NEN study."""

    first_convolution = "backbone.conv1"

    def __init__(self, width: float = 1.0, channels: int = 3, outputs: int = 1, dropout: float = 0.0) -> None:
        super().__init__()
        self.backbone = ResNetTrunk(width, channels)
        self.dropout = nn.Dropout(dropout)
        self.classifier = nn.Linear(self.backbone.counts[-1], outputs)

    def features(self, image: Tensor) -> Tensor:
        """(n, channels, h, w) → (n, C, h / 32, w / 32), after the last rectifier."""
        activation: Tensor = self.backbone(image)
        return activation

    def stages(self, image: Tensor) -> list[Tensor]:
        """The stem and the four residual stages: 64, 256, 512, 1024, 2048 channels at width 1."""
        stem = self.backbone.stem(image)
        return [stem, *self.backbone.residual_stages(self.backbone.pooled(stem))]

    def stage_maxima(self, image: Tensor) -> Tensor:
        """Global maxima of the five stages, one after the other: (n, 3904) at width 1.

        The stem is read before its max pooling, which would not change a maximum over all pixels.
        """
        return torch.cat([stage.amax(dim=(2, 3)) for stage in self.stages(image)], dim=1)


class _Bottleneck(nn.Module):
    """1 × 1, 3 × 3, 1 × 1 beside a shortcut, which is projected where size or channels change."""

    def __init__(self, inputs: int, inner: int, stride: int, dilation: int) -> None:
        super().__init__()
        outputs = EXPANSION * inner
        self.conv1 = nn.Conv2d(inputs, inner, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(inner)
        self.conv2 = nn.Conv2d(inner, inner, 3, stride, padding=dilation, dilation=dilation, bias=False)
        self.bn2 = nn.BatchNorm2d(inner)
        self.conv3 = nn.Conv2d(inner, outputs, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(outputs)
        projected = stride != 1 or inputs != outputs
        self.downsample = (
            nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))
            if projected
            else nn.Identity()
        )

    def forward(self, image: Tensor) -> Tensor:
        features = functional.relu(self.bn1(self.conv1(image)))
        features = functional.relu(self.bn2(self.conv2(features)))
        return functional.relu(self.bn3(self.conv3(features)) + self.downsample(image))
