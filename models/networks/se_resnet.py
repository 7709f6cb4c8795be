"""The cut SE-ResNet50 of the gastric cancer studies, and what the recurrence study adds to it frozen."""

from __future__ import annotations

from typing import Self

from torch import Tensor, nn
from torch.nn import functional

from models.networks.contract import Classifier, MeanPooledClassifier
from models.networks.layers import narrowed
from models.networks.resnet import ResNetTrunk

RESIDUAL_STAGES = 3
"""Of 3, 4 and 6 blocks; ImageNet's fourth stage is cut off."""

SQUEEZE = 16
"""Reduction of the channel attention (Hu 2018); the paper names none."""

PUBLISHED_HIDDEN = 256
"""Channels between the recurrence study's two layers; the paper names none."""


class SEResNet50Cut(MeanPooledClassifier):
    """ResNet-50's first three stages with channel attention before the first and after the last block.

    112 × 112 pixels end at 7 × 7.
    """

    first_convolution = "backbone.conv1"

    def __init__(self, width: float = 1.0, channels: int = 3, outputs: int = 1, dropout: float = 0.0) -> None:
        super().__init__()
        self.backbone = ResNetTrunk(width, channels, RESIDUAL_STAGES)
        first, last = self.backbone.counts[0], self.backbone.counts[-1]
        self.attention_before = ChannelAttention(first)
        self.attention_after = ChannelAttention(last)
        self.dropout = nn.Dropout(dropout)
        self.classifier = nn.Linear(last, outputs)

    def features(self, image: Tensor) -> Tensor:
        """(n, channels, h, w) → (n, C, h / 16, w / 16), after the second attention."""
        entering = self.attention_before(self.backbone.pooled(self.backbone.stem(image)))
        activation: Tensor = self.attention_after(self.backbone.residual_stages(entering)[-1])
        return activation


class ChannelAttention(nn.Module):
    """Channels weighted by a squeezed look at their means (squeeze and excitation, Hu 2018)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.squeeze = nn.Linear(channels, max(1, channels // SQUEEZE))
        self.excite = nn.Linear(self.squeeze.out_features, channels)

    def forward(self, features: Tensor) -> Tensor:
        """(n, C, h, w) → (n, C, h, w)."""
        weights = self.excite(functional.relu(self.squeeze(features.mean(dim=(2, 3)))))
        return features * weights.sigmoid()[:, :, None, None]


class FrozenBackboneMlp(Classifier):
    """A trained :class:`SEResNet50Cut` that learns no more, and two layers that do.

    ``backbone`` stays in evaluation mode, so that its batch norms keep their statistics.  A patient's slices
    are joined by the mean of their embeddings, before the two layers.
    """

    first_convolution = "backbone.backbone.conv1"

    def __init__(self, width: float = 1.0, channels: int = 3, outputs: int = 1, dropout: float = 0.0) -> None:
        super().__init__()
        self.backbone = SEResNet50Cut(width, channels)
        self.backbone.requires_grad_(False)
        self.hidden = nn.Linear(self.backbone.classifier.in_features, narrowed(PUBLISHED_HIDDEN, width))
        self.dropout = nn.Dropout(dropout)
        self.classifier = nn.Linear(self.hidden.out_features, outputs)

    def train(self, mode: bool = True) -> Self:
        """Switch the added layers; the backbone always evaluates."""
        super().train(mode)
        self.backbone.eval()
        return self

    def features(self, image: Tensor) -> Tensor:
        """(n, channels, h, w) → the frozen backbone's last activation (n, C, h / 16, w / 16)."""
        return self.backbone.features(image)

    def from_embedding(self, embedding: Tensor) -> Tensor:
        """(n, C) → logits (n, outputs): all that is trained, on embeddings computed once."""
        logits: Tensor = self.classifier(self.dropout(functional.relu(self.hidden(embedding))))
        return logits

    def head(self, activation: Tensor) -> Tensor:
        """(n, C, h', w') → logits (n, outputs), each slice for itself."""
        return self.from_embedding(self.embedding(activation))

    def head_gradient(self, activation: Tensor) -> Tensor:
        """d first logit / d activation: the weights of the hidden units that are switched on."""
        pixels = activation.shape[2] * activation.shape[3]
        gradient = self._embedding_gradient(self.embedding(activation)) / pixels
        return gradient[:, :, None, None].expand_as(activation)

    def patient_head(self, activation: Tensor) -> Tensor:
        """All slices of one patient (n, C, h', w') → one patient's logits (1, outputs)."""
        return self.from_embedding(self.embedding(activation).mean(dim=0, keepdim=True))

    def patient_head_gradient(self, activation: Tensor) -> Tensor:
        """d the patient's first logit / d activation, (n, C, h', w')."""
        slices, _, rows, columns = activation.shape
        patient = self.embedding(activation).mean(dim=0, keepdim=True)
        gradient = self._embedding_gradient(patient) / (slices * rows * columns)
        return gradient[:, :, None, None].expand_as(activation)

    def _embedding_gradient(self, embedding: Tensor) -> Tensor:
        switched_on = (self.hidden(embedding) > 0).to(embedding.dtype)
        gradient: Tensor = (switched_on * self.classifier.weight[:1]) @ self.hidden.weight
        return gradient
