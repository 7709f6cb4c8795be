"""What an exported network states, held against torch and its autograd."""

from collections.abc import Callable

import numpy as np
import onnxruntime
import torch
from torch import nn

from inference.predictors.grad_cam import grad_cams

PARITY = 1e-4

Run = Callable[[torch.Tensor], dict[str, np.ndarray]]


def answers(content: bytes) -> Run:
    """An ONNX file in ONNX Runtime; outputs by name."""
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return lambda image: dict(zip(names, session.run(names, {"image": image.numpy()}), strict=True))


def agree(given: np.ndarray, expected: torch.Tensor) -> None:
    """Within the parity of the largest value, or of one where all are smaller."""
    assert given.shape == tuple(expected.shape)
    largest = float(expected.abs().max())
    assert np.abs(given - expected.numpy()).max() <= PARITY * max(1.0, largest)


def explained(
    features: nn.Module, head: Callable[[torch.Tensor], torch.Tensor], image: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Score, activation and the logit's derivative by torch's autograd."""
    activation = features(image).detach().requires_grad_()
    logit = head(activation)
    (gradient,) = torch.autograd.grad(logit.sum(), activation)
    return torch.sigmoid(logit).detach(), activation.detach(), gradient


def check_explained(
    run: Run, features: nn.Module, head: Callable[[torch.Tensor], torch.Tensor], image: torch.Tensor
) -> None:
    """The three outputs, and the map that is drawn from two of them."""
    given = run(image)
    score, activation, gradient = explained(features, head, image)
    agree(given["score"], score)
    agree(given["activation"], activation)
    scale = float(gradient.abs().max())
    assert scale > 1e-6
    assert np.abs(given["gradient"] - gradient.numpy()).max() <= PARITY * scale
    drawn = grad_cams(activation.numpy(), gradient.numpy())
    assert np.abs(grad_cams(given["activation"], given["gradient"]) - drawn).max() <= PARITY
