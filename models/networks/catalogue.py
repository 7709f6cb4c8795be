"""Every network by the name that manifests and configurations use, built for a width and channels."""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

from models.networks.contract import Classifier, Segmenter
from models.networks.deeplabv3 import PUBLISHED_SIDE, DeepLabv3
from models.networks.efficientnet import EfficientNetB0
from models.networks.inception_resnet import InceptionResNetV2
from models.networks.resnet import ResNet50
from models.networks.se_resnet import FrozenBackboneMlp, SEResNet50Cut
from models.networks.unet import EluUNet, UNet
from models.networks.xception import Xception

CLASSIFIERS: dict[str, Callable[[float, int, int, float], Classifier]] = {
    "efficientnet_b0": EfficientNetB0,
    "inception_resnet_v2": InceptionResNetV2,
    "resnet50": ResNet50,
    "xception": Xception,
    "se_resnet50_cut": SEResNet50Cut,
    "se_resnet50_cut_mlp": FrozenBackboneMlp,
}
"""Called with width, input channels, outputs and dropout."""

SEGMENTERS: dict[str, Callable[[float, int, int], Segmenter]] = {
    "unet": UNet,
    "unet_elu": EluUNet,
    "deeplabv3": DeepLabv3,
}
"""Called with width, input channels and outputs.  ``unet_elu`` is the pancreatic study's."""


def build_classifier(
    name: str, *, width: float, in_channels: int, classes: int = 1, dropout: float = 0.0
) -> Classifier:
    """An untrained classifier with random weights from torch's generator; one class is one logit.

    Raises
    ------
    ValueError
        For a name that the catalogue lacks.
    """
    if name not in CLASSIFIERS:
        raise ValueError(f"no classifier {name!r}; known: {', '.join(CLASSIFIERS)}")
    return CLASSIFIERS[name](width, in_channels, classes, dropout)


def build_segmenter(
    name: str, *, width: float, in_channels: int, classes: int = 1, side: int = PUBLISHED_SIDE
) -> Segmenter:
    """An untrained segmenter with random weights from torch's generator, for images of ``side`` pixels.

    Raises
    ------
    ValueError
        For a name that the catalogue lacks.
    """
    if name not in SEGMENTERS:
        raise ValueError(f"no segmenter {name!r}; known: {', '.join(SEGMENTERS)}")
    if name == "deeplabv3":
        return DeepLabv3(width, in_channels, classes, side)
    return SEGMENTERS[name](width, in_channels, classes)


def parameter_count(network: nn.Module) -> int:
    """Trained and frozen parameters, without running statistics."""
    return sum(parameter.numel() for parameter in network.parameters())
