"""What a classifier and a segmenter answer: score, last activation for Grad-CAM, and embedding.

They are base classes rather than protocols because whoever trains one also needs it as a torch module.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from torch import Tensor, nn


class Classifier(nn.Module, ABC):
    """Images in, logits out, split at the last convolution.

    ``first_convolution`` and ``last_layer`` name the layers that depend on channels and outputs.
    """

    first_convolution: ClassVar[str]
    last_layer: ClassVar[str] = "classifier"

    @abstractmethod
    def features(self, image: Tensor) -> Tensor:
        """(n, channels, h, w) → the last convolution's activation (n, C, h', w')."""

    @abstractmethod
    def head(self, activation: Tensor) -> Tensor:
        """(n, C, h', w') → logits (n, outputs)."""

    @abstractmethod
    def head_gradient(self, activation: Tensor) -> Tensor:
        """d first logit / d activation, (n, C, h', w'), written out: no derivative is taken at the board."""

    def embedding(self, activation: Tensor) -> Tensor:
        """(n, C, h', w') → its mean over the pixels (n, C)."""
        return activation.mean(dim=(2, 3))

    def forward(self, image: Tensor) -> Tensor:
        """(n, channels, h, w) → logits (n, outputs)."""
        return self.head(self.features(image))


class MeanPooledClassifier(Classifier):
    """A classifier whose head is mean pooling, dropout and one linear layer; a subclass makes the layers."""

    dropout: nn.Dropout
    classifier: nn.Linear

    def head(self, activation: Tensor) -> Tensor:
        """(n, C, h', w') → logits (n, outputs)."""
        logits: Tensor = self.classifier(self.dropout(self.embedding(activation)))
        return logits

    def head_gradient(self, activation: Tensor) -> Tensor:
        """The channel's weight over the number of pixels: here Grad-CAM is CAM (Selvaraju 2017)."""
        pixels = activation.shape[2] * activation.shape[3]
        weights = self.classifier.weight[:1].reshape(1, -1, 1, 1) / pixels
        return weights.expand_as(activation)


class Segmenter(nn.Module, ABC):
    """Images in, one logit per pixel out, with the coarsest activation in between.

    ``first_convolution`` and ``last_layer`` name the layers that depend on channels and outputs.
    """

    first_convolution: ClassVar[str]
    last_layer: ClassVar[str]

    @abstractmethod
    def features(self, image: Tensor) -> Tensor:
        """(n, channels, h, w) → the encoder's last activation (n, C, h', w')."""

    @abstractmethod
    def forward(self, image: Tensor) -> Tensor:
        """(n, channels, h, w) → logits (n, outputs, h, w)."""

    def embedding(self, activation: Tensor) -> Tensor:
        """(n, C, h', w') → its mean over the pixels (n, C)."""
        return activation.mean(dim=(2, 3))
