"""The graphs that a pack carries: probabilities, embeddings, and what Grad-CAM needs."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn

from models.networks.contract import Classifier, Segmenter
from models.networks.resnet import ResNet50
from models.networks.se_resnet import FrozenBackboneMlp

SEGMENTER_OUTPUTS = ("probability",)
CLASSIFIER_OUTPUTS = ("score", "activation", "gradient")
EMBEDDING_OUTPUTS = ("embedding",)


class ExportedGraph(nn.Module):
    """A network as the board runs it: one input ``image`` whose first size is free, named ``outputs``."""

    outputs: ClassVar[tuple[str, ...]]
    network: nn.Module


class SegmenterGraph(ExportedGraph):
    """``image`` (n, channels, h, w) → ``probability`` (n, outputs, h, w)."""

    outputs = SEGMENTER_OUTPUTS

    def __init__(self, network: Segmenter) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor) -> Tensor:
        """Probability of tumour per pixel."""
        return torch.sigmoid(self.network(image))


class ClassifierGraph(ExportedGraph):
    """``image`` (n, channels, h, w) → ``score`` (n, outputs), ``activation`` and ``gradient`` (n, C, h', w').

    ``gradient`` is d first logit / d activation.
    """

    outputs = CLASSIFIER_OUTPUTS

    def __init__(self, network: Classifier) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Probability of the positive class, the last activation, and the logit's gradient."""
        activation = self.network.features(image)
        score = torch.sigmoid(self.network.head(activation))
        return score, activation, self.network.head_gradient(activation)


class PatientGraph(ExportedGraph):
    """``image`` (slices, channels, h, w) of one patient → one ``score`` (1, outputs) for all of them.

    ``activation`` and ``gradient`` of the patient's logit are (slices, C, h', w').
    """

    outputs = CLASSIFIER_OUTPUTS

    def __init__(self, network: FrozenBackboneMlp) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Probability of the positive class, every slice's activation, and the logit's gradient there."""
        activation = self.network.features(image)
        score = torch.sigmoid(self.network.patient_head(activation))
        return score, activation, self.network.patient_head_gradient(activation)


class EncoderGraph(ExportedGraph):
    """``image`` (n, channels, h, w) → ``embedding`` (n, C): a segmenter's coarsest features, averaged."""

    outputs = EMBEDDING_OUTPUTS

    def __init__(self, network: Segmenter) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor) -> Tensor:
        """1024 means of the bottleneck for a U-Net of width 1."""
        return self.network.embedding(self.network.features(image))


class StageMaximaGraph(ExportedGraph):
    """``image`` (n, channels, h, w) → ``embedding`` (n, 3904 at width 1): maxima of ResNet-50's stages."""

    outputs = EMBEDDING_OUTPUTS

    def __init__(self, network: ResNet50) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor) -> Tensor:
        """Global maxima of the stem and the four residual stages."""
        return self.network.stage_maxima(image)
